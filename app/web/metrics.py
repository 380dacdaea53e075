"""Figures of the web process, in a registry of its own, in Prometheus' text form."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from app.events import EVENTS
from app.queue import Queue, QueueUnavailable
from app.store.engine import StoreUnavailable
from app.store.figures import Figures, StoreFigures
from app.web.answer import Outcome

log = structlog.stdlib.get_logger(__name__)

METRICS_PATH: Final = "/metrics"
DEPTH_LIMIT_S: Final = 1.0
FIGURES_LIMIT_S: Final = 3.0
QUANTILES: Final = (0.5, 0.95, 1.0)
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
        self._store = StoreGauges(self.registry)

    def delivery(self, event: str, outcome: Outcome, seconds: float) -> None:
        """Count one webhook request."""
        label = event if event in EVENTS else OTHER
        self._deliveries.labels(label, str(outcome)).inc()
        self._seconds.observe(seconds)

    def queue_depth(self, depth: dict[str, int] | None) -> None:
        """Show how many jobs wait; None when the queue does not answer."""
        self._queue_up.set(0 if depth is None else 1)
        _show(self._queued, depth or {})

    def store_figures(self, figures: StoreFigures | None) -> None:
        """Show what waits and what ended; None when the database does not answer."""
        self._store.show(figures)


class StoreGauges:
    """What the record says. Every web process tells the same, so they are not to be added up."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._up = Gauge("audit_database_up", "1 while the database answers.", registry=registry)
        self._waiting = Gauge(
            "audit_deliveries_waiting", "Deliveries not processed yet.", registry=registry
        )
        self._lag = Gauge(
            "audit_delivery_lag_seconds",
            "How long the oldest delivery has waited.",
            registry=registry,
        )
        self._open = Gauge("audit_open_audits", "Open audits.", ("state",), registry=registry)
        self._ended = Gauge(
            "audit_ended_audits",
            "Audits that ended within the last hour, by outcome.",
            ("outcome",),
            registry=registry,
        )
        self._seconds = Gauge(
            "audit_audit_seconds",
            "From request to end of the last hour's audits.",
            ("quantile",),
            registry=registry,
        )

    def show(self, figures: StoreFigures | None) -> None:
        """Replace every figure; without ``figures`` there are none but that."""
        self._up.set(0 if figures is None else 1)
        self._waiting.set(math.nan if figures is None else figures.deliveries_waiting)
        self._lag.set(math.nan if figures is None else figures.delivery_lag_s)
        _show(self._open, figures.open_audits if figures is not None else {})
        _show(self._ended, figures.ended_audits if figures is not None else {})
        _show(self._seconds, quantiles(figures.durations if figures is not None else ()))


def _show(gauge: Gauge, values: Mapping[str, float]) -> None:
    """Replace a gauge's values: an old one would look like a present one."""
    gauge.clear()
    for label, value in values.items():
        gauge.labels(label).set(value)


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """The nearest-rank quantiles by their name; none for no values."""
    ordered = sorted(values)
    if not ordered:
        return {}
    return {str(each): ordered[math.ceil(each * len(ordered)) - 1] for each in QUANTILES}


def metrics_routes(
    metrics: WebMetrics, queue: Queue, figures: Figures, clock: Callable[[], datetime]
) -> APIRouter:
    """The route Prometheus reads."""
    router = APIRouter(include_in_schema=False)

    @router.get(METRICS_PATH)
    async def exposition() -> Response:
        depth, found = await asyncio.gather(_depth(queue), _figures(figures, clock()))
        metrics.queue_depth(depth)
        metrics.store_figures(found)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


async def _depth(queue: Queue) -> dict[str, int] | None:
    try:
        async with asyncio.timeout(DEPTH_LIMIT_S):
            return await queue.depth()
    except (QueueUnavailable, TimeoutError) as error:
        log.warning("queue_depth_unknown", reason=str(error) or "no answer in time")
        return None


async def _figures(figures: Figures, now: datetime) -> StoreFigures | None:
    try:
        async with asyncio.timeout(FIGURES_LIMIT_S):
            return await figures.at(now)
    except (StoreUnavailable, TimeoutError) as error:
        log.warning("store_figures_unknown", reason=str(error) or "no answer in time")
        return None
