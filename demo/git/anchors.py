"""Where a review comment may stand: on a line that a hunk of the pull request shows, or on a file.

The rule is GitHub's: the right side offers added and context lines, the left side deleted and context
lines; a range starts before it ends, in one hunk. Anything else is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from demo.git.diff import ChangedFile, DiffHunk, DiffLine


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a diff. `line` is None for a comment on the whole file (`subject_type` "file")."""

    path: str
    subject_type: str
    side: str
    line: int | None
    start_side: str | None
    start_line: int | None
    position: int
    diff_hunk: str


@dataclass(frozen=True, slots=True)
class Place:
    """What a request asks for, before it is held against the diff."""

    path: str
    line: int | None = None
    side: str = "RIGHT"
    start_line: int | None = None
    start_side: str | None = None
    position: int | None = None
    whole_file: bool = False


class BadAnchorError(Exception):
    """The place is not part of the diff. The message is what GitHub would say of it."""


def anchor(files: Sequence[ChangedFile], place: Place) -> Anchor:
    """The place in the diff. Raises BadAnchorError."""
    changed = next((file for file in files if file.path == place.path), None)
    if changed is None:
        raise BadAnchorError("path could not be resolved")
    if place.whole_file:
        return Anchor(place.path, "file", place.side, None, None, None, 1, "")
    hunk, line = _find(changed, place)
    if place.start_line is not None:
        _check_start(hunk, place)
    number = line.old if place.side == "LEFT" else line.new
    return Anchor(
        path=place.path,
        subject_type="line",
        side=place.side,
        line=number,
        start_side=place.start_side or (place.side if place.start_line else None),
        start_line=place.start_line,
        position=line.position,
        diff_hunk=_shown(hunk, line),
    )


def offers(files: Sequence[ChangedFile], path: str, side: str, line: int) -> bool:
    """Whether the diff still shows that line."""
    return any(
        _number(candidate, side) == line
        for file in files
        if file.path == path
        for hunk in file.hunks
        for candidate in hunk.lines
    )


def _number(line: DiffLine, side: str) -> int | None:
    return line.old if side == "LEFT" else line.new


def _find(changed: ChangedFile, place: Place) -> tuple[DiffHunk, DiffLine]:
    for hunk in changed.hunks:
        for line in hunk.lines:
            if place.line is None and line.position == place.position:
                return hunk, line
            if place.line is not None and _number(line, place.side) == place.line:
                return hunk, line
    raise BadAnchorError("line could not be resolved" if place.line else "position is invalid")


def _check_start(hunk: DiffHunk, place: Place) -> None:
    side = place.start_side or place.side
    if side == place.side and place.line is not None and (place.start_line or 0) >= place.line:
        raise BadAnchorError("start_line must precede the end line")
    if not any(_number(line, side) == place.start_line for line in hunk.lines):
        raise BadAnchorError("start_line must be part of the same hunk as the line")


def _shown(hunk: DiffHunk, last: DiffLine) -> str:
    shown = [line.text for line in hunk.lines if line.position <= last.position]
    return "\n".join([hunk.header, *shown])
