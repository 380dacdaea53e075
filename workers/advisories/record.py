"""The parts of an OSV record that matching and explaining need, checked as they are read.

Source of the form: the OSV schema, version 1.x (ossf.github.io/osv-schema). Unknown keys are left
aside; a known key of a wrong type makes the whole record a `RecordError`, which is counted and said.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from workers.advisories.package_name import ecosystem_of, normalised

MAX_TEXT: Final = 4000
"""Characters read of a text or a reference; the rest is on the advisory's own page."""
MAX_SUMMARY: Final = 300
MAX_REFERENCES: Final = 10
RANGE_TYPES: Final = frozenset({"ECOSYSTEM", "SEMVER"})
"""GIT ranges name commits, which no manifest does."""


class RecordError(ValueError):
    """A record that is not of OSV's form; the message says what is wrong."""


class EventKind(StrEnum):
    """What happens at a version of a range."""

    INTRODUCED = "introduced"
    FIXED = "fixed"
    LAST_AFFECTED = "last_affected"
    LIMIT = "limit"


_EVENT_KINDS: Final = frozenset(kind.value for kind in EventKind)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a range; ``version`` is as the record spells it."""

    kind: EventKind
    version: str


@dataclass(frozen=True, slots=True)
class Affected:
    """What one record says of one package: listed versions and ranges of events."""

    ecosystem: str
    package: str
    versions: tuple[str, ...] = ()
    ranges: tuple[tuple[Event, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One OSV record. Dates are ISO 8601 text as published, "" where absent.

    ``vectors`` are CVSS vector strings, ``words`` qualitative severities in lower case,
    ``withdrawn`` the date of withdrawal or "".
    """

    id: str
    aliases: tuple[str, ...]
    summary: str
    published: str
    modified: str
    withdrawn: str
    vectors: tuple[str, ...]
    words: tuple[str, ...]
    cwe: tuple[str, ...]
    references: tuple[str, ...]
    affected: tuple[Affected, ...]


def parse(data: bytes) -> Advisory:
    """Read one OSV record.

    Raises:
        RecordError: it is not JSON, or not of OSV's form.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecordError("not JSON") from error
    record = _mapping(document, "the record")
    return Advisory(
        id=_identifier(record.get("id")),
        aliases=tuple(_identifier(alias) for alias in _sequence(record, "aliases")),
        summary=_summary(record),
        published=_text(record, "published"),
        modified=_text(record, "modified"),
        withdrawn=_text(record, "withdrawn"),
        vectors=tuple(_unique(_vectors(record))),
        words=tuple(_unique(_words(record))),
        cwe=tuple(_unique(_weaknesses(record))),
        references=_references(record),
        affected=tuple(_affected(entry) for entry in _sequence(record, "affected")),
    )


def affected_to_json(affected: Affected) -> str:
    """``affected`` without its package, as the index keeps it."""
    ranges = [[[event.kind, event.version] for event in events] for events in affected.ranges]
    return json.dumps([affected.versions, ranges], separators=(",", ":"))


def affected_from_json(ecosystem: str, package: str, text: str) -> Affected:
    """The inverse of `affected_to_json`."""
    versions, ranges = json.loads(text)
    return Affected(
        ecosystem,
        package,
        tuple(versions),
        tuple(tuple(Event(EventKind(kind), at) for kind, at in events) for events in ranges),
    )


def _summary(record: dict[str, Any]) -> str:
    """The record's own summary on one line; what the details begin with seldom says what is wrong."""
    return " ".join(_text(record, "summary").split())[:MAX_SUMMARY]


def _affected(entry: object) -> Affected:
    block = _mapping(entry, "an entry of affected")
    package = _mapping(block.get("package") or {}, "package")
    ecosystem = ecosystem_of(_text(package, "ecosystem"))
    ranges = (_mapping(item, "a range") for item in _sequence(block, "ranges"))
    return Affected(
        ecosystem=ecosystem,
        package=normalised(ecosystem, _text(package, "name")),
        versions=tuple(_string(version, "a version") for version in _sequence(block, "versions")),
        ranges=tuple(_events(item) for item in ranges if _text(item, "type") in RANGE_TYPES),
    )


def _events(item: dict[str, Any]) -> tuple[Event, ...]:
    events = []
    for entry in _sequence(item, "events"):
        for kind, version in _mapping(entry, "an event").items():
            if kind not in _EVENT_KINDS:
                raise RecordError(f"unknown event {kind[:40]!r}")
            events.append(Event(EventKind(kind), _string(version, "an event's version")))
    return tuple(events)


def _vectors(record: dict[str, Any]) -> Iterable[str]:
    for holder in (record, *_sequence(record, "affected")):
        for entry in _sequence(_mapping(holder, "an entry of affected"), "severity"):
            severity = _mapping(entry, "a severity")
            if _text(severity, "type").startswith("CVSS_"):
                yield _text(severity, "score")


def _words(record: dict[str, Any]) -> Iterable[str]:
    for specific in _specifics(record):
        word = specific.get("severity")
        if isinstance(word, str) and word:
            yield word.lower()


def _weaknesses(record: dict[str, Any]) -> Iterable[str]:
    for specific in _specifics(record):
        names = specific.get("cwe_ids")
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str) and name.upper().startswith("CWE-"):
                yield name.upper()


def _specifics(record: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The free-form parts where databases put their own words; their form is not OSV's."""
    holders = (record, *_sequence(record, "affected"))
    for holder in holders:
        for key in ("database_specific", "ecosystem_specific"):
            specific = _mapping(holder, "an entry of affected").get(key)
            if isinstance(specific, dict):
                yield specific


def _references(record: dict[str, Any]) -> tuple[str, ...]:
    """Web addresses, the advisories first, each once."""
    entries = [_mapping(entry, "a reference") for entry in _sequence(record, "references")]
    entries.sort(key=lambda entry: _text(entry, "type") != "ADVISORY")
    urls = (_text(entry, "url")[:MAX_TEXT] for entry in entries)
    web = (url for url in urls if url.startswith(("https://", "http://")))
    return tuple(_unique(web))[:MAX_REFERENCES]


def _identifier(value: object) -> str:
    name = _string(value, "an id")
    if not name or len(name) > 200 or not name.isprintable() or " " in name:
        raise RecordError("an id that is no id")
    return name


def _mapping(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RecordError(f"{what} is not an object")
    return value


def _sequence(record: dict[str, Any], key: str) -> list[Any]:
    value = record.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise RecordError(f"{key} is not a list")
    return value


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    return "" if value is None else _string(value, key)


def _string(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise RecordError(f"{what} is not text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise RecordError(f"{what} is not valid text") from error
    return value


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
