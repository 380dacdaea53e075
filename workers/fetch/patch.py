"""Reading the hunks of a patch without context; its content lines are never looked at.

In such a patch every line of content starts with ``+``, ``-`` or a backslash, and git quotes names
with line breaks, so a line that starts with ``diff --git`` or ``@@`` is git's own.
"""

import re
from collections.abc import Iterator

from app.domain.diff import Hunk

HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
SECTION = b"diff --git "


def sections(patch: bytes) -> tuple[tuple[Hunk, ...], ...]:
    """The hunks of each file section, in order."""
    found: list[list[Hunk]] = []
    for line in header_lines(patch):
        if line.startswith(SECTION):
            found.append([])
        elif (match := HUNK.match(line)) is not None:
            found[-1].append(hunk(match))
    return tuple(tuple(hunks) for hunks in found)


def header_lines(patch: bytes) -> Iterator[bytes]:
    """The lines that open a section or a hunk; split at LF alone, since CR is content."""
    for line in patch.split(b"\n"):
        if line.startswith((SECTION, b"@@ ")):
            yield line


def hunk(match: re.Match[bytes]) -> Hunk:
    """The numbers of one hunk header; a count left out is 1."""
    old_start, old_count, new_start, new_count = match.groups(default=b"1")
    return Hunk(int(old_start), int(old_count), int(new_start), int(new_count))
