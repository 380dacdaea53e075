"""SARIF 2.1.0, held against the standard's own schema (tests/samples/sarif)."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from app.domain.audit import Audit
from app.domain.finding import FindingState
from app.domain.scan import DependencyIdentity, GapClass, GapReason, Side
from app.report.sarif import sarif_text
from tests.builders import a_sighting, a_vulnerable_package, an_audit
from tests.report.story import (
    TRACE,
    a_blocked_audit,
    a_clear_audit,
    a_gap,
    a_hostile_audit,
    an_unjudged_audit,
    many_findings,
)

SCHEMA = Path(__file__).parents[1] / "samples" / "sarif" / "sarif-schema-2.1.0.json"


@pytest.fixture(scope="module")
def standard() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text("utf-8")))


def run_of(audit: Audit) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(sarif_text(audit, "1.2.3"))["runs"][0]
    return run


def rule_of(audit: Audit) -> dict[str, Any]:
    rule: dict[str, Any] = run_of(audit)["tool"]["driver"]["rules"][0]
    return rule


@pytest.mark.parametrize(
    "audit",
    [
        a_blocked_audit(),
        a_clear_audit(),
        an_unjudged_audit(),
        a_hostile_audit(),
        an_audit(),
        an_audit(*many_findings(120)),
    ],
    ids=["blocked", "clear", "unjudged", "hostile", "empty", "many"],
)
def test_every_log_is_valid_by_the_standard(audit: Audit, standard: Draft4Validator) -> None:
    log = json.loads(sarif_text(audit, "1.2.3"))
    assert [error.message for error in standard.iter_errors(log)] == []
    assert log["version"] == "2.1.0"


def test_a_code_finding_has_weakness_fingerprint_severity_and_path() -> None:
    audit = an_audit(a_sighting(trace=TRACE))
    rule, result = rule_of(audit), run_of(audit)["results"][0]
    assert "external/cwe/cwe-78" in rule["properties"]["tags"]
    assert rule["properties"]["security-severity"] == "9.8"
    assert result["partialFingerprints"] == {"auditFingerprint/v1": audit.findings[0].fingerprint}
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["physicalLocation"]["region"]["startLine"] for step in steps] == [
        38,
        40,
        41,
    ]


def test_levels_follow_the_tiers_and_nothing_is_left_out() -> None:
    audit = a_blocked_audit()
    levels = {
        (result["properties"]["tier"], result["level"]) for result in run_of(audit)["results"]
    }
    assert levels == {("P0", "error"), ("P1", "error"), ("P2", "warning"), ("P3", "note")}
    assert len(run_of(audit)["results"]) == len(audit.findings)


def test_a_dependency_rule_names_the_advisory_and_its_aliases() -> None:
    seen = a_vulnerable_package(
        rule="known-flaw", identity=DependencyIdentity("PyPI", "example-lib", "CVE-2020-0001")
    )
    rule = rule_of(an_audit(seen))
    assert rule["id"] == "known-flaw/CVE-2020-0001"
    assert rule["properties"]["aliases"] == ["CVE-2020-0001", "GHSA-aaaa-bbbb-cccc"]


def test_results_of_one_rule_share_its_entry() -> None:
    run = run_of(an_audit(a_sighting(), a_sighting(path="b.py"), a_vulnerable_package()))
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ids == ["python-command-injection", "CVE-2020-0001"]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_an_authors_request_to_look_away_suppresses_nothing() -> None:
    result = run_of(an_audit(a_sighting(suppressed=True)))["results"][0]
    assert "suppressions" not in result
    assert result["properties"]["suppressedByAuthor"] is True


@pytest.mark.parametrize(
    ("state", "status"),
    [(FindingState.WAIVED, "accepted"), (FindingState.WAITING, "underReview")],
)
def test_our_own_waivers_are_external_suppressions(state: FindingState, status: str) -> None:
    audit = an_audit(a_sighting())
    decided = replace(audit, findings=tuple(replace(one, state=state) for one in audit.findings))
    assert run_of(decided)["results"][0]["suppressions"] == [{"kind": "external", "status": status}]


def test_what_was_not_read_makes_the_execution_unsuccessful() -> None:
    gap = a_gap("big.js", grade=GapClass.UNREADABLE, reason=GapReason.TOO_LARGE)
    (invocation,) = run_of(an_audit(gaps=(gap,)))["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is False
    assert notification["level"] == "error"
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "big.js"


def test_a_failed_scanner_is_a_notification() -> None:
    (invocation,) = run_of(an_unjudged_audit())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "time limit" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_what_is_not_in_scope_is_listed_and_fails_nothing() -> None:
    (invocation,) = run_of(an_audit(gaps=(a_gap(),)))["invocations"]
    assert invocation["executionSuccessful"] is True
    assert invocation["toolExecutionNotifications"][0]["level"] == "note"


def test_paths_are_percent_encoded_byte_by_byte() -> None:
    result = run_of(an_audit(a_sighting(path="caf\udce9/a b:c.py")))["results"][0]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "caf%E9/a%20b%3Ac.py", "uriBaseId": "SRCROOT"}


def test_the_baseline_tells_new_from_old() -> None:
    audit = an_audit(a_sighting(), a_sighting(side=Side.BASE), a_sighting(path="new.py"))
    states = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: result[
            "baselineState"
        ]
        for result in run_of(audit)["results"]
    }
    assert states == {"shop/search.py": "unchanged", "new.py": "new"}
