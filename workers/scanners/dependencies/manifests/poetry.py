"""``poetry.lock`` of every lock version: ``[[package]]`` entries with their edges and groups."""

from typing import Any

from app.domain.scan import GapReason
from workers.advisories.package_name import normalised
from workers.scanners.dependencies.manifests import pyproject
from workers.scanners.dependencies.manifests.document import (
    decoded,
    read_toml,
    table,
    tables,
    text_of,
)
from workers.scanners.dependencies.manifests.graph import Graph
from workers.scanners.dependencies.manifests.lines import NameLines
from workers.scanners.dependencies.manifests.manifest import (
    Dependency,
    Manifest,
    Source,
    Unread,
)

REGISTRY_SOURCES = frozenset({"", "legacy", "pypi", "registry"})


def read(source: Source) -> Manifest:
    """Read one ``poetry.lock``; a ``pyproject.toml`` beside it says what is direct."""
    text = decoded(source.data)
    document = read_toml(text)
    packages = tables(document.get("package"), "package")
    asked = _asked(source)
    graph = Graph(_edges(packages), *(asked or (frozenset(), frozenset())))
    lines = NameLines(text)
    hashed = _hashed_apart(document)
    parents = graph.parents()
    direct = None if asked is None else graph.main | graph.development
    found = [_entry(package, lines, parents, direct, hashed) for package in packages]
    return Manifest(
        dependencies=tuple(entry for entry in found if isinstance(entry, Dependency)),
        unread=tuple(entry for entry in found if isinstance(entry, Unread)),
    )


def _asked(source: Source) -> tuple[frozenset[str], frozenset[str]] | None:
    data = source.beside("pyproject.toml")
    return None if data is None else pyproject.names(read_toml(decoded(data)))


def _edges(packages: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    return {
        _name(package): tuple(
            normalised("PyPI", name) for name in table(package.get("dependencies"), "dependencies")
        )
        for package in packages
    }


def _name(package: dict[str, Any]) -> str:
    return normalised("PyPI", text_of(package.get("name")))


def _hashed_apart(document: dict[str, Any]) -> frozenset[str]:
    """Lock versions before 2 keep the hashes in ``[metadata.files]``."""
    files = table(table(document.get("metadata"), "metadata").get("files"), "metadata.files")
    return frozenset(normalised("PyPI", name) for name, entries in files.items() if entries)


def _entry(
    package: dict[str, Any],
    lines: NameLines,
    parents: dict[str, tuple[str, ...]],
    direct: frozenset[str] | None,
    hashed: frozenset[str],
) -> Dependency | Unread:
    name, version = text_of(package.get("name")), text_of(package.get("version"))
    line = lines.next(name)
    kind = text_of(table(package.get("source"), "source").get("type"))
    if not version or kind not in REGISTRY_SOURCES:
        why = f"{name[:100]} comes from {kind or 'nowhere named'[:40]}: it has no released version"
        return Unread(line, line, GapReason.UNPINNED, why)
    own = _name(package)
    return Dependency(
        name=name,
        version=version,
        line=line,
        end_line=line,
        direct=None if direct is None else own in direct,
        development=_is_development(package),
        via=parents.get(own, ()),
        hashed=bool(package.get("files")) or own in hashed,
    )


def _is_development(package: dict[str, Any]) -> bool:
    """By its groups (lock version 2.1) or its category (before 1.5)."""
    groups = package.get("groups")
    if isinstance(groups, list) and groups:
        return all(text_of(group).lower() in pyproject.DEVELOPMENT_GROUPS for group in groups)
    return text_of(package.get("category")) == "dev"
