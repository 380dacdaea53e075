"""What a reader is given and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.domain.scan import GapReason

MAX_BYTES: Final = 16 << 20
"""Of one manifest (design section 7); more is not read."""
MAX_DEPENDENCIES: Final = 100_000
"""Of one manifest; the largest real lock files have about 10,000."""
MAX_NAME: Final = 500
"""Characters of a name or version; registries allow fewer."""


class ManifestError(ValueError):
    """A manifest that cannot be read as a whole; the message is a sentence for people."""

    def __init__(self, reason: GapReason, why: str) -> None:
        super().__init__(why)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Unread:
    """One entry that cannot be matched, its first and last line (0: unknown), and why."""

    line: int
    end_line: int
    reason: GapReason
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One version of one package, as its manifest names it.

    ``direct`` is None where the manifest does not tell; ``via`` are the names of the packages that
    ask for it. ``pin`` is the text of its line when replacing the version in that line is all it
    takes to change it.
    """

    name: str
    version: str
    line: int = 0
    end_line: int = 0
    direct: bool | None = None
    development: bool = False
    via: tuple[str, ...] = ()
    hashed: bool = False
    pin: str | None = None


@dataclass(frozen=True, slots=True)
class Include:
    """Another file that a requirements file takes in; ``constraint`` for ``-c``."""

    line: int
    path: str
    constraint: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpinned:
    """A dependency without a version; a constraints file or a lock file may still give one."""

    name: str
    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that one file says."""

    dependencies: tuple[Dependency, ...] = ()
    unread: tuple[Unread, ...] = ()
    unpinned: tuple[Unpinned, ...] = ()
    includes: tuple[Include, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be read; ``beside`` gives the bytes of a file in the same folder, if it is there.

    ``confirm`` asks for the second reader's word too, which costs most of a second.
    """

    path: str
    data: bytes
    beside: Callable[[str], bytes | None] = lambda name: None
    confirm: bool = True


Reader = Callable[[Source], Manifest]
