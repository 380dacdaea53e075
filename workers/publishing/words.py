"""From the report's words to what the client sends: the same texts, in the client's types."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.audit import Audit
from app.domain.change import Change
from app.domain.finding import Finding
from app.domain.fingerprint import short_id
from app.domain.publication import Situation, deleted_by_people, fixed_here
from app.github import comments as sent
from app.report.check import CheckOutput
from app.report.comment import (
    Anchor,
    CommentGroup,
    FileAnchor,
    LineAnchor,
    NoAnchor,
    anchor,
    group_for_comments,
)
from app.report.summary import Earlier

MOST_COMMENTS: Final = 10
"""Comments beside the code in one run, worst first; the rest stands in check and summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWords:
    """What a completed check run shows; ``annotations`` are GitHub's objects, worst first."""

    conclusion: str
    title: str
    summary: str
    text: str = ""
    annotations: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedComment:
    """One comment that is due, and where the difference has a place for it."""

    group: CommentGroup
    where: Anchor

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The findings that it raises."""
        return tuple(finding.fingerprint for finding in self.group.findings)

    @property
    def fallbacks(self) -> tuple[Anchor, ...]:
        """Where it can go, best first: its lines, else their file; nowhere when both are refused."""
        match self.where:
            case LineAnchor(path=path):
                return (self.where, FileAnchor(path))
            case FileAnchor():
                return (self.where,)
            case NoAnchor():
                return ()


def check_words(output: CheckOutput) -> CheckWords:
    """The report's output of a check run, as it is sent."""
    return CheckWords(
        conclusion=output.conclusion,
        title=output.title,
        summary=output.summary,
        text=output.text,
        annotations=tuple(annotation.as_json() for annotation in output.annotations),
    )


def placed_comments(findings: Iterable[Finding], change: Change) -> tuple[PlacedComment, ...]:
    """The comments that raise the blocking ones among ``findings``: at most ten, worst first."""
    groups = group_for_comments(findings, MOST_COMMENTS)
    return tuple(PlacedComment(group, anchor(group.first, change)) for group in groups)


def sent_anchor(where: LineAnchor | FileAnchor) -> sent.LineAnchor | sent.FileAnchor:
    """The report's place, as it is sent."""
    match where:
        case LineAnchor():
            return sent.LineAnchor(path=where.path, line=where.line, start_line=where.start_line)
        case FileAnchor():
            return sent.FileAnchor(path=where.path)


def earlier(audit: Audit, previous: Audit | None, situation: Situation) -> Earlier:
    """What the summary says of before, from the record alone: the same for every repeat."""
    return Earlier(
        fixed=tuple(short_id(each) for each in fixed_here(audit, situation)),
        fixed_now=_only_in(_blocking(previous), audit.findings),
        new_now=_only_in(_blocking(audit), previous.findings) if previous is not None else (),
        deleted=tuple(finding.id for finding in deleted_by_people(audit, situation)),
    )


def _only_in(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[str, ...]:
    """The ids of ``findings`` that are not among ``others``."""
    known = {other.fingerprint for other in others}
    return tuple(finding.id for finding in findings if finding.fingerprint not in known)


def _blocking(audit: Audit | None) -> tuple[Finding, ...]:
    if audit is None:
        return ()
    return tuple(finding for finding in audit.findings if finding.blocking)
