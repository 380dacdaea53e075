"""Gathered commits: few transactions, and nobody pays for a neighbour."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.store.deliveries import Deliveries, NewDelivery, Receipt
from app.store.engine import Database, StoreUnavailable
from app.web import intake
from app.web.intake import GroupCommit, NotRecorded, OneByOne, recorder
from tests.builders import NOW

GOOD = NewDelivery(
    id="11111111-0000",
    event="pull_request",
    action="opened",
    installation_id=3,
    repository_id=7,
    payload=b"{}",
    received_at=NOW,
)
# No column takes it: the driver raises before SQL is reached.
BAD = replace(GOOD, id="22222222-0000", repository_id=1 << 70)


async def test_one_bad_row_does_not_fail_its_neighbours(database: Database) -> None:
    group = GroupCommit(Deliveries(database))
    other = replace(GOOD, id="33333333-0000")

    first, bad, second = await asyncio.gather(
        *(group.record(delivery) for delivery in (GOOD, BAD, other)), return_exceptions=True
    )

    assert (first, second) == (Receipt.NEW, Receipt.NEW)
    assert isinstance(bad, NotRecorded)
    assert await Deliveries(database).load(BAD.id) is None
    assert await Deliveries(database).load(other.id) is not None


async def test_what_arrives_during_a_commit_is_in_the_next(database: Database) -> None:
    slow = HeldDeliveries(database)
    group = GroupCommit(slow)
    first = asyncio.create_task(group.record(GOOD))
    await slow.entered.wait()
    later = [
        asyncio.create_task(group.record(replace(GOOD, id=f"{n}4444444-0000"))) for n in range(5)
    ]
    await asyncio.sleep(0)

    slow.release.set()

    assert await asyncio.gather(first, *later) == [Receipt.NEW] * 6
    assert slow.batches == [1, 5]


async def test_a_sender_that_hung_up_costs_its_neighbours_nothing(database: Database) -> None:
    slow = HeldDeliveries(database)
    group = GroupCommit(slow)
    gone = asyncio.create_task(group.record(GOOD))
    stays = asyncio.create_task(group.record(replace(GOOD, id="55555555-0000")))
    await slow.entered.wait()
    gone.cancel()

    slow.release.set()

    assert await stays is Receipt.NEW
    # It was on its way already, and a redelivery will find it.
    assert await group.record(GOOD) is Receipt.DUPLICATE


@pytest.mark.parametrize("gather", [True, False])
async def test_a_database_that_takes_too_long_is_told_as_not_recorded(
    database: Database, monkeypatch: pytest.MonkeyPatch, gather: bool
) -> None:
    monkeypatch.setattr(intake, "WRITE_LIMIT_S", 0.05)
    slow = HeldDeliveries(database)
    writing = recorder(slow, gather=gather)
    with pytest.raises(NotRecorded):
        await writing.record(GOOD)
    slow.release.set()
    await writing.close()


async def test_when_the_database_is_away_all_are_told_after_one_try(database: Database) -> None:
    away = AwayDeliveries(database)
    group = GroupCommit(away)
    answers = await asyncio.gather(
        *(group.record(replace(GOOD, id=f"{n}6666666-0000")) for n in range(8)),
        return_exceptions=True,
    )
    assert all(isinstance(answer, NotRecorded) for answer in answers)
    assert away.tries == 1


async def test_plain_inserts_mean_the_same(database: Database) -> None:
    plain = OneByOne(Deliveries(database))
    assert await plain.record(GOOD) is Receipt.NEW
    assert await plain.record(GOOD) is Receipt.DUPLICATE
    with pytest.raises(NotRecorded):
        await plain.record(BAD)


async def test_at_the_end_what_is_waiting_is_written(database: Database) -> None:
    group = GroupCommit(Deliveries(database))
    waiting = asyncio.create_task(group.record(GOOD))
    await asyncio.sleep(0)
    await group.close()
    assert await waiting is Receipt.NEW


class HeldDeliveries(Deliveries):
    """The real ones, whose transactions wait to be released."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.entered = asyncio.Event()
        self.release = asyncio.Event()
        self.batches: list[int] = []

    async def add(self, batch: Sequence[NewDelivery]) -> dict[str, Receipt]:
        self.batches.append(len(batch))
        self.entered.set()
        await self.release.wait()
        return await super().add(batch)


class AwayDeliveries(Deliveries):
    """A database that refuses the connection."""

    tries = 0

    async def add(self, batch: Sequence[NewDelivery]) -> dict[str, Receipt]:
        self.tries += 1
        raise StoreUnavailable("connection refused")
