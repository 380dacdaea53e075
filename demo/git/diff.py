"""A change between two commits, as git tells it: files, and hunks with three context lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.git.program import git

HUNK_HEADER = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
STATUSES = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied"}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a hunk. `old` and `new` are 1-based line numbers, None on the side without it."""

    old: int | None
    new: int | None
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class DiffHunk:
    """A hunk: its header line and its lines, context included."""

    header: str
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One changed file. `patch` is None for binary files."""

    path: str
    previous_path: str | None
    status: str
    blob: str
    additions: int
    deletions: int
    patch: str | None
    hunks: tuple[DiffHunk, ...]


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One record of `git diff --raw`; a change of type has two sections in the patch."""

    status: str
    blob: str
    path: str
    previous_path: str | None

    @property
    def sections(self) -> int:
        """How many `diff --git` sections the patch has for it."""
        return 2 if self.status == "T" else 1


async def changed_files(repository: Path, before: str, after: str) -> tuple[ChangedFile, ...]:
    """The files that differ between two commits, renames found, in git's order."""
    options = ("--no-ext-diff", "--no-textconv", "--find-renames", "--full-index", before, after)
    raw = await git(repository, "diff", "--raw", "-z", "--no-abbrev", *options)
    patch = await git(repository, "diff", "--patch", "--unified=3", "--no-color", *options)
    sections = iter(_sections(patch))
    return tuple(
        _changed_file(entry, [next(sections, b"") for _ in range(entry.sections)])
        for entry in _raw_entries(raw)
    )


async def lines_replaced(
    repository: Path, before: str, after: str, path: str
) -> tuple[tuple[int, int, int, int], ...]:
    """The changed ranges of one file: (old start, old count, new start, new count), no context."""
    options = ("--no-ext-diff", "--no-textconv", "--no-color", "--unified=0")
    patch = await git(repository, "diff", *options, before, after, "--", f":(literal){path}")
    return tuple(
        (int(m[1]), int(m[2] or 1), int(m[3]), int(m[4] or 1))
        for m in map(HUNK_HEADER.match, patch.split(b"\n"))
        if m
    )


def _raw_entries(raw: bytes) -> Iterator[RawEntry]:
    fields = iter(raw.decode(errors="surrogateescape").split("\0"))
    for head in fields:
        if not head:
            return
        _, _, _, blob, status = head.split(" ")
        first = next(fields)
        moved = status[0] in "RC"
        path = next(fields) if moved else first
        yield RawEntry(status[0], blob, path, first if moved else None)


def _sections(patch: bytes) -> list[bytes]:
    """The patch, one part a file. Content lines start with blank, +, - or \\, so "diff" is a header."""
    parts = re.split(rb"^diff --git ", patch, flags=re.MULTILINE)
    return parts[1:]


def _changed_file(entry: RawEntry, sections: list[bytes]) -> ChangedFile:
    bodies = [body for body in map(_body, sections) if body]
    text = b"\n".join(bodies).decode(errors="replace")
    hunks = tuple(_hunks(text))
    lines = [line for hunk in hunks for line in hunk.lines]
    return ChangedFile(
        path=entry.path,
        previous_path=entry.previous_path,
        status=STATUSES.get(entry.status, "changed"),
        blob=entry.blob,
        additions=sum(1 for line in lines if line.old is None and line.new is not None),
        deletions=sum(1 for line in lines if line.new is None and line.old is not None),
        patch=text or None,
        hunks=hunks,
    )


def _body(section: bytes) -> bytes:
    """The section from its first hunk on; empty for binary files and pure renames."""
    found = re.search(rb"^@@ ", section, flags=re.MULTILINE)
    return section[found.start() :].removesuffix(b"\n") if found else b""


def _hunks(patch: str) -> Iterator[DiffHunk]:
    """The hunks of one file's patch; positions count from the line after the first header."""
    header, lines, old, new = "", list[DiffLine](), 0, 0
    for position, text in enumerate(patch.split("\n") if patch else []):
        started = HUNK_HEADER.match(text.encode(errors="replace"))
        if started:
            if header:
                yield DiffHunk(header, tuple(lines))
            header, lines, old, new = text, [], int(started[1]), int(started[3])
            continue
        line = _line(text, position, old, new)
        lines.append(line)
        old, new = old + (line.old is not None), new + (line.new is not None)
    if header:
        yield DiffHunk(header, tuple(lines))


def _line(text: str, position: int, old: int, new: int) -> DiffLine:
    match text[:1]:
        case "+":
            return DiffLine(None, new, text, position)
        case "-":
            return DiffLine(old, None, text, position)
        case "\\":
            return DiffLine(None, None, text, position)
        case _:
            return DiffLine(old, new, text, position)
