"""``pyproject.toml``: what a Python project declares; versions only where it pins them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.domain.scan import GapReason
from workers.advisories.package_name import normalised
from workers.scanners.dependencies.manifests.document import decoded, read_toml, table, text_of
from workers.scanners.dependencies.manifests.manifest import (
    Dependency,
    Manifest,
    ManifestError,
    Source,
    Unpinned,
    Unread,
)
from workers.scanners.dependencies.manifests.pins import exact_version

DEVELOPMENT_GROUPS: Final = frozenset(
    "dev development test tests testing lint linting doc docs type types typing ci check checks style format qa"
    " bench benchmark benchmarks".split()
)
"""Names of groups that are development by their name; any other group may be shipped."""
LOCKS: Final = (
    "poetry.lock",
    "uv.lock",
    "pylock.toml",
    "pdm.lock",
    "Pipfile.lock",
    "requirements.txt",
)
"""Files beside it that give the versions of what it declares."""
_POETRY_EXACT: Final = re.compile(r"(?:={2,3})?\s*([0-9][^\s,*^~<>!|]*)")


@dataclass(frozen=True, slots=True)
class Declared:
    """One thing a project asks for; ``version`` is None unless pinned; ``trouble`` says why it cannot be."""

    name: str
    version: str | None
    development: bool
    trouble: str = ""


def read(source: Source) -> Manifest:
    """Read one ``pyproject.toml``. What a lock file beside it pins is left to that."""
    text = decoded(source.data)
    entries = list(declared(read_toml(text)))
    locked = any(source.beside(name) is not None for name in LOCKS)
    return Manifest(
        dependencies=tuple(_dependency(e, text) for e in entries if e.version is not None),
        unread=tuple(_unread(e, text) for e in entries if e.trouble),
        unpinned=()
        if locked
        else tuple(_unpinned(e, text) for e in entries if e.version is None and not e.trouble),
    )


def declared(document: dict[str, Any]) -> Iterator[Declared]:
    """Everything ``[project]``, ``[dependency-groups]``, ``[build-system]`` and Poetry declare."""
    project = table(document.get("project"), "project")
    yield from _requirements(project.get("dependencies"), False)
    for name, wanted in table(project.get("optional-dependencies"), "extras").items():
        yield from _requirements(wanted, _is_development(name))
    for name, wanted in table(document.get("dependency-groups"), "dependency-groups").items():
        strings = [entry for entry in _list(wanted) if isinstance(entry, str)]
        yield from _requirements(strings, _is_development(name))
    build = table(document.get("build-system"), "build-system")
    yield from _requirements(build.get("requires"), True)
    yield from _poetry(table(table(document.get("tool"), "tool").get("poetry"), "tool.poetry"))


def names(document: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """Normalised names the project asks for itself, and those only development groups ask for."""
    found = [(normalised("PyPI", entry.name), entry.development) for entry in declared(document)]
    main = frozenset(name for name, development in found if not development)
    return main, frozenset(name for name, _ in found) - main


def _is_development(group: str) -> bool:
    return group.lower() in DEVELOPMENT_GROUPS


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ManifestError(GapReason.PARSE_FAILURE, "a list of dependencies is no list")
    return value


def _requirements(wanted: object, development: bool) -> Iterator[Declared]:
    from packaging.requirements import InvalidRequirement, Requirement

    for entry in _list(wanted):
        text = text_of(entry)
        try:
            found = Requirement(text)
        except InvalidRequirement:
            yield Declared(text[:100], None, development, "not a requirement of PEP 508's form")
            continue
        if found.url is not None:
            yield Declared(found.name, None, development, "an entry by address has no version")
        else:
            yield Declared(found.name, exact_version(str(found.specifier)), development)


def _poetry(section: dict[str, Any]) -> Iterator[Declared]:
    yield from _poetry_table(section.get("dependencies"), False)
    yield from _poetry_table(section.get("dev-dependencies"), True)
    for name, group in table(section.get("group"), "tool.poetry.group").items():
        wanted = table(group, "a group").get("dependencies")
        yield from _poetry_table(wanted, _is_development(name))


def _poetry_table(wanted: object, development: bool) -> Iterator[Declared]:
    for name, value in table(wanted, "Poetry's dependencies").items():
        if name.lower() == "python":
            continue
        version = value.get("version") if isinstance(value, dict) else value
        if isinstance(value, dict) and {"git", "path", "url", "file"} & set(value):
            yield Declared(name, None, development, "an entry by address or path has no version")
        else:
            exact = _POETRY_EXACT.fullmatch(text_of(version).strip())
            yield Declared(name, exact[1] if exact else None, development)


def _dependency(entry: Declared, text: str) -> Dependency:
    line = _line(text, entry.name)
    return Dependency(
        name=entry.name,
        version=entry.version or "",
        line=line,
        end_line=line,
        direct=True,
        development=entry.development,
    )


def _unread(entry: Declared, text: str) -> Unread:
    line = _line(text, entry.name)
    return Unread(line, line, GapReason.UNPINNED, f"{entry.name[:100]}: {entry.trouble}")


def _unpinned(entry: Declared, text: str) -> Unpinned:
    why = f"{entry.name[:100]} is not pinned to one version, and no lock file stands beside it"
    return Unpinned(name=entry.name, line=_line(text, entry.name), why=why)


def _line(text: str, name: str) -> int:
    """The first line that mentions ``name`` as a word of its own; 0 when none does."""
    word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    lines: Iterable[tuple[int, str]] = enumerate(text.split("\n"), 1)
    return next((number for number, line in lines if word.search(line)), 0)
