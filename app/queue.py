"""Wake-ups for the workers: job names and payloads, the queue protocol, its arq implementation.

A queued job is never the record of work: SQL is. A lost wake-up is repeated by the sweeper.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from arq.connections import ArqRedis, RedisSettings
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

CONNECT_LIMIT_S: Final = 1.0
ANSWER_LIMIT_S: Final = 5.0
"""A server that accepts and never answers must not hold a job for its whole limit."""
UNAVAILABLE: Final = (RedisError, OSError)
"""Away, hung, loading, read-only or out of memory: in each case the sweeper comes again."""


class QueueName(StrEnum):
    """Two queues, so that a night's audits never keep a person waiting."""

    INTERACTIVE = "audit:interactive"
    BATCH = "audit:batch"


class JobName(StrEnum):
    """What a worker can be asked to do."""

    DELIVERY = "delivery"
    AUDIT = "audit"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """One wake-up. ``id`` names one attempt set in SQL: a second one with it, while waiting, is dropped."""

    name: JobName
    id: str
    payload: dict[str, str] = field(default_factory=dict)
    queue: QueueName = QueueName.INTERACTIVE
    delay: timedelta = timedelta(0)


class RetryLater(Exception):  # noqa: N818 - an instruction to the queue, not an error of the job
    """Raised by a job that cannot go on now: run it again after ``seconds``."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.why = why


class Queue(Protocol):
    """Where wake-ups are put."""

    async def enqueue(self, job: QueuedJob) -> None:
        """Put ``job``; raises `QueueUnavailable`."""

    async def ping(self) -> None:
        """Raise `QueueUnavailable` when the queue cannot be reached."""

    async def depth(self) -> dict[str, int]:
        """How many jobs wait, by queue name."""

    async def close(self) -> None:
        """Let go of connections."""


class QueueUnavailable(Exception):  # noqa: N818 - reads as what it says
    """Redis could not be reached, or does not take jobs now."""


def serialize(job: dict[str, Any]) -> bytes:
    """A job as JSON. Never pickle: whoever writes to Redis would run code in the worker."""
    return json.dumps(job, default=repr).encode()


def deserialize(data: bytes) -> dict[str, Any]:
    """The job behind ``data``; raises ValueError for what is no JSON, TypeError for what is no object."""
    value = json.loads(data)
    if not isinstance(value, dict):
        raise TypeError("a queued job is a JSON object")
    return value


def redis_settings(url: str) -> RedisSettings:
    """Connection settings for ``url`` that outlive a restart of Redis."""
    settings = RedisSettings.from_dsn(url)
    settings.retry = Retry(ExponentialBackoff(cap=1, base=0.1), 40)
    settings.retry_on_error = [RedisConnectionError, RedisTimeoutError, OSError]
    settings.retry_on_timeout = True
    settings.ssl_check_hostname = settings.ssl
    return settings


def connection_options(url: str, answer_limit_s: float) -> dict[str, Any]:
    """Time limits, and for ``rediss`` a check of the host's name, which redis-py 5 leaves out."""
    limits = {"socket_connect_timeout": CONNECT_LIMIT_S, "socket_timeout": answer_limit_s}
    return limits | ({"ssl_check_hostname": True} if url.startswith("rediss:") else {})


class ArqQueue:
    """The queue on Redis, read by `workers.main`."""

    def __init__(self, pool: ArqRedis) -> None:
        self._pool = pool

    @classmethod
    def open(cls, url: str, *, answer_limit_s: float = ANSWER_LIMIT_S) -> "ArqQueue":
        """The queue at ``url``; it connects at its first command, so the web starts without Redis."""
        pool = ArqRedis.from_url(url, **connection_options(url, answer_limit_s))
        pool.job_serializer = serialize
        pool.job_deserializer = deserialize
        return cls(pool)

    async def enqueue(self, job: QueuedJob) -> None:
        """Put ``job`` on its queue; the same id waiting already is left as it is."""
        try:
            await self._pool.enqueue_job(
                str(job.name),
                dict(job.payload),
                _job_id=job.id,
                _queue_name=str(job.queue),
                _defer_by=job.delay or None,
            )
        except UNAVAILABLE as error:
            raise QueueUnavailable(str(error)) from error

    async def ping(self) -> None:
        """Ask Redis whether it is there."""
        try:
            await self._pool.ping()
        except UNAVAILABLE as error:
            raise QueueUnavailable(str(error)) from error

    async def depth(self) -> dict[str, int]:
        """How many jobs wait in each queue."""
        try:
            return {str(name): await self._pool.zcard(str(name)) for name in QueueName}
        except UNAVAILABLE as error:
            raise QueueUnavailable(str(error)) from error

    async def close(self) -> None:
        """Close the pool."""
        await self._pool.aclose()
