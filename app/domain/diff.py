"""Line ranges of a difference between two blobs, and mapping lines across it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

CONTEXT_LINES: Final = 3
"""Lines of context GitHub shows around each hunk; a review comment must lie inside."""


@dataclass(frozen=True, slots=True)
class LineRange:
    """Lines ``start`` to ``end``, both included, counted from 1."""

    start: int
    end: int

    def __contains__(self, line: int) -> bool:
        return self.start <= line <= self.end

    def overlaps(self, other: "LineRange") -> bool:
        """Whether the two ranges share a line."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk of a difference without context, as in ``@@ -old_start,old_count +new_start,new_count @@``.

    A count of 0 means that nothing stands on that side; the start is then the line before.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int

    @property
    def added(self) -> LineRange | None:
        """The lines this hunk adds, or None when it only deletes."""
        if self.new_count == 0:
            return None
        return LineRange(self.new_start, self.new_start + self.new_count - 1)

    @property
    def first_kept_old(self) -> int:
        """The first old line after this hunk."""
        return self.old_start + max(self.old_count, 1) if self.old_count else self.old_start + 1

    @property
    def first_kept_new(self) -> int:
        """The first new line after this hunk."""
        return self.new_start + self.new_count if self.new_count else self.new_start + 1


def added_ranges(hunks: Iterable[Hunk]) -> tuple[LineRange, ...]:
    """The ranges of new lines that the hunks add."""
    return tuple(added for hunk in hunks if (added := hunk.added) is not None)


def commentable_ranges(hunks: Iterable[Hunk]) -> tuple[LineRange, ...]:
    """The new lines a review comment may stand on: each hunk with its context.

    The end may lie past the end of the file, where no finding can be.
    """
    ranges = []
    for hunk in hunks:
        first = hunk.new_start if hunk.new_count else hunk.new_start + 1
        ranges.append(
            LineRange(max(1, first - CONTEXT_LINES), hunk.first_kept_new - 1 + CONTEXT_LINES)
        )
    return tuple(ranges)


def old_line(line: int, hunks: Iterable[Hunk]) -> int | None:
    """The old line that the new line ``line`` was, or None when it was added.

    ``hunks`` are in order of place.
    """
    shift = 0
    for hunk in hunks:
        if hunk.added is not None and line in hunk.added:
            return None
        if line < hunk.first_kept_new:
            break
        shift = hunk.first_kept_old - hunk.first_kept_new
    return line + shift
