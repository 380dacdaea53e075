"""Local mode: pages for this machine alone, the webhook for whoever signs."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.pages.local import LocalHostsOnly
from app.web.webhook import WEBHOOK_PATH


class LocalPages:
    """ASGI middleware: everything but the webhook, which has its signature, is loopback only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._local = LocalHostsOnly(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or have it refused."""
        is_webhook = scope["type"] == "http" and scope["path"] == WEBHOOK_PATH
        await (self._app if is_webhook else self._local)(scope, receive, send)
