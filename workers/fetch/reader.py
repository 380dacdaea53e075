"""What a fetched change can be asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.scan import Gap, Material, Side
from workers.fetch.raw_diff import TreeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One blob wanted under one path; see `app.domain.scan.Target` for the fields."""

    side: Side
    path: str
    blob: str
    changed: bool = True
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The material, and every request that is not in it, with the reason."""

    material: Material
    gaps: tuple[Gap, ...]


class Reader(Protocol):
    """Reads the blobs and trees of one change. To be closed when done."""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be looked at while the change was made."""

    async def blob(self, blob: str) -> bytes:
        """The bytes of one blob. Raises `Missing` and `TooLarge`."""

    async def list_tree(self, revision: str) -> tuple[TreeEntry, ...]:
        """Every entry of the tree of ``revision`` (the change's head or merge base)."""

    async def history(self) -> tuple[Request, ...]:
        """Blobs that stand only in a commit between merge base and head."""

    async def write_material(self, requests: Sequence[Request], root: Path) -> Written:
        """Write the blobs under neutral names into the empty folder ``root``."""

    def close(self) -> None:
        """Let go of what the reader holds."""
