"""Figures of the web process, in a registry of its own, in Prometheus' text form."""

import asyncio
from typing import Final

import structlog
from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from app.events import EVENTS
from app.queue import Queue, QueueUnavailable
from app.web.answer import Outcome

log = structlog.stdlib.get_logger(__name__)

METRICS_PATH: Final = "/metrics"
DEPTH_LIMIT_S: Final = 1.0
OTHER: Final = "other"
"""The label of events that are not in our table: a sender must not be able to add labels."""


class WebMetrics:
    """What is counted while deliveries are received."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._deliveries = Counter(
            "audit_deliveries",
            "Webhook requests by event and outcome.",
            ("event", "outcome"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "audit_delivery_seconds",
            "Time from a webhook's head to its answer.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self.wake_ups_missed = Counter(
            "audit_wake_ups_missed",
            "Deliveries recorded while the queue could not be reached; the sweeper queues them.",
            registry=self.registry,
        )
        self._queued = Gauge(
            "audit_queue_jobs", "Jobs that wait, by queue.", ("queue",), registry=self.registry
        )
        self._queue_up = Gauge(
            "audit_queue_up", "1 while the queue answers.", registry=self.registry
        )

    def delivery(self, event: str, outcome: Outcome, seconds: float) -> None:
        """Count one webhook request."""
        label = event if event in EVENTS else OTHER
        self._deliveries.labels(label, str(outcome)).inc()
        self._seconds.observe(seconds)

    def queue_depth(self, depth: dict[str, int] | None) -> None:
        """Show how many jobs wait; None when the queue does not answer."""
        self._queue_up.set(0 if depth is None else 1)
        # An old depth would look like a present one.
        self._queued.clear()
        for name, jobs in (depth or {}).items():
            self._queued.labels(name).set(jobs)


def metrics_routes(metrics: WebMetrics, queue: Queue) -> APIRouter:
    """The route Prometheus reads."""
    router = APIRouter(include_in_schema=False)

    @router.get(METRICS_PATH)
    async def exposition() -> Response:
        metrics.queue_depth(await _depth(queue))
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


async def _depth(queue: Queue) -> dict[str, int] | None:
    try:
        async with asyncio.timeout(DEPTH_LIMIT_S):
            return await queue.depth()
    except (QueueUnavailable, TimeoutError) as error:
        log.warning("queue_depth_unknown", reason=str(error) or "no answer in time")
        return None
