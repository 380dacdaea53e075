"""The outcome of an audit: pass, block or inconclusive, with reasons (design section 7)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.finding import Finding, FindingState, worst_first
from app.domain.gate import blocks, is_at_block_level, would_block
from app.domain.lens import Category, Lens, LensMode
from app.domain.policy import Policy
from app.domain.risk import Tier
from app.domain.scan import Failed, ScanReport


class Outcome(StrEnum):
    """What an audit comes to; people read inconclusive as "could not judge"."""

    PASS = "pass"
    BLOCK = "block"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class ScannerFailure:
    """One scanner that did not finish, with the lenses that rest on it."""

    scanner: str
    why: str
    lenses: frozenset[Lens]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``waiting`` is True when all that blocks waits for people; ``reasons`` are worst first.

    ``risk`` and ``tier`` are those of the worst finding that decides (or, in a pass, of the worst
    new one); None where there is none. ``observing`` counts what would block in a lens that does
    not.
    """

    outcome: Outcome
    waiting: bool
    risk: Decimal | None
    tier: Tier | None
    reasons: tuple[str, ...]
    observing: int = 0


def failures(
    reports: tuple[ScanReport, ...], lenses: dict[str, frozenset[Lens]]
) -> tuple[ScannerFailure, ...]:
    """The scanners that failed, with the lenses each serves."""
    return tuple(
        ScannerFailure(report.scanner, report.state.why, lenses[report.scanner])
        for report in reports
        if isinstance(report.state, Failed)
    )


def decide(
    findings: tuple[Finding, ...], failed: tuple[ScannerFailure, ...], policy: Policy
) -> Verdict:
    """The first row of the outcome table that holds; neither order nor number of findings matters."""
    ordered = worst_first(findings)
    blocking = tuple(finding for finding in ordered if blocks(finding, policy))
    if blocking:
        return _verdict(Outcome.BLOCK, blocking, _blocking_reasons(blocking))
    waiting = tuple(finding for finding in ordered if _waits(finding, policy))
    if waiting:
        return _verdict(Outcome.BLOCK, waiting, _waiting_reasons(waiting), waiting=True)
    unjudged = _unjudged(ordered, failed, policy)
    if unjudged:
        return _verdict(Outcome.INCONCLUSIVE, (), unjudged)
    observed = tuple(finding for finding in ordered if would_block(finding, policy))
    new = tuple(finding for finding in ordered if finding.is_new)
    return _verdict(Outcome.PASS, observed or new, (), observing=len(observed))


def _verdict(
    outcome: Outcome,
    deciding: tuple[Finding, ...],
    reasons: tuple[str, ...],
    *,
    waiting: bool = False,
    observing: int = 0,
) -> Verdict:
    risks = [f for f in deciding if f.category is not Category.COVERAGE]
    return Verdict(
        outcome=outcome,
        waiting=waiting,
        risk=max((finding.risk.value for finding in risks), default=None),
        tier=min((finding.tier for finding in risks), key=lambda tier: tier.rank, default=None),
        reasons=reasons,
        observing=observing,
    )


def _waits(finding: Finding, policy: Policy) -> bool:
    return (
        finding.state is FindingState.WAITING
        and finding.is_new
        and is_at_block_level(finding, policy)
        and policy.mode(finding.lens) is LensMode.BLOCK
    )


def _unjudged(
    findings: tuple[Finding, ...], failed: tuple[ScannerFailure, ...], policy: Policy
) -> tuple[str, ...]:
    """Why a lens in mode block could not be judged: failed scanners, then unread files."""
    broken = tuple(
        f"the {failure.scanner} scan did not finish: {failure.why}"
        for failure in failed
        if any(policy.mode(lens) is LensMode.BLOCK for lens in failure.lenses)
    )
    unread = tuple(
        f"{finding.id}: {finding.sighting.message}"
        for finding in findings
        if finding.category is Category.COVERAGE
        and finding.state is FindingState.OPEN
        and policy.mode(finding.lens) is LensMode.BLOCK
    )
    return broken + unread


def _blocking_reasons(blocking: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(
        f"{finding.id}: {finding.tier}, risk {finding.risk.value}, {finding.sighting.title}"
        for finding in blocking
    )


def _waiting_reasons(waiting: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(f"{finding.id}: waits for a decision" for finding in waiting)
