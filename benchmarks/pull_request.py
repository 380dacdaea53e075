"""Webhook to completed check, beside what the engines cost by themselves and beside a peer's way."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engines import EngineCommands, osv_service
from benchmarks.figures import Figure, at_least, at_most, by_turns, seconds
from benchmarks.material import PYTHON_FILES, RealRepository, build, mixed_change
from benchmarks.program import run
from benchmarks.stand import Stand, stand

ROUNDS = 3
NAME = "real/repository"
WORKFLOW = ".github/workflows/tests.yml"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one of the three ways works, each time in a new empty folder."""

    root: Path

    def fresh(self) -> Path:
        """An empty folder."""
        return Path(tempfile.mkdtemp(dir=self.root))


async def pull_request(rounds: int = ROUNDS) -> list[Figure]:
    """Ours, the raw cost and a peer's way, by turns."""
    with tempfile.TemporaryDirectory(prefix="bench-") as root, osv_service() as osv:
        place = Place(Path(root))
        repository = build(place.root / "real.git")
        ways = _Ways(place, repository, EngineCommands(place.fresh(), osv))
        taken = await by_turns({"ours": ways.ours, "raw": ways.raw, "peer": ways.peer}, rounds)
    ours, raw, peer = taken["ours"], taken["raw"], taken["peer"]
    return [
        Figure(name="files in the repository", value=str(repository.files)),
        seconds("webhook to completed check", ours),
        seconds("raw cost: fetch and engines, one after another", raw),
        seconds("a peer's way on a full clone", peer),
        at_most("ours / raw cost", ours, raw, 1.5),
        at_least("peer / ours", peer, ours, 8),
    ]


class _Ways:
    """The three ways over one repository, all of them cold."""

    def __init__(self, place: Place, repository: RealRepository, engines: EngineCommands) -> None:
        self._place = place
        self._repository = repository
        self._engines = engines

    async def ours(self) -> float:
        async with stand(self._place.fresh()) as server:
            await server.repository(NAME, self._repository.path)
            return await server.audit_seconds(NAME, mixed_change())

    async def raw(self) -> float:
        """Fetch the commits and the blobs of five files, then each engine on them."""
        async with stand(self._place.fresh()) as server:
            url = await self._pushed(server)
            began = time.perf_counter()
            folder = await self._fetched(url)
            python = [folder / name for name in PYTHON_FILES]
            await self._engines.semgrep_core(python)
            await self._engines.betterleaks(folder)
            await self._engines.detect_secrets(folder, tuple(mixed_change()))
            await self._engines.pip_audit(folder)
            await self._engines.zizmor(folder, (WORKFLOW,))
            return time.perf_counter() - began

    async def peer(self) -> float:
        """A full clone, and the programs over all of it."""
        async with stand(self._place.fresh()) as server:
            url = await self._pushed(server)
            folder = self._place.fresh()
            began = time.perf_counter()
            await run("git", "clone", "-q", "--branch", "change", url, ".", cwd=folder)
            await self._engines.semgrep_scan(folder)
            await self._engines.pip_audit(folder)
            await self._engines.detect_secrets(folder)
            return time.perf_counter() - began

    async def _pushed(self, server: Stand) -> str:
        """The address of the repository, the change being there already."""
        await server.repository(NAME, self._repository.path)
        await server.push_change(NAME, mixed_change())
        return f"{server.box.base_url}/{NAME}.git"

    async def _fetched(self, url: str) -> Path:
        folder = self._place.fresh()
        await run("git", "init", "-q", f"--separate-git-dir={self._place.fresh()}", cwd=folder)
        await run("git", "remote", "add", "origin", url, cwd=folder)
        fetch = (
            "git",
            "fetch",
            "-q",
            "--filter=blob:none",
            "--depth=2",
            "origin",
            "main",
            "change",
        )
        await run(*fetch, cwd=folder)
        await run("git", "config", "remote.origin.promisor", "true", cwd=folder)
        names = tuple(mixed_change())
        await run("git", "restore", "--source=origin/change", "--", *names, cwd=folder)
        return folder
