"""The JSON document: valid by its own schema, and nothing that was asked for is left out."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from app.domain.audit import Audit
from app.domain.finding import FindingState
from app.domain.scan import GapClass, GapReason
from app.report.document import document, json_schema, json_text
from tests.builders import a_sighting, an_audit
from tests.report.story import (
    a_blocked_audit,
    a_clear_audit,
    a_gap,
    a_hostile_audit,
    an_unjudged_audit,
    many_findings,
)

AUDITS = {
    "blocked": a_blocked_audit(),
    "clear": a_clear_audit(),
    "unjudged": an_unjudged_audit(),
    "hostile": a_hostile_audit(),
    "empty": an_audit(),
    "many": an_audit(*many_findings(120)),
}


def parsed(audit: Audit) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json_text(audit))
    return read


@pytest.mark.parametrize("audit", AUDITS.values(), ids=AUDITS.keys())
def test_every_document_is_valid_by_the_shipped_schema(audit: Audit) -> None:
    Draft202012Validator.check_schema(json_schema())
    Draft202012Validator(json_schema()).validate(parsed(audit))


def test_the_schema_refuses_a_key_it_does_not_know() -> None:
    changed = parsed(a_clear_audit())
    changed["findings"][0]["surprise"] = 1
    with pytest.raises(ValidationError, match="surprise"):
        Draft202012Validator(json_schema()).validate(changed)


def test_the_keys_are_those_of_the_contract() -> None:
    read = parsed(a_blocked_audit())
    assert [*read] == [
        *("schema", "audit", "verdict", "findings", "measurements", "waivers", "coverage", "sbom")
    ]
    assert [*read["findings"][0]] == [
        *("id", "fingerprint", "state", "blocking", "commit", "lens", "category", "rule", "cwe"),
        *("severity", "exploitability", "risk", "tier", "path", "line", "end_line", "title"),
        *("message", "fix", "evidence", "new", "waiver"),
    ]
    assert [*read["coverage"]] == [
        *("asked", "analysed", "not_analysed", "scanners", "not_consulted")
    ]


def test_figures_are_numbers_that_multiply_to_the_risk() -> None:
    for finding in parsed(a_blocked_audit())["findings"]:
        if finding["category"] != "coverage":
            value = Decimal(str(finding["severity"])) * Decimal(
                str(finding["exploitability"]["value"])
            )
            assert abs(value - Decimal(str(finding["risk"]))) <= Decimal("0.05")


def test_a_path_that_is_not_utf8_survives_the_round_trip() -> None:
    audit = an_audit(a_sighting(path="caf\udce9.py"), gaps=(a_gap("b\udcff.bin"),))
    read = parsed(audit)
    assert json_text(audit).isascii()
    assert read["findings"][0]["path"] == "caf\udce9.py"
    assert read["coverage"]["not_analysed"][0]["path"] == "b\udcff.bin"


def test_everything_not_analysed_is_named_one_by_one() -> None:
    gaps = tuple(
        a_gap(f"f{place}", grade=GapClass.UNREADABLE, reason=GapReason.TIMEOUT, why="10 s passed")
        for place in range(300)
    )
    unread = parsed(an_audit(gaps=gaps))["coverage"]["not_analysed"]
    assert [one["path"] for one in unread] == [f"f{place}" for place in range(300)]
    assert unread[0]["class"] == "should have been read"
    assert unread[0]["why"] == "code: timeout: 10 s passed"


def test_how_each_scanner_went_is_told() -> None:
    scanners = {one["name"]: one for one in parsed(an_unjudged_audit())["coverage"]["scanners"]}
    assert scanners["code"]["state"] == "completed"
    assert scanners["code"]["why"] is None
    assert scanners["dependencies"]["state"] == "failed"
    assert "time limit" in scanners["dependencies"]["why"]


def test_states_commit_and_unknown_factors_are_there() -> None:
    audit = a_blocked_audit()
    waived = replace(
        audit, findings=tuple(replace(one, state=FindingState.WAIVED) for one in audit.findings)
    )
    read = document(waived)["findings"]
    assert isinstance(read, list)
    assert {one["state"] for one in read} == {"waived"}
    assert any(one["commit"] for one in read)
    assert any(not factor["known"] for one in read for factor in one["exploitability"]["factors"])
