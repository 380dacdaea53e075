"""One evaluation of a change, as it is recorded: everything its verdict rests on."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.domain.change import Change
from app.domain.coverage import Coverage, coverage
from app.domain.diff import LineRange
from app.domain.exploitability import exploitability
from app.domain.facts import CoverageFacts
from app.domain.finding import Finding, Novelty, worst_first
from app.domain.fingerprint import Identified, identify, short_id
from app.domain.gate import blocks
from app.domain.lens import Category, Lens
from app.domain.policy import Policy
from app.domain.risk import Risk, Severity, risk_of, severity_of
from app.domain.role import FileRole, file_role
from app.domain.sbom import Sbom, sbom
from app.domain.scan import (
    Component,
    CoverageIdentity,
    Gap,
    GapClass,
    GapReason,
    ScannerState,
    ScanReport,
    Side,
    Sighting,
)
from app.domain.verdict import ScannerFailure, Verdict, decide, failures


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditKey:
    """What makes two audits the same one: (host, repository, pull request or group, base, head, …)."""

    host: str
    repository_id: int
    subject: str
    """``pr:12``, ``group:<head>`` or ``local``."""
    base_branch: str
    head: str
    merge_base: str | None
    policy_version: str
    data_versions: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """A SHA-256 of the key, hexadecimal."""
        parts = [
            self.host,
            self.repository_id,
            self.subject,
            self.base_branch,
            self.head,
            self.merge_base,
            self.policy_version,
            self.data_versions,
        ]
        return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerRun:
    """How one scanner's run went."""

    name: str
    version: str
    state: ScannerState
    seconds: float
    lenses: frozenset[Lens]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The recorded audit. It can be explained and decided again from this alone.

    ``not_consulted`` names what this run could not know (the ledger's waivers in a local run, say).
    """

    id: str
    change: Change
    policy: Policy
    started_at: datetime
    seconds: float
    findings: tuple[Finding, ...]
    aliases: tuple[tuple[str, str], ...]
    coverage: Coverage
    scanners: tuple[ScannerRun, ...]
    verdict: Verdict
    sbom: Sbom
    data_versions: dict[str, str] = field(default_factory=dict)
    not_consulted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What an audit evaluates: the change, what the scanners said, and under what.

    ``asked`` are the head paths that should be looked at, ``gaps`` those found before scanning.
    ``everything_new`` is set for ``--all``.
    """

    change: Change
    policy: Policy
    reports: tuple[ScanReport, ...]
    lenses: dict[str, frozenset[Lens]]
    asked: tuple[str, ...]
    gaps: tuple[Gap, ...]
    today: date
    everything_new: bool = False


def evaluate(
    evaluation: Evaluation, *, audit_id: str, started_at: datetime, seconds: float
) -> Audit:
    """Work out findings, coverage, SBOM and verdict of one evaluation. Pure."""
    covered = _coverage(evaluation)
    sightings = [sighting for report in evaluation.reports for sighting in report.sightings]
    sightings += [_coverage_sighting(gap) for gap in covered.unreadable]
    identified = identify(evaluation.change, sightings)
    findings = _marked((_finding(item, evaluation) for item in identified), evaluation.policy)
    return Audit(
        id=audit_id,
        change=evaluation.change,
        policy=evaluation.policy,
        started_at=started_at,
        seconds=seconds,
        findings=findings,
        aliases=_aliases(identified),
        coverage=covered,
        scanners=tuple(_run(report, evaluation.lenses) for report in evaluation.reports),
        verdict=decide(
            findings, failures(evaluation.reports, evaluation.lenses), evaluation.policy
        ),
        sbom=sbom(_components(evaluation), evaluation.change),
        data_versions=_data_versions(evaluation.reports),
    )


def _components(evaluation: Evaluation) -> tuple[Component, ...]:
    return tuple(part for report in evaluation.reports for part in report.components)


def _coverage(evaluation: Evaluation) -> Coverage:
    """Coverage with partial gaps graded by whether this change adds a line of the unread part."""
    change = evaluation.change
    reports = (
        replace(report, gaps=graded_by_lines(change, report.gaps)) for report in evaluation.reports
    )
    return coverage(evaluation.asked, reports, graded_by_lines(change, evaluation.gaps))


def key_of(audit: Audit, subject: str) -> AuditKey:
    """The key of a recorded audit; ``subject`` is as in `AuditKey`."""
    change = audit.change
    return AuditKey(
        host=change.repository.host,
        repository_id=change.repository.id,
        subject=subject,
        base_branch=change.base_branch,
        head=change.head,
        merge_base=change.merge_base,
        policy_version=audit.policy.version,
        data_versions=tuple(sorted(audit.data_versions.items())),
    )


def failed_scanners(audit: Audit) -> tuple[ScannerFailure, ...]:
    """The scanners of a recorded audit that failed."""
    reports = tuple(
        ScanReport(scanner=run.name, version=run.version, state=run.state) for run in audit.scanners
    )
    return failures(reports, {run.name: run.lenses for run in audit.scanners})


def redecide(audit: Audit, today: date) -> Audit:
    """The same audit with risk, gate and verdict worked out anew from its recorded facts."""
    regraded = (_graded(finding, audit.policy, today) for finding in audit.findings)
    findings = _marked(regraded, audit.policy)
    verdict = decide(findings, failed_scanners(audit), audit.policy)
    return replace(audit, findings=findings, verdict=verdict)


def _finding(item: Identified, evaluation: Evaluation) -> Finding:
    sighting, policy = item.sighting, evaluation.policy
    role = file_role(sighting.path) if policy.roles else FileRole.SHIPPED
    severity = severity_of(sighting.facts)
    exploited = exploitability(sighting.facts, role, evaluation.today)
    risk = risk_of(severity, exploited, sighting.facts, role, soft=sighting.soft)
    return Finding(
        fingerprint=item.fingerprint,
        id=short_id(item.fingerprint),
        sighting=sighting,
        severity=severity,
        exploitability=exploited,
        risk=risk,
        role=role,
        novelty=_novelty(item, risk, evaluation),
        aligned=item.aligned,
        alias_of=item.old_fingerprint,
    )


def _graded(finding: Finding, policy: Policy, today: date) -> Finding:
    facts = finding.sighting.facts
    severity = severity_of(facts)
    exploited = exploitability(facts, finding.role, today)
    risk = risk_of(severity, exploited, facts, finding.role, soft=finding.sighting.soft)
    return replace(finding, severity=severity, exploitability=exploited, risk=risk)


def _novelty(item: Identified, risk: Risk, evaluation: Evaluation) -> Novelty:
    """New, raised over the block level by this change, or there already.

    Base and head are graded under the same policy, rules, data and day.
    """
    if evaluation.everything_new or item.base is None:
        return Novelty.NEW
    before = _risk_on_base(item.base, evaluation)
    level = evaluation.policy.block_at
    if risk.tier.at_least(level) and not before.tier.at_least(level):
        return Novelty.RAISED
    return Novelty.EXISTING


def _risk_on_base(sighting: Sighting, evaluation: Evaluation) -> Risk:
    role = file_role(sighting.path) if evaluation.policy.roles else FileRole.SHIPPED
    severity: Severity = severity_of(sighting.facts)
    exploited = exploitability(sighting.facts, role, evaluation.today)
    return risk_of(severity, exploited, sighting.facts, role, soft=sighting.soft)


def _marked(findings: Iterable[Finding], policy: Policy) -> tuple[Finding, ...]:
    """The findings worst first, each marked with whether it blocks; one per fingerprint."""
    unique = {finding.fingerprint: finding for finding in findings}
    return worst_first(
        tuple(replace(finding, blocking=blocks(finding, policy)) for finding in unique.values())
    )


def _aliases(identified: tuple[Identified, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (item.old_fingerprint, item.fingerprint)
        for item in identified
        if item.old_fingerprint is not None
    )


def _run(report: ScanReport, lenses: dict[str, frozenset[Lens]]) -> ScannerRun:
    return ScannerRun(
        name=report.scanner,
        version=report.version,
        state=report.state,
        seconds=report.seconds,
        lenses=lenses[report.scanner],
    )


def _data_versions(reports: tuple[ScanReport, ...]) -> dict[str, str]:
    return {
        name: version
        for report in reports
        for name, version in sorted(report.data_versions.items())
    }


def _coverage_sighting(gap: Gap) -> Sighting:
    """A gap that should have been read, as a sighting: it can be waived, and until then decides."""
    return Sighting(
        side=Side.HEAD,
        path=gap.path,
        category=Category.COVERAGE,
        lens=Lens.SECURITY,
        rule=f"coverage-{gap.reason.name.lower().replace('_', '-')}",
        title=f"Not read: {gap.reason}",
        message=f"The {gap.scanner} scan could not read this file: {gap.why.rstrip('.')}.",
        fix=_COVERAGE_FIX,
        facts=CoverageFacts(),
        identity=CoverageIdentity(gap.reason),
        line=gap.line,
        end_line=gap.end_line,
    )


_COVERAGE_FIX = "Make the file readable (smaller, plain UTF-8, valid)."


def graded_by_lines(change: Change, gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Grade partial gaps: unread lines that this change adds should have been read.

    An unpinned entry was read: what it will be is what is not known.
    """
    return tuple(_regraded(gap, change) for gap in gaps)


def _regraded(gap: Gap, change: Change) -> Gap:
    changed = change.file(gap.path)
    if gap.grade is not GapClass.PARTIAL or gap.reason is GapReason.UNPINNED or changed is None:
        return gap
    unread = LineRange(gap.line, gap.end_line)
    touched = gap.line > 0 and any(added.overlaps(unread) for added in changed.added)
    return replace(gap, grade=GapClass.UNREADABLE) if touched else gap
