"""``go.mod`` and ``go.sum``.

Since Go 1.17 ``go.mod`` names every module of the build. Before, those asked for by others alone stand
in ``go.sum`` only, beside versions that were considered and not taken: there the highest version with a
content hash is the one Go's minimal version selection takes.

The ``go`` and ``toolchain`` lines name the least release that may build the module, not the one that
does: flaws of Go's own library are not looked up by them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from app.domain.scan import GapReason
from workers.advisories.version_order import place_of
from workers.scanners.dependencies.manifests.document import decoded
from workers.scanners.dependencies.manifests.manifest import (
    Dependency,
    Manifest,
    ManifestError,
    Source,
    Unread,
)

PRUNED_SINCE: Final = (1, 17)
"""The Go release whose ``go.mod`` first lists indirect modules wholly (Go modules reference)."""
_WORDS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\(|\)|=>|[^\s()]+')


@dataclass(frozen=True, slots=True)
class _Line:
    """One directive with its words; ``comment`` is what follows ``//``."""

    number: int
    verb: str
    words: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class _Replacement:
    path: str
    version: str
    by: str
    by_version: str


def read(source: Source) -> Manifest:
    """Read one ``go.mod``; a ``go.sum`` beside it says what is hashed."""
    lines = list(_directives(decoded(source.data)))
    if not any(line.verb == "module" for line in lines):
        raise ManifestError(GapReason.PARSE_FAILURE, "no module line: not a go.mod file")
    replacements = [_replacement(line) for line in lines if line.verb == "replace"]
    hashed = _hashes(source.beside("go.sum"))
    found = [_required(line, replacements, hashed) for line in lines if line.verb == "require"]
    return Manifest(
        dependencies=tuple(entry for entry in found if isinstance(entry, Dependency)),
        unread=tuple(entry for entry in found if isinstance(entry, Unread)),
    )


def read_sum(source: Source) -> Manifest:
    """Read one ``go.sum``: only what the ``go.mod`` beside it does not already name."""
    beside = source.beside("go.mod")
    named: frozenset[str] = frozenset()
    if beside is not None:
        lines = list(_directives(decoded(beside)))
        if _go_release(lines) >= PRUNED_SINCE:
            _sums(decoded(source.data))
            return Manifest()
        named = frozenset(line.words[0] for line in lines if line.verb == "require" and line.words)
    newest: dict[str, Dependency] = {}
    for entry in _sums(decoded(source.data)):
        known = newest.get(entry.name)
        if known is None or _before(known.version, entry.version):
            newest[entry.name] = entry
    direct = None if beside is None else False
    rest = (replace(entry, direct=direct) for entry in newest.values() if entry.name not in named)
    return Manifest(dependencies=tuple(rest))


def _directives(text: str) -> Iterator[_Line]:
    verb = ""
    for number, raw in enumerate(text.split("\n"), 1):
        code, _, comment = raw.partition("//")
        words = tuple(_unquoted(word) for word in _WORDS.findall(code))
        if words == (")",):
            verb = ""
        elif verb and words:
            yield _Line(number, verb, words, comment.strip())
        elif len(words) == 2 and words[1] == "(":
            verb = words[0]
        elif words:
            yield _Line(number, words[0], words[1:], comment.strip())
    if verb:
        raise ManifestError(GapReason.PARSE_FAILURE, f"the block {verb[:40]} is not closed")


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] in '"`' else word


def _replacement(line: _Line) -> _Replacement:
    if "=>" not in line.words:
        raise ManifestError(GapReason.PARSE_FAILURE, f"line {line.number}: not a replacement")
    at = line.words.index("=>")
    old, new = line.words[:at], line.words[at + 1 :]
    if not old or not new:
        raise ManifestError(GapReason.PARSE_FAILURE, f"line {line.number}: not a replacement")
    return _Replacement(
        old[0], old[1] if len(old) > 1 else "", new[0], new[1] if len(new) > 1 else ""
    )


def _required(
    line: _Line, replacements: list[_Replacement], hashed: frozenset[tuple[str, str]]
) -> Dependency | Unread:
    if len(line.words) != 2:
        return Unread(
            line.number, line.number, GapReason.PARTIAL_PARSE, "not a requirement of Go's form"
        )
    name, version = line.words
    for new in replacements:
        if new.path == name and new.version in ("", version):
            name, version = new.by, new.by_version
            break
    if not version:
        why = f"{line.words[0][:100]} is replaced by a folder: it has no released version"
        return Unread(line.number, line.number, GapReason.UNPINNED, why)
    return Dependency(
        name=name,
        version=version,
        line=line.number,
        end_line=line.number,
        direct=not re.match(r"indirect\b", line.comment),
        hashed=(name, version) in hashed,
    )


def _go_release(lines: list[_Line]) -> tuple[int, ...]:
    """The release in the ``go`` line; 1.16 without one, as the go command assumes."""
    text = next((line.words[0] for line in lines if line.verb == "go" and line.words), "1.16")
    numbers = re.match(r"(\d{1,4})\.(\d{1,4})", text)
    return (int(numbers[1]), int(numbers[2])) if numbers else (1, 16)


def _hashes(data: bytes | None) -> frozenset[tuple[str, str]]:
    if data is None:
        return frozenset()
    return frozenset((entry.name, entry.version) for entry in _sums(decoded(data)))


def _sums(text: str) -> list[Dependency]:
    """The lines with a content hash; those of ``/go.mod`` only weigh requirements."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if words and (len(words) != 3 or not words[2].startswith("h1:")):
            raise ManifestError(GapReason.PARSE_FAILURE, f"line {number}: not a go.sum line")
        if words and not words[1].endswith("/go.mod"):
            found.append(
                Dependency(
                    name=words[0], version=words[1], line=number, end_line=number, hashed=True
                )
            )
    return found


def _before(left: str, right: str) -> bool:
    one, other = place_of("Go", left), place_of("Go", right)
    if one is None or other is None:
        return other is not None
    return one < other
