"""Running one process group within a wall clock and an output cap."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workers.box.job import Exited, Job, Killed, Outcome

STDERR_BYTES: Final = 64 << 10
"""How much of stderr is kept; the rest is read and dropped, so that the process does not block."""

CHUNK: Final = 64 << 10
GRACE_S: Final = 2.0
"""How long a killed group may take to close its pipes before they are given up."""

SETTLE_S: Final = 0.5
"""How old a process is let become before it is killed."""

SIGNAL_BASE: Final = 128
"""Shells, and `bwrap`, tell a death by signal n as exit code 128 + n."""


class OutputCapExceededError(Exception):
    """The process wrote more to stdout than it may."""


@dataclass(frozen=True, slots=True)
class Streams:
    """What a process wrote."""

    stdout: bytes
    stderr: bytes


async def run_boxed(
    job: Job, command: Callable[[Job, Path], Sequence[str]], *, owner: int | None = None
) -> Outcome:
    """Run what ``command(job, home)`` says, with a private home that is removed afterwards.

    ``owner`` is the numeric user that home belongs to (None: the worker's own). Raises
    `FileNotFoundError` when a path that the job names is not there.
    """
    require_paths(job)
    with private_home(owner) as home:
        return await run_process(job, command(job, home), environment_of(job, home), home)


def require_paths(job: Job) -> None:
    """Raise `FileNotFoundError` when a path the job is to see does not exist."""
    for path in (*job.read_only, *job.writable):
        if not path.exists():
            raise FileNotFoundError(f"a boxed job was to see {path}, which is not there")


def environment_of(job: Job, home: Path) -> dict[str, str]:
    """The whole environment of a job: its own and PATH, LANG, HOME and TMPDIR."""
    always = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
    }
    return always | job.environment


@contextmanager
def private_home(owner: int | None) -> Iterator[Path]:
    """A new folder that only ``owner`` can enter, removed at the end with all that is in it."""
    home = Path(tempfile.mkdtemp(prefix="audit-box-"))
    try:
        if owner is not None:
            os.chown(home, owner, owner)
        yield home
    finally:
        remove_tree(home)


def remove_tree(folder: Path) -> None:
    """Remove a folder, also one whose inner folders were made unreadable on purpose."""
    for inner, folders, _ in os.walk(folder):
        for name in folders:
            path = Path(inner, name)
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder)


async def run_process(
    job: Job, argv: Sequence[str], environment: Mapping[str, str], home: Path
) -> Outcome:
    """Run ``argv`` in a session of its own; whatever happens, its group is ended before the return."""
    started = time.monotonic()
    process = await start(argv, environment, job.cwd or home)
    try:
        async with asyncio.timeout(job.limits.wall_s):
            streams = await converse(process, job)
            code = await process.wait()
    except TimeoutError:
        return Killed(f"ran longer than {job.limits.wall_s:g} s", time.monotonic() - started)
    except OutputCapExceededError:
        why = f"wrote more than {job.limits.output_bytes} bytes"
        return Killed(why, time.monotonic() - started)
    finally:
        await end_group(process, age=time.monotonic() - started)
    return outcome_of(code, streams, time.monotonic() - started, job)


async def start(
    argv: Sequence[str], environment: Mapping[str, str], cwd: Path
) -> asyncio.subprocess.Process:
    """Start a process in a session of its own.

    Shielded: cancelled half-way, asyncio would kill the first process alone and not its group.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(environment),
            cwd=cwd,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await end_group(await starting, age=0.0)
        raise


async def converse(process: asyncio.subprocess.Process, job: Job) -> Streams:
    """Write stdin and read both outputs to their end. Raises `OutputCapExceededError`."""
    assert process.stdin is not None  # noqa: S101 - all three are pipes, see run_process
    assert process.stdout is not None  # noqa: S101
    assert process.stderr is not None  # noqa: S101
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(feed(process.stdin, job.stdin))
            out = tasks.create_task(read_capped(process.stdout, job.limits.output_bytes))
            err = tasks.create_task(read_start(process.stderr, STDERR_BYTES))
    except ExceptionGroup as errors:
        # Unwrapped by hand: what an `except*` block raises is wrapped in a group again.
        raise errors.exceptions[0] from None
    return Streams(out.result(), err.result())


async def feed(stream: asyncio.StreamWriter, data: bytes) -> None:
    """Write all of stdin; a process that ends without reading it is no error of ours."""
    with suppress(BrokenPipeError, ConnectionResetError):
        stream.write(data)
        await stream.drain()
    stream.close()
    with suppress(BrokenPipeError, ConnectionResetError):
        await stream.wait_closed()


async def read_capped(stream: asyncio.StreamReader, cap: int) -> bytes:
    """Read to the end; more than ``cap`` bytes raise `OutputCapExceededError`."""
    parts: list[bytes] = []
    size = 0
    while part := await stream.read(CHUNK):
        size += len(part)
        if size > cap:
            raise OutputCapExceededError
        parts.append(part)
    return b"".join(parts)


async def read_start(stream: asyncio.StreamReader, keep: int) -> bytes:
    """Read to the end and return the first ``keep`` bytes."""
    kept = bytearray()
    while part := await stream.read(CHUNK):
        kept += part[: max(0, keep - len(kept))]
    return bytes(kept)


async def end_group(process: asyncio.subprocess.Process, *, age: float) -> None:
    """Kill whatever is left of the process group and wait for it.

    One that is only being set up is given the time for it: `bwrap` killed between making its inner
    process and tying that one's life to its own would leave it behind. ``age`` is in seconds.
    """
    if process.returncode is None and age < SETTLE_S:
        await asyncio.sleep(SETTLE_S - age)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):  # a process that left the group may hold a pipe open for ever
        async with asyncio.timeout(GRACE_S):
            await drain(process)
    await process.wait()


async def drain(process: asyncio.subprocess.Process) -> None:
    """Read what dead writers left in the pipes, so that the transports close."""
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(CHUNK):
            pass


def outcome_of(code: int, streams: Streams, seconds: float, job: Job) -> Outcome:
    """What an exit code says; a negative one, and one over 128, is a death by signal."""
    number = -code if code < 0 else code - SIGNAL_BASE
    if number <= 0:
        return Exited(code, streams.stdout, streams.stderr, seconds)
    return Killed(why_killed(number, job), seconds, streams.stderr)


def why_killed(number: int, job: Job) -> str:
    """A sentence part for a death by signal; the kernel does not say which limit it was."""
    limits = job.limits
    match number:
        case signal.SIGKILL | signal.SIGXCPU:
            return (
                f"killed: over {limits.cpu_s} s of processor time, or the machine is out of memory"
            )
        case signal.SIGABRT | signal.SIGSEGV | signal.SIGBUS:
            return f"crashed (signal {number}): a fault, or over {limits.memory_bytes >> 20} MiB of memory"
        case signal.SIGXFSZ:
            return f"wrote a file of more than {limits.file_bytes} bytes"
    return f"ended by signal {number}"
