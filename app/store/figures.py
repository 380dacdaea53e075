"""Figures about what waits and what ended, for operators: read from the record, so any process can tell them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.audits import OPEN
from app.store.engine import Database
from app.store.tables import AUDIT, DELIVERY

RECENT: Final = timedelta(hours=1)
MAX_DURATIONS: Final = 1000
"""The newest ones; more would not change a quantile that somebody acts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFigures:
    """What waits now and what ended within `RECENT`; times in seconds.

    ``durations`` are from request to end of the audits that finished, newest first.
    """

    deliveries_waiting: int
    delivery_lag_s: float
    open_audits: Mapping[str, int]
    ended_audits: Mapping[str, int]
    durations: tuple[float, ...]


class Figures:
    """Counts over the tables, each by an index."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delivery_lag_s(self, now: datetime) -> float:
        """For how many seconds the oldest open delivery has waited; 0 when none waits."""
        async with self._database.read() as connection:
            _, lag = await _waiting(connection, now)
        return lag

    async def at(self, now: datetime) -> StoreFigures:
        """All of them, as of ``now``. Raises `app.store.engine.StoreUnavailable`."""
        since = now - RECENT
        async with self._database.read() as connection:
            waiting, lag = await _waiting(connection, now)
            return StoreFigures(
                deliveries_waiting=waiting,
                delivery_lag_s=lag,
                open_audits=await _open_audits(connection),
                ended_audits=await _ended_audits(connection, since),
                durations=await _durations(connection, since),
            )


async def _waiting(connection: AsyncConnection, now: datetime) -> tuple[int, float]:
    statement = select(func.count(), func.min(DELIVERY.c.received_at)).where(
        DELIVERY.c.processed_at.is_(None)
    )
    count, oldest = (await connection.execute(statement)).one()
    return count, max((now - oldest).total_seconds(), 0.0) if oldest is not None else 0.0


async def _open_audits(connection: AsyncConnection) -> dict[str, int]:
    """Every open state, with 0 where none is in it: a missing figure is not a zero."""
    statement = (
        select(AUDIT.c.state, func.count().label("audits"))
        .where(AUDIT.c.state.in_(OPEN))
        .group_by(AUDIT.c.state)
    )
    found = {row.state: row.audits for row in await connection.execute(statement)}
    return {str(state): 0 for state in OPEN} | found


async def _ended_audits(connection: AsyncConnection, since: datetime) -> dict[str, int]:
    """By outcome; those without one by the state in which they ended."""
    how = func.coalesce(AUDIT.c.outcome, AUDIT.c.state).label("how")
    statement = (
        select(how, func.count().label("audits")).where(AUDIT.c.finished_at >= since).group_by(how)
    )
    return {row.how: row.audits for row in await connection.execute(statement)}


async def _durations(connection: AsyncConnection, since: datetime) -> tuple[float, ...]:
    statement = (
        select(AUDIT.c.requested_at, AUDIT.c.finished_at)
        .where(AUDIT.c.finished_at >= since, AUDIT.c.outcome.is_not(None))
        .order_by(AUDIT.c.finished_at.desc())
        .limit(MAX_DURATIONS)
    )
    rows = await connection.execute(statement)
    return tuple((finished - requested).total_seconds() for requested, finished in rows)
