"""The sticky summary: one comment a pull request, edited in place, its first line the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.domain.audit import Audit
from app.domain.finding import Finding
from app.domain.verdict import Outcome
from app.report.arithmetic import has_risk
from app.report.comment import NoAnchor, anchor, unplaced_section
from app.report.count import Standing, counted, gate_failures, scan_name, standing
from app.report.escape import inert, plain, prose, visible
from app.report.headline import unjudged
from app.report.links import Links
from app.report.overview import (
    SHA,
    coverage_lines,
    existing_words,
    explained,
    on_run_page,
    place_code,
)
from app.report.size import fitted
from app.report.steps import next_step, retry_step

SUMMARY_LIMIT: Final = 59_900
"""Bytes, so that the body stays below 60,000 characters with its ending."""
ROWS: Final = 30
UNPLACED: Final = 10
EXPLAINED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What is known of the pull request's earlier audits, from the record.

    ``fixed`` are the ids of all that was raised here and is gone, ``fixed_now`` and ``new_now``
    those since the last check; ``eased`` those that are still there and block no longer;
    ``deleted`` the ids whose comment a person removed.
    """

    fixed: tuple[str, ...] = ()
    eased: tuple[str, ...] = ()
    fixed_now: tuple[str, ...] = ()
    new_now: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


NOTHING_EARLIER: Final = Earlier()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a summary depends on besides the audit.

    ``unplaced`` are the findings that GitHub refused a comment on everywhere. ``next_try`` is the
    time until the audit is tried again by itself, None when it is not.
    """

    links: Links
    earlier: Earlier = NOTHING_EARLIER
    unplaced: tuple[Finding, ...] = ()
    draft: bool = False
    next_try: timedelta | None = None
    marker: str = ""


def sticky_summary(audit: Audit, around: Surroundings) -> str:
    """The whole body, below 60,000 characters."""
    body = "\n\n".join(part for part in _parts(audit, around) if part)
    ending = f"The rest was cut here; all of it is {on_run_page(around.links)}."
    shown = fitted(body, SUMMARY_LIMIT - len(around.marker.encode()), ending)
    return f"{shown}\n{around.marker}" if around.marker else shown


def _parts(audit: Audit, around: Surroundings) -> Iterator[str]:
    stand = standing(audit)
    yield f"### Audit: {_verdict(audit, stand, around)}"
    yield _counts(audit, stand)
    if around.draft:
        yield "This is a draft: comments on the code wait until it is ready for review."
    yield _failures(audit)
    yield _table(stand, around.links)
    yield _unplaced(audit, stand, around.unplaced)
    yield _changed(around.earlier)
    yield _more(audit, stand, around.links)


def _verdict(audit: Audit, stand: Standing, around: Surroundings) -> str:
    verdict = audit.verdict
    match verdict.outcome:
        case Outcome.BLOCK if verdict.waiting:
            return f"waiting for a decision (risk {verdict.risk})"
        case Outcome.BLOCK:
            return f"blocked (risk {verdict.risk})"
        case Outcome.INCONCLUSIVE:
            return f"could not judge – {plain(unjudged(audit))}. {_retry(around.next_try)}"
        case Outcome.PASS:
            return f"clear{_settled(stand, around.earlier)}"


def _retry(next_try: timedelta | None) -> str:
    known = "Nothing that was read blocks."
    if next_try is None:
        return f"{known} {retry_step()}."
    minutes = counted(max(1, round(next_try.total_seconds() / 60)), "minute")
    return f"{known} It will be tried again in {minutes}."


def _settled(stand: Standing, earlier: Earlier) -> str:
    parts = [
        f"{word} ({number})"
        for word, number in (
            ("fixed", len(earlier.fixed)),
            ("waived", len(stand.waived)),
            ("rotated", len(stand.rotated)),
            ("no longer blocking", len(earlier.eased)),
        )
        if number
    ]
    return f" – everything raised here is {' or '.join(parts)}." if parts else "."


def _counts(audit: Audit, stand: Standing) -> str:
    decide = len(stand.blocking) + len(stand.waiting) + len(stand.unread)
    parts = [f"{decide:,} to decide", counted(len(stand.notes), "note")]
    parts += [f"{len(stand.waived):,} waived"] if stand.waived else []
    parts += [f"{len(stand.rotated):,} rotated"] if stand.rotated else []
    head = visible(audit.change.head, SHA + 1)[:SHA]
    return f"{', '.join(parts)}. Last checked {head}, {audit.started_at:%Y-%m-%d %H:%M} UTC."


def _failures(audit: Audit) -> str:
    return "\n".join(
        f"- The {plain(scan_name(failure.scanner))} did not finish: {plain(failure.why)}"
        for failure in gate_failures(audit)
    )


def _table(stand: Standing, links: Links) -> str:
    marked = [
        *(("🔴 blocks", finding) for finding in stand.blocking),
        *(("🟡 waits", finding) for finding in stand.waiting),
        *(("🟠 not read", finding) for finding in stand.unread),
        *(("⏳ waived", finding) for finding in stand.waived),
        *(("🔵 rotated", finding) for finding in stand.rotated),
        *(("⚪ note", finding) for finding in stand.notes),
    ]
    if not marked:
        return ""
    head = ["| | finding | risk | next step |", "|---|---|---|---|"]
    rows = [_row(mark, finding) for mark, finding in marked[:ROWS]]
    more = len(marked) - len(rows)
    return "\n".join([*head, *rows]) + (
        f"\n\n{counted(more, 'more finding')} {on_run_page(links)}." if more else ""
    )


def _row(mark: str, finding: Finding) -> str:
    title = prose(finding.sighting.title, 120)
    risk = str(finding.risk.value) if has_risk(finding) else "not known"
    cells = (mark, f"`{finding.id}` {title} – {place_code(finding)}", risk, next_step(finding))
    return f"| {' | '.join(cells)} |"


def _unplaced(audit: Audit, stand: Standing, refused: tuple[Finding, ...]) -> str:
    """The blocking findings that no comment can stand on, told here in full."""
    reasons = ((finding, _no_place(finding, audit, refused)) for finding in stand.blocking)
    sections = [unplaced_section(finding, why, audit.change) for finding, why in reasons if why]
    if not sections:
        return ""
    more = len(sections) - UNPLACED
    rest = [f"{more:,} more of these in the check."] if more > 0 else []
    return "\n\n".join(["#### Without a comment on the code", *sections[:UNPLACED], *rest])


def _no_place(finding: Finding, audit: Audit, refused: tuple[Finding, ...]) -> str | None:
    """Why no comment on the code tells of ``finding``; None when one does or can."""
    where = anchor(finding, audit.change)
    if isinstance(where, NoAnchor):
        return where.why
    return "GitHub refused its lines and its file" if finding in refused else None


def _changed(earlier: Earlier) -> str:
    lines = [
        f"{name}: {', '.join(f'`{inert(one, 20)}`' for one in ids[:ROWS])}{_and_more(len(ids) - ROWS)}."
        for name, ids in (
            ("Fixed", earlier.fixed_now),
            ("New", earlier.new_now),
            ("Comment removed by a person, so not posted again", earlier.deleted),
        )
        if ids
    ]
    return _folded("Changed since the last check", "\n".join(lines)) if lines else ""


def _and_more(number: int) -> str:
    return f" and {number:,} more" if number > 0 else ""


def _more(audit: Audit, stand: Standing, links: Links) -> str:
    decided = (stand.blocking + stand.waiting)[:EXPLAINED]
    parts = ["Risk = severity × exploitability.", *(explained(finding) for finding in decided)]
    parts += ["\n".join(coverage_lines(audit, links)), existing_words(stand.existing)]
    parts += [f"All of it: {on_run_page(links)}." if links.run_page else ""]
    inside = "\n\n".join(part for part in parts if part)
    return _folded("How the risk is worked out · what was not scanned", inside)


def _folded(title: str, inside: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{inside}\n</details>"
