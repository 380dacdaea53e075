"""The same pull request in larger repositories: the cost follows the change."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.figures import Figure, at_most, by_turns, seconds
from benchmarks.material import RealRepository, build, mixed_change
from benchmarks.stand import stand

ROUNDS = 3
NAME = "real/repository"
LARGEST = 50_000


async def large(rounds: int = ROUNDS) -> list[Figure]:
    """One size, ten times that, and 50 000 files, by turns."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        one = build(root / "one.git")
        ten = build(root / "ten.git", min(10 * one.files, LARGEST))
        most = build(root / "most.git", LARGEST)
        measures = {"one": _audit(root, one), "ten": _audit(root, ten), "most": _audit(root, most)}
        taken = await by_turns(measures, rounds)
    return [
        seconds(f"{one.files} files", taken["one"]),
        seconds(f"{ten.files} files", taken["ten"]),
        seconds(f"{most.files} files", taken["most"]),
        at_most("ten times the size / one", taken["ten"], taken["one"], 1.5),
        at_most(f"{most.files} files / one", taken["most"], taken["one"], 1.5),
    ]


def _audit(root: Path, repository: RealRepository) -> Callable[[], Awaitable[float]]:
    async def measured() -> float:
        async with stand(Path(tempfile.mkdtemp(dir=root))) as server:
            await server.repository(NAME, repository.path)
            return await server.audit_seconds(NAME, mixed_change())

    return measured
