"""The whole server in one process: box, receiver, store, jobs; only Redis is left out."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from app.domain.audit import Audit
from app.main import create_app
from app.queue import RetryLater
from app.settings import Settings
from app.store.audits import Audits
from app.store.deliveries import Deliveries
from app.store.engine import Database
from app.store.migrate import upgrade
from app.web.resources import WebResources
from demo.advisories import write_dump
from demo.box import GitHubBox
from tests.app.web.service import RememberedQueue
from tests.demo.caller import Server
from workers.jobs.table import JOBS
from workers.resources import Resources, open_resources

SECRET = "a webhook secret of tests"


@dataclass(slots=True)
class AuditServer:
    """What a test can do with the server."""

    box: GitHubBox
    resources: Resources
    queue: RememberedQueue

    async def work(self) -> None:
        """Run jobs until none is left; a job that wants to come later comes at once."""
        await self.box.deliveries.settled()
        await asyncio.sleep(0.05)
        while self.queue.jobs:
            job = self.queue.jobs.pop(next(iter(self.queue.jobs)))
            try:
                await JOBS[job.name](self.resources, job.payload)
            except RetryLater:
                await self.queue.enqueue(job)
            await self.box.deliveries.settled()
            await asyncio.sleep(0.02)

    async def newest_audit(self, number: int = 1) -> Audit:
        """The audit that the pull request's newest check run names."""
        pull = next(iter(self.box.world.repositories.values())).pull_requests[number]
        run = self.box.check_runs(pull.head_sha)[-1]
        audit = await self.resources.audits.load(str(run.external_id).partition("/")[0])
        assert audit is not None
        return audit


@asynccontextmanager
async def audit_server(folder: Path, **settings: str) -> AsyncIterator[AuditServer]:
    """A box whose app is served here, with a store in ``folder``."""
    root = folder / "github"
    root.mkdir()
    async with GitHubBox.start(root) as box:
        values = Settings.load(_environ(box, folder) | settings)
        await upgrade(values.database_url)
        queue = RememberedQueue()
        resources = _with_queue(await open_resources(values), queue)
        async with _listening(values, queue) as url:
            box.set_webhook(url, SECRET)
            yield AuditServer(box, resources, queue)
        await resources.client.aclose()
        await resources.database.close()


def _environ(box: GitHubBox, folder: Path) -> Mapping[str, str]:
    return {
        "AUDIT_APP_ID": str(box.app.id),
        "AUDIT_PRIVATE_KEY": box.private_key,
        "AUDIT_WEBHOOK_SECRET": SECRET,
        "AUDIT_SECRET_KEY": "a secret key of tests, long enough",
        "AUDIT_GITHUB_URL": box.base_url,
        "AUDIT_GIT_URL": box.base_url,
        "AUDIT_DATA_DIR": str(folder / "data"),
        "AUDIT_ADVISORIES_DIR": str(write_dump(folder / "advisories")),
        "AUDIT_REDIS_URL": "redis://127.0.0.1:1/0",
        "AUDIT_WRITE_SPACING_S": "0",
        "AUDIT_ALLOW_WEAK_BOX": "true",
        "AUDIT_LOCAL_MODE": "true",
    }


def _with_queue(resources: Resources, queue: RememberedQueue) -> Resources:
    values = {name: getattr(resources, name) for name in resources.__dataclass_fields__}
    return Resources(**(values | {"queue": queue}))


@asynccontextmanager
async def _listening(settings: Settings, queue: RememberedQueue) -> AsyncIterator[str]:
    database = Database.open(settings.database_url)
    app = create_app(
        WebResources(
            settings=settings,
            database=database,
            deliveries=Deliveries(database),
            audits=Audits(database),
            queue=queue,
        )
    )
    config = uvicorn.Config(app, port=0, ws="none", log_config=None, access_log=False)
    server = Server(config)
    task = asyncio.create_task(server.serve())
    await server.ready.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        server.should_exit = True
        await task
