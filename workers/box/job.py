"""What is run in a box, within which limits, and how it ended."""

from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Protocol


class Tier(IntEnum):
    """How strong the isolation is; a higher tier is stronger."""

    LIMITS = 1
    """Resource limits only: network and file system are the worker's own."""
    UNSHARE = 2
    """`unshare`: no network, other user where possible, and resource limits."""
    BUBBLEWRAP = 3
    """`bwrap`: every namespace, a file system of listed paths, and resource limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one boxed process and its children.

    ``wall_s`` and ``cpu_s`` in seconds, ``memory_bytes`` of address space, ``output_bytes`` of
    stdout (stderr is cut at 64 KiB), ``file_bytes`` of any one file written (None: no bound).
    """

    wall_s: float
    cpu_s: int
    memory_bytes: int = 4 << 30
    output_bytes: int = 64 << 20
    file_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One process to run boxed.

    ``argv[0]`` is an absolute path. ``read_only`` are the paths it may see, at their own names,
    besides the system's libraries; ``writable`` the ones it may write. The environment is
    ``environment``, PATH, LANG and HOME, a private temporary folder, and nothing else. ``network``
    is for git fetches only. ``own_user`` keeps the worker's user where a tier would change it: for
    git, which reads and writes repositories that belong to the worker.
    """

    argv: tuple[str, ...]
    limits: Limits
    stdin: bytes = b""
    read_only: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    network: bool = False
    own_user: bool = False
    cwd: Path | None = None


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended by itself."""

    code: int
    stdout: bytes
    stderr: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Killed:
    """The process was ended, by us (``why`` says which limit) or by a signal."""

    why: str
    seconds: float
    stderr: bytes = b""


Outcome = Exited | Killed


class Box(Protocol):
    """Runs jobs at one tier of isolation."""

    @property
    def tier(self) -> Tier:
        """How strong it is."""

    async def run(self, job: Job) -> Outcome:
        """Run ``job``; on cancellation its whole process group is ended first."""
