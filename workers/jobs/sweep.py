"""Finding what was forgotten: deliveries and audits in SQL that no wake-up is under way for."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from app.queue import JobName, QueuedJob, QueueUnavailable
from workers.resources import Resources

logger = logging.getLogger(__name__)

DELIVERY_QUIET: Final = timedelta(seconds=60)
"""Twice the lease: a job that was taken by a worker that died is back in the queue by then."""
AUDIT_QUIET: Final = timedelta(seconds=45)
"""An audit that is worked on says so every few seconds."""


async def sweep(resources: Resources, payload: Mapping[str, str]) -> None:
    """Queue again what was forgotten. Needs nothing that Redis knew."""
    now = resources.clock()
    try:
        deliveries = await resources.deliveries.forgotten(now - DELIVERY_QUIET)
        for delivery_id in deliveries:
            await resources.queue.enqueue(delivery_job(delivery_id))
        if deliveries:
            await resources.deliveries.mark_enqueued(deliveries, now)
        for audit_id in await resources.audits.forgotten(now - AUDIT_QUIET):
            await resources.queue.enqueue(audit_job(audit_id))
    except QueueUnavailable as error:
        logger.warning("nothing swept: %s", error)


def delivery_job(delivery_id: str) -> QueuedJob:
    """The wake-up for one delivery."""
    return QueuedJob(
        name=JobName.DELIVERY,
        id=f"delivery:{delivery_id}",
        payload={"delivery_id": delivery_id},
    )


def audit_job(audit_id: str) -> QueuedJob:
    """The wake-up for one audit."""
    return QueuedJob(name=JobName.AUDIT, id=f"audit:{audit_id}", payload={"audit_id": audit_id})
