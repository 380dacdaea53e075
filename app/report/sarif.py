"""An audit as SARIF 2.1.0 (OASIS standard, errata 01), every finding of any tier."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from app.domain.audit import Audit, failed_scanners
from app.domain.finding import Finding, FindingState, Novelty
from app.domain.risk import Tier
from app.domain.scan import DependencyIdentity, Gap, GapClass, Sighting, TraceStep
from app.domain.verdict import ScannerFailure
from app.report.count import scan_name
from app.report.document import number
from app.report.escape import path_uri, safe_address, visible, visible_path
from app.report.evidence import evidence

SARIF_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
TOOL: Final = "Pragmatic Audit"
ROOT: Final = "SRCROOT"
FINGERPRINT: Final = "auditFingerprint/v1"
MAX_MESSAGE: Final = 2_000

_LEVELS: Final = {Tier.P0: "error", Tier.P1: "error", Tier.P2: "warning", Tier.P3: "note"}
_GAP_LEVELS: Final = {
    GapClass.UNREADABLE: "error",
    GapClass.PARTIAL: "warning",
    GapClass.NOT_IN_SCOPE: "note",
}
_BASELINE: Final = {
    Novelty.NEW: "new",
    Novelty.RAISED: "updated",
    Novelty.EXISTING: "unchanged",
}
_Json = dict[str, object]


def sarif_text(audit: Audit, tool_version: str) -> str:
    """The log as ASCII JSON that ends with a line feed."""
    return json.dumps(sarif(audit, tool_version), indent=2, ensure_ascii=True) + "\n"


def sarif(audit: Audit, tool_version: str) -> _Json:
    """The SARIF log of ``audit``: one run of our tool."""
    ids = tuple(dict.fromkeys(rule_id(finding.sighting) for finding in audit.findings))
    places = {name: index for index, name in enumerate(ids)}
    run: _Json = {
        "tool": {"driver": _driver(audit, ids, tool_version)},
        "automationDetails": {"id": f"pragmatic-audit/{visible(audit.change.base_branch)}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(audit)],
        "results": [_result(finding, audit, places) for finding in audit.findings],
        "properties": {
            "outcome": audit.verdict.outcome.value,
            "policyVersion": visible(audit.policy.version),
            "notConsulted": [visible(what) for what in audit.not_consulted],
        },
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def rule_id(seen: Sighting) -> str:
    """The rule's id; for a dependency it holds the canonical advisory id."""
    rule = visible(seen.rule, 200)
    if isinstance(seen.identity, DependencyIdentity) and seen.identity.advisory not in rule:
        return f"{rule}/{visible(seen.identity.advisory, 100)}"
    return rule


def _driver(audit: Audit, ids: tuple[str, ...], tool_version: str) -> _Json:
    by_rule: dict[str, list[Finding]] = {name: [] for name in ids}
    for finding in audit.findings:
        by_rule[rule_id(finding.sighting)].append(finding)
    return {
        "name": TOOL,
        "version": tool_version,
        "rules": [_rule(name, findings) for name, findings in by_rule.items()],
    }


def _rule(name: str, findings: list[Finding]) -> _Json:
    """A rule is described by the worst finding that it made."""
    seen = findings[0].sighting
    rule: _Json = {
        "id": name,
        "shortDescription": {"text": _text(seen.title)},
        "fullDescription": {"text": _text(seen.message)},
        "help": {"text": _text(seen.fix)},
        "defaultConfiguration": {"level": _LEVELS[findings[0].tier]},
        "properties": _rule_properties(findings),
    }
    address = next(filter(None, map(safe_address, seen.references)), None)
    return rule | ({"helpUri": address} if address else {})


def _rule_properties(findings: list[Finding]) -> _Json:
    seen = findings[0].sighting
    worst = max(finding.severity.value for finding in findings)
    properties: _Json = {"tags": _tags(seen), "security-severity": str(worst)}
    aliases = _aliases(finding.sighting for finding in findings)
    return properties | ({"aliases": aliases} if aliases else {})


def _tags(seen: Sighting) -> list[str]:
    weaknesses = [f"external/cwe/{cwe.lower()}" for cwe in seen.cwe]
    others = [*seen.owasp, *(f"stride/{letter}" for letter in seen.stride)]
    tags = [seen.lens.value, seen.category.value, *weaknesses, *map(visible, others)]
    return list(dict.fromkeys(tags))


def _aliases(sightings: Iterable[Sighting]) -> list[str]:
    names: dict[str, None] = {}
    for seen in sightings:
        if isinstance(seen.identity, DependencyIdentity):
            names |= dict.fromkeys(map(visible, (seen.identity.advisory, *seen.aliases)))
    return list(names)


def _result(finding: Finding, audit: Audit, places: dict[str, int]) -> _Json:
    seen = finding.sighting
    name = rule_id(seen)
    result: _Json = {
        "ruleId": name,
        "ruleIndex": places[name],
        "level": _LEVELS[finding.tier],
        "message": {"text": _text(f"{seen.title.rstrip('.')}. {seen.message} Fix: {seen.fix}")},
        "locations": [_location(finding.path, finding.line, seen.end_line)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": _result_properties(finding, audit),
    }
    if audit.change.merge_base is not None:
        result["baselineState"] = _BASELINE[finding.novelty]
    if seen.trace:
        result["codeFlows"] = [{"threadFlows": [{"locations": [*map(_step, seen.trace)]}]}]
    return result | _suppressions(finding)


def _result_properties(finding: Finding, audit: Audit) -> _Json:
    """What SARIF has no word for. An author's request to look away is said here, never honoured."""
    seen = finding.sighting
    return {
        "id": finding.id,
        "state": finding.state.value,
        "blocking": finding.blocking,
        "tier": finding.tier.value,
        "risk": number(finding.risk.value),
        "severity": number(finding.severity.value),
        "exploitability": number(finding.exploitability.value),
        "factors": {
            factor.name: f"{factor.value} ({'known' if factor.known else 'not known'}): {factor.evidence}"
            for factor in finding.exploitability.factors
        },
        "reproduce": visible(evidence(finding, audit.change).reproduce),
        "commit": seen.commit,
        "details": {visible(name): visible(value) for name, value in seen.details.items()},
        "suppressedByAuthor": seen.suppressed,
    }


def _suppressions(finding: Finding) -> _Json:
    """Our own waivers only; without one an empty list says that suppression was considered."""
    if finding.state is FindingState.WAIVED:
        return {"suppressions": [{"kind": "external", "status": "accepted"}]}
    if finding.state is FindingState.WAITING:
        return {"suppressions": [{"kind": "external", "status": "underReview"}]}
    return {}


def _step(step: TraceStep) -> _Json:
    place = _location(step.path, step.line, step.line)
    return {"location": place | {"message": {"text": visible(step.text.strip(), 200) or "step"}}}


def _location(path: str, line: int, end_line: int) -> _Json:
    physical: _Json = {"artifactLocation": {"uri": path_uri(path), "uriBaseId": ROOT}}
    if line >= 1:
        physical["region"] = {"startLine": line, "endLine": max(line, end_line)}
    return {"physicalLocation": physical}


def _invocation(audit: Audit) -> _Json:
    failed = failed_scanners(audit)
    unread = [gap for gap in audit.coverage.gaps if gap.grade is not GapClass.NOT_IN_SCOPE]
    end = audit.started_at + timedelta(seconds=audit.seconds)
    return {
        "executionSuccessful": not failed and not unread,
        "startTimeUtc": f"{audit.started_at:%Y-%m-%dT%H:%M:%SZ}",
        "endTimeUtc": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "toolExecutionNotifications": [
            *map(_failure_notification, failed),
            *map(_gap_notification, audit.coverage.gaps),
        ],
    }


def _failure_notification(failure: ScannerFailure) -> _Json:
    return {
        "descriptor": {"id": "scanner-failed"},
        "level": "error",
        "message": {
            "text": _text(f"The {scan_name(failure.scanner)} did not finish: {failure.why}")
        },
    }


def _gap_notification(gap: Gap) -> _Json:
    said = f"{visible_path(gap.path)}: {gap.grade}, {gap.reason} ({gap.scanner}): {gap.why}"
    return {
        "descriptor": {"id": f"coverage-{gap.reason.name.lower().replace('_', '-')}"},
        "level": _GAP_LEVELS[gap.grade],
        "message": {"text": _text(said)},
        "locations": [_location(gap.path, gap.line, gap.end_line)],
    }


def _text(text: str) -> str:
    return visible(text, MAX_MESSAGE) or "(no text)"
