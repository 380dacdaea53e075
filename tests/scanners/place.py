"""Material, engines and boxes for tests of scanners."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.scan import Material, Side, Target
from workers.box.job import Box, Job, Outcome, Tier
from workers.box.limits import LimitsBox
from workers.fetch.material import suffix_of
from workers.scanners.engines import Engines

PROJECT = Path(__file__).resolve().parents[2]
ENGINES = Engines(PROJECT / ".venv-scanners")
SHARED = Path(os.environ.get("AUDIT_SHARED", PROJECT.parent / "shared"))


def shared(name: str) -> Path:
    """A file of the shared inputs; the test is skipped where it is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs {name} of the shared inputs (AUDIT_SHARED)")
    return path


@dataclass
class RecordingBox:
    """Runs jobs with limits only, and remembers them."""

    jobs: list[Job] = field(default_factory=list)
    inner: Box = field(default_factory=LimitsBox)

    @property
    def tier(self) -> Tier:
        """As strong as the inner one."""
        return self.inner.tier

    async def run(self, job: Job) -> Outcome:
        """Run and remember ``job``."""
        self.jobs.append(job)
        return await self.inner.run(job)


@dataclass
class AnsweringBox:
    """Runs nothing; answers every job with the next of ``outcomes``, the last one for ever."""

    outcomes: list[Outcome]
    jobs: list[Job] = field(default_factory=list)

    @property
    def tier(self) -> Tier:
        """The weakest."""
        return Tier.LIMITS

    async def run(self, job: Job) -> Outcome:
        """The next outcome."""
        self.jobs.append(job)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def material(
    root: Path,
    head: Mapping[str, str | bytes] | None = None,
    base: Mapping[str, str | bytes] | None = None,
    history: Mapping[str, str | bytes] | None = None,
) -> Material:
    """The given files under neutral names below ``root``."""
    sides = ((Side.HEAD, head), (Side.BASE, base), (Side.HISTORY, history))
    targets = [
        target for side, files in sides for target in _targets(root, side, files or {}, str(side))
    ]
    return Material(root, tuple(targets))


def _targets(
    root: Path, side: Side, files: Mapping[str, str | bytes], folder: str
) -> Iterator[Target]:
    for number, (path, text) in enumerate(files.items(), start=1):
        data = text.encode() if isinstance(text, str) else text
        name = f"{folder}-{number:04d}{suffix_of(path)}"
        (root / name).write_bytes(data)
        yield Target(
            side=side,
            path=path,
            blob=hashlib.sha1(data).hexdigest(),
            size=len(data),
            file=name,
            commit="c" * 40 if side is Side.HISTORY else None,
        )
