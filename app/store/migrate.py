"""Bringing a database to the newest schema."""

import asyncio
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url

from app.store.engine import Database, StoreUnavailable, open_engine

SCHEMA: Final = "schema"
"""What two upgrades at once are held apart by: each replica of a deployment may run one."""


async def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations on the database at an async SQLAlchemy ``url``, all or nothing.

    Raises `app.store.engine.StoreUnavailable`.
    """
    _make_folder(url)
    # Durable: a schema that a power cut takes back would not fit the rows written after it.
    database = Database(open_engine(url, durable=True, foreign_keys=False))
    try:
        async with database.write() as connection:
            await database.one_at_a_time(connection, SCHEMA)
            await connection.run_sync(_upgrade, revision)
    finally:
        await database.close()


def upgrade_now(url: str) -> None:
    """The same for a caller without an event loop."""
    asyncio.run(upgrade(url))


def _make_folder(url: str) -> None:
    """SQLite makes its file, not the folder around it."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return
    try:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreUnavailable(f"a folder for the database cannot be made: {reason}") from error


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
