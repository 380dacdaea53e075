"""Reading a request's body without trusting what it says about its size."""

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request

from app.web.answer import Outcome, Refusal

MAX_BODY: Final = 25 * 1024 * 1024
"""Bytes; GitHub sends no larger payload (GitHub docs, *Webhook events and payloads*)."""
BODY_LIMIT_S: Final = 30.0
"""The longest that a forge itself waits for a delivery (GHES; github.com 10 s)."""

_TOO_LARGE: Final = "The body is larger than 25 MB, the most that GitHub sends."


async def read_body(request: Request) -> bytes:
    """The raw body; raises `Refusal` 413 over `MAX_BODY`, 408 over `BODY_LIMIT_S`, 400 when cut off."""
    announced = request.headers.get("content-length", "")
    # An honest length is refused before a byte is read; a lying one is caught by counting.
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > MAX_BODY:
        raise Refusal(413, Outcome.TOO_LARGE, _TOO_LARGE)
    try:
        async with asyncio.timeout(BODY_LIMIT_S):
            return await _counted(request)
    except TimeoutError:
        raise Refusal(408, Outcome.TOO_SLOW, "The body did not arrive within 30 s.") from None
    except ClientDisconnect:
        raise Refusal(400, Outcome.MALFORMED, "The body ended early.") from None


async def _counted(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > MAX_BODY:
            raise Refusal(413, Outcome.TOO_LARGE, _TOO_LARGE)
        body += chunk
    return bytes(body)
