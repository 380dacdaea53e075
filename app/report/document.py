"""An audit as the JSON document that other programs rely on (design section 10)."""

import json
from decimal import Decimal
from importlib.resources import files
from typing import Final

from app.domain.audit import Audit, ScannerRun
from app.domain.exploitability import Factor
from app.domain.finding import Finding
from app.domain.scan import Completed, Gap
from app.report.evidence import evidence
from app.report.packages import packages_known

SCHEMA: Final = "pragmatic-audit/1"
"""Changes when a key changes its meaning or goes; new keys alone do not change it."""


def document(audit: Audit) -> dict[str, object]:
    """The document; numbers are numbers, paths that are not UTF-8 carry surrogate escapes."""
    return {
        "schema": SCHEMA,
        "audit": _identity(audit),
        "verdict": _verdict(audit),
        "findings": [_finding(finding, audit) for finding in audit.findings],
        "measurements": [],
        "waivers": [],
        "coverage": _coverage(audit),
        "sbom": _sbom(audit),
    }


def json_text(audit: Audit) -> str:
    """The document as ASCII JSON that ends with a line feed; surrogates stay as escapes."""
    return json.dumps(document(audit), indent=2, ensure_ascii=True) + "\n"


def json_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of the document, as shipped."""
    schema: dict[str, object] = json.loads(
        files("app.report").joinpath("schema.json").read_text("utf-8")
    )
    return schema


def _identity(audit: Audit) -> dict[str, object]:
    return {
        "id": audit.id,
        "repository": audit.change.repository.full_name,
        "base": audit.change.base_branch,
        "head": audit.change.head,
        "merge_base": audit.change.merge_base,
        "policy_version": audit.policy.version,
        "data_versions": dict(sorted(audit.data_versions.items())),
    }


def _verdict(audit: Audit) -> dict[str, object]:
    verdict = audit.verdict
    return {
        "outcome": verdict.outcome.value,
        "waiting": verdict.waiting,
        "risk": None if verdict.risk is None else number(verdict.risk),
        "tier": None if verdict.tier is None else verdict.tier.value,
        "reasons": list(verdict.reasons),
    }


def _finding(finding: Finding, audit: Audit) -> dict[str, object]:
    seen = finding.sighting
    return {
        "id": finding.id,
        "fingerprint": finding.fingerprint,
        "state": finding.state.value,
        "blocking": finding.blocking,
        "commit": seen.commit,
        "lens": finding.lens.value,
        "category": finding.category.value,
        "rule": seen.rule,
        "cwe": list(seen.cwe),
        "severity": number(finding.severity.value),
        "exploitability": _exploitability(finding),
        "risk": number(finding.risk.value),
        "tier": finding.tier.value,
        "path": finding.path,
        "line": finding.line or None,
        "end_line": seen.end_line or None,
        "title": seen.title,
        "message": seen.message,
        "fix": seen.fix,
        "evidence": _evidence(finding, audit),
        "new": finding.is_new,
        "waiver": None,
    }


def _exploitability(finding: Finding) -> dict[str, object]:
    return {
        "value": number(finding.exploitability.value),
        "factors": [_factor(factor) for factor in finding.exploitability.factors],
    }


def _factor(factor: Factor) -> dict[str, object]:
    return {
        "name": factor.name,
        "value": number(factor.value),
        "evidence": factor.evidence,
        "known": factor.known,
    }


def _evidence(finding: Finding, audit: Audit) -> dict[str, object]:
    known, seen = evidence(finding, audit.change), finding.sighting
    return {
        "reproduce": known.reproduce,
        "hypothesis": known.hypothesis,
        "rollback": known.rollback,
        "trace": [{"path": step.path, "line": step.line, "text": step.text} for step in seen.trace],
        "aliases": list(seen.aliases),
        "details": dict(seen.details),
        "references": list(seen.references),
    }


def _coverage(audit: Audit) -> dict[str, object]:
    return {
        "asked": len(audit.coverage.asked),
        "analysed": len(audit.coverage.analysed),
        "not_analysed": [_gap(gap) for gap in audit.coverage.gaps],
        "scanners": [_scanner(run) for run in audit.scanners],
        "not_consulted": list(audit.not_consulted),
    }


def _gap(gap: Gap) -> dict[str, object]:
    return {
        "path": gap.path,
        "class": gap.grade.value,
        "why": f"{gap.scanner}: {gap.reason}: {gap.why}",
    }


def _scanner(run: ScannerRun) -> dict[str, object]:
    return {
        "name": run.name,
        "version": run.version,
        "state": run.state.state,
        "seconds": round(run.seconds, 3),
        "why": None if isinstance(run.state, Completed) else run.state.why,
    }


def _sbom(audit: Audit) -> dict[str, object]:
    known = packages_known(audit)
    return {
        "components": len(audit.sbom.components) if known else None,
        "added": len(audit.sbom.added) if known else None,
        "removed": len(audit.sbom.removed) if known else None,
        "sha256": audit.sbom.sha256,
    }


def number(value: Decimal) -> float:
    """A decimal of few digits as a JSON number; its shortest form is the decimal itself."""
    return float(value)
