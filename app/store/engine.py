"""The database: SQLite (WAL, BEGIN IMMEDIATE) embedded, PostgreSQL in production."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

PASSING: Final = frozenset({"08", "25", "28", "3D", "40", "53", "57", "58"})
"""Classes of SQLSTATE (PostgreSQL documentation, appendix A) that say something about the server now
and nothing about the statement: connection, read-only, authorisation, unknown database, rollback,
resources, operator, system."""


class StoreUnavailable(Exception):  # noqa: N818 - reads as what it says
    """The database could not be reached or does not take the transaction now; later it may."""


class Database:
    """Short transactions on one engine; none is ever held across other waiting."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str, *, durable: bool = False) -> "Database":
        """The database at an async SQLAlchemy ``url``.

        ``durable`` makes SQLite wait for the disk at each commit (the web process, whose 202 is a
        promise); without it a commit survives a killed process, not a power cut.
        """
        return cls(open_engine(url, durable=durable))

    @property
    def is_sqlite(self) -> bool:
        """Whether it is embedded."""
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; commits at its end. Raises `StoreUnavailable`."""
        with _unavailable():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads: on SQLite it takes no write lock. Raises `StoreUnavailable`."""
        with _unavailable():
            async with self._engine.connect() as connection:
                reader = await connection.execution_options(readonly=True)
                yield reader

    async def one_at_a_time(self, connection: AsyncConnection, subject: str) -> None:
        """Hold other writers of ``subject`` back until this transaction ends.

        SQLite has one writer at a time anyway; PostgreSQL would let two read before either writes.
        """
        if not self.is_sqlite:
            key = func.hashtextextended(subject, 0)
            await connection.execute(select(func.pg_advisory_xact_lock(key)))

    async def ping(self) -> None:
        """Raise `StoreUnavailable` when the database does not answer."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def open_engine(url: str, *, durable: bool = False, foreign_keys: bool = True) -> AsyncEngine:
    """An engine with our transactions. Migrations rebuild tables, so they do without foreign keys."""
    # A pooled connection may have died with a restarted server: it is tried before it is used.
    engine = create_async_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, durable=durable, foreign_keys=foreign_keys)
    return engine


@contextmanager
def _unavailable() -> Iterator[None]:
    """Turn the drivers' many ways to say *not now* into `StoreUnavailable`."""
    try:
        yield
    except (PoolTimeoutError, OSError) as error:
        raise StoreUnavailable(str(error)) from error
    except DBAPIError as error:
        if not _is_passing(error):
            raise
        # The driver's own words, without the statement and its parameters.
        raise StoreUnavailable(str(error.orig)) from error


def _is_passing(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return True
    return str(getattr(error.orig, "sqlstate", None) or "")[:2] in PASSING


def _prepare_sqlite(engine: AsyncEngine, *, durable: bool, foreign_keys: bool) -> None:
    """WAL, and BEGIN IMMEDIATE for writers: a deferred transaction that turns into a write fails at
    once with SQLITE_BUSY, whatever the time-out."""
    pragmas = (
        "journal_mode=WAL",
        f"synchronous={'FULL' if durable else 'NORMAL'}",
        "busy_timeout=15000",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        "journal_size_limit=67108864",
    )

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Any) -> None:
        readonly = connection.get_execution_options().get("readonly")
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
