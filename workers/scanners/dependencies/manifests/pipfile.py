"""``Pipfile.lock``: the groups ``default`` and ``develop``, and any other by its name."""

from typing import Any

from app.domain.scan import GapReason
from workers.scanners.dependencies.manifests.document import decoded, read_json, table, text_of
from workers.scanners.dependencies.manifests.lines import KeyLines
from workers.scanners.dependencies.manifests.manifest import (
    Dependency,
    Manifest,
    Source,
    Unread,
)
from workers.scanners.dependencies.manifests.pins import exact_version


def read(source: Source) -> Manifest:
    """Read one ``Pipfile.lock``."""
    text = decoded(source.data)
    document = read_json(text)
    lines = KeyLines(text)
    found = [
        _entry(name, table(value, "an entry"), group == "develop", lines.next(name))
        for group, entries in document.items()
        if group != "_meta"
        for name, value in table(entries, "a group").items()
    ]
    return Manifest(
        dependencies=tuple(entry for entry in found if isinstance(entry, Dependency)),
        unread=tuple(entry for entry in found if isinstance(entry, Unread)),
    )


def _entry(name: str, entry: dict[str, Any], development: bool, line: int) -> Dependency | Unread:
    version = exact_version(text_of(entry.get("version")))
    if version is None:
        why = f"{name[:100]} has no version: it comes from version control, a path or an address"
        return Unread(line, line, GapReason.UNPINNED, why)
    return Dependency(
        name=name,
        version=version,
        line=line,
        end_line=line,
        development=development,
        hashed=bool(entry.get("hashes")),
    )
