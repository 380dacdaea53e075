"""``uv.lock``: ``[[package]]`` entries with sources; the project itself is one of them."""

from typing import Any, Final

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
    Source,
    Unread,
)
from workers.scanners.dependencies.manifests.pyproject import DEVELOPMENT_GROUPS

PROJECT_SOURCES: Final = frozenset({"virtual", "editable", "directory"})
"""What stands in the repository itself."""


def read(source: Source) -> Manifest:
    """Read one ``uv.lock``."""
    text = decoded(source.data)
    packages = tables(read_toml(text).get("package"), "package")
    graph = _graph(packages)
    parents, development = graph.parents(), graph.only_development()
    lines = NameLines(text)
    found = []
    for package in packages:
        line = lines.next(text_of(package.get("name")))
        if not _is_project(package):
            found.append(_entry(package, line, parents, development, graph))
    return Manifest(
        dependencies=tuple(entry for entry in found if isinstance(entry, Dependency)),
        unread=tuple(entry for entry in found if isinstance(entry, Unread)),
    )


def _graph(packages: list[dict[str, Any]]) -> Graph:
    main: set[str] = set()
    development: set[str] = set()
    edges: dict[str, tuple[str, ...]] = {}
    for package in packages:
        if not _is_project(package):
            edges[_name(package)] = tuple(_asked(package.get("dependencies")))
            continue
        main.update(_asked(package.get("dependencies")))
        for key in ("optional-dependencies", "dev-dependencies"):
            for group, wanted in table(package.get(key), key).items():
                (development if group in DEVELOPMENT_GROUPS else main).update(_asked(wanted))
    return Graph(edges, frozenset(main), frozenset(development - main))


def _asked(value: object) -> list[str]:
    return [_name(entry) for entry in tables(value, "dependencies")]


def _name(package: dict[str, Any]) -> str:
    return normalised("PyPI", text_of(package.get("name")))


def _source(package: dict[str, Any]) -> dict[str, Any]:
    return table(package.get("source"), "source")


def _is_project(package: dict[str, Any]) -> bool:
    return bool(PROJECT_SOURCES & set(_source(package)))


def _entry(
    package: dict[str, Any],
    line: int,
    parents: dict[str, tuple[str, ...]],
    development: frozenset[str],
    graph: Graph,
) -> Dependency | Unread:
    name, version = text_of(package.get("name")), text_of(package.get("version"))
    if not version or "registry" not in _source(package):
        kind = ", ".join(_source(package))[:40] or "nowhere named"
        why = f"{name[:100]} comes from {kind}: it has no released version"
        return Unread(line, line, GapReason.UNPINNED, why)
    own = _name(package)
    files = [package.get("sdist"), *tables(package.get("wheels"), "wheels")]
    return Dependency(
        name=name,
        version=version,
        line=line,
        end_line=line,
        direct=own in graph.main | graph.development,
        development=own in development,
        via=parents.get(own, ()),
        hashed=any(isinstance(file, dict) and bool(file.get("hash")) for file in files),
    )
