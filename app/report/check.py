"""What a check run says: title, conclusion, summary, details and annotations.

Limits are those of GitHub's check run API: 65,535 for summary and text each (it is not said whether
bytes or characters: both hold), 50 annotations a request, 255 characters for an annotation's title.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.domain.audit import Audit
from app.domain.finding import Finding, FindingState
from app.domain.gate import would_block
from app.domain.lens import Category
from app.domain.policy import Policy
from app.domain.scan import Side
from app.domain.verdict import Outcome
from app.report.arithmetic import has_risk, product
from app.report.count import counted
from app.report.escape import capped, code, inert, is_utf8, plain, visible
from app.report.headline import headline
from app.report.links import Links
from app.report.overview import SHA, details, on_run_page, overview
from app.report.size import fitted
from app.report.steps import retry_step

OUTPUT_LIMIT: Final = 65_535
ANNOTATIONS_A_REQUEST: Final = 50
MAX_ANNOTATIONS: Final = 200
"""Four requests: past that a list beside the code helps nobody; the run page has them all."""
ANNOTATION_TITLE_LIMIT: Final = 255
CHECK_NAME: Final = "Pragmatic Audit"


class Conclusion(StrEnum):
    """How a completed check run ends. Neutral and skipped are not here: both satisfy a required check."""

    SUCCESS = "success"
    FAILURE = "failure"
    ACTION_REQUIRED = "action_required"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class AnnotationLevel(StrEnum):
    """How loud an annotation is."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One remark beside the code, plain text; lines count from 1, both ends included."""

    path: str
    start_line: int
    end_line: int
    level: AnnotationLevel
    title: str
    message: str

    def as_json(self) -> dict[str, object]:
        """GitHub's form of it."""
        return {
            "path": self.path,
            "start_line": self.start_line,
            "end_line": self.end_line,
            "annotation_level": self.level.value,
            "title": self.title,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutput:
    """All that a completed check run shows; summary and text are Markdown."""

    conclusion: Conclusion
    title: str
    summary: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressOutput:
    """What a check run in progress shows."""

    title: str
    summary: str


def check_name(base_branch: str, default_branch: str) -> str:
    """The check's name: a pass against one base never counts for another."""
    if base_branch == default_branch:
        return CHECK_NAME
    return f"{CHECK_NAME}: {visible(base_branch)}"


def check_output(audit: Audit, links: Links) -> CheckOutput:
    """What the completed check run of ``audit`` shows."""
    ending = f"The rest was cut here; all of it is {on_run_page(links)}."
    shown, left_out = annotations(audit)
    summary = overview(audit, links) + _annotation_words(left_out, links)
    return CheckOutput(
        conclusion=conclusion(audit),
        title=headline(audit),
        summary=fitted(summary, OUTPUT_LIMIT, ending),
        text=fitted(details(audit, links), OUTPUT_LIMIT, ending),
        annotations=shown,
    )


def conclusion(audit: Audit) -> Conclusion:
    """The conclusion that the outcome table gives (design section 7)."""
    match audit.verdict.outcome:
        case Outcome.BLOCK if audit.verdict.waiting:
            return Conclusion.ACTION_REQUIRED
        case Outcome.BLOCK:
            return Conclusion.FAILURE
        case Outcome.INCONCLUSIVE:
            return Conclusion.ACTION_REQUIRED
        case Outcome.PASS:
            return Conclusion.SUCCESS


def in_progress_output(step: str) -> ProgressOutput:
    """``step`` is what is being done, as in ``reading the change``."""
    doing = inert(step, 60)
    return ProgressOutput(f"In progress: {doing}", f"The audit runs. Now: {plain(doing)}.")


def superseded(new_head: str) -> CheckOutput:
    """A newer commit arrived before this one's verdict."""
    head = visible(new_head, SHA + 1)[:SHA]
    return CheckOutput(
        conclusion=Conclusion.CANCELLED,
        title=f"Superseded by {head}",
        summary=f"A newer commit arrived. The check of `{head}` has the verdict.",
    )


def retargeted(base_branch: str) -> CheckOutput:
    """The pull request has another base now, whose check has another name."""
    return CheckOutput(
        conclusion=Conclusion.CANCELLED,
        title="Superseded: the base was changed",
        summary=f"The base is now {code(base_branch)}. The check against it has the verdict.",
    )


def crashed(why: str) -> CheckOutput:
    """The audit ended with an error; ``why`` is a sentence without anything secret."""
    return CheckOutput(
        conclusion=Conclusion.ACTION_REQUIRED,
        title="Could not judge: the audit ended with an error",
        summary=f"**Could not judge.** The audit ended with an error: {plain(why)}\n\n{_UNKNOWN}",
    )


def timed_out(limit: timedelta) -> CheckOutput:
    """The audit had not ended within ``limit``."""
    minutes = counted(max(1, round(limit.total_seconds() / 60)), "minute")
    return CheckOutput(
        conclusion=Conclusion.TIMED_OUT,
        title=f"Could not judge: no result within {minutes}",
        summary=f"**Could not judge.** The audit had no result within {minutes}.\n\n{_UNKNOWN}",
    )


_UNKNOWN: Final = f"Whether the change brings in a risk is not known. {retry_step()}."


def annotations(audit: Audit) -> tuple[tuple[Annotation, ...], int]:
    """The annotations of what the change brings in, worst first, and how many are not shown.

    What stands only in the history has no line in the head, and a path that is not UTF-8 cannot be
    sent: both are counted as not shown.
    """
    wanted = [
        finding
        for finding in audit.findings
        if finding.is_new and finding.state in (FindingState.OPEN, FindingState.WAITING)
    ]
    ordered = sorted(wanted, key=lambda finding: not finding.blocking)
    possible = [finding for finding in ordered if _can_be_annotated(finding)]
    shown = tuple(_annotation(finding, audit.policy) for finding in possible[:MAX_ANNOTATIONS])
    return shown, len(wanted) - len(shown)


def batches(every: tuple[Annotation, ...]) -> tuple[tuple[Annotation, ...], ...]:
    """``every`` in order, at most 50 a request."""
    step = ANNOTATIONS_A_REQUEST
    return tuple(every[start : start + step] for start in range(0, len(every), step))


def _can_be_annotated(finding: Finding) -> bool:
    return finding.sighting.side is Side.HEAD and is_utf8(finding.path)


def _annotation(finding: Finding, policy: Policy) -> Annotation:
    start = max(1, finding.line)
    return Annotation(
        path=finding.path,
        start_line=start,
        end_line=max(start, finding.sighting.end_line),
        level=_level(finding, policy),
        title=capped(_annotation_title(finding), ANNOTATION_TITLE_LIMIT),
        message=_annotation_message(finding),
    )


def _level(finding: Finding, policy: Policy) -> AnnotationLevel:
    if finding.blocking:
        return AnnotationLevel.FAILURE
    loud = would_block(finding, policy) or finding.category is Category.COVERAGE
    return AnnotationLevel.WARNING if loud else AnnotationLevel.NOTICE


def _annotation_title(finding: Finding) -> str:
    risk = f"risk {finding.risk.value}" if has_risk(finding) else "risk not known"
    return f"{inert(finding.sighting.title, 120)} ({risk}) {finding.id}"


def _annotation_message(finding: Finding) -> str:
    if not has_risk(finding):
        return inert(finding.sighting.message)
    where = "See the comment for fix and evidence." if finding.blocking else "See the run page."
    arithmetic = f"{finding.risk.value} = {product(finding)}, {finding.tier}."
    return f"{inert(finding.sighting.message)} {arithmetic} {where}"


def _annotation_words(left_out: int, links: Links) -> str:
    if not left_out:
        return ""
    return f"\n\n{counted(left_out, 'finding')} without an annotation beside the code: {on_run_page(links)}."
