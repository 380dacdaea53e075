"""Durable intake of webhooks beside an endpoint that only verifies the signature, in one process."""

import asyncio
import hashlib
import hmac
import json
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI, Request, Response

from app.main import create_app
from app.queue import QueuedJob
from app.settings import Settings
from app.store.audits import Audits
from app.store.deliveries import Deliveries
from app.store.engine import Database
from app.store.migrate import upgrade
from app.web.resources import WebResources
from app.web.signature import is_signed
from benchmarks.figures import Figure, at_least, by_turns
from demo.box import Server

ROUNDS = 7
CONNECTIONS = 8
SECONDS = 2.0
BODY_BYTES = 25_000
SECRET = "a secret of the benchmark"
FLOOR = 0.12


class NoQueue:
    """A queue that takes jobs and keeps none: the wake-up is off the request's path anyway."""

    async def enqueue(self, job: QueuedJob) -> None:
        """Take it."""

    async def ping(self) -> None:
        """Be there."""

    async def depth(self) -> dict[str, int]:
        """Nothing waits."""
        return {}

    async def close(self) -> None:
        """Nothing to close."""


async def intake(rounds: int = ROUNDS, length_s: float = SECONDS) -> list[Figure]:
    """Answers a second of each endpoint, by turns."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with _served(Path(folder)) as port:
            measures = {
                path: _rate(port, path, length_s) for path in ("/webhook", "/signature-only")
            }
            taken = await by_turns(measures, rounds)
    return [
        at_least("durable / signature only", taken["/webhook"], taken["/signature-only"], FLOOR)
    ]


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[int]:
    settings = Settings.load(_environ(folder))
    await upgrade(settings.database_url)
    database = Database.open(settings.database_url, durable=True)
    app = create_app(
        WebResources(
            settings=settings,
            database=database,
            deliveries=Deliveries(database),
            audits=Audits(database),
            queue=NoQueue(),
        )
    )
    _add_signature_only(app)
    server = Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.02)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


def _add_signature_only(app: FastAPI) -> None:
    @app.post("/signature-only")
    async def signature_only(request: Request) -> Response:
        signature = request.headers["x-hub-signature-256"]
        signed = is_signed(await request.body(), signature, [SECRET.encode()])
        return Response(status_code=202 if signed else 401)


def _environ(folder: Path) -> dict[str, str]:
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "AUDIT_APP_ID": "1",
        "AUDIT_PRIVATE_KEY": key.decode(),
        "AUDIT_WEBHOOK_SECRET": SECRET,
        "AUDIT_SECRET_KEY": "of the benchmark, and long enough for it",
        "AUDIT_DATA_DIR": str(folder),
    }


def _rate(port: int, path: str, length_s: float) -> Callable[[], Awaitable[float]]:
    async def measured() -> float:
        ends = time.perf_counter() + length_s
        clients = (_answers(port, path, ends) for _ in range(CONNECTIONS))
        return sum(await asyncio.gather(*clients)) / length_s

    return measured


async def _answers(port: int, path: str, ends: float) -> int:
    """How many deliveries one kept-alive connection gets a 202 for until ``ends``."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < ends:
        writer.write(_request(path))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 202"):
            raise AssertionError(head.decode("latin-1"))
        await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
        count += 1
    writer.close()
    await writer.wait_closed()
    return count


PAYLOAD = {"action": "opened", "installation": {"id": 3}, "repository": {"id": 7}}
BODY = json.dumps(PAYLOAD | {"text": "x" * BODY_BYTES}).encode()
SIGNATURE = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()


def _request(path: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(BODY)}\r\nX-GitHub-Event: pull_request\r\n"
        f"X-GitHub-Delivery: {uuid.uuid4()}\r\nX-Hub-Signature-256: sha256={SIGNATURE}\r\n\r\n"
    )
    return head.encode() + BODY
