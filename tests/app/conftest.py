"""What every test of the application ends with."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest


@pytest.fixture(autouse=True)
async def drivers_ended() -> AsyncIterator[None]:
    """Wait for SQLite's driver threads: one whose database could not be opened ends a moment after
    the refusal, and needs the test's loop for that."""
    yield
    async with asyncio.timeout(10):
        while any("_connection_worker_thread" in each.name for each in threading.enumerate()):
            await asyncio.sleep(0.01)
