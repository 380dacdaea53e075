"""``package-lock.json`` and ``npm-shrinkwrap.json``, lock versions 1 to 3.

Version 2 holds both forms, for old and new npm; both are read, so that neither can hide anything.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from app.domain.scan import GapReason
from workers.scanners.dependencies.manifests.document import (
    decoded,
    read_json,
    table,
    text_of,
)
from workers.scanners.dependencies.manifests.graph import MAX_PARENTS
from workers.scanners.dependencies.manifests.lines import KeyLines
from workers.scanners.dependencies.manifests.manifest import (
    Dependency,
    Manifest,
    ManifestError,
    Source,
    Unread,
)

FOLDER: Final = "node_modules/"
_ASKS: Final = ("dependencies", "optionalDependencies", "peerDependencies")
_DEVELOPMENT: Final = "devDependencies"
_NOT_VERSIONS: Final = (":", "/")
"""In what stands for a version: an address or a path."""


def read(source: Source) -> Manifest:
    """Read one npm lock file."""
    text = decoded(source.data)
    document = read_json(text)
    if not isinstance(document.get("lockfileVersion", 1), int):
        raise ManifestError(GapReason.PARSE_FAILURE, "lockfileVersion is no number")
    lines = KeyLines(text)
    found = [*_from_packages(document, lines), *_from_tree(document, lines)]
    dependencies: dict[tuple[str, str], Dependency] = {}
    for entry in found:
        if isinstance(entry, Dependency):
            key = (entry.name, entry.version)
            known = dependencies.get(key)
            dependencies[key] = entry if known is None else _united(known, entry)
    return Manifest(
        dependencies=tuple(dependencies.values()),
        unread=tuple(dict.fromkeys(entry for entry in found if isinstance(entry, Unread))),
    )


def _united(one: Dependency, other: Dependency) -> Dependency:
    """The same version at two places of the tree: direct if either is, development if both are."""
    known = [direct for direct in (one.direct, other.direct) if direct is not None]
    return replace(
        one,
        direct=any(known) if known else None,
        development=one.development and other.development,
        via=tuple(sorted({*one.via, *other.via})[:MAX_PARENTS]),
        hashed=one.hashed and other.hashed,
    )


def _from_packages(document: dict[str, Any], lines: KeyLines) -> Iterator[Dependency | Unread]:
    """Versions 2 and 3: ``packages`` by path; "" and paths outside `FOLDER` are the project's own."""
    packages = {
        path: table(entry, "an entry of packages")
        for path, entry in table(document.get("packages"), "packages").items()
    }
    parents, direct = _asked_by(packages)
    for path, entry in packages.items():
        line = lines.next(path)
        if FOLDER in path and not entry.get("link"):
            name = text_of(entry.get("name")) or _name_at(path)
            yield _entry(
                name,
                entry,
                Dependency(
                    name=name,
                    version="",
                    line=line,
                    end_line=line,
                    direct=path in direct,
                    via=tuple(sorted(parents.get(path, ()))[:MAX_PARENTS]),
                ),
            )


def _asked_by(packages: dict[str, dict[str, Any]]) -> tuple[dict[str, set[str]], set[str]]:
    """Path of each installed package to the names that ask for it, and what the project asks for."""
    parents: dict[str, set[str]] = {}
    direct: set[str] = set()
    for path, entry in packages.items():
        own = FOLDER not in path
        for key in (*_ASKS, _DEVELOPMENT) if own else _ASKS:
            for name in table(entry.get(key), key):
                place = _resolved(path, name, packages)
                if place is not None and own:
                    direct.add(place)
                elif place is not None:
                    parents.setdefault(place, set()).add(_name_at(path))
    return parents, direct


def _resolved(path: str, name: str, packages: dict[str, dict[str, Any]]) -> str | None:
    """Where Node finds ``name`` from ``path``: the nearest `FOLDER` upwards."""
    while True:
        place = f"{path}/{FOLDER}{name}" if path else f"{FOLDER}{name}"
        if place in packages:
            return place
        if not path:
            return None
        above = path.rpartition("/" + FOLDER)[0]
        path = above if above != path else ""


def _name_at(path: str) -> str:
    return path.rpartition(FOLDER)[2]


def _from_tree(document: dict[str, Any], lines: KeyLines) -> Iterator[Dependency | Unread]:
    """Versions 1 and 2: ``dependencies`` nested in each other."""
    waiting = [document]
    asked = _asked_in_tree(document)
    while waiting:
        holder = waiting.pop()
        for name, value in table(holder.get("dependencies"), "dependencies").items():
            entry = table(value, "an entry of dependencies")
            line = 0 if "packages" in document else lines.next(name)
            via = tuple(sorted(asked.get(name, ()))[:MAX_PARENTS])
            yield _entry(
                name, entry, Dependency(name=name, version="", line=line, end_line=line, via=via)
            )
            waiting.append(entry)


def _asked_in_tree(document: dict[str, Any]) -> dict[str, set[str]]:
    asked: dict[str, set[str]] = {}
    waiting = [document]
    while waiting:
        for name, value in table(waiting.pop().get("dependencies"), "dependencies").items():
            entry = table(value, "an entry of dependencies")
            requires = entry.get("requires")
            for wanted in requires if isinstance(requires, dict) else ():
                asked.setdefault(wanted, set()).add(name)
            waiting.append(entry)
    return asked


def _entry(name: str, entry: dict[str, Any], draft: Dependency) -> Dependency | Unread:
    version = text_of(entry.get("version"))
    if version.startswith("npm:"):
        name, _, version = version[4:].rpartition("@")
    if not version or any(mark in version for mark in _NOT_VERSIONS):
        why = f"{name[:100]} has no version: it comes from version control, a path or an address"
        return Unread(draft.line, draft.line, GapReason.UNPINNED, why)
    return replace(
        draft,
        name=name,
        version=version,
        development=entry.get("dev") is True,
        hashed=bool(entry.get("integrity")),
    )
