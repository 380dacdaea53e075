"""What the box says of itself: its limits and its networks."""

from demo.api.call import Answer, Call, Endpoint, Open


async def get_meta(call: Call) -> Answer:
    """Where the box sends webhooks from."""
    here = ["127.0.0.0/8", "::1/128"]
    names = ("hooks", "web", "api", "git")
    return Answer(200, {"verifiable_password_authentication": False} | dict.fromkeys(names, here))


async def get_rate_limit(call: Call) -> Answer:
    """The caller's quota; asking does not use it up."""
    limit = call.quota.body()
    return Answer(200, {"resources": {"core": limit, "search": limit}, "rate": limit})


ENDPOINTS = (
    Endpoint("GET /meta", Open(), get_meta),
    Endpoint("GET /rate_limit", Open(), get_rate_limit),
)
