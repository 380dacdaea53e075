"""Keeping children alive: started in order, restarted with growing delays, stopped in reverse order."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from workers.supervisor.process import CannotStartError, Child, end, start

logger = logging.getLogger(__name__)

READY_POLL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """When a child that ended is started again; times in seconds."""

    first_delay_s: float = 0.2
    longest_delay_s: float = 5.0
    settled_s: float = 10.0
    """A life this long makes the next delay the first one again."""
    tries: int = 5
    """Quick ends in a row before a child that has never settled is given up: it is set up wrongly."""

    def delay(self, quick_ends: int) -> float:
        """The delay after ``quick_ends`` ends in a row, the last one included."""
        return float(min(self.longest_delay_s, self.first_delay_s * 2 ** max(quick_ends - 1, 0)))


class Keeper:
    """Keeps one child alive until it is stopped."""

    def __init__(self, child: Child, restarts: Restarts) -> None:
        self._child = child
        self._restarts = restarts
        self._settled = False
        self._task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()

    def begin(self) -> asyncio.Task[None]:
        """Start the child and keep it; the task ends only by `CannotStartError` or `stop`."""
        self._task = asyncio.create_task(self._keep(), name=self._child.name)
        return self._task

    async def stop(self) -> None:
        """End the child in order."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError, CannotStartError):
                await self._task

    async def _keep(self) -> None:
        quick_ends = 0
        while True:
            began = time.monotonic()
            code = await self._live()
            settled = time.monotonic() - began >= self._restarts.settled_s
            self._settled = self._settled or settled
            quick_ends = 1 if settled else quick_ends + 1
            self._give_up_after(quick_ends, code)
            delay = self._restarts.delay(quick_ends)
            logger.warning("%s ended with %s; again in %.1f s", self._child.name, code, delay)
            await asyncio.sleep(delay)

    async def _live(self) -> int:
        """One life of the child: from start to its end, or to the stop; its exit code."""
        process = await start(self._child)
        announcing = asyncio.create_task(self._announce())
        try:
            return await process.wait()
        finally:
            announcing.cancel()
            self.ready.clear()
            await end(process, self._child.grace_s)

    async def _announce(self) -> None:
        while not await self._child.ready():  # noqa: ASYNC110 - what is asked is another process
            await asyncio.sleep(READY_POLL_S)
        self.ready.set()

    def _give_up_after(self, quick_ends: int, code: int) -> None:
        if not self._settled and quick_ends >= self._restarts.tries:
            where = f"; see {self._child.log}" if self._child.log is not None else ""
            raise CannotStartError(
                f"{self._child.name} ended {quick_ends} times in a row, last with {code}{where}."
            )


class Supervisor:
    """Runs children together."""

    def __init__(self, children: Sequence[Child], restarts: Restarts | None = None) -> None:
        self._keepers = [Keeper(child, restarts or Restarts()) for child in children]

    async def run(self, stop: asyncio.Event, started: Callable[[], None]) -> None:
        """Start each child when the one before is ready, call ``started``, keep all until ``stop``.

        Raises `CannotStartError` when a child is given up. No child is left in any case.
        """
        stopping = asyncio.create_task(stop.wait())
        ending: list[asyncio.Task[object]] = [stopping]
        try:
            await self._start_all(ending)
            if not stop.is_set():
                started()
                await _first_of(ending)
        finally:
            stopping.cancel()
            for keeper in reversed(self._keepers):
                await keeper.stop()

    async def _start_all(self, ending: list[asyncio.Task[object]]) -> None:
        """Start the children one by one, until all are ready or the first of ``ending`` is done."""
        for keeper in self._keepers:
            if ending[0].done():
                return
            ending.append(keeper.begin())
            ready = asyncio.create_task(keeper.ready.wait())
            try:
                await _first_of([*ending, ready])
            finally:
                ready.cancel()


async def _first_of(tasks: Sequence[asyncio.Task[object]]) -> None:
    """Wait until one of ``tasks`` is done, and raise what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
