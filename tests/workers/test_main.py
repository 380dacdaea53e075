"""The worker on a real Redis: both queues, JSON only, delays, outages, stops."""

import asyncio
import logging
import pickle
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from app.queue import ArqQueue, JobName, QueuedJob, QueueName, RetryLater
from app.settings import SettingsError
from tests.workers.redis_server import RedisServer, running_redis
from workers.jobs.function import JobFunction
from workers.main import (
    READ_LIMIT,
    LeaseWorker,
    WorkerOptions,
    build_workers,
    run,
    sweep_forever,
    work,
)

pytestmark = pytest.mark.integration

OPTIONS = WorkerOptions(
    interactive_slots=2,
    batch_slots=1,
    poll_delay_s=0.02,
    sweep_interval_s=0.2,
    completion_wait_s=5.0,
)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
async def queue(redis: RedisServer) -> AsyncIterator[ArqQueue]:
    opened = ArqQueue.open(redis.url)
    yield opened
    await opened.close()


class Recorder:
    """Jobs that write down what they are called with, and do what a test says."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.sweeps = 0
        self.actions: dict[str, Callable[[], Any]] = {}

    async def audit(self, resources: Any, payload: Mapping[str, str]) -> None:
        action = self.actions.get(payload["audit_id"])
        if action is not None:
            await action()
        self.done.append(payload["audit_id"])

    async def sweep(self, resources: Any, payload: Mapping[str, str]) -> None:
        self.sweeps += 1

    def jobs(self) -> dict[JobName, JobFunction]:
        return {JobName.AUDIT: self.audit, JobName.SWEEP: self.sweep}


def an_audit_job(name: str, queue: QueueName = QueueName.INTERACTIVE) -> QueuedJob:
    return QueuedJob(
        name=JobName.AUDIT, id=f"audit:{name}", payload={"audit_id": name}, queue=queue
    )


@asynccontextmanager
async def working(
    url: str,
    recorder: Recorder,
    *,
    options: WorkerOptions = OPTIONS,
    sweep: JobFunction | None = None,
) -> AsyncIterator[tuple[LeaseWorker, ...]]:
    """Workers that run until the block ends, stopped as by a signal."""
    stop = asyncio.Event()
    nothing: Any = None
    workers = build_workers(url, recorder.jobs(), nothing, options)
    sweeping = sweep_forever(sweep or recorder.sweep, nothing, options.sweep_interval_s)
    sweeper = asyncio.create_task(sweeping)
    running = asyncio.create_task(work(workers, sweeper, stop, options.completion_wait_s))
    try:
        yield workers
    finally:
        stop.set()
        await running


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


async def test_both_queues_are_served(redis: RedisServer, queue: ArqQueue) -> None:
    recorder = Recorder()
    async with working(redis.url, recorder):
        await queue.enqueue(an_audit_job("a person waits"))
        await queue.enqueue(an_audit_job("nightly", QueueName.BATCH))
        await until(lambda: len(recorder.done) == 2)

    assert sorted(recorder.done) == ["a person waits", "nightly"]
    assert await queue.depth() == {"audit:interactive": 0, "audit:batch": 0}


async def test_a_night_of_batch_jobs_does_not_keep_a_person_waiting(
    redis: RedisServer, queue: ArqQueue
) -> None:
    recorder = Recorder()
    daybreak = asyncio.Event()
    for number in range(150):
        recorder.actions[f"batch {number}"] = daybreak.wait
        await queue.enqueue(an_audit_job(f"batch {number}", QueueName.BATCH))
    async with working(redis.url, recorder):
        await queue.enqueue(an_audit_job("a person waits"))
        await until(lambda: bool(recorder.done))
        done_during_the_night = list(recorder.done)
        daybreak.set()

    assert done_during_the_night == ["a person waits"]


async def test_a_job_that_asks_for_later_runs_again_after_its_delay(
    redis: RedisServer, queue: ArqQueue
) -> None:
    recorder = Recorder()
    calls: list[float] = []
    clock = asyncio.get_running_loop().time

    async def limited_at_first() -> None:
        calls.append(clock())
        if len(calls) == 1:
            raise RetryLater(0.3, "GitHub asks to wait")

    recorder.actions["limited"] = limited_at_first
    async with working(redis.url, recorder):
        await queue.enqueue(an_audit_job("limited"))
        await until(lambda: bool(recorder.done))

    first, second = calls
    assert second - first >= 0.3
    assert recorder.done == ["limited"]


async def test_a_failed_job_ends_and_is_left_to_the_sweeper(
    redis: RedisServer, queue: ArqQueue, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()
    calls: list[str] = []

    async def broken() -> None:
        calls.append("broken")
        raise ValueError("a bug of ours")

    recorder.actions["broken"] = broken
    async with working(redis.url, recorder):
        await queue.enqueue(an_audit_job("broken"))
        await until(lambda: bool(calls))
        await queue.enqueue(an_audit_job("next"))
        await until(lambda: recorder.done == ["next"])

    assert calls == ["broken"]
    assert (await queue.depth())["audit:interactive"] == 0
    assert "a bug of ours" in caplog.text


async def test_an_id_can_be_queued_again_as_soon_as_it_is_done(
    redis: RedisServer, queue: ArqQueue
) -> None:
    recorder = Recorder()
    async with working(redis.url, recorder):
        for times in (1, 2):
            await queue.enqueue(an_audit_job("same"))
            await until(lambda times=times: len(recorder.done) == times)
            await gone(queue)

    assert recorder.done == ["same", "same"]


class Trap:
    """What a pickle of it would do on being read."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self._place,))


@pytest.mark.parametrize(
    "entry",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"f": "audit", "a": [], "k": {}, "t": null, "et": 1}',
        b'{"f": ["audit"], "a": [], "k": {}, "t": null, "et": 1}',
        b'{"f": "audit", "a": [{}], "k": {}, "t": "x", "et": "y"}',
        b'{"f": "rm -rf", "a": [{}], "k": {}, "t": null, "et": 1}',
    ],
)
async def test_a_queue_entry_that_is_no_job_of_ours_ends_and_the_worker_goes_on(
    redis: RedisServer, queue: ArqQueue, entry: bytes
) -> None:
    recorder = Recorder()
    await put_raw(redis, "hostile", entry)
    async with working(redis.url, recorder):
        await queue.enqueue(an_audit_job("next"))
        await until(lambda: recorder.done == ["next"])
        await gone(queue)

    assert (await queue.depth())["audit:interactive"] == 0


async def test_a_pickle_in_the_queue_runs_nothing(
    redis: RedisServer, queue: ArqQueue, tmp_path: Path
) -> None:
    recorder = Recorder()
    trap = tmp_path / "sprung"
    await put_raw(redis, "hostile", pickle.dumps(Trap(trap)))
    async with working(redis.url, recorder):
        await gone(queue)

    assert not trap.exists()


async def put_raw(redis: RedisServer, job_id: str, entry: bytes) -> None:
    async with Redis(unix_socket_path=str(redis.place.socket)) as client:
        await client.set(f"arq:job:{job_id}", entry)
        await client.zadd(str(QueueName.INTERACTIVE), {job_id: 1})


async def gone(queue: ArqQueue) -> None:
    while (await queue.depth())["audit:interactive"]:
        await asyncio.sleep(0.01)


async def test_what_is_queued_is_json(redis: RedisServer, queue: ArqQueue) -> None:
    await queue.enqueue(an_audit_job("read me"))
    async with Redis(unix_socket_path=str(redis.place.socket)) as client:
        entry = await client.get("arq:job:audit:read me")

    assert b'"a": [{"audit_id": "read me"}]' in entry


async def test_a_killed_redis_is_survived(redis: RedisServer, queue: ArqQueue) -> None:
    recorder = Recorder()
    outage_over = asyncio.Event()
    recorder.actions["through the outage"] = outage_over.wait
    async with working(redis.url, recorder) as workers:
        await queue.enqueue(an_audit_job("through the outage"))
        await until(lambda: any(worker.job_tasks for worker in workers))
        redis.kill()
        outage_over.set()
        await asyncio.sleep(0.3)
        await asyncio.to_thread(redis.start)
        await queue.enqueue(an_audit_job("after it"))
        await until(lambda: {"through the outage", "after it"} <= set(recorder.done))

    assert "after it" in recorder.done


async def test_a_flushed_redis_is_harmless_since_the_sweeper_queues_again(
    redis: RedisServer, queue: ArqQueue
) -> None:
    recorder = Recorder()
    for number in range(20):
        await queue.enqueue(an_audit_job(str(number)))
    redis.flush()

    async def sweep_from_the_record(resources: Any, payload: Mapping[str, str]) -> None:
        for number in range(20):
            if str(number) not in recorder.done:
                await queue.enqueue(an_audit_job(str(number)))

    async with working(redis.url, recorder, sweep=sweep_from_the_record):
        await until(lambda: len(set(recorder.done)) == 20)

    assert sorted(recorder.done, key=int) == [str(number) for number in range(20)]


async def test_a_flush_does_not_start_a_running_job_a_second_time(
    redis: RedisServer, queue: ArqQueue
) -> None:
    recorder = Recorder()
    begun: list[str] = []
    finish = asyncio.Event()

    async def long() -> None:
        begun.append("long")
        await finish.wait()

    recorder.actions["long"] = long
    async with working(redis.url, recorder):
        await queue.enqueue(an_audit_job("long"))
        await until(lambda: bool(begun))
        redis.flush()
        await queue.enqueue(an_audit_job("long"))
        await queue.enqueue(an_audit_job("other"))
        await until(lambda: recorder.done == ["other"])
        begun_after_the_flush = len(begun)
        finish.set()

    assert begun_after_the_flush == 1


async def test_a_flushed_lease_is_taken_anew(redis: RedisServer, queue: ArqQueue) -> None:
    recorder = Recorder()
    finish = asyncio.Event()
    recorder.actions["long"] = finish.wait
    async with (
        working(redis.url, recorder, options=replace(OPTIONS, lease_s=0.3)) as workers,
        Redis(unix_socket_path=str(redis.place.socket)) as client,
    ):
        await queue.enqueue(an_audit_job("long"))
        await until(lambda: any(worker.job_tasks for worker in workers))
        redis.flush()
        while not await client.exists("arq:in-progress:audit:long"):
            await asyncio.sleep(0.01)
        left = await client.pttl("arq:in-progress:audit:long")
        finish.set()

    assert 0 < left <= 300


async def test_a_stop_gives_a_job_that_takes_too_long_back_to_the_queue(
    redis: RedisServer, queue: ArqQueue
) -> None:
    recorder = Recorder()
    recorder.actions["endless"] = asyncio.Event().wait
    async with working(
        redis.url, recorder, options=replace(OPTIONS, completion_wait_s=0.1)
    ) as workers:
        await queue.enqueue(an_audit_job("endless"))
        await until(lambda: any(worker.job_tasks for worker in workers))

    async with Redis(unix_socket_path=str(redis.place.socket)) as client:
        assert not await client.exists("arq:in-progress:audit:endless")
    assert (await queue.depth())["audit:interactive"] == 1


async def test_the_sweeper_sweeps_at_once_and_a_failure_does_not_end_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls: list[int] = []

    async def failing_at_first(resources: Any, payload: Mapping[str, str]) -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise ConnectionError("the database is away")

    nothing: Any = None
    with caplog.at_level(logging.ERROR):
        sweeper = asyncio.create_task(sweep_forever(failing_at_first, nothing, 0.01))
        await until(lambda: len(calls) == 3)
        sweeper.cancel()

    assert "the database is away" in caplog.text


async def test_a_sweep_that_hangs_is_given_up() -> None:
    calls: list[int] = []

    async def hanging(resources: Any, payload: Mapping[str, str]) -> None:
        calls.append(len(calls))
        await asyncio.Event().wait()

    nothing: Any = None
    sweeper = asyncio.create_task(sweep_forever(hanging, nothing, 0.01))
    await until(lambda: len(calls) == 2)
    sweeper.cancel()

    assert calls == [0, 1]


async def test_the_head_of_the_queue_can_be_full_of_jobs_that_run_elsewhere() -> None:
    nothing: Any = None
    options = WorkerOptions(interactive_slots=300, batch_slots=10)
    workers = build_workers("redis://127.0.0.1:1/0", Recorder().jobs(), nothing, options)

    assert [worker.queue_read_limit for worker in workers] == [620, 620]
    assert WorkerOptions().interactive_slots * 2 < READ_LIMIT


async def test_a_worker_without_an_address_of_redis_says_how_to_get_one() -> None:
    class NoRedis:
        redis_url = ""

    settings: Any = NoRedis()
    with pytest.raises(SettingsError, match="AUDIT_REDIS_URL is missing: set it to"):
        await run(settings)
