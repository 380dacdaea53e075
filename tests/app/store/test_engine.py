"""Transactions: whole or not at all, writers in turn, an absent database said in one way."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.store.engine import Database, StoreUnavailable
from app.store.tables import INSTALLATION
from tests.app.store.postgres import PostgresServer, on_postgres
from tests.builders import NOW

AN_INSTALLATION = {"id": 3, "account": "shop", "state": "active", "updated_at": NOW}


async def count(database: Database) -> int:
    async with database.read() as connection:
        found = await connection.execute(select(func.count()).select_from(INSTALLATION))
    return int(found.scalar_one())


async def test_an_error_takes_the_whole_transaction_back(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.write() as connection:
            await connection.execute(insert(INSTALLATION).values(**AN_INSTALLATION))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()

    assert await count(database) == 0


async def test_a_statement_that_is_wrong_is_our_fault_and_not_an_absent_database(
    database: Database,
) -> None:
    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(insert(INSTALLATION).values(**AN_INSTALLATION))

    await write()
    with pytest.raises(IntegrityError):
        await write()


async def test_writers_that_read_first_wait_for_each_other(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(
            insert(INSTALLATION).values(
                **AN_INSTALLATION,
            )
        )

    async def add_one() -> None:
        async with database.write() as connection:
            await database.one_at_a_time(connection, "counting")
            account = (await connection.execute(select(INSTALLATION.c.account))).scalar_one()
            number = int(account) if account.isdigit() else 0
            await connection.execute(update(INSTALLATION).values(account=str(number + 1)))

    await asyncio.gather(*(add_one() for _ in range(10)))
    async with database.read() as connection:
        assert (await connection.execute(select(INSTALLATION.c.account))).scalar_one() == "10"


async def test_reading_goes_on_while_somebody_writes(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(insert(INSTALLATION).values(**AN_INSTALLATION))
        assert await count(database) == 0

    assert await count(database) == 1


async def test_processes_that_write_at_once_lose_nothing(url: str) -> None:
    """Engines of their own, as web and worker have them: SQLite alone would say *locked* here."""
    databases = [Database.open(url, durable=n == 0) for n in range(3)]

    async def write(database: Database, first: int) -> None:
        for number in range(first, first + 10):
            async with database.write() as connection:
                await connection.execute(select(func.count()).select_from(INSTALLATION))
                await connection.execute(
                    insert(INSTALLATION).values(**(AN_INSTALLATION | {"id": number}))
                )

    await asyncio.gather(*(write(each, n * 100) for n, each in enumerate(databases)))
    assert await count(databases[0]) == 30
    for each in databases:
        await each.close()


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
async def test_sqlite_waits_for_the_disk_where_a_promise_is_given(
    tmp_path: Path, durable: bool, level: int
) -> None:
    database = Database.open(f"sqlite+aiosqlite:///{tmp_path}/audit.db", durable=durable)
    async with database.read() as connection:
        journal = (await connection.execute(text("PRAGMA journal_mode"))).scalar()
        synchronous = (await connection.execute(text("PRAGMA synchronous"))).scalar()
        keys = (await connection.execute(text("PRAGMA foreign_keys"))).scalar()
    await database.close()

    assert (journal, synchronous, keys) == ("wal", level, 1)


async def test_a_sqlite_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    database = Database.open(f"sqlite+aiosqlite:///{tmp_path}/no/folder/audit.db")
    with pytest.raises(StoreUnavailable, match="unable to open"):
        await database.ping()
    await database.close()


async def test_a_server_that_nobody_runs_is_unavailable(tmp_path: Path) -> None:
    database = Database.open(f"postgresql+asyncpg://audit:hidden@/audit?host={tmp_path}")
    with pytest.raises(StoreUnavailable) as caught:
        await database.ping()
    await database.close()

    assert "hidden" not in str(caught.value)


@on_postgres
async def test_an_unknown_database_is_unavailable(postgres: PostgresServer) -> None:
    database = Database.open(postgres.url("never_made"))
    with pytest.raises(StoreUnavailable, match="does not exist"):
        await database.ping()
    await database.close()


@on_postgres
async def test_a_restart_between_transactions_is_not_noticed(postgres: PostgresServer) -> None:
    database = Database.open(postgres.migrated)
    await database.ping()
    postgres.hang_up_on(postgres.migrated)
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()


@on_postgres
async def test_a_restart_in_a_transaction_is_unavailable_and_then_over(
    postgres: PostgresServer,
) -> None:
    database = Database.open(postgres.migrated)

    async def write_through_a_restart() -> None:
        async with database.write() as connection:
            await connection.execute(text("SELECT 1"))
            postgres.hang_up_on(postgres.migrated)
            await connection.execute(text("SELECT 1"))

    with pytest.raises(StoreUnavailable):
        await write_through_a_restart()
    await database.ping()
    await database.close()


@on_postgres
async def test_a_wrong_table_is_our_fault_and_not_an_absent_database(
    postgres: PostgresServer,
) -> None:
    database = Database.open(postgres.migrated)

    async def read() -> None:
        async with database.read() as connection:
            await connection.execute(text("SELECT * FROM never_made"))

    with pytest.raises(ProgrammingError):
        await read()
    await database.close()
