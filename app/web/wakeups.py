"""Waking workers for recorded deliveries, best effort: SQL is the record, the sweeper repeats."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from app.queue import JobName, Queue, QueuedJob, QueueUnavailable
from app.store.deliveries import Deliveries
from app.store.engine import StoreUnavailable
from app.web.batches import Batches
from app.web.metrics import WebMetrics

log = structlog.stdlib.get_logger(__name__)

ENQUEUE_LIMIT_S: Final = 1.0
MAX_BATCH: Final = 200


class WakeUps:
    """Queues a job for each recorded delivery, after its sender was answered."""

    def __init__(
        self,
        queue: Queue,
        deliveries: Deliveries,
        metrics: WebMetrics,
        clock: Callable[[], datetime],
    ) -> None:
        self._queue = queue
        self._deliveries = deliveries
        self._metrics = metrics
        self._clock = clock
        self._batches = Batches(self._wake, most=MAX_BATCH)

    def soon(self, delivery_id: str) -> None:
        """Wake a worker for it; returns at once and never fails."""
        self._batches.put(delivery_id)

    async def close(self) -> None:
        """Queue what is waiting."""
        await self._batches.drain()

    async def _wake(self, ids: list[str]) -> None:
        queued = await self._queued(ids)
        if not queued:
            return
        try:
            await self._deliveries.mark_enqueued(queued, self._clock())
        except StoreUnavailable as error:
            # The sweeper will queue them once more; a job for a processed delivery does nothing.
            log.warning("wake_ups_not_marked", deliveries=len(queued), reason=str(error))

    async def _queued(self, ids: list[str]) -> list[str]:
        """The ids that were queued; after the first failure the rest is left to the sweeper."""
        for place, id_ in enumerate(ids):
            try:
                async with asyncio.timeout(ENQUEUE_LIMIT_S):
                    await self._queue.enqueue(_job(id_))
            except Exception as error:
                self._failed(len(ids) - place, error)
                return ids[:place]
        return ids

    def _failed(self, missed: int, error: Exception) -> None:
        reason = str(error) if isinstance(error, QueueUnavailable) else type(error).__name__
        log.warning("wake_ups_missed", deliveries=missed, reason=reason)
        self._metrics.wake_ups_missed.inc(missed)


def _job(delivery_id: str) -> QueuedJob:
    return QueuedJob(
        name=JobName.DELIVERY,
        id=f"delivery:{delivery_id}",
        payload={"delivery_id": delivery_id},
    )
