"""From the signed POST to the processed delivery, with Redis dying in between: nothing is lost, nothing runs twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.queue import ArqQueue, JobName
from app.store.audits import Audits
from app.store.deliveries import Deliveries
from app.store.engine import Database
from app.store.migrate import upgrade
from app.store.repositories import Repositories
from app.store.tables import DELIVERY
from tests.app.store.postgres import BOTH, PostgresServer
from tests.app.web.service import Post, Service, a_post, serving
from tests.app.web.service import resources as web_resources
from tests.workers.jobs.deliveries import a_pull_event
from tests.workers.jobs.workshop import workshop
from tests.workers.redis_server import RedisServer, running_redis
from workers.jobs.delivery import process_delivery
from workers.jobs.sweep import DELIVERY_QUIET, sweep
from workers.main import WorkerOptions, build_workers, sweep_forever, work
from workers.resources import Resources

pytestmark = pytest.mark.integration

OPTIONS = WorkerOptions(poll_delay_s=0.02, sweep_interval_s=0.2, completion_wait_s=5.0)


@dataclass
class Deployment:
    """A web process and the resources of a worker, on one database and one Redis."""

    web: Service
    worker: Resources
    redis: RedisServer
    audited: Counter[str] = field(default_factory=Counter)

    async def deliver(self, *posts: Post) -> set[int]:
        """Send all at once; the statuses of the answers."""
        answers = await asyncio.gather(*(self.web.deliver(post) for post in posts))
        return {answer.status_code for answer in answers}

    async def audit(self, resources: Resources, payload: Mapping[str, str]) -> None:
        """In place of an audit: note that it ran, and end it."""
        request = await resources.audits.begin(payload["audit_id"], resources.clock())
        if request is not None:
            self.audited[request.head_sha] += 1
            await resources.audits.fail(request.id, "not audited in this story", resources.clock())

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker, by whose clock the last wake-ups were queued long ago."""
        later = self.worker.clock() + 2 * DELIVERY_QUIET
        resources = replace(self.worker, clock=lambda: later)
        jobs = {JobName.DELIVERY: process_delivery, JobName.AUDIT: self.audit}
        stop = asyncio.Event()
        workers = build_workers(self.redis.url, jobs, resources, OPTIONS)
        sweeping = sweep_forever(sweep, resources, OPTIONS.sweep_interval_s)
        sweeper = asyncio.create_task(sweeping)
        running = asyncio.create_task(work(workers, sweeper, stop, OPTIONS.completion_wait_s))
        try:
            yield
        finally:
            stop.set()
            await running

    async def open_deliveries(self) -> int:
        statement = select(func.count()).where(DELIVERY.c.processed_at.is_(None))
        async with self.worker.database.read() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def all_processed(self) -> None:
        while await self.open_deliveries():
            await asyncio.sleep(0.05)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture(params=BOTH)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        address = f"sqlite+aiosqlite:///{tmp_path}/deployment.db"
        await upgrade(address)
        return address
    server: PostgresServer = request.getfixturevalue("postgres")
    server.empty_tables()
    return server.migrated


@pytest.fixture
async def deployment(url: str, redis: RedisServer, tmp_path: Path) -> AsyncIterator[Deployment]:
    for_web, for_worker = Database.open(url, durable=True), Database.open(url)
    opened = web_resources(for_web, ArqQueue.open(redis.url))
    async with serving(opened) as web, workshop(tmp_path) as shop:
        queue = ArqQueue.open(redis.url)
        worker = replace(
            shop.resources,
            database=for_worker,
            deliveries=Deliveries(for_worker),
            repositories=Repositories(for_worker),
            audits=Audits(for_worker),
            queue=queue,
        )
        yield Deployment(web, worker, redis)
        await queue.close()
        await for_worker.close()


def a_push(number: int) -> Post:
    """The opening of pull request ``number``, with a head of its own."""
    return a_post(a_pull_event(head=f"{number:040x}", number=number))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.02)


async def test_a_flushed_redis_loses_none_of_a_hundred_deliveries(deployment: Deployment) -> None:
    heads = [f"{number:040x}" for number in range(1, 101)]
    assert await deployment.deliver(*map(a_push, range(1, 101))) == {202}
    deployment.redis.flush()
    assert await deployment.open_deliveries() == 100

    async with deployment.working():
        await deployment.all_processed()
        await until(lambda: len(deployment.audited) == 100)

    assert deployment.audited == Counter(heads)


async def test_what_came_while_redis_was_away_is_processed_later(deployment: Deployment) -> None:
    deployment.redis.kill()
    assert await deployment.deliver(*map(a_push, range(1, 11))) == {202}
    assert "audit_queue_up 0.0" in await deployment.web.figures()
    deployment.redis.start()

    async with deployment.working():
        await deployment.all_processed()
        await until(lambda: len(deployment.audited) == 10)

    assert set(deployment.audited.values()) == {1}


async def test_the_same_delivery_many_times_is_audited_once(deployment: Deployment) -> None:
    post = a_push(1)
    assert await deployment.deliver(*[post] * 5) == {202}

    async with deployment.working():
        await deployment.all_processed()
        assert await deployment.deliver(*[post] * 5) == {202}
        await until(lambda: bool(deployment.audited))

    assert list(deployment.audited.values()) == [1]


async def test_two_workers_process_each_delivery_once(deployment: Deployment) -> None:
    async with deployment.working(), deployment.working():
        assert await deployment.deliver(*map(a_push, range(1, 31))) == {202}
        await deployment.all_processed()
        await until(lambda: len(deployment.audited) == 30)

    assert set(deployment.audited.values()) == {1}


async def test_a_redis_that_dies_under_a_working_worker_costs_nothing(
    deployment: Deployment,
) -> None:
    async with deployment.working():
        assert await deployment.deliver(*map(a_push, range(1, 11))) == {202}
        deployment.redis.kill()
        assert await deployment.deliver(*map(a_push, range(11, 21))) == {202}
        deployment.redis.start()
        await deployment.all_processed()
        await until(lambda: len(deployment.audited) == 20)

    assert set(deployment.audited.values()) == {1}


def test_the_quiet_time_of_a_delivery_is_twice_the_lease() -> None:
    assert timedelta(seconds=2 * WorkerOptions().lease_s) <= DELIVERY_QUIET
