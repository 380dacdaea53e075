"""A bounded cache of bare repositories, one a repository id.

Two locks a repository, both released by the system when a process dies: ``fetching`` is held by
the one process that adds to it, ``using`` is shared by all that read and taken whole to remove it.
"""

import asyncio
import fcntl
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.domain.change import Repository
from workers.box.process import remove_tree

WAIT_S: Final = 0.02
MOST_PACKS: Final = 120
"""A repository with more packs than this is started again: each audit adds two and none is merged."""

UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


@dataclass(frozen=True, slots=True)
class Cache:
    """The folder of the cached repositories and how many, and how many bytes, stay in it."""

    root: Path
    most: int = 200
    most_bytes: int = 8 << 30

    def slot(self, repository: Repository) -> "Slot":
        """The place of one repository; the folder above it is made if need be."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        host = UNSAFE.sub("_", repository.host)
        return Slot(self.root / f"{host}-{repository.id}.git")

    def evict(self) -> None:
        """Remove the least recently used repositories that no one reads, until the rest fits."""
        slots = sorted(self._slots(), key=lambda slot: slot.used_at, reverse=True)
        held = 0
        for place, slot in enumerate(slots):
            held += slot.bytes
            if place >= self.most or held > self.most_bytes:
                slot.remove()

    def _slots(self) -> Iterator["Slot"]:
        return (Slot(path) for path in self.root.glob("*.git") if path.is_dir())


@dataclass(frozen=True, slots=True)
class Slot:
    """One repository's folder in the cache; it may not be there yet."""

    path: Path

    @property
    def exists(self) -> bool:
        """Whether a repository was made here."""
        return (self.path / "HEAD").is_file()

    @property
    def used_at(self) -> float:
        """When it was last used, in seconds since the epoch."""
        lock = self._lock("using")
        return lock.stat().st_mtime if lock.exists() else 0.0

    @property
    def packs(self) -> tuple[Path, ...]:
        """Everything in its pack folder."""
        return tuple((self.path / "objects" / "pack").glob("*"))

    @property
    def bytes(self) -> int:
        """What its packs take."""
        return sum(path.stat().st_size for path in self.packs if path.is_file())

    @property
    def is_worn(self) -> bool:
        """Whether it has too many packs to be quick."""
        return sum(path.suffix == ".pack" for path in self.packs) > MOST_PACKS

    @asynccontextmanager
    async def fetching(self) -> AsyncIterator[None]:
        """Hold the right to add to it; what a killed fetch left behind is cleared away."""
        lock = await wait_for(self._lock("fetching"), fcntl.LOCK_EX)
        try:
            self._clear_away()
            yield
        finally:
            os.close(lock)

    async def use(self) -> int:
        """A descriptor that keeps it from being removed until it is closed."""
        lock = await wait_for(self._lock("using"), fcntl.LOCK_SH)
        os.utime(lock)
        return lock

    def remove(self) -> bool:
        """Remove it unless someone reads it; whether it is gone."""
        lock = take(self._lock("using"), fcntl.LOCK_EX)
        if lock is None:
            return False
        try:
            if self.path.exists():
                remove_tree(self.path)
        finally:
            os.close(lock)
        return True

    def _clear_away(self) -> None:
        left = (*self.path.glob("*.lock"), *self.path.glob("objects/pack/tmp_*"))
        for path in left:
            path.unlink()

    def _lock(self, name: str) -> Path:
        return self.path.with_suffix(f".{name}")


def take(path: Path, how: int) -> int | None:
    """A descriptor that holds the lock at ``path``, or None when another holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


async def wait_for(path: Path, how: int) -> int:
    """A descriptor that holds the lock at ``path``, when it comes free."""
    while (descriptor := take(path, how)) is None:  # noqa: ASYNC110 - another process holds it
        await asyncio.sleep(WAIT_S)
    return descriptor
