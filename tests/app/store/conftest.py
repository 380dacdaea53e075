"""Every story is told on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.store.engine import Database
from app.store.migrate import upgrade
from tests.app.store.postgres import BOTH, PostgresServer


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/data/audit.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.an_empty_database()
    yield url
    server.drop(url)


@pytest.fixture(params=BOTH)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with its tables, which are empty."""
    if request.param == "sqlite":
        address = f"sqlite+aiosqlite:///{tmp_path}/audit.db"
        await upgrade(address)
        return address
    server: PostgresServer = request.getfixturevalue("postgres")
    server.empty_tables()
    return server.migrated


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database.open(url)
    yield opened
    await opened.close()
