"""What scanning needs, for servers and local runs: no store, no client, so that a scan starts fast."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from workers.advisories.index import ensure_index
from workers.box.job import Box
from workers.scanners.engines import Engines
from workers.scanners.registry import standard_scanners
from workers.scanners.scanner import Scanner


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What scanning needs: engines, box, folders and keys. ``advisories`` is the dump's folder."""

    engines: Engines
    box: Box
    data: Path
    advisories: Path | None
    secret_key: bytes | None

    @property
    def scratch(self) -> Path:
        """Where a run's material is put."""
        return self.data / "scratch"

    async def scanners(self, *, remember: bool = True) -> tuple[Scanner, ...]:
        """The scanners for one audit, with the newest advisory data."""
        return await asyncio.to_thread(self._scanners, remember)

    def _scanners(self, remember: bool) -> tuple[Scanner, ...]:
        cache = self.data / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        index = ensure_index(self.advisories, cache) if self.advisories is not None else None
        return standard_scanners(
            engines=self.engines,
            box=self.box,
            cache=cache,
            advisories=index,
            secret_key=self.secret_key,
            today=datetime.now(UTC).date(),
            remember=remember,
        )
