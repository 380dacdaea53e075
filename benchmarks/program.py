"""Running another program to its end, timed."""

import asyncio
import os
import time
from collections.abc import Mapping
from pathlib import Path

LIMIT_S = 900.0


class ProgramError(RuntimeError):
    """A program that is measured did not do its work; its figure would mean nothing."""


async def run(
    *command: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    ok: tuple[int, ...] = (0,),
) -> bytes:
    """The stdout of ``command``. Raises `ProgramError` on another exit than ``ok`` or after 15 min."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), LIMIT_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise ProgramError(f"{command[0]} took longer than {LIMIT_S:.0f} s") from None
    if process.returncode not in ok:
        said = err.decode(errors="replace")[-400:]
        raise ProgramError(f"{command[0]} ended with {process.returncode}: {said}")
    return out


async def timed(
    *command: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    ok: tuple[int, ...] = (0,),
) -> float:
    """The seconds that `run` takes."""
    began = time.perf_counter()
    await run(*command, cwd=cwd, env=env, ok=ok)
    return time.perf_counter() - began
