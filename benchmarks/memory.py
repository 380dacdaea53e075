"""Resident memory of the web and worker processes, idle and after audits."""

import os
import tempfile
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.figures import Figure
from benchmarks.material import build, mixed_change
from benchmarks.stand import Stand, stand

NAME = "real/repository"
AUDITS = 20
MIB = 1 << 20


async def memory(audits: int = AUDITS) -> list[Figure]:
    """RSS after the start and one small audit, and after ``audits`` more on a real repository."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        root = Path(name)
        source = build(root / "real.git").path
        server_folder = root / "server"
        server_folder.mkdir()
        async with stand(server_folder) as server:
            idle = _resident()
            await server.repository(NAME, source)
            await _audited(server, audits)
            after = _resident()
    return [
        Figure(name=f"{process} idle → after {audits} audits", value=f"{idle[process]} → {after[process]} MiB")
        for process in ("web", "worker")
    ]  # fmt: skip


async def _audited(server: Stand, audits: int) -> None:
    pull = await server.open(NAME, mixed_change())
    await server.completed(pull)
    for number in range(1, audits):
        await server.push(NAME, {"rich/added.py": f"COUNT = {number}\n"})
        await server.completed(pull)


def _resident() -> dict[str, int]:
    """MiB of each of our processes, by the name of its sub-command."""
    found: dict[str, int] = {}
    for child in psutil.Process(os.getpid()).children(recursive=True):
        words = child.cmdline()
        if "cli.main" in words:
            found[words[words.index("cli.main") + 1]] = child.memory_info().rss // MIB
    return found
