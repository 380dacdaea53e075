"""``pylock.toml`` and ``pylock.<name>.toml`` (PEP 751), confirmed by pip-audit's own reader."""

from typing import Any

from app.domain.scan import GapReason
from workers.advisories.package_name import normalised
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
    ManifestError,
    Source,
    Unread,
)
from workers.scanners.dependencies.manifests.pip_audit_source import confirmed_lock


def read(source: Source) -> Manifest:
    """Read one ``pylock.toml``."""
    text = decoded(source.data)
    document = read_toml(text)
    if not text_of(document.get("lock-version")).startswith("1."):
        raise ManifestError(GapReason.PARSE_FAILURE, "not a lock file of version 1")
    packages = tables(document.get("packages"), "packages")
    parents = Graph(_edges(packages), frozenset(), frozenset()).parents()
    lines = NameLines(text)
    found = [_entry(package, lines, parents) for package in packages]
    dependencies = tuple(entry for entry in found if isinstance(entry, Dependency))
    unread = [entry for entry in found if isinstance(entry, Unread)]
    unread += confirmed_lock(dependencies) if source.confirm else []
    return Manifest(dependencies=dependencies, unread=tuple(unread))


def _edges(packages: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    return {
        _name(package): tuple(
            _name(entry) for entry in tables(package.get("dependencies"), "edges")
        )
        for package in packages
    }


def _name(package: dict[str, Any]) -> str:
    return normalised("PyPI", text_of(package.get("name")))


def _entry(
    package: dict[str, Any], lines: NameLines, parents: dict[str, tuple[str, ...]]
) -> Dependency | Unread:
    name, version = text_of(package.get("name")), text_of(package.get("version"))
    line = lines.next(name)
    if not version:
        why = f"{name[:100]} has no version: its source is a tree or an address"
        return Unread(line, line, GapReason.UNPINNED, why)
    return Dependency(
        name=name,
        version=version,
        line=line,
        end_line=line,
        via=parents.get(_name(package), ()),
        hashed=_hashed(package),
    )


def _hashed(package: dict[str, Any]) -> bool:
    files = [package.get("sdist"), package.get("archive"), *tables(package.get("wheels"), "wheels")]
    return any(bool(table(file, "a file").get("hashes")) for file in files if file is not None)
