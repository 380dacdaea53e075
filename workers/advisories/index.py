"""The local index: one SQLite file, built whole beside its place and renamed into it, then only read.

Readers open it read-only and immutable, so any number of processes, boxed ones too, share one file
without locks. What it holds is what its feeds hold; a changed feed gives another file.
"""

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from workers.advisories.package_name import normalised
from workers.advisories.record import Affected, affected_from_json

FORMAT: Final = "2"
"""Part of every index's name: a changed table is a new file, never a migration."""
KEPT: Final = 3
"""Indexes kept in the cache; a process that still reads an older one keeps its open file."""
_AT_ONCE: Final = 500
"""Names per query; SQLite's own limit of parameters is larger."""

SCHEMA: Final = """
CREATE TABLE flaw (
    canonical TEXT PRIMARY KEY, ids TEXT NOT NULL, summary TEXT NOT NULL, published TEXT NOT NULL,
    vectors TEXT NOT NULL, words TEXT NOT NULL, cwe TEXT NOT NULL, urls TEXT NOT NULL,
    known_exploited INTEGER NOT NULL DEFAULT 0, epss REAL
) WITHOUT ROWID;
CREATE TABLE alias (id TEXT PRIMARY KEY, canonical TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE affected (
    ecosystem TEXT NOT NULL, package TEXT NOT NULL, advisory TEXT NOT NULL, canonical TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE withdrawn (id TEXT PRIMARY KEY, at TEXT NOT NULL, canonical TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kev (cve TEXT PRIMARY KEY, added TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE epss (cve TEXT PRIMARY KEY, score REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE source (
    name TEXT PRIMARY KEY, records INTEGER NOT NULL, unreadable INTEGER NOT NULL,
    published TEXT NOT NULL, modified TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class IndexFileError(ValueError):
    """A file that is not an index of this format; the message names it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one advisory says of one package; ``canonical`` is the flaw it is about."""

    advisory: str
    canonical: str
    affected: Affected


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One flaw under all its ids, the best first.

    ``published`` is the earliest date of its records (ISO 8601, "" unknown), ``epss`` the highest
    probability of its CVEs.
    """

    canonical: str
    ids: tuple[str, ...]
    summary: str
    published: str
    vectors: tuple[str, ...]
    words: tuple[str, ...]
    cwe: tuple[str, ...]
    urls: tuple[str, ...]
    known_exploited: bool
    epss: float | None


@dataclass(frozen=True, slots=True)
class Source:
    """Counts and newest dates (ISO 8601, "" unknown) of one dump, ``kev`` or ``epss``."""

    name: str
    records: int
    unreadable: int
    published: str
    modified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What an index was built from. ``version`` is a hash of all records, KEV and EPSS."""

    version: str
    built_at: datetime
    kev: str
    epss: str
    sources: tuple[Source, ...]

    @property
    def ecosystems(self) -> frozenset[str]:
        """The ecosystems whose dump is in the index."""
        return frozenset(source.name for source in self.sources) - {"kev", "epss"}


class Index:
    """An open index. Close it, or use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection, metadata: Metadata) -> None:
        self._connection = connection
        self.metadata = metadata

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the index at ``path`` for reading.

        Raises:
            IndexFileError: there is none, or it is not of this format.
        """
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True
            )
            return cls(connection, _read_metadata(connection))
        except (sqlite3.Error, KeyError, ValueError) as error:
            if connection is not None:
                connection.close()
            raise IndexFileError(f"{path}: not an advisory index of format {FORMAT}") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entries(self, ecosystem: str, names: Iterable[str]) -> dict[str, tuple[Entry, ...]]:
        """What is known of the packages ``names``, by normalised name; unknown ones are left out."""
        wanted = sorted({normalised(ecosystem, name) for name in names})
        found: dict[str, list[Entry]] = {}
        query = (
            "SELECT package, advisory, canonical, body FROM affected WHERE ecosystem = ?"
            " AND package IN ({}) ORDER BY package, advisory, rowid"
        )
        for package, advisory, canonical, body in self._select(query, wanted, (ecosystem,)):
            affected = affected_from_json(ecosystem, package, body)
            found.setdefault(package, []).append(Entry(advisory, canonical, affected))
        return {package: tuple(entries) for package, entries in found.items()}

    def flaws(self, canonicals: Iterable[str]) -> dict[str, Flaw]:
        """The flaws with these canonical ids."""
        rows = self._select(
            "SELECT canonical, ids, summary, published, vectors, words, cwe, urls,"
            " known_exploited, epss FROM flaw WHERE canonical IN ({})",
            sorted(set(canonicals)),
        )
        return {row[0]: _flaw(row) for row in rows}

    def canonical(self, identifier: str) -> str | None:
        """The canonical id of the flaw ``identifier`` names; None when it is not known."""
        row = self._connection.execute(
            "SELECT canonical FROM alias WHERE id = ?", (identifier,)
        ).fetchone()
        return None if row is None else str(row[0])

    def withdrawn(self, identifier: str) -> str | None:
        """When the record ``identifier`` was withdrawn (ISO 8601); None when it was not."""
        row = self._connection.execute(
            "SELECT at FROM withdrawn WHERE id = ?", (identifier,)
        ).fetchone()
        return None if row is None else str(row[0])

    def _select(
        self, query: str, names: Sequence[str], first: tuple[str, ...] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """``query`` for portions of ``names``, whose place it marks by ``{}``."""
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            yield from self._connection.execute(query.format(marks), (*first, *some))


def ensure_index(advisories_dir: Path, cache_dir: Path) -> Path:
    """The index of the feeds in ``advisories_dir``, built into ``cache_dir`` unless it is there.

    Feeds are known by name, size and time of change, so nothing is read when nothing changed. Two
    processes that build at once both succeed; the last one's file stays.

    Raises:
        FeedError: the folder has no dump, or a feed cannot be read.
    """
    from workers.advisories.build import build_index
    from workers.advisories.feed import find_feeds

    feeds = find_feeds(advisories_dir)
    place = cache_dir / f"advisories-{_key(advisories_dir, feeds.files)}.sqlite"
    if not place.exists():
        cache_dir.mkdir(parents=True, exist_ok=True)
        with _written_whole(place) as connection:
            build_index(feeds, connection, datetime.now(UTC))
        _drop_old(cache_dir, place)
    return place


@contextmanager
def _written_whole(place: Path) -> Iterator[sqlite3.Connection]:
    """A new database that appears at ``place`` only when the block ends well."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".building-", suffix=".sqlite")
    os.close(handle)
    try:
        with closing(sqlite3.connect(name, isolation_level=None)) as connection:
            connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {SCHEMA}")
            yield connection
        Path(name).chmod(0o644)
        Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)


def _drop_old(cache_dir: Path, current: Path) -> None:
    others = [path for path in cache_dir.glob("advisories-*.sqlite") if path != current]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT - 1 :]:
        # Another process may drop the same file at the same time; gone is gone.
        with suppress(FileNotFoundError):
            path.unlink()


def _key(folder: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256(FORMAT.encode())
    for path in files:
        state = path.stat()
        digest.update(
            f"{path.relative_to(folder)}\0{state.st_size}\0{state.st_mtime_ns}\n".encode()
        )
    return digest.hexdigest()[:20]


def _read_metadata(connection: sqlite3.Connection) -> Metadata:
    values = dict(connection.execute("SELECT key, value FROM metadata"))
    if values["format"] != FORMAT:
        raise ValueError(values["format"])
    rows = connection.execute(
        "SELECT name, records, unreadable, published, modified FROM source ORDER BY name"
    )
    return Metadata(
        version=values["version"],
        built_at=datetime.fromisoformat(values["built_at"]),
        kev=values["kev"],
        epss=values["epss"],
        sources=tuple(Source(*row) for row in rows),
    )


def _flaw(row: tuple[Any, ...]) -> Flaw:
    canonical, ids, summary, published, vectors, words, cwe, urls, known_exploited, epss = row
    return Flaw(
        canonical=canonical,
        ids=tuple(json.loads(ids)),
        summary=summary,
        published=published,
        vectors=tuple(json.loads(vectors)),
        words=tuple(json.loads(words)),
        cwe=tuple(json.loads(cwe)),
        urls=tuple(json.loads(urls)),
        known_exploited=bool(known_exploited),
        epss=epss,
    )
