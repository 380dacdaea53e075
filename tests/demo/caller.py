"""Clients of the box, and a receiver of its deliveries."""

import asyncio
import contextlib
import functools
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from demo.box import GitHubBox, Server
from demo.state.accounts import Installation

NUMBERED = "".join(f"line {number}\n" for number in range(1, 41))
CHANGED = NUMBERED.replace("line 20\n", "changed 20\n")


def app_jwt(box: GitHubBox, issued: int = -60, expires: int = 540) -> str:
    """A JWT of the app; times in seconds from now."""
    now = int(time.time())
    claims = {"iat": now + issued, "exp": now + expires, "iss": str(box.app.id)}
    return jwt.encode(claims, signing_key(box.private_key), algorithm="RS256")


@functools.cache
def signing_key(pem: str) -> RSAPrivateKey:
    """A key read once: reading checks it, which takes longer than a request."""
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


def client(box: GitHubBox, credential: str = "") -> httpx.AsyncClient:
    """A plain client, with a bearer credential if one is given."""
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    # Loading certificate authorities costs more than a test, and loopback has no TLS.
    plain = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.AsyncClient(
        base_url=box.base_url, headers=headers, trust_env=False, timeout=20, verify=plain
    )


async def installation_token(box: GitHubBox, name: str, **narrowed: Any) -> str:
    """A token for the repository's installation."""
    address = f"/app/installations/{box.installation(name).id}/access_tokens"
    async with client(box, app_jwt(box)) as app:
        answer = await app.post(address, json=narrowed)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


@contextlib.asynccontextmanager
async def installed(
    box: GitHubBox, name: str = "shop/app", **narrowed: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with an installation token; its paths are below the repository."""
    token = await installation_token(box, name, **narrowed)
    async with client(box, token) as one:
        one.base_url = httpx.URL(f"{box.base_url}/repos/{name}")
        yield one


async def ask_for_token(box: GitHubBox, installation: Installation, **body: Any) -> httpx.Response:
    """The answer to a request for a token."""
    async with client(box, app_jwt(box)) as app:
        return await app.post(f"/app/installations/{installation.id}/access_tokens", json=body)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a receiver got."""

    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """The event."""
        return self.headers["x-github-event"]


@dataclass(slots=True)
class Receiver:
    """An app's webhook. It answers with the statuses in `answers`, then with 202."""

    url: str = ""
    got: list[Delivery] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    wait: float = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        request = Request(scope, receive)
        body = await request.body()
        self.got.append(Delivery(dict(request.headers), body))
        await asyncio.sleep(self.wait)
        status = self.answers.pop(0) if self.answers else 202
        await Response(status_code=status)(scope, receive, send)

    def names(self) -> list[str]:
        """The events in the order they came."""
        return [delivery.name for delivery in self.got]


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    receiver = Receiver()
    config = uvicorn.Config(
        receiver, port=0, lifespan="off", ws="none", log_config=None, access_log=False
    )
    server = Server(config)
    task = asyncio.create_task(server.serve())
    await server.ready.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    receiver.url = f"http://127.0.0.1:{port}/webhook"
    try:
        yield receiver
    finally:
        server.should_exit = True
        await task
