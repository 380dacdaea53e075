"""What goes into the boxed code reader and what comes out of it, as JSON.

The answer is checked against these types before the worker believes it, and kept in the cache in
this form. Files are named by their number in the request.
"""

from dataclasses import dataclass
from typing import Final

from app.domain.scan import GapClass, GapReason

FORM: Final = "1"
"""Raised when the meaning of an answer changes, so that cached ones are not taken for new ones."""

MAX_MATCHES: Final = 2000
"""Matches kept of one file; more make the rest of it unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One blob to read: its neutral file, and its language unless the first line must tell."""

    file: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``pack`` is the folder of the rule pack, ``core`` the engine, ``seconds`` the time for all."""

    units: tuple[Unit, ...]
    pack: str
    core: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a trace; ``text`` is the file's."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One match of a rule. ``text``, ``scope`` and ``definition`` make its identity.

    ``replacement`` is the whole line with the rule's fix in it, where that is safe to suggest.
    """

    rule: str
    line: int
    end_line: int
    text: str
    scope: str
    definition: str | None
    trace: tuple[Step, ...]
    replacement: str | None
    ignored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A part of a file (line 0: all of it) that was not analysed."""

    grade: GapClass
    reason: GapReason
    why: str
    line: int = 0
    end_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobReading:
    """What one blob holds. ``scanned`` when the engine analysed at least a part of it.

    ``lasting`` when another run would say the same: only such a reading is cached.
    """

    unit: int
    language: str | None
    scanned: bool
    lasting: bool
    matches: tuple[Match, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one boxed run found; ``failure`` when the engine does not work at all."""

    engine: str
    blobs: tuple[BlobReading, ...]
    failure: str | None
