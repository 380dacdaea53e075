"""The verdict of an audit in one line of at most 80 characters: the check's title."""

from typing import Final

from app.domain.audit import Audit
from app.domain.exploitability import is_known_exploited
from app.domain.finding import Finding
from app.domain.risk import Tier
from app.domain.verdict import Outcome
from app.report.count import by_lens, counted, gate_failures, listed, scan_name, standing
from app.report.escape import capped, inert

TITLE_LIMIT: Final = 80


def headline(audit: Audit) -> str:
    """What the audit comes to, its first word the outcome."""
    return capped(_title(audit), TITLE_LIMIT)


def _title(audit: Audit) -> str:
    match audit.verdict.outcome:
        case Outcome.BLOCK if audit.verdict.waiting:
            return _waiting(audit)
        case Outcome.BLOCK:
            return _blocked(standing(audit).blocking)
        case Outcome.INCONCLUSIVE:
            return f"Could not judge: {unjudged(audit)}"
        case Outcome.PASS:
            return _clear(audit)


def unjudged(audit: Audit) -> str:
    """What kept the audit from judging, without its reasons."""
    failed = [inert(scan_name(failure.scanner), 40) for failure in gate_failures(audit)]
    parts = [f"the {listed(failed)} did not finish"] if failed else []
    unread = len(standing(audit).unread)
    if unread:
        was = "was" if unread == 1 else "were"
        parts.append(f"{counted(unread, 'file')} {was} not read")
    return "; ".join(parts)


def _blocked(blocking: tuple[Finding, ...]) -> str:
    worst = max(finding.risk.value for finding in blocking)
    exploited = [finding.risk.value for finding in blocking if _is_known_exploited(finding)]
    if exploited:
        count = counted(len(blocking), "finding")
        return f"Blocked: P0, known exploited (risk {max(exploited)}), {count}"
    findings = counted(len(blocking), "finding")
    return f"Blocked: risk {worst}, {findings} ({by_lens(blocking)})"


def _is_known_exploited(finding: Finding) -> bool:
    facts, role = finding.sighting.facts, finding.role
    return finding.tier is Tier.P0 and is_known_exploited(facts, role)


def _waiting(audit: Audit) -> str:
    waiting = len(standing(audit).waiting)
    waits = "waits" if waiting == 1 else "wait"
    return f"Waiting: {counted(waiting, 'finding')} {waits} for a decision"


def _clear(audit: Audit) -> str:
    stand, verdict = standing(audit), audit.verdict
    if verdict.observing:
        return f"Observing: would block, {verdict.tier} (risk {verdict.risk})"
    if not audit.coverage.asked and not audit.findings:
        return "Nothing to audit: no file in scope"
    accepted = _accepted(len(stand.waived), len(stand.rotated))
    if accepted:
        return f"Clear with {accepted}"
    notes = f" ({counted(len(stand.notes), 'note')})" if stand.notes else ""
    return f"Clear: no blocking risk{notes}"


def _accepted(waived: int, rotated: int) -> str:
    parts = [counted(waived, "waiver")] if waived else []
    parts += [counted(rotated, "rotated secret")] if rotated else []
    return listed(parts) if parts else ""
