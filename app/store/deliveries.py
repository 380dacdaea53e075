"""Webhook deliveries: durable before their 202, each processed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import Database
from app.store.tables import DELIVERY


class Receipt(StrEnum):
    """What a delivery's arrival means."""

    NEW = "new"
    DUPLICATE = "duplicate"
    AGAIN = "again"
    """A redelivery of one that failed: it is to be queued again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A verified webhook POST, its body as it came."""

    id: str
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    payload: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A recorded delivery; ``error`` is why its last attempt failed."""

    id: str
    event: str
    action: str | None
    payload: bytes
    attempts: int
    processed_at: datetime | None
    error: str | None


class Deliveries:
    """The deliveries in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, batch: Sequence[NewDelivery]) -> dict[str, Receipt]:
        """Record the batch in one transaction and say what each arrival means.

        Raises `app.store.engine.StoreUnavailable`; then nothing of the batch is recorded.
        """
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        receipts: dict[str, Receipt] = {}
        async with self._database.write() as connection:
            for delivery in batch:
                statement = (
                    insert(DELIVERY)
                    .values(**_values(delivery))
                    .on_conflict_do_nothing(index_elements=["id"])
                    .returning(DELIVERY.c.id)
                )
                added = (await connection.execute(statement)).first()
                if added is not None:
                    receipts[delivery.id] = Receipt.NEW
                elif receipts.get(delivery.id) is None:
                    receipts[delivery.id] = await self._again(connection, delivery.id)
        return receipts

    async def _again(self, connection: AsyncConnection, id_: str) -> Receipt:
        """Open a failed delivery again; anything else is a duplicate."""
        statement = (
            update(DELIVERY)
            .where(DELIVERY.c.id == id_, DELIVERY.c.error.is_not(None))
            .values(processed_at=None, enqueued_at=None, error=None, attempts=0)
            .returning(DELIVERY.c.id)
        )
        row = (await connection.execute(statement)).first()
        return Receipt.AGAIN if row is not None else Receipt.DUPLICATE

    async def mark_enqueued(self, ids: Sequence[str], now: datetime) -> None:
        """Note that a wake-up was queued for each."""
        async with self._database.write() as connection:
            await connection.execute(
                update(DELIVERY).where(DELIVERY.c.id.in_(ids)).values(enqueued_at=now)
            )

    async def load(self, id_: str) -> Delivery | None:
        """The delivery, None when there is none."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(DELIVERY).where(DELIVERY.c.id == id_))).first()
        if row is None:
            return None
        return Delivery(
            id=row.id,
            event=row.event,
            action=row.action,
            payload=row.payload,
            attempts=row.attempts,
            processed_at=row.processed_at,
            error=row.error,
        )

    async def succeed(self, id_: str, now: datetime) -> None:
        """Close it as processed."""
        async with self._database.write() as connection:
            await connection.execute(
                update(DELIVERY).where(DELIVERY.c.id == id_).values(processed_at=now, error=None)
            )

    async def count_attempt(self, id_: str) -> int:
        """Count one more attempt and return how many there were with it."""
        async with self._database.write() as connection:
            row = await connection.execute(
                update(DELIVERY)
                .where(DELIVERY.c.id == id_)
                .values(attempts=DELIVERY.c.attempts + 1)
                .returning(DELIVERY.c.attempts)
            )
        return int(row.scalar_one())

    async def fail(self, id_: str, why: str, now: datetime) -> None:
        """Close it as failed for good; only a redelivery opens it again."""
        async with self._database.write() as connection:
            await connection.execute(
                update(DELIVERY).where(DELIVERY.c.id == id_).values(processed_at=now, error=why)
            )

    async def forgotten(self, older_than: datetime, limit: int = 500) -> tuple[str, ...]:
        """Open deliveries that no wake-up is known to be queued for since ``older_than``."""
        statement = (
            select(DELIVERY.c.id)
            .where(
                DELIVERY.c.processed_at.is_(None),
                or_(DELIVERY.c.enqueued_at.is_(None), DELIVERY.c.enqueued_at < older_than),
            )
            .order_by(DELIVERY.c.received_at)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple((await connection.execute(statement)).scalars())


def _values(delivery: NewDelivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "payload": delivery.payload,
        "received_at": delivery.received_at,
        "attempts": 0,
    }
