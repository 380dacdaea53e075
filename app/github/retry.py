"""Our own retry policy: what a refusal means, and what may be sent again.

GitHub answers a write that took effect with a 502 now and then, so a POST is never sent again here:
whoever posts looks its mark up first. Rate limits are not waited out in place; they go back to the
queue as a delayed job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from app.github.errors import (
    AnswerLost,
    Forbidden,
    GitHubError,
    Invalid,
    Moved,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    without_tokens,
)

PAUSES_S: Final = (1.0, 4.0)
"""Waits before the second and third attempt of what may be repeated."""
YOUNG_TOKEN_PAUSES_S: Final = (1.0, 2.0)
"""A new token can be refused for a few seconds until every replica knows it."""
YOUNG_S: Final = 10.0
SECONDARY_PAUSE_S: Final = 60.0
"""The documented least wait after a secondary limit that names none."""
_SECONDARY_WORDS: Final = ("secondary rate limit", "abuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. ``path`` is below the API's base and may hold ``{repository}``.

    ``paced`` is False for a POST that changes nothing (a GraphQL query). ``repeatable`` says that sending it twice does no harm: reads, and updates by id that append
    nothing. ``what`` is how errors name it.
    """

    method: str
    path: str
    what: str
    repeatable: bool
    body: Mapping[str, object] | None = None
    parameters: Mapping[str, str | int] | None = None
    paced: bool = True

    @property
    def reads(self) -> bool:
        """Whether it only reads."""
        return self.method in ("GET", "HEAD")


def pause_before_repeat(call: Call, attempts: int) -> float | None:
    """Seconds to wait before the next attempt after ``attempts`` lost ones; None: do not repeat."""
    if not call.repeatable or attempts > len(PAUSES_S):
        return None
    return PAUSES_S[attempts - 1]


def error_of(call: Call, response: httpx.Response) -> GitHubError | None:
    """What an answer means, None when it is a success."""
    if response.is_success:
        return None
    if response.status_code >= 500:
        return AnswerLost(f"GitHub answered {call.what} with {response.status_code}.")
    said = message_of(response)
    seconds = rate_limit_of(response, said)
    if seconds is not None:
        return RateLimited(seconds)
    return _refusal(response.status_code)(response.status_code, call.what, said)


def rate_limit_of(response: httpx.Response, said: str) -> float | None:
    """Seconds to wait if this is one of the three shapes of a rate limit.

    ``Retry-After``; no quota left until a reset time; or only the words of a secondary limit.
    """
    if response.status_code not in (403, 429):
        return None
    named = _number(response.headers.get("retry-after"))
    if named is not None:
        return max(named, 1.0)
    reset = _number(response.headers.get("x-ratelimit-reset"))
    if response.headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return max(reset - _moment_of(response).timestamp(), 1.0)
    spoken = any(words in said.lower() for words in _SECONDARY_WORDS)
    return SECONDARY_PAUSE_S if spoken or response.status_code == 429 else None


def message_of(response: httpx.Response) -> str:
    """GitHub's message with its details, one safe line."""
    try:
        answer = response.json()
    except ValueError:
        return "no readable message"
    if not isinstance(answer, dict):
        return "no readable message"
    details = "; ".join(_detail(error) for error in _list(answer.get("errors"))[:3])
    said = str(answer.get("message") or "no message")
    return without_tokens(f"{said} ({details})" if details else said)


def _detail(error: object) -> str:
    if isinstance(error, dict):
        return str(error.get("message") or error.get("code") or "no detail")
    return str(error)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _refusal(status: int) -> type[Refused]:
    if 300 <= status < 400:
        return Moved
    return {401: Unauthorized, 403: Forbidden, 404: NotFound, 410: NotFound, 422: Invalid}.get(
        status, Refused
    )


def _moment_of(response: httpx.Response) -> datetime:
    """When GitHub answered, by its own clock: the reset time is in that clock too."""
    try:
        return parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError):
        return datetime.now(UTC)


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() and len(text) < 12 else None
