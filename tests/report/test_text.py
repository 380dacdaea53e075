"""What a person at a terminal reads, from 60 columns on and without colour."""

import io
from dataclasses import replace
from typing import Literal

import pytest
from rich.console import Console, RenderableType
from syrupy.assertion import SnapshotAssertion

from app.report.text import text_explain, text_report
from tests.builders import a_secret, a_sighting, an_audit
from tests.report.story import (
    NASTY,
    TRACE,
    a_blocked_audit,
    a_clear_audit,
    a_hostile_audit,
    an_unjudged_audit,
    many_findings,
)


def printed(report: RenderableType, width: int = 80, *, colour: bool = False) -> str:
    out = io.StringIO()
    system: Literal["truecolor"] | None = "truecolor" if colour else None
    console = Console(file=out, width=width, force_terminal=colour, color_system=system)
    console.print(report)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


@pytest.mark.parametrize("width", [60, 100])
def test_a_blocked_scan(width: int, snapshot: SnapshotAssertion) -> None:
    shown = printed(text_report(a_blocked_audit()), width)
    assert shown.startswith(" Blocked  risk 9.3, 2 findings (security 2)")
    assert max(map(len, shown.splitlines())) <= width
    assert shown == snapshot


def test_a_clear_scan(snapshot: SnapshotAssertion) -> None:
    assert printed(text_report(a_clear_audit())) == snapshot


def test_a_scan_that_could_not_judge(snapshot: SnapshotAssertion) -> None:
    shown = printed(text_report(an_unjudged_audit()))
    assert "It is neither a pass" in shown
    assert shown == snapshot


def test_all_that_was_not_consulted_is_one_line() -> None:
    audit = replace(an_audit(), not_consulted=("waivers", "the policy", "budgets"))
    assert "\nNot consulted: waivers, the policy, budgets.\n" in printed(text_report(audit))


def test_one_finding_explained(snapshot: SnapshotAssertion) -> None:
    audit = an_audit(a_sighting(trace=TRACE))
    assert printed(text_explain(audit.findings[0], audit.change)) == snapshot


def test_a_secrets_line_is_not_shown() -> None:
    audit = an_audit(a_secret(trace=TRACE))
    assert "request.args" not in printed(text_explain(audit.findings[0], audit.change))


def test_without_colour_nothing_but_text_is_printed() -> None:
    assert "\x1b" not in printed(text_report(a_blocked_audit()))
    assert "\x1b[" in printed(text_report(a_blocked_audit()), colour=True)


def test_hostile_names_cannot_speak_to_the_terminal() -> None:
    audit = a_hostile_audit()
    shown = printed(text_report(audit), 200) + printed(
        text_explain(audit.findings[0], audit.change), 200
    )
    shown.encode("utf-8")
    assert not {"\x1b", "\u202e", "\udcff"} & set(shown)
    assert "\\x1b[31m\\xff\\n/audit waive.py" in shown
    assert NASTY not in shown


def test_rich_markup_in_a_name_is_text() -> None:
    assert "[red]x[/red].py" in printed(text_report(an_audit(a_sighting(path="[red]x[/red].py"))))


def test_many_findings_become_a_count() -> None:
    shown = printed(text_report(an_audit(*many_findings(1_000))))
    assert "950 more findings: --format json lists all of them." in shown
