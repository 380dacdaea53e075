"""What was asked for, what was analysed, and what was not, one by one."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.scan import Gap, GapClass, GapReason, ScanReport, Side


@dataclass(frozen=True, slots=True)
class Coverage:
    """``asked`` and ``analysed`` are head paths; ``gaps`` everything not (wholly) analysed."""

    asked: tuple[str, ...]
    analysed: tuple[str, ...]
    gaps: tuple[Gap, ...]

    @property
    def unreadable(self) -> tuple[Gap, ...]:
        """The gaps that should have been read."""
        return tuple(gap for gap in self.gaps if gap.grade is GapClass.UNREADABLE)


def coverage(asked: Iterable[str], reports: Iterable[ScanReport], gaps: Iterable[Gap]) -> Coverage:
    """The coverage of the head: a path is analysed when at least one scanner read it.

    ``gaps`` are those found before any scanner ran (links, excluded files, too many files).
    """
    reports = tuple(reports)
    everything = tuple(gaps) + tuple(gap for report in reports for gap in report.gaps)
    read = {path for report in reports for side, path in report.analysed if side is Side.HEAD}
    paths = tuple(dict.fromkeys(asked))
    base_too = _unread_on_base(everything)
    kept = (
        _graded(gap, base_too)
        for gap in everything
        if gap.side is not Side.BASE and not _read_by_another(gap, read)
    )
    return Coverage(
        asked=paths,
        analysed=tuple(path for path in paths if path in read),
        gaps=tuple(dict.fromkeys(kept)),
    )


def _read_by_another(gap: Gap, read: set[str]) -> bool:
    """One scanner having no reader for a file says nothing when another one read it."""
    is_for_others = gap.grade is GapClass.NOT_IN_SCOPE and gap.reason is GapReason.UNSUPPORTED
    return is_for_others and gap.path in read


def _unread_on_base(gaps: Iterable[Gap]) -> frozenset[tuple[str, str, str]]:
    return frozenset((gap.scanner, gap.path, gap.reason) for gap in gaps if gap.side is Side.BASE)


def _graded(gap: Gap, base_too: frozenset[tuple[str, str, str]]) -> Gap:
    """What only the code engine can't read, and couldn't on the base either, is a note."""
    was_unread = (gap.scanner, gap.path, gap.reason) in base_too
    if gap.scanner != "code" or gap.grade is not GapClass.UNREADABLE or not was_unread:
        return gap
    return Gap(
        scanner=gap.scanner,
        side=gap.side,
        path=gap.path,
        grade=GapClass.PARTIAL,
        reason=gap.reason,
        why=f"{gap.why}; the same was so on the base",
        line=gap.line,
        end_line=gap.end_line,
    )
