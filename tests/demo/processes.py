"""The demo as a program, the processes it starts, and those that are left of them."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run came to, and the processes of it that were left."""

    code: int
    out: str
    err: str
    left: tuple[int, ...]


def environment(folder: Path) -> dict[str, str]:
    """The caller's, with temporary files in ``folder``, by which the run's processes are known."""
    return {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(REPOSITORY)}


async def start(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    """Start ``python -m demo``."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", *arguments),
        cwd=REPOSITORY,
        env=environment(folder),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process, folder: Path) -> Ended:
    """Wait for the end of a run."""
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode(), running_in(folder))


async def run(folder: Path, *arguments: str) -> Ended:
    """Run ``python -m demo`` to its end."""
    return await ended(await start(folder, *arguments), folder)


def running_in(folder: Path) -> tuple[int, ...]:
    """The processes whose environment or command names ``folder``."""
    return tuple(each.pid for each in psutil.process_iter() if _belongs(each, str(folder)))


def _belongs(process: psutil.Process, folder: str) -> bool:
    try:
        if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        words = (*process.cmdline(), *process.environ().values())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(folder in word for word in words)
