"""A cold `audit scan` of five changed modules, beside plain `semgrep scan` of the same five."""

import sys
import tempfile
from pathlib import Path

from benchmarks.engines import EngineCommands
from benchmarks.figures import Figure, at_least, by_turns, seconds
from benchmarks.material import build, code_change
from benchmarks.program import run, timed
from demo.advisories import write_dump

ROUNDS = 5


async def scan(rounds: int = ROUNDS) -> list[Figure]:
    """Ours and semgrep alone, by turns; our caches are empty each time."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        root = Path(name)
        checkout = await _checkout(root)
        dump = write_dump(root / "advisories")
        engines = EngineCommands(Path(tempfile.mkdtemp(dir=root)), osv="")

        async def ours() -> float:
            cold = {"XDG_CACHE_HOME": tempfile.mkdtemp(dir=root)}
            audit = (Path(sys.prefix) / "bin" / "audit", "scan", "--base", "main")
            how = ("--advisories", dump, "--format", "json")
            return await timed(*audit, *how, cwd=checkout, env=cold, ok=(0, 1))

        async def plain() -> float:
            return await engines.semgrep_scan_seconds(checkout, tuple(code_change()))

        taken = await by_turns({"ours": ours, "plain": plain}, rounds)
    return [
        seconds("audit scan, four scanners", taken["ours"]),
        seconds("semgrep scan alone", taken["plain"]),
        at_least("semgrep scan / audit scan", taken["plain"], taken["ours"], 1.5),
    ]


async def _checkout(root: Path) -> Path:
    """A clone whose working tree has the five changes."""
    source = build(root / "real.git").path
    checkout = root / "checkout"
    await run("git", "clone", "-q", source, checkout, cwd=root)
    for path, text in code_change().items():
        (checkout / path).write_text(text, "utf-8")
    return checkout
