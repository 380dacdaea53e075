"""The product itself, as its real processes, installed on a GitHub in a box."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx

from app.settings import Settings
from app.store.audits import Audits
from app.store.engine import Database
from app.web.webhook import WEBHOOK_PATH
from demo.advisories import write_dump
from demo.box import GitHubBox
from workers.supervisor.serve import Started, serve

KEPT: Final = ("AUDIT_ADVISORIES_DIR", "AUDIT_SCANNERS_DIR", "AUDIT_LOG_LEVEL")
"""What of the caller's own settings holds here too; the rest belongs to other deployments."""
READY_LIMIT_S: Final = 30.0
POLL_S: Final = 0.05

_Result = TypeVar("_Result")


class ServerEndedError(RuntimeError):
    """The product's processes ended while they were needed."""


@dataclass(frozen=True, slots=True)
class AuditServer:
    """The box, the running processes' address and record, and the client that reads their pages."""

    box: GitHubBox
    url: str
    advisories: Path
    audits: Audits
    pages: httpx.AsyncClient
    serving: asyncio.Task[None]

    async def while_up(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """The result of ``work``; raises what ended the processes if that comes first."""
        task = asyncio.create_task(work)
        try:
            return await first_result(task, self.serving)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def page(self, audit_id: str) -> str:
        """The address of an audit's page."""
        return f"{self.url}/runs/{audit_id}"

    async def document(self, audit_id: str) -> dict[str, Any]:
        """An audit's JSON document, as the web process gives it."""
        answer = await self.pages.get(f"{self.page(audit_id)}.json")
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
        return document


async def first_result(task: asyncio.Task[_Result], serving: asyncio.Task[None]) -> _Result:
    """The result of ``task``, unless ``serving`` ends before."""
    await asyncio.wait((task, serving), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.result()
    serving.result()
    raise ServerEndedError("The server stopped before the story ended.")


@asynccontextmanager
async def audit_server(folder: Path, environ: Mapping[str, str]) -> AsyncIterator[AuditServer]:
    """Start everything with its data below ``folder``; no process is left when the block ends.

    ``environ`` is the caller's. Raises `SettingsError` and `CannotStartError`.
    """
    root = folder / "github"
    await asyncio.to_thread(root.mkdir, parents=True)
    async with GitHubBox.start(root) as box:
        told = settings_environ(box, folder, environ)
        settings = Settings.load(told)
        async with _serving(settings, told, folder / "logs") as (started, serving):
            secret = settings.webhook_secret.get_secret_value()
            async with _server(box, settings, started, serving) as server:
                await server.while_up(_until_ready(server))
                box.set_webhook(f"{server.url}{WEBHOOK_PATH}", secret)
                yield server


def settings_environ(box: GitHubBox, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a deployment on the box: the caller's, with settings and secrets of its own."""
    own = {name: value for name, value in environ.items() if not _is_setting(name)}
    kept = {name: environ[name] for name in KEPT if environ.get(name)}
    if "AUDIT_ADVISORIES_DIR" not in kept:
        kept["AUDIT_ADVISORIES_DIR"] = str(write_dump(folder / "advisories"))
    return {
        **own,
        **kept,
        "AUDIT_APP_ID": str(box.app.id),
        "AUDIT_PRIVATE_KEY": box.private_key,
        "AUDIT_WEBHOOK_SECRET": secrets.token_hex(32),
        "AUDIT_SECRET_KEY": secrets.token_hex(32),
        "AUDIT_GITHUB_URL": box.base_url,
        "AUDIT_GIT_URL": box.base_url,
        "AUDIT_DATA_DIR": str(folder / "data"),
        "AUDIT_WRITE_SPACING_S": "0",
        "AUDIT_ALLOW_WEAK_BOX": "true",
        "AUDIT_LOCAL_MODE": "true",
        "AUDIT_PORT": "0",
    }


def _is_setting(name: str) -> bool:
    return name.upper().startswith("AUDIT_") or name.upper() == "REDIS_URL"


@asynccontextmanager
async def _serving(
    settings: Settings, environ: Mapping[str, str], logs: Path
) -> AsyncIterator[tuple[Started, asyncio.Task[None]]]:
    stop = asyncio.Event()
    told: asyncio.Future[Started] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(settings, environ, stop=stop, started=told.set_result, logs=logs)
    )
    try:
        started = await first_result(asyncio.create_task(_value(told)), serving)
        yield started, serving
    finally:
        stop.set()
        await asyncio.wait((serving,))
        told.cancel()


async def _value(told: asyncio.Future[Started]) -> Started:
    return await told


@asynccontextmanager
async def _server(
    box: GitHubBox, settings: Settings, started: Started, serving: asyncio.Task[None]
) -> AsyncIterator[AuditServer]:
    database = Database.open(settings.database_url)
    advisories = settings.advisories_dir or Path()
    try:
        async with httpx.AsyncClient(trust_env=False) as pages:
            audits = Audits(database)
            yield AuditServer(box, started.web.url, advisories, audits, pages, serving)
    finally:
        await database.close()


async def _until_ready(server: AuditServer) -> None:
    async with asyncio.timeout(READY_LIMIT_S):
        while not await _is_ready(server):  # noqa: ASYNC110 - what is asked is another process
            await asyncio.sleep(POLL_S)


async def _is_ready(server: AuditServer) -> bool:
    with suppress(httpx.TransportError):
        return (await server.pages.get(f"{server.url}/readyz")).status_code == httpx.codes.OK
    return False
