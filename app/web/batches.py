"""Items that gather while the ones before them are dealt with."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Batches(Generic[Item]):
    """Hands what was put to ``handle``, one batch at a time, off the caller's path.

    ``handle`` deals with its own errors: nobody awaits its end.
    """

    def __init__(self, handle: Callable[[list[Item]], Awaitable[None]], *, most: int) -> None:
        self._handle = handle
        self._most = most
        self._waiting: list[Item] = []
        self._worker: asyncio.Task[None] | None = None

    def put(self, item: Item) -> None:
        """Add an item to the next batch."""
        self._waiting.append(item)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def drain(self) -> None:
        """Wait until everything put so far is dealt with."""
        while self._worker is not None and not self._worker.done():
            await asyncio.wait([self._worker])

    async def _work(self) -> None:
        while self._waiting:
            # Taken out before the await: what comes meanwhile belongs to the next batch.
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._handle(batch)
