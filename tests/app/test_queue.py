"""The queue on a real Redis: what it takes, and how it says that it does not."""

import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from app.queue import (
    ArqQueue,
    JobName,
    QueuedJob,
    QueueName,
    QueueUnavailable,
    connection_options,
    deserialize,
    redis_settings,
    serialize,
)
from tests.workers.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.integration

A_JOB = QueuedJob(name=JobName.DELIVERY, id="delivery:1", payload={"delivery_id": "1"})


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
async def queue(redis: RedisServer) -> AsyncIterator[ArqQueue]:
    opened = ArqQueue.open(redis.url, answer_limit_s=0.3)
    yield opened
    await opened.close()


@pytest.fixture
async def client(redis: RedisServer) -> AsyncIterator[Redis]:
    async with Redis(unix_socket_path=str(redis.place.socket)) as opened:
        yield opened


async def test_a_job_is_json_under_its_id_on_its_queue(queue: ArqQueue, client: Redis) -> None:
    await queue.enqueue(A_JOB)
    stored = json.loads(await client.get("arq:job:delivery:1"))

    assert (stored["f"], stored["a"]) == ("delivery", [{"delivery_id": "1"}])
    assert await client.zrange("audit:interactive", 0, -1) == [b"delivery:1"]


async def test_a_delay_is_when_a_job_is_due(queue: ArqQueue, client: Redis) -> None:
    await queue.enqueue(A_JOB)
    later = QueuedJob(name=JobName.AUDIT, id="audit:1", delay=timedelta(hours=1))
    await queue.enqueue(later)
    due = dict(await client.zrange("audit:interactive", 0, -1, withscores=True))

    assert due[b"audit:1"] - due[b"delivery:1"] >= 3_599_000


async def test_a_full_redis_is_unavailable_and_loses_nothing_it_has(
    queue: ArqQueue, client: Redis
) -> None:
    await queue.enqueue(A_JOB)
    await client.config_set("maxmemory", "1")
    another = QueuedJob(name=JobName.AUDIT, id="audit:1")
    with pytest.raises(QueueUnavailable, match="maxmemory"):
        await queue.enqueue(another)

    assert await queue.depth() == {"audit:interactive": 1, "audit:batch": 0}
    await client.config_set("maxmemory", "0")
    await queue.enqueue(another)
    assert await queue.depth() == {"audit:interactive": 2, "audit:batch": 0}


async def test_a_hung_redis_is_unavailable(redis: RedisServer, queue: ArqQueue) -> None:
    await queue.ping()
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        with pytest.raises(QueueUnavailable):
            await queue.enqueue(A_JOB)
        with pytest.raises(QueueUnavailable):
            await queue.depth()
    finally:
        os.kill(redis.pid, signal.SIGCONT)
    await queue.ping()


async def test_a_killed_redis_is_unavailable_until_it_is_back(
    redis: RedisServer, queue: ArqQueue
) -> None:
    await queue.enqueue(A_JOB)
    redis.kill()
    for work in (queue.ping, queue.depth, lambda: queue.enqueue(A_JOB)):
        with pytest.raises(QueueUnavailable):
            await work()
    redis.start()

    await queue.enqueue(A_JOB)
    assert (await queue.depth())[QueueName.INTERACTIVE] == 1


def test_what_is_no_json_object_is_no_job() -> None:
    assert deserialize(serialize({"f": "audit", "a": []})) == {"f": "audit", "a": []}
    with pytest.raises(ValueError, match="decode"):
        deserialize(b"\x80\x04cos\nsystem\n")
    with pytest.raises(TypeError):
        deserialize(b"[1]")


def test_tls_is_checked_against_the_host() -> None:
    away = "rediss://cache.example.com/0"
    assert redis_settings(away).ssl_check_hostname is True
    assert connection_options(away, 5.0)["ssl_check_hostname"] is True
    assert redis_settings("redis://127.0.0.1/0").ssl is False
    assert "ssl_check_hostname" not in connection_options("unix:///redis.sock", 5.0)


async def test_an_address_with_tls_makes_a_queue_that_connects_at_its_first_command() -> None:
    queue = ArqQueue.open("rediss://127.0.0.1:1/0")
    with pytest.raises(QueueUnavailable):
        await queue.ping()
    await queue.close()
