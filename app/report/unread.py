"""What was asked for and not analysed, gathered by cause, the gravest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.coverage import Coverage
from app.domain.scan import Gap, GapClass, GapReason

_GRAVEST_FIRST: Final = (GapClass.UNREADABLE, GapClass.PARTIAL, GapClass.NOT_IN_SCOPE)
_HEADINGS: Final = {
    GapClass.UNREADABLE: "Should have been read",
    GapClass.PARTIAL: "Read in part",
    GapClass.NOT_IN_SCOPE: "Not in scope",
}


@dataclass(frozen=True, slots=True)
class UnreadGroup:
    """The paths of one grade and cause, each once."""

    grade: GapClass
    reason: GapReason
    paths: tuple[str, ...]

    @property
    def heading(self) -> str:
        """Its grade in words for people."""
        return _HEADINGS[self.grade]


def unread_groups(covered: Coverage) -> tuple[UnreadGroup, ...]:
    """The gaps by grade and cause."""
    return tuple(_groups(covered.gaps))


def _groups(gaps: tuple[Gap, ...]) -> Iterator[UnreadGroup]:
    for grade in _GRAVEST_FIRST:
        for reason in GapReason:
            paths = dict.fromkeys(
                gap.path for gap in gaps if gap.grade is grade and gap.reason is reason
            )
            if paths:
                yield UnreadGroup(grade, reason, tuple(paths))


def read_words(covered: Coverage) -> str:
    """``34 of 36 files``: how many of the files asked for at least one scanner read."""
    return f"{len(covered.analysed):,} of {len(covered.asked):,} files"
