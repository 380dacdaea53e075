"""Writes of one installation one after another, a second apart, as GitHub asks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class Pace:
    """A lane for each installation; ``spacing_s`` of 0 only serialises."""

    def __init__(self, spacing_s: float, sleep: Sleep = asyncio.sleep) -> None:
        self._spacing_s = spacing_s
        self._sleep = sleep
        self._lanes: dict[int, _Lane] = {}

    @asynccontextmanager
    async def turn(self, installation_id: int) -> AsyncIterator[None]:
        """Hold the installation's lane for one write, after waiting for the turn."""
        lane = self._lanes.setdefault(installation_id, _Lane())
        async with lane.lock:
            wait = lane.free_at - monotonic()
            if wait > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                lane.free_at = monotonic() + self._spacing_s
