"""Filling an empty index from its feeds."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from workers.advisories.alias import AliasGroups, canonical
from workers.advisories.feed import (
    BadEntry,
    FeedFolder,
    KnownExploited,
    RawRecord,
    known_exploited,
    newest_scores,
    records,
    scores,
)
from workers.advisories.index import FORMAT, Source
from workers.advisories.record import Advisory, affected_to_json

MAX_URLS: Final = 10
_WEIGH: Final = """
CREATE INDEX alias_canonical ON alias (canonical);
UPDATE flaw SET
    known_exploited = EXISTS (
        SELECT 1 FROM alias JOIN kev ON kev.cve = alias.id WHERE alias.canonical = flaw.canonical
    ),
    epss = (
        SELECT max(score) FROM alias JOIN epss ON epss.cve = alias.id
        WHERE alias.canonical = flaw.canonical
    );
"""
"""A flaw is known to be exploited if any of its ids is, and as likely as the likeliest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brief:
    """What a flaw's row needs of one record; the rest of the record is already written."""

    id: str
    summary: str
    published: str
    vectors: tuple[str, ...]
    words: tuple[str, ...]
    cwe: tuple[str, ...]
    urls: tuple[str, ...]


@dataclass(slots=True)
class _Gathered:
    """What is gathered over all dumps before flaws can be named."""

    groups: AliasGroups = field(default_factory=AliasGroups)
    briefs: dict[str, _Brief] = field(default_factory=dict)
    withdrawn: dict[str, Advisory] = field(default_factory=dict)
    digests: list[bytes] = field(default_factory=list)


def build_index(feeds: FeedFolder, connection: sqlite3.Connection, now: datetime) -> None:
    """Write all of ``feeds`` into ``connection``, whose tables are there and empty.

    Raises:
        FeedError: a feed cannot be read.
    """
    gathered = _Gathered()
    exploited = known_exploited(feeds.kev)
    connection.execute("BEGIN")
    sources = [_write_dump(connection, name, path, gathered) for name, path in feeds.dumps.items()]
    _write_flaws(connection, gathered)
    _write_exploited(connection, exploited)
    scored = _write_scores(connection, feeds.epss)
    for statement in filter(str.strip, _WEIGH.split(";")):
        connection.execute(statement)
    sources += [_kev_source(exploited), scored]
    _write_metadata(connection, sources, _version(gathered, exploited, scored), now)
    connection.execute("CREATE INDEX affected_package ON affected (ecosystem, package)")
    connection.execute("COMMIT")


def _write_dump(
    connection: sqlite3.Connection, ecosystem: str, archive: Path, gathered: _Gathered
) -> Source:
    """Write the affected packages of one dump; gather what names its flaws."""
    count = unreadable = 0
    published = modified = ""
    for record in records(archive):
        match record:
            case BadEntry():
                unreadable += 1
            case RawRecord(advisory, data):
                count += 1
                published = max(published, advisory.published)
                modified = max(modified, advisory.modified)
                gathered.digests.append(hashlib.sha256(data).digest())
                _write_record(connection, advisory, gathered)
    return Source(ecosystem, count, unreadable, published, modified)


def _write_record(connection: sqlite3.Connection, advisory: Advisory, gathered: _Gathered) -> None:
    """A withdrawn record affects nothing and joins no ids: it may have been withdrawn for its aliases."""
    if advisory.withdrawn:
        gathered.withdrawn[advisory.id] = advisory
        return
    gathered.groups.join(advisory.id, advisory.aliases)
    gathered.briefs[advisory.id] = _brief(advisory)
    connection.executemany(
        "INSERT INTO affected VALUES (?, ?, ?, '', ?)",
        (
            (entry.ecosystem, entry.package, advisory.id, affected_to_json(entry))
            for entry in advisory.affected
            if entry.package and (entry.versions or entry.ranges)
        ),
    )


def _brief(advisory: Advisory) -> _Brief:
    return _Brief(
        id=advisory.id,
        summary=advisory.summary,
        published=advisory.published,
        vectors=advisory.vectors,
        words=advisory.words,
        cwe=advisory.cwe,
        urls=advisory.references,
    )


def _write_flaws(connection: sqlite3.Connection, gathered: _Gathered) -> None:
    groups = gathered.groups.groups()
    connection.executemany(
        "INSERT INTO flaw (canonical, ids, summary, published, vectors, words, cwe, urls)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (_flaw_row(name, ids, gathered.briefs) for name, ids in groups.items()),
    )
    connection.executemany(
        "INSERT INTO alias VALUES (?, ?)",
        ((identifier, name) for name, ids in groups.items() for identifier in ids),
    )
    connection.execute(
        "UPDATE affected SET canonical = (SELECT canonical FROM alias WHERE id = advisory)"
    )
    connection.executemany(
        "INSERT INTO withdrawn VALUES (?, ?, ?)",
        (
            (record.id, record.withdrawn, canonical((record.id, *record.aliases)))
            for record in gathered.withdrawn.values()
        ),
    )


def _flaw_row(
    name: str, ids: tuple[str, ...], briefs: dict[str, _Brief]
) -> tuple[str, str, str, str, str, str, str, str]:
    """One flaw from its records, in the order of preference of their ids."""
    own = [briefs[identifier] for identifier in ids if identifier in briefs]
    dates = sorted(brief.published for brief in own if brief.published)
    return (
        name,
        json.dumps(ids),
        next((brief.summary for brief in own if brief.summary), ""),
        dates[0] if dates else "",
        _joined(brief.vectors for brief in own),
        _joined(brief.words for brief in own),
        _joined(brief.cwe for brief in own),
        json.dumps(_unique(url for brief in own for url in brief.urls)[:MAX_URLS]),
    )


def _joined(lists: Iterable[tuple[str, ...]]) -> str:
    return json.dumps(_unique(value for values in lists for value in values))


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _write_exploited(connection: sqlite3.Connection, exploited: KnownExploited) -> None:
    connection.executemany("INSERT INTO kev VALUES (?, ?)", exploited.added.items())


def _write_scores(connection: sqlite3.Connection, paths: tuple[Path, ...]) -> Source:
    """Write the newest EPSS file, all of it: an advisory that arrives later finds its score."""
    newest = newest_scores(paths)
    if newest is None:
        return Source("epss", 0, 0, "", "")
    path, day = newest
    cursor = connection.executemany("INSERT OR REPLACE INTO epss VALUES (?, ?)", scores(path))
    text = day.isoformat() if day else ""
    return Source("epss", cursor.rowcount, 0, text, text)


def _kev_source(exploited: KnownExploited) -> Source:
    text = exploited.released.isoformat() if exploited.released else ""
    return Source("kev", len(exploited.added), 0, text, text)


def _version(gathered: _Gathered, exploited: KnownExploited, scored: Source) -> str:
    """A hash of what the feeds say, whatever order their records are packed in."""
    digest = hashlib.sha256(FORMAT.encode())
    for record in sorted(gathered.digests):
        digest.update(record)
    digest.update(json.dumps(sorted(exploited.added)).encode())
    digest.update(f"{scored.modified} {scored.records}".encode())
    return digest.hexdigest()[:16]


def _write_metadata(
    connection: sqlite3.Connection, sources: list[Source], version: str, now: datetime
) -> None:
    connection.executemany("INSERT INTO source VALUES (?, ?, ?, ?, ?)", _source_rows(sources))
    dates = {source.name: source.modified for source in sources}
    values = {
        "format": FORMAT,
        "version": version,
        "built_at": now.isoformat(),
        "kev": dates["kev"],
        "epss": dates["epss"],
    }
    connection.executemany("INSERT INTO metadata VALUES (?, ?)", values.items())


def _source_rows(sources: list[Source]) -> Iterator[tuple[str, int, int, str, str]]:
    for source in sources:
        yield (source.name, source.records, source.unreadable, source.published, source.modified)
