"""The worker process: arq workers with a short, renewed lease, and the sweeper.

arq holds a job for its whole time limit by default, so a killed worker would keep an audit back for
half an hour. Here the hold is a lease of seconds that is renewed while the job runs. A job that
fails is not queued again by arq: SQL counts attempts, and the sweeper wakes what was forgotten.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from arq.worker import Function, Retry, Worker, func
from redis.exceptions import RedisError

from app.queue import JobName, QueueName, RetryLater, deserialize, redis_settings, serialize
from app.settings import Settings, SettingsError
from workers.jobs.function import JobFunction
from workers.jobs.table import JOBS
from workers.resources import Resources, open_resources
from workers.stop_signal import stop_on_signals

logger = logging.getLogger(__name__)

MAX_TRIES: Final = 1_000_000
"""arq counts a stop of the worker as a try, so its limit must never be reached."""
IN_PROGRESS_KEY: Final = "arq:in-progress:"
READ_LIMIT: Final = 500
"""Jobs read at a poll. Jobs that run elsewhere stay at the head of the queue, so fewer than twice
the running jobs of all workers would leave free ones unseen."""
CLOSE_LIMIT_S: Final = 10.0
"""What closing may take, beyond the wait for jobs: Redis may be gone by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """How much a worker process does at once, and its times in seconds."""

    interactive_slots: int = 4
    batch_slots: int = 2
    lease_s: float = 30.0
    poll_delay_s: float = 0.1
    job_limit_s: float = 1_800.0
    """Jobs have shorter limits of their own; this one ends a job that forgets its own."""
    completion_wait_s: float = 40.0
    """How long jobs may go on after a stop signal; less than the platform's time before SIGKILL."""
    sweep_interval_s: float = 15.0
    health_interval_s: float = 15.0


class LeaseWorker(Worker):
    """An arq worker whose hold on a job lasts ``lease_s`` seconds and is renewed each third of it."""

    def __init__(self, functions: list[Function], *, lease_s: float, **options: Any) -> None:
        super().__init__(functions, **options)
        self.lease_s = lease_s
        self.in_progress_timeout_s = lease_s
        self._renew_at = 0.0

    async def heart_beat(self) -> None:
        """Renew the leases when due; arq calls this once a poll."""
        if self.job_tasks and time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + self.lease_s / 3
            await self._renew()
        await super().heart_beat()

    async def _renew(self) -> None:
        """Set, not just prolong: a flushed Redis has to learn again what is under way here."""
        async with self.pool.pipeline(transaction=False) as pipe:
            for job_id in self.job_tasks:
                pipe.psetex(IN_PROGRESS_KEY + job_id, int(self.lease_s * 1000), b"1")
            await pipe.execute()

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Start what is not under way in this very worker, whatever Redis remembers of it."""
        await super().start_jobs([each for each in job_ids if each.decode() not in self.tasks])

    async def run_job(self, job_id: str, score: int) -> None:
        """Run one job; an entry that arq itself can't make sense of ends, instead of the worker."""
        try:
            await super().run_job(job_id, score)
        except RedisError:
            raise
        except asyncio.CancelledError:
            # Stopped before the job began, where arq would leave it held until the lease ends.
            await self.finish_job(job_id, False, None, None, False, None, None)
        except Exception:
            logger.exception("queue entry %s is not a job of ours and was dropped", job_id)
            await self.finish_failed_job(job_id, None)

    async def drain(self, limit_s: float) -> None:
        """Take no more jobs, and wait at most ``limit_s`` seconds for those that run."""
        self.allow_pick_jobs = False
        if self.tasks:
            await asyncio.wait(self.tasks.values(), timeout=limit_s)

    async def close(self) -> None:
        """Stop, give running jobs back to the queue, close the connections."""
        await _cancelled([self.main_task] if self.main_task is not None else [])
        await _cancelled(list(self.tasks.values()))
        if self._pool is None:
            return
        try:
            await self.pool.delete(self.health_check_key)
        finally:
            await self.pool.aclose(close_connection_pool=True)


async def _cancelled(tasks: list[asyncio.Task[Any]]) -> None:
    """Cancel ``tasks`` and wait for their end; what they raise is for whoever awaits them."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def build_workers(
    redis_url: str,
    jobs: Mapping[JobName, JobFunction],
    resources: Resources,
    options: WorkerOptions,
) -> tuple[LeaseWorker, ...]:
    """One worker a queue, each with slots of its own, so that neither queue waits for the other.

    Needs a running event loop; connects when run.
    """
    slots = {
        QueueName.INTERACTIVE: options.interactive_slots,
        QueueName.BATCH: options.batch_slots,
    }
    functions = [arq_function(name, job, resources) for name, job in jobs.items()]
    return tuple(
        LeaseWorker(
            functions,
            lease_s=options.lease_s,
            queue_name=str(queue),
            max_jobs=count,
            **_common(redis_url, options),
        )
        for queue, count in slots.items()
    )


def _common(redis_url: str, options: WorkerOptions) -> dict[str, Any]:
    """What both workers have in common; two of them can't both handle signals, so neither does."""
    slots = options.interactive_slots + options.batch_slots
    return {
        "redis_settings": redis_settings(redis_url),
        "job_serializer": serialize,
        "job_deserializer": deserialize,
        "keep_result": 0,
        "max_tries": MAX_TRIES,
        "job_timeout": options.job_limit_s,
        "poll_delay": options.poll_delay_s,
        "queue_read_limit": max(READ_LIMIT, 2 * slots),
        "health_check_interval": options.health_interval_s,
        "handle_signals": False,
        "log_results": False,
    }


def arq_function(name: JobName, job: JobFunction, resources: Resources) -> Function:
    """``job`` as arq calls it: `RetryLater` becomes a delay; another exception is logged by arq
    and ends the job.
    """

    async def run(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
        (payload,) = args
        try:
            await job(resources, payload)
        except RetryLater as later:
            logger.info("job %s waits %.1f s: %s", ctx["job_id"], later.seconds, later.why)
            raise Retry(defer=max(later.seconds, 0.0)) from later

    return func(run, name=str(name))


async def sweep_forever(sweep: JobFunction, resources: Resources, interval_s: float) -> None:
    """Sweep now and each ``interval_s`` seconds. A sweep that fails or hangs is one that is missed."""
    while True:
        try:
            async with asyncio.timeout(4 * interval_s):
                await sweep(resources, {})
        except Exception:
            logger.exception("the sweep failed; the next one is in %.0f s", interval_s)
        await asyncio.sleep(interval_s)


async def work(
    workers: tuple[LeaseWorker, ...],
    sweeper: asyncio.Task[None],
    stop: asyncio.Event,
    completion_wait_s: float,
) -> None:
    """Serve the queues until ``stop`` is set, then let running jobs end within their wait.

    Raises what ended a worker, such as a Redis that stayed away: a supervisor starts the process anew.
    """
    serving = [asyncio.create_task(worker.async_run()) for worker in workers]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((*serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            await asyncio.gather(*(worker.drain(completion_wait_s) for worker in workers))
    finally:
        stopping.cancel()
        sweeper.cancel()
        await asyncio.gather(*map(close_worker, workers))
    _raise_first(await asyncio.gather(*serving, return_exceptions=True))


async def close_worker(worker: LeaseWorker) -> None:
    """Give running jobs back to the queue and close the connections, as far as Redis is there."""
    try:
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await worker.close()
    except (RedisError, OSError) as error:
        logger.warning("%s was left without a farewell: %s", worker.queue_name, error)


def _raise_first(endings: list[BaseException | None]) -> None:
    for ending in endings:
        if isinstance(ending, Exception):
            raise ending


async def run(settings: Settings, options: WorkerOptions | None = None) -> None:
    """A worker process from start to stop signal. Raises `SettingsError` and what opening raises."""
    if not settings.redis_url:
        raise SettingsError(
            "AUDIT_REDIS_URL is missing: set it to redis://host:6379/0, "
            "or use `audit serve`, which brings a server."
        )
    stop = stop_on_signals()
    resources = await open_resources(settings)
    try:
        await _run_with(resources, settings.redis_url, stop, options or WorkerOptions())
    finally:
        await resources.close()


async def _run_with(
    resources: Resources, redis_url: str, stop: asyncio.Event, options: WorkerOptions
) -> None:
    sweeper = asyncio.create_task(
        sweep_forever(JOBS[JobName.SWEEP], resources, options.sweep_interval_s)
    )
    workers = build_workers(redis_url, JOBS, resources, options)
    await work(workers, sweeper, stop, options.completion_wait_s)
