"""Local mode without sign-in: only requests from this very machine's own pages are served.

A server on loopback can still be reached by any web page open in the browser, by a name that is
made to point here (DNS rebinding) or by a cross-site request. Hence ``Host`` and, where there is
one, ``Origin`` have to be loopback too (design section 5.11).
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class LocalHostsOnly:
    """ASGI middleware that answers 403 unless Host and Origin are loopback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan" or _is_local(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = PlainTextResponse("Local mode answers this machine only.\n", status_code=403)
        await refusal(scope, receive, send)


def is_loopback(authority: str) -> bool:
    """Whether ``host`` or ``host:port`` names this machine: localhost, 127.0.0.0/8 or ::1."""
    try:
        parts = urlsplit(f"//{authority}")
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.path or parts.query or parts.fragment:
        return False
    return host == "localhost" or _is_loopback_address(host)


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_local(headers: Headers) -> bool:
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    return (
        len(hosts) == 1
        and is_loopback(hosts[0])
        and all(_is_loopback_origin(origin) for origin in origins)
    )


def _is_loopback_origin(origin: str) -> bool:
    scheme, separator, authority = origin.partition("://")
    return bool(separator) and scheme in ("http", "https") and is_loopback(authority)
