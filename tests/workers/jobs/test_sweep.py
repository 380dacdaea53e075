"""The sweeper wakes what nobody remembers any more, from SQL alone."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.queue import JobName, QueueUnavailable
from app.store.audits import AuditRequest, AuditWish
from tests.workers.jobs.deliveries import FIRST, a_delivery, a_pull_event
from tests.workers.jobs.workshop import Workshop, workshop
from workers.jobs.sweep import AUDIT_QUIET, DELIVERY_QUIET, sweep

A_MOMENT = timedelta(seconds=1)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    async with workshop(tmp_path) as made:
        yield made


async def asked(shop: Workshop, number: int = 5) -> AuditRequest:
    wish = AuditWish(
        repository_id=7, installation_id=3, number=number, head_sha=FIRST, base_ref="main"
    )
    request = await shop.resources.audits.request(wish, shop.time.now)
    assert request is not None
    return request


async def test_a_flushed_queue_loses_none_of_a_hundred_deliveries(shop: Workshop) -> None:
    received = [a_delivery(a_pull_event()) for _ in range(100)]
    await shop.receive(*received)
    await shop.resources.deliveries.mark_enqueued([each.id for each in received], shop.time.now)
    shop.time.now += DELIVERY_QUIET + A_MOMENT

    await sweep(shop.resources, {})

    assert {job.payload["delivery_id"] for job in shop.queue.jobs.values()} == {
        each.id for each in received
    }
    assert {job.name for job in shop.queue.jobs.values()} == {JobName.DELIVERY}


async def test_a_delivery_that_was_never_queued_is_found_at_once(shop: Workshop) -> None:
    delivery = a_delivery(a_pull_event())
    await shop.receive(delivery)

    await sweep(shop.resources, {})

    assert shop.woken() == (f"delivery:{delivery.id}",)


async def test_what_was_just_queued_is_left_alone(shop: Workshop) -> None:
    await shop.receive(a_delivery(a_pull_event()))
    await sweep(shop.resources, {})
    shop.queue.jobs.clear()
    shop.time.now += DELIVERY_QUIET - A_MOMENT

    await sweep(shop.resources, {})

    assert shop.woken() == ()


async def test_what_is_processed_is_never_swept(shop: Workshop) -> None:
    done, failed = a_delivery(a_pull_event()), a_delivery(b"{")
    await shop.receive(done, failed)
    await shop.resources.deliveries.succeed(done.id, shop.time.now)
    await shop.resources.deliveries.fail(failed.id, "unreadable", shop.time.now)
    shop.time.now += timedelta(days=1)

    await sweep(shop.resources, {})

    assert shop.woken() == ()


async def test_an_audit_is_woken_once_it_is_quiet(shop: Workshop) -> None:
    request = await asked(shop)
    shop.time.now += AUDIT_QUIET - A_MOMENT
    await sweep(shop.resources, {})
    assert shop.woken() == ()

    shop.time.now += 2 * A_MOMENT
    await sweep(shop.resources, {})
    assert shop.woken() == (f"audit:{request.id}",)


async def test_an_audit_that_says_it_is_worked_on_is_left_alone(shop: Workshop) -> None:
    request = await asked(shop)
    await shop.resources.audits.begin(request.id, shop.time.now)
    shop.time.now += AUDIT_QUIET * 10
    await shop.resources.audits.heartbeat(request.id, shop.time.now - A_MOMENT)

    await sweep(shop.resources, {})

    assert shop.woken() == ()


async def test_ended_audits_are_never_swept(shop: Workshop) -> None:
    failed, superseded = await asked(shop, 5), await asked(shop, 6)
    await shop.resources.audits.fail(failed.id, "it ended", shop.time.now)
    await shop.resources.audits.supersede(superseded.id, shop.time.now)
    shop.time.now += timedelta(days=1)

    await sweep(shop.resources, {})

    assert shop.woken() == ()


class QueueThatGoes:
    """Redis goes away after ``left`` jobs."""

    def __init__(self, left: int) -> None:
        self._left = left

    async def enqueue(self, job: object) -> None:
        self._left -= 1
        if self._left < 0:
            raise QueueUnavailable("nobody there")


async def test_without_a_queue_nothing_is_marked_and_the_next_sweep_finds_all(
    shop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    await shop.receive(*(a_delivery(a_pull_event()) for _ in range(3)))
    with caplog.at_level(logging.WARNING):
        await sweep(replace(shop.resources, queue=QueueThatGoes(1)), {})
    assert "nobody there" in caplog.text

    await sweep(shop.resources, {})
    assert len(shop.woken()) == 3
