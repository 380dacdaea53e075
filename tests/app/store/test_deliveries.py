"""Deliveries: recorded once, run once, run again when they failed, never forgotten."""

import asyncio
import os

import pytest

from app.store.deliveries import Deliveries, Receipt
from app.store.engine import Database
from tests.app.store.stored import a_delivery, at
from tests.builders import NOW


@pytest.fixture
def deliveries(database: Database) -> Deliveries:
    return Deliveries(database)


async def test_a_delivery_comes_back_as_it_came(deliveries: Deliveries) -> None:
    body = b'{"odd": "\\u0000 \xf0\x9f\x9a\x80"}' + os.urandom(64)
    receipts = await deliveries.add([a_delivery(payload=body)])
    delivery = await deliveries.load("d-1")

    assert receipts == {"d-1": Receipt.NEW}
    assert delivery is not None
    assert (delivery.payload, delivery.event, delivery.action) == (body, "pull_request", "opened")
    assert (delivery.attempts, delivery.processed_at, delivery.error) == (0, None, None)


async def test_a_delivery_of_the_largest_size_is_kept_whole(deliveries: Deliveries) -> None:
    body = os.urandom(1 << 20) * 25
    await deliveries.add([a_delivery(payload=body)])
    delivery = await deliveries.load("d-1")

    assert delivery is not None
    assert delivery.payload == body


async def test_the_largest_id_of_github_fits(deliveries: Deliveries) -> None:
    most = (1 << 63) - 1
    receipts = await deliveries.add([a_delivery(installation_id=most, repository_id=most)])

    assert receipts == {"d-1": Receipt.NEW}


async def test_the_same_id_again_changes_nothing(deliveries: Deliveries) -> None:
    await deliveries.add([a_delivery()])
    receipts = await deliveries.add([a_delivery(payload=b"another"), a_delivery("d-2")])
    delivery = await deliveries.load("d-1")

    assert receipts == {"d-1": Receipt.DUPLICATE, "d-2": Receipt.NEW}
    assert delivery is not None
    assert delivery.payload == b'{"action": "opened"}'


async def test_of_many_arrivals_at_once_one_is_new(deliveries: Deliveries) -> None:
    receipts = await asyncio.gather(*(deliveries.add([a_delivery()]) for _ in range(8)))

    assert sorted(each["d-1"] for each in receipts) == [Receipt.DUPLICATE] * 7 + [Receipt.NEW]


async def test_a_processed_delivery_is_not_run_again(deliveries: Deliveries) -> None:
    await deliveries.add([a_delivery()])
    await deliveries.succeed("d-1", at(1))

    assert await deliveries.add([a_delivery()]) == {"d-1": Receipt.DUPLICATE}
    assert await deliveries.forgotten(at(3600)) == ()


async def test_a_redelivery_opens_a_failed_one_with_fresh_attempts(deliveries: Deliveries) -> None:
    await deliveries.add([a_delivery()])
    assert [await deliveries.count_attempt("d-1") for _ in range(3)] == [1, 2, 3]
    await deliveries.fail("d-1", "GitHub said no", at(1))
    assert await deliveries.forgotten(at(3600)) == ()

    assert await deliveries.add([a_delivery()]) == {"d-1": Receipt.AGAIN}
    delivery = await deliveries.load("d-1")
    assert delivery is not None
    assert (delivery.attempts, delivery.processed_at, delivery.error) == (0, None, None)
    assert await deliveries.forgotten(NOW) == ("d-1",)


async def test_attempts_at_the_same_time_are_each_counted(deliveries: Deliveries) -> None:
    await deliveries.add([a_delivery()])
    counts = await asyncio.gather(*(deliveries.count_attempt("d-1") for _ in range(6)))

    assert sorted(counts) == [1, 2, 3, 4, 5, 6]


async def test_what_was_never_queued_or_long_ago_is_forgotten_oldest_first(
    deliveries: Deliveries,
) -> None:
    await deliveries.add(
        [
            a_delivery("never", received_at=at(2)),
            a_delivery("long ago", received_at=at(1)),
            a_delivery("just now", received_at=at(0)),
        ]
    )
    await deliveries.mark_enqueued(["long ago"], at(10))
    await deliveries.mark_enqueued(["just now"], at(70))

    assert await deliveries.forgotten(at(60)) == ("long ago", "never")
    assert await deliveries.forgotten(at(60), limit=1) == ("long ago",)


async def test_an_unknown_delivery_is_none(deliveries: Deliveries) -> None:
    assert await deliveries.load("never heard of") is None
