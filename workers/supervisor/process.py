"""One child process: started in a session of its own, ended with everything it started."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from workers.supervisor import tether

MAX_LOG: Final = 10 << 20
"""Bytes; a longer log is put aside as NAME.1 at the child's next start."""


class CannotStartError(RuntimeError):
    """Trying again would not help; the text says why, for the operator."""


def nothing_to_prepare() -> None:
    """For children that need nothing before a start."""


async def ready_at_once() -> bool:
    """For children that nothing waits for."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What to run, and how to know that it is there.

    ``prepare`` is called before each start and raises `CannotStartError`; ``ready`` is asked until it
    says yes; ``grace_s`` seconds lie between SIGTERM and SIGKILL; without ``log`` output is inherited.
    """

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    prepare: Callable[[], None] = nothing_to_prepare
    ready: Callable[[], Awaitable[bool]] = ready_at_once
    grace_s: float = 10.0
    log: Path | None = None


async def start(child: Child) -> asyncio.subprocess.Process:
    """Start ``child`` in a session of its own, tied to this process's life."""
    child.prepare()
    with _log_of(child) as log:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", tether.__file__, str(os.getpid())),
            *child.command,
            env=dict(child.environ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def end(process: asyncio.subprocess.Process, grace_s: float) -> None:
    """SIGTERM to the group, SIGKILL to what is left of it after ``grace_s`` seconds."""
    if process.returncode is None:
        signal_group(process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace_s)
    signal_group(process.pid, signal.SIGKILL)
    await process.wait()


def signal_group(leader: int, number: signal.Signals) -> None:
    """Send ``number`` to the group of ``leader``, if any of it still lives."""
    # macOS answers EPERM for a group of which only zombies are left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


@contextmanager
def _log_of(child: Child) -> Iterator[IO[bytes] | None]:
    """The child's log, opened to append; closed here once the child has it."""
    if child.log is None:
        yield None
        return
    child.log.parent.mkdir(parents=True, exist_ok=True)
    if child.log.exists() and child.log.stat().st_size > MAX_LOG:
        child.log.replace(child.log.with_name(f"{child.log.name}.1"))
    with child.log.open("ab") as log:
        yield log
