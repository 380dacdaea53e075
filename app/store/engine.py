"""The database: SQLite (WAL, BEGIN IMMEDIATE) embedded, PostgreSQL in production."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine


class StoreUnavailable(Exception):  # noqa: N818 - reads as what it says
    """The database could not be reached or refused the connection."""


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
        engine = create_async_engine(url)
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(engine, durable=durable)
        return cls(engine)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is embedded."""
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; commits at its end. Raises `StoreUnavailable`."""
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError, OSError) as error:
            raise StoreUnavailable(_reason(error)) from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads: on SQLite it takes no write lock."""
        try:
            async with self._engine.connect() as connection:
                reader = await connection.execution_options(readonly=True)
                yield reader
        except (OperationalError, InterfaceError, OSError) as error:
            raise StoreUnavailable(_reason(error)) from error

    async def ping(self) -> None:
        """Raise `StoreUnavailable` when the database does not answer."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _reason(error: Exception) -> str:
    """The driver's own words, without the statement and its parameters."""
    return str(error.orig) if isinstance(error, DBAPIError) else str(error)


def _prepare_sqlite(engine: AsyncEngine, *, durable: bool) -> None:
    """WAL, and BEGIN IMMEDIATE for writers: a deferred transaction that turns into a write fails at
    once with SQLITE_BUSY, whatever the time-out."""
    pragmas = (
        "journal_mode=WAL",
        f"synchronous={'FULL' if durable else 'NORMAL'}",
        "busy_timeout=15000",
        "foreign_keys=ON",
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
