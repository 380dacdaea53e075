"""A web process over a fresh SQLite database."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.engine import Database
from tests.app.web.service import RememberedQueue, Service, a_database, resources, serving


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await a_database(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def queue() -> RememberedQueue:
    return RememberedQueue()


@pytest.fixture
async def service(database: Database, queue: RememberedQueue) -> AsyncIterator[Service]:
    async with serving(resources(database, queue)) as running:
        yield running


@pytest.fixture
def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as briefly:
        briefly.bind(("127.0.0.1", 0))
        return int(briefly.getsockname()[1])
