"""Review comments on what blocks: which findings share one, where it goes, what it says; and replies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.change import Change, ChangedFile
from app.domain.diff import commentable_ranges
from app.domain.finding import Finding, Novelty
from app.domain.lens import Category
from app.domain.publication import Stage
from app.domain.scan import Side, TraceStep
from app.report.arithmetic import factor_words, remark, severity_words
from app.report.count import counted, listed
from app.report.escape import (
    code,
    fence,
    is_utf8,
    link,
    plain,
    prose,
    safe_address,
    visible,
    visible_lines,
)
from app.report.evidence import evidence
from app.report.overview import SHA, place_code
from app.report.size import fitted

COMMENT_LIMIT: Final = 60_000
"""Bytes; GitHub refuses a body of more than 65,536 characters."""
MAX_SUGGESTION: Final = 4_000
MAX_STEPS: Final = 12
MAX_REFERENCES: Final = 4
MAX_SIBLINGS: Final = 50


@dataclass(frozen=True, slots=True)
class CommentGroup:
    """Findings of one rule in one file that share a comment; ``first`` is the worst and gives the place.

    Every one of them keeps its own id and is decided on its own.
    """

    first: Finding
    others: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, worst first."""
        return (self.first, *self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnchor:
    """Lines of the head's side of the difference; ``start_line`` is None for a single line."""

    path: str
    line: int
    start_line: int | None = None


@dataclass(frozen=True, slots=True)
class FileAnchor:
    """A changed file as a whole."""

    path: str


@dataclass(frozen=True, slots=True)
class NoAnchor:
    """Nowhere in the difference; ``why`` is half a sentence. It goes into the summary."""

    why: str


Anchor = LineAnchor | FileAnchor | NoAnchor


def group_for_comments(findings: Iterable[Finding], limit: int) -> tuple[CommentGroup, ...]:
    """The comments for the blocking ones among ``findings``, worst first, at most ``limit``.

    Equal findings of one rule in one file are grouped under the first: a thread stands on one
    path, by which it is judged whether what it raised is gone. What has no place in the difference
    (it is only in the history) is grouped apart.
    """
    groups: dict[tuple[str, str, Side], list[Finding]] = {}
    for finding in findings:
        if finding.blocking:
            same = (finding.sighting.rule, finding.path, finding.sighting.side)
            groups.setdefault(same, []).append(finding)
    every = (CommentGroup(first, tuple(others)) for first, *others in groups.values())
    return tuple(every)[:limit]


def anchor(finding: Finding, change: Change) -> Anchor:
    """Where in the difference a comment on ``finding`` can stand: its lines, its file, or nowhere."""
    if finding.sighting.side is not Side.HEAD:
        return NoAnchor("it stands in the history only")
    file = change.file(finding.path)
    if file is None:
        return NoAnchor("its file is not part of the difference")
    if not is_utf8(finding.path):
        return NoAnchor("the name of its file is not UTF-8")
    return _line_anchor(finding, file) or FileAnchor(finding.path)


def _line_anchor(finding: Finding, file: ChangedFile) -> LineAnchor | None:
    """The finding's lines if they lie in one hunk, else the first of them that lies in one."""
    start, end = finding.line, max(finding.line, finding.sighting.end_line)
    if start < 1:
        return None
    for shown in commentable_ranges(file.hunks or ()):
        if start in shown and end in shown:
            return LineAnchor(path=file.path, line=end, start_line=start if end > start else None)
        if shown.start <= end and start <= shown.end:
            return LineAnchor(path=file.path, line=max(start, shown.start))
    return None


def review_comment(group: CommentGroup, where: Anchor, change: Change, marker: str = "") -> str:
    """The comment on ``group``; ``marker`` is the hidden mark to end it with, if any."""
    body = "\n\n".join(part for part in _parts(group, where, change) if part)
    limit = COMMENT_LIMIT - len(marker.encode())
    shown = fitted(body, limit, "The rest was cut here; `audit scan` prints all of it.")
    return f"{shown}\n{marker}" if marker else shown


def _parts(group: CommentGroup, where: Anchor, change: Change) -> Iterator[str]:
    finding = group.first
    yield _head(finding)
    yield _why(finding)
    yield _fix(finding, where)
    yield _evidence(finding, change)
    yield _siblings(group)
    yield _foot(finding)


def _head(finding: Finding) -> str:
    standing = "Blocking" if finding.blocking else "Note"
    risk = f"risk {finding.risk.value} ({finding.tier})"
    title = prose(finding.sighting.title, 200).rstrip(".")
    first = f"**{standing} · {finding.lens} · {risk}** `{finding.id}`"
    return f"{first}\n{title}. {place_code(finding)}"


def _why(finding: Finding) -> str:
    factors = "; ".join(factor_words(factor) for factor in finding.exploitability.factors)
    said = remark(finding)
    exploited = f"{factors}. {_sentence(said)}" if said else f"{factors}."
    return "\n".join(
        (
            f"**Why it can be exploited ({finding.exploitability.value:.2f}):** {plain(exploited, 1_200)}",
            f"**Why it matters ({severity_words(finding)}):** {prose(finding.sighting.message, 1_200)}",
            *_facts(finding),
        )
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _facts(finding: Finding) -> Iterator[str]:
    """What the scanner knows besides, by name; aliases and weakness classes among it."""
    seen = finding.sighting
    for name, value in seen.details.items():
        yield f"- {plain(name, 60)}: {code(value, 300)}"
    others = [alias for alias in seen.aliases if alias != seen.rule]
    if others:
        yield f"- also known as: {', '.join(code(alias, 60) for alias in others)}"
    if seen.cwe:
        yield f"- weakness: {', '.join(code(cwe, 20) for cwe in seen.cwe)}"


def _fix(finding: Finding, where: Anchor) -> str:
    words = f"**Fix:** {prose(finding.sighting.fix, 1_200)}"
    if not _can_suggest(finding, where):
        return words
    return f"{words}\n{fence(finding.sighting.suggestion or '', 'suggestion')}"


def _can_suggest(finding: Finding, where: Anchor) -> bool:
    """Whether one click may apply the suggestion: it replaces exactly the lines commented on.

    A suggestion that has to be altered to be shown safely is no longer the suggestion.
    """
    text = finding.sighting.suggestion
    if text is None or finding.category is Category.SECRET or not isinstance(where, LineAnchor):
        return False
    lines = (where.start_line or where.line, where.line)
    whole = lines == (finding.line, max(finding.line, finding.sighting.end_line))
    return (
        whole and len(text) <= MAX_SUGGESTION and "```" not in text and visible_lines(text) == text
    )


def _evidence(finding: Finding, change: Change) -> str:
    known = evidence(finding, change)
    trace = f"trace {trace_words(finding.sighting.trace)}. " if _may_show_trace(finding) else ""
    lines = [
        f"**Evidence:** {trace}{plain(known.hypothesis)}",
        f"Reproduce: {code(known.reproduce)} (fails while the finding stands)",
        *_references(finding),
        f"**If the fix breaks something:** {plain(known.rollback)}",
    ]
    return "\n".join(lines)


def _may_show_trace(finding: Finding) -> bool:
    return bool(finding.sighting.trace) and finding.category is not Category.SECRET


def trace_words(steps: tuple[TraceStep, ...]) -> str:
    """``request.args (line 38) → name (40)``: the path of a value, its middle left out when long."""
    shown = [f"{code(step.text.strip(), 80)} ({step.line})" for step in steps]
    if len(shown) > MAX_STEPS:
        half = MAX_STEPS // 2
        left_out = counted(len(shown) - 2 * half, "step")
        shown = [*shown[:half], f"{left_out} more", *shown[-half:]]
    return " → ".join(shown)


def _references(finding: Finding) -> Iterator[str]:
    addresses = filter(safe_address, finding.sighting.references)
    links = [link(address.partition("://")[2][:80], address) for address in addresses]
    if links:
        yield f"Read more: {', '.join(links[:MAX_REFERENCES])}"


def _siblings(group: CommentGroup) -> str:
    if not group.others:
        return ""
    shown = [
        f"- `{other.id}` {place_code(other)}, risk {other.risk.value} ({other.tier})"
        for other in group.others[:MAX_SIBLINGS]
    ]
    more = len(group.others) - MAX_SIBLINGS
    head = f"**The same rule at {counted(len(group.others), 'other place')}**, each decided on its own:\n"
    return "\n".join([head, *shown, *([f"- {more:,} more in the check"] if more > 0 else [])])


def _foot(finding: Finding) -> str:
    brought = {
        Novelty.NEW: "new in this change",
        Novelty.RAISED: "raised to the block level by this change",
        Novelty.EXISTING: "there before this change",
    }[finding.novelty]
    return f"<sub>{brought}</sub>"


def unplaced_section(finding: Finding, why: str, change: Change) -> str:
    """A blocking finding that has no place in the difference, for the summary."""
    known = evidence(finding, change)
    lines = [
        f"**`{finding.id}` {prose(finding.sighting.title, 200)}** – {place_code(finding)}",
        f"- no comment on it, since {plain(why)}",
        f"- {prose(finding.sighting.message)}",
        f"- fix: {prose(finding.sighting.fix)}",
        f"- reproduce: {code(known.reproduce)}",
    ]
    if finding.sighting.side is Side.HISTORY:
        lines.append(f"- {_HISTORY}")
    return "\n".join(lines)


_HISTORY: Final = (
    "Removing the line in a later commit does not end it, since the history keeps it. "
    "Rotate it first, then rewrite the branch."
)


def review_body(groups: tuple[CommentGroup, ...]) -> str:
    """The text of the review that carries the comments."""
    number = sum(len(group.findings) for group in groups)
    blocks = "blocks" if number == 1 else "block"
    return f"{counted(number, 'finding')} {blocks} this change. The check says why and what else was seen."


def stage_reply(stage: Stage, ids: tuple[str, ...], head: str, marker: str = "") -> str:
    """The reply in a thread when its findings ``ids`` have come to ``stage`` at commit ``head``."""
    named = listed(f"`{plain(name, 20)}`" for name in ids)
    commit = visible(head, SHA + 1)[:SHA]
    body = {
        Stage.RAISED: f"{named}: open at {commit}.",
        Stage.FIXED: f"Fixed in {commit}. {named}",
        Stage.RETURNED: f"Came back in {commit}: {named} counts again.",
        Stage.WAIVED: f"{named}: waived. It does not block this change any more.",
        Stage.ROTATED: f"{named}: recorded as rotated. It does not block this change any more.",
    }[stage]
    return f"{body}\n{marker}" if marker else body
