"""A job is held by a short, renewed lease: a worker's death costs seconds, a long job runs once."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.queue import ArqQueue, JobName, QueuedJob
from tests.workers.redis_server import RedisServer, running_redis

pytestmark = [pytest.mark.integration]

LEASE_S = 6.0
ROOT = Path(__file__).parents[2]
StartWorker = Callable[[float], "subprocess.Popen[bytes]"]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    path.touch()
    return path


@pytest.fixture
def start_worker(redis: RedisServer, journal: Path) -> Iterator[StartWorker]:
    processes: list[subprocess.Popen[bytes]] = []

    def start(job_s: float) -> "subprocess.Popen[bytes]":
        arguments = (redis.url, str(LEASE_S), str(journal), str(job_s))
        module = (sys.executable, "-m", "tests.workers.worker_process")
        processes.append(
            subprocess.Popen((*module, *arguments), cwd=ROOT, stderr=subprocess.DEVNULL)
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


async def queue_one(redis: RedisServer) -> None:
    queue = ArqQueue.open(redis.url)
    await queue.enqueue(QueuedJob(name=JobName.AUDIT, id="audit:1"))
    await queue.close()


def words(journal: Path, word: str) -> list[int]:
    """The ids of the processes that wrote ``word``."""
    lines = [line.split() for line in journal.read_text().splitlines()]
    return [int(pid) for first, pid in lines if first == word]


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_a_killed_workers_job_begins_again_elsewhere_within_the_lease(
    redis: RedisServer, journal: Path, start_worker: StartWorker
) -> None:
    start_worker(14.0)
    start_worker(14.0)
    await until(lambda: len(words(journal, "sweep")) == 2)
    await queue_one(redis)
    await until(lambda: bool(words(journal, "begin")))
    await asyncio.sleep(LEASE_S + 3)
    (holder,) = words(journal, "begin")  # a job longer than the lease has still begun once

    os.kill(holder, signal.SIGKILL)
    killed = time.monotonic()
    await until(lambda: len(words(journal, "begin")) == 2)
    taken_over_after = time.monotonic() - killed
    await until(lambda: bool(words(journal, "end")))

    first, second = words(journal, "begin")
    assert first == holder
    assert second != holder
    assert words(journal, "end") == [second]
    assert taken_over_after <= LEASE_S + 2


@pytest.mark.slow
async def test_a_stop_signal_lets_the_running_job_end(
    redis: RedisServer, journal: Path, start_worker: StartWorker
) -> None:
    worker = start_worker(1.0)
    await queue_one(redis)
    await until(lambda: bool(words(journal, "begin")))

    worker.send_signal(signal.SIGTERM)

    assert await asyncio.to_thread(worker.wait) == 0
    assert words(journal, "end") == [worker.pid]
