"""Local mode answers this machine's own pages only."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from app.web.pages.local import LocalHostsOnly, is_loopback


def served() -> LocalHostsOnly:
    app = FastAPI()

    @app.get("/")
    async def home() -> str:
        return "home"

    return LocalHostsOnly(app)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=served())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as opened:
        yield opened


@pytest.mark.parametrize(
    "authority",
    [
        "localhost",
        "localhost:8000",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.1.2.3:80",
        "[::1]",
        "[::1]:80",
    ],
)
def test_names_of_this_machine(authority: str) -> None:
    assert is_loopback(authority)


@pytest.mark.parametrize(
    "authority",
    [
        *("", "a.example", "localhost.a.example", "127.0.0.1.a.example", "10.0.0.1", "0.0.0.0"),
        *(
            "localhost@a.example",
            "a@localhost",
            "localhost/x",
            "localhost#x",
            "[::1",
            "[::2]",
            "::1",
        ),
        *("localhost:99999", "localhost:x", "0x7f000001", "2130706433"),
    ],
)
def test_other_names_are_not(authority: str) -> None:
    assert not is_loopback(authority)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Host": "a.example"}, 403),
        ({"Host": "a.example:8000", "Origin": "http://localhost:8000"}, 403),
        ({"Origin": "http://a.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "file://localhost"}, 403),
    ],
)
async def test_host_and_origin_decide(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await client.get("/", headers=headers)
    assert answer.status_code == status


async def test_two_hosts_are_none(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers=[("Host", "localhost"), ("Host", "a.example")])
    assert answer.status_code == 403


async def test_a_websocket_from_elsewhere_is_closed() -> None:
    sent: list[Message] = []

    async def unreachable(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("the application must not be reached")

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "headers": [(b"host", b"a.example")]}
    await LocalHostsOnly(unreachable)(scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]
