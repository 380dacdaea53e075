"""The engine's JSON is believed only where it has the form that is known."""

import json
from typing import Any

import pytest

from app.domain.scan import GapClass, GapReason
from workers.scanners.code.outcome import OutcomeError, parsed


def place(line: int = 3, **more: Any) -> dict[str, Any]:
    start, end = {"line": line, "col": 1, "offset": 10}, {"line": line + 1, "col": 4, "offset": 19}
    return {"path": "/in/0001.py", "start": start, "end": end, **more}


def output(**differences: Any) -> bytes:
    document = {"version": "1.185.0", "results": [], "errors": [], "paths": {"scanned": []}}
    return json.dumps(document | differences).encode()


def error(kind: Any, **differences: Any) -> dict[str, Any]:
    return {"error_type": kind, "severity": "warn", "location": place(), **differences}


def test_a_match_keeps_its_place_its_fix_and_whether_the_author_hid_it() -> None:
    extra = {"is_ignored": True, "fix": "y"}
    (match,) = parsed(output(results=[place(check_id="rules.eval-use", extra=extra)])).matches
    assert (match.rule, match.ignored, match.fix) == ("eval-use", True, "y")
    assert (match.place.line, match.place.end_line) == (3, 4)
    assert (match.place.start, match.place.end) == (10, 19)


def test_a_trace_is_told_from_source_to_sink_through_calls() -> None:
    trace = {
        "taint_source": ["CliLoc", [place(1), "source"]],
        "intermediate_vars": [{"location": place(2), "content": "x"}],
        "taint_sink": [
            "CliCall",
            [
                [place(3), "run(x)"],
                [{"location": place(8), "content": "y"}],
                ["CliLoc", [place(9), "sink"]],
            ],
        ],
    }
    result = place(check_id="r", extra={"dataflow_trace": trace})
    (match,) = parsed(output(results=[result])).matches
    said = [(at.line, text) for at, text in match.trace]
    assert said == [(1, "source"), (2, "x"), (3, "run(x)"), (8, "y"), (9, "sink")]


@pytest.mark.parametrize(
    ("kind", "grade", "reason", "line"),
    [
        (["PartialParsing", [place(5)]], GapClass.PARTIAL, GapReason.PARTIAL_PARSE, 5),
        ("Timeout", GapClass.UNREADABLE, GapReason.TIMEOUT, 0),
        ("FixpointTimeout", GapClass.PARTIAL, GapReason.TIMEOUT, 3),
        ("Syntax error", GapClass.UNREADABLE, GapReason.PARSE_FAILURE, 0),
        ("Stack overflow", GapClass.UNREADABLE, GapReason.ENGINE, 0),
        ("Something new", GapClass.UNREADABLE, GapReason.ENGINE, 0),
    ],
)
def test_every_error_about_a_file_is_a_trouble(
    kind: Any, grade: GapClass, reason: GapReason, line: int
) -> None:
    (trouble,) = parsed(output(errors=[error(kind)])).troubles
    assert (trouble.grade, trouble.reason, trouble.line) == (grade, reason, line)


def test_the_front_end_calls_the_type_of_an_error_differently() -> None:
    entry = {"type": "Timeout", "level": "warn", "location": place()}
    assert parsed(output(errors=[entry])).troubles[0].reason is GapReason.TIMEOUT


def test_an_error_about_no_file_is_told_apart() -> None:
    outcome = parsed(output(errors=[{"error_type": "Rule parse error", "severity": "error"}]))
    assert outcome.general == ("Rule parse error",)
    assert outcome.troubles == ()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"no json",
        b"{",
        b"{}",
        output(results=[{"check_id": "r"}]),
        output(results=[place(check_id="r", extra={"fix": 7})]),
        output(errors=[{"severity": "warn"}]),
        output(paths={}),
        output(
            results=[place(check_id="r", extra={"dataflow_trace": {"taint_source": ["New", 1]}})]
        ),
    ],
)
def test_output_of_another_form_is_no_result(said: bytes) -> None:
    with pytest.raises(OutcomeError):
        parsed(said)
