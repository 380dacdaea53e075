"""The sticky summary: the verdict in its first line, the worst kept, below 60,000 characters."""

from dataclasses import replace
from datetime import timedelta

from syrupy.assertion import SnapshotAssertion

from app.domain.finding import FindingState
from app.domain.verdict import decide
from app.report.links import Links
from app.report.summary import Earlier, Surroundings, sticky_summary
from tests.builders import a_sighting, an_audit
from tests.report.rendered import active_text, foreign_html
from tests.report.story import (
    a_blocked_audit,
    a_clear_audit,
    a_hostile_audit,
    an_unjudged_audit,
    many_findings,
)

LINKS = Links(run_page="https://audit.example/runs/1")
MARKER = "<!-- pragmatic-audit 0123456789abcdef0123 -->"
PLAIN = Surroundings(links=LINKS, marker=MARKER)


def test_a_blocked_pull_request(snapshot: SnapshotAssertion) -> None:
    earlier = Earlier(fixed_now=("F-1A0Z000",), new_now=("F-2M9D000",), deleted=("F-0000000",))
    body = sticky_summary(a_blocked_audit(), replace(PLAIN, earlier=earlier))
    assert body.splitlines()[0] == "### Audit: blocked (risk 9.3)"
    assert "stands in the history only" in body
    assert body == snapshot


def test_it_ends_as_clear(snapshot: SnapshotAssertion) -> None:
    earlier = Earlier(fixed=("F-1A0Z000", "F-2M9D000"))
    body = sticky_summary(a_clear_audit(), replace(PLAIN, earlier=earlier))
    assert body.splitlines()[0] == "### Audit: clear – everything raised here is fixed (2)."
    assert body == snapshot


def test_waived_and_eased_ones_are_counted_too() -> None:
    audit = an_audit(a_sighting())
    waived = tuple(
        replace(finding, state=FindingState.WAIVED, blocking=False) for finding in audit.findings
    )
    audit = replace(audit, findings=waived, verdict=decide(waived, (), audit.policy))
    around = replace(PLAIN, earlier=Earlier(fixed=("F-1",), eased=("F-2",)))
    first = sticky_summary(audit, around).splitlines()[0]
    assert first.endswith("raised here is fixed (1) or waived (1) or no longer blocking (1).")


def test_could_not_judge_says_what_happens_next(snapshot: SnapshotAssertion) -> None:
    body = sticky_summary(an_unjudged_audit(), replace(PLAIN, next_try=timedelta(minutes=10)))
    assert "It will be tried again in 10 minutes" in body.splitlines()[0]
    assert body == snapshot
    assert "tried again in" not in sticky_summary(an_unjudged_audit(), PLAIN)


def test_a_finding_that_github_has_no_place_for_is_told_in_full() -> None:
    audit = an_audit(a_sighting())
    body = sticky_summary(audit, replace(PLAIN, unplaced=audit.findings))
    told = body.partition("#### Without a comment on the code")[2].partition("<details>")[0]
    seen = audit.findings[0].sighting
    assert audit.findings[0].id in told
    assert "`shop/search.py:41`" in told
    assert "GitHub refused its lines and its file" in told
    assert seen.message in told
    assert f"fix: {seen.fix}" in told
    assert "#### Without a comment" not in sticky_summary(audit, PLAIN)


def test_only_commands_that_are_answered_are_named() -> None:
    for audit in (a_blocked_audit(), a_clear_audit(), an_unjudged_audit()):
        body = sticky_summary(audit, PLAIN)
        assert "/audit " not in body
        assert "waive" not in body


def test_a_draft_says_that_comments_wait() -> None:
    body = sticky_summary(a_blocked_audit(), replace(PLAIN, draft=True))
    assert "This is a draft: comments on the code wait" in body


def test_a_thousand_findings_stay_below_the_limit() -> None:
    body = sticky_summary(an_audit(*many_findings(1_000)), PLAIN)
    assert len(body.encode()) < 60_000
    assert "970 more findings [on the run page]" in body
    assert body.endswith(MARKER)


def test_a_cut_summary_closes_what_it_opened() -> None:
    findings = tuple(
        replace(one, path="漢" * 150 + str(place), title="漢" * 120, message="漢" * 600)
        for place, one in enumerate(many_findings(30))
    )
    body = sticky_summary(an_audit(*findings), PLAIN)
    assert len(body.encode()) < 60_000
    assert body.count("<details>") == body.count("</details>")
    assert "The rest was cut here" in body


def test_hostile_names_stay_text() -> None:
    body = sticky_summary(a_hostile_audit(), PLAIN)
    assert not foreign_html(body)
    assert not active_text(body)
