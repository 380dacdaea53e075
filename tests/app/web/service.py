"""A web process in a test: a real database, a real or remembered queue, signed deliveries."""

import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from app.main import create_app
from app.queue import Queue, QueuedJob, QueueName
from app.settings import Settings
from app.store.audits import Audits
from app.store.deliveries import Deliveries
from app.store.engine import Database
from app.store.migrate import upgrade
from app.web.resources import WebResources
from app.web.webhook import WEBHOOK_PATH
from tests.app.test_settings import COMPLETE
from tests.builders import NOW

APP_ID = int(COMPLETE["AUDIT_APP_ID"])
SECRET = COMPLETE["AUDIT_WEBHOOK_SECRET"]


@dataclass
class RememberedQueue:
    """A queue in memory; its contract is tested beside the one on Redis."""

    jobs: dict[str, QueuedJob] = field(default_factory=dict)

    async def enqueue(self, job: QueuedJob) -> None:
        self.jobs.setdefault(job.id, job)

    async def ping(self) -> None:
        return None

    async def depth(self) -> dict[str, int]:
        waiting = [job.queue for job in self.jobs.values()]
        return {str(name): waiting.count(name) for name in QueueName}

    async def close(self) -> None:
        return None


def settings(**environ: str) -> Settings:
    return Settings.load(COMPLETE | environ)


async def a_database(folder: Path) -> Database:
    url = f"sqlite+aiosqlite:///{folder}/audit.db"
    await upgrade(url)
    return Database.open(url, durable=True)


def resources(database: Database, queue: Queue, **differences: Any) -> WebResources:
    values: dict[str, Any] = {
        "settings": settings(),
        "database": database,
        "deliveries": Deliveries(database),
        "audits": Audits(database),
        "queue": queue,
        "clock": lambda: NOW,
    }
    return WebResources(**(values | differences))


@dataclass
class Service:
    """A running application and a client of it."""

    app: FastAPI
    client: httpx.AsyncClient
    resources: WebResources

    async def deliver(self, delivery: "Post") -> httpx.Response:
        return await self.client.post(
            WEBHOOK_PATH, content=delivery.body, headers=delivery.all_headers()
        )

    async def figures(self) -> str:
        return (await self.client.get("/metrics")).text


@asynccontextmanager
async def serving(opened: WebResources, host: str = "localhost") -> AsyncIterator[Service]:
    """The application with its lifespan; at the end everything begun is finished."""
    app = create_app(opened)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client,
    ):
        yield Service(app, client, opened)


@dataclass(frozen=True)
class Post:
    """A webhook POST as GitHub makes it; ``without`` and ``headers`` spoil it."""

    event: str = "pull_request"
    body: bytes = b""
    id: str = ""
    secret: str = SECRET
    headers: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def all_headers(self) -> dict[str, str]:
        values = {
            "X-GitHub-Event": self.event,
            "X-GitHub-Delivery": self.id,
            "X-GitHub-Hook-Installation-Target-ID": str(APP_ID),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature-256": signature(self.body, self.secret),
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/0000000",
        }
        return {k: v for k, v in (values | dict(self.headers)).items() if k not in self.without}


def signature(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def a_post(payload: object = None, **differences: Any) -> Post:
    """A signed `pull_request.opened` of repository 7 by installation 3, with an id of its own."""
    if payload is None:
        payload = {"action": "opened", "installation": {"id": 3}, "repository": {"id": 7}}
    post = Post(body=json.dumps(payload).encode(), id=str(uuid.uuid4()))
    return replace(post, **differences)


def with_previous_secret(secret: str) -> Settings:
    return settings().model_copy(update={"webhook_secret_previous": SecretStr(secret)})
