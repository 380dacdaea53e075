"""What goes into the boxed reader and what comes out of it, as JSON.

The answer is checked against these types before the worker believes it. Files are named by their
number in the request, so no path has to survive the way.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.scan import GapReason

MAX_UNREAD: Final = 200
"""Entries named one by one per manifest; further ones are said together, with their lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One target: ``file`` below the root; ``match`` whether its packages are looked up."""

    side: str
    path: str
    file: str
    size: int
    match: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to read: ``wanted`` are numbers in ``files``; the others are there to be included.

    ``today`` is an ISO date, ``max_age_days`` the age from which data is called stale.
    """

    root: str
    index: str | None
    files: tuple[File, ...]
    wanted: tuple[int, ...]
    today: str
    max_age_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadEntry:
    """One entry that was not matched; ``reason`` and ``why`` make its gap."""

    line: int
    end_line: int
    reason: GapReason
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFlaw:
    """One flaw of a package: canonical id, the records that say so, and those that do not."""

    canonical: str
    by: tuple[str, ...]
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPackage:
    """One dependency with what is known of it; ``fixed`` closes all of ``flaws``."""

    name: str
    normalised: str
    version: str
    line: int
    end_line: int
    direct: bool | None
    development: bool
    via: tuple[str, ...]
    hashed: bool
    pin: str | None
    fixed: str | None
    flaws: tuple[FoundFlaw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """One manifest that was read; ``file`` is its number in the request."""

    file: int
    kind: str
    ecosystem: str
    packages: tuple[FoundPackage, ...]
    unread: tuple[UnreadEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFile:
    """One manifest that was not read."""

    file: int
    reason: GapReason
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlawFacts:
    """What the index says of one flaw; scores as text of a decimal number."""

    canonical: str
    ids: tuple[str, ...]
    summary: str
    published: str
    score: Decimal | None
    vector: str | None
    word: str | None
    cwe: tuple[str, ...]
    urls: tuple[str, ...]
    known_exploited: bool
    epss: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFacts:
    """The advisory data that was used; ``stale`` names its sources past the age limit."""

    version: str
    kev: str
    epss: str
    ecosystems: tuple[str, ...]
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one boxed run found. ``data`` is None without an index."""

    read: tuple[ReadFile, ...]
    unread: tuple[UnreadFile, ...]
    flaws: tuple[FlawFacts, ...]
    data: DataFacts | None
