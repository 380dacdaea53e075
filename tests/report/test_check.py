"""What the check run says, and that it never says more than GitHub takes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from syrupy.assertion import SnapshotAssertion

from app.domain.audit import Audit
from app.domain.finding import FindingState
from app.domain.lens import Lens
from app.domain.policy import Policy
from app.domain.scan import Side
from app.domain.verdict import decide
from app.report.check import (
    MAX_ANNOTATIONS,
    OUTPUT_LIMIT,
    AnnotationLevel,
    Conclusion,
    batches,
    check_name,
    check_output,
    crashed,
    in_progress_output,
    retargeted,
    superseded,
    timed_out,
)
from app.report.links import NO_LINKS, Links
from tests.builders import a_secret, a_sighting, a_vulnerable_package, an_audit, dependency_facts
from tests.report.rendered import active_text, foreign_html
from tests.report.story import (
    a_blocked_audit,
    a_clear_audit,
    a_gap,
    a_hostile_audit,
    an_old_secret,
    an_unjudged_audit,
    many_findings,
)

LINKS = Links(
    run_page="https://audit.example/runs/1", sbom="https://audit.example/runs/1/sbom.json"
)


def with_states(audit: Audit, state: FindingState) -> Audit:
    findings = tuple(replace(finding, state=state, blocking=False) for finding in audit.findings)
    return replace(audit, findings=findings, verdict=decide(findings, (), audit.policy))


def test_a_blocked_change_is_told_worst_first(snapshot: SnapshotAssertion) -> None:
    output = check_output(a_blocked_audit(), LINKS)
    assert output.title == "Blocked: risk 9.3, 2 findings (security 2)"
    assert output.conclusion is Conclusion.FAILURE
    assert output.summary == snapshot(name="summary")
    assert output.text == snapshot(name="text")


def test_a_clear_change_names_its_notes(snapshot: SnapshotAssertion) -> None:
    output = check_output(a_clear_audit(), LINKS)
    assert (output.conclusion, output.title) == (
        Conclusion.SUCCESS,
        "Clear: no blocking risk (1 note)",
    )
    assert output.summary == snapshot


def test_a_failed_scanner_is_neither_a_pass_nor_a_block(snapshot: SnapshotAssertion) -> None:
    output = check_output(an_unjudged_audit(), LINKS)
    assert output.conclusion is Conclusion.ACTION_REQUIRED
    assert output.title == "Could not judge: the dependency scan did not finish"
    assert output.summary == snapshot


def test_a_waived_finding_is_in_the_title() -> None:
    output = check_output(with_states(an_audit(a_sighting()), FindingState.WAIVED), LINKS)
    assert (output.conclusion, output.title) == (Conclusion.SUCCESS, "Clear with 1 waiver")
    assert "| waived |" in output.summary


def test_a_finding_that_waits_needs_action() -> None:
    output = check_output(with_states(an_audit(a_sighting()), FindingState.WAITING), LINKS)
    assert output.conclusion is Conclusion.ACTION_REQUIRED
    assert output.title == "Waiting: 1 finding waits for a decision"


def test_a_lens_that_only_warns_says_what_it_would_do() -> None:
    output = check_output(an_audit(a_sighting(lens=Lens.PERFORMANCE)), LINKS)
    assert (output.conclusion, output.title) == (
        Conclusion.SUCCESS,
        "Observing: would block, P0 (risk 9.3)",
    )
    assert output.annotations[0].level is AnnotationLevel.WARNING


def test_a_known_exploited_package_of_modest_risk_says_why_it_blocks() -> None:
    facts = dependency_facts(score=Decimal("5.0"), known_exploited=True)
    output = check_output(an_audit(a_vulnerable_package(facts=facts)), LINKS)
    assert output.title == "Blocked: P0, known exploited (risk 5.0), 1 finding"
    assert "known to be exploited" in output.text


def test_an_empty_change_has_nothing_to_audit() -> None:
    assert check_output(an_audit(), LINKS).title == "Nothing to audit: no file in scope"


def test_what_was_there_before_is_counted_and_not_annotated() -> None:
    seen = (a_sighting(side=Side.HEAD), a_sighting(side=Side.BASE))
    output = check_output(an_audit(*seen), LINKS)
    assert output.annotations == ()
    assert output.conclusion is Conclusion.SUCCESS


@pytest.mark.parametrize(
    ("number", "sizes"),
    [(0, ()), (1, (1,)), (50, (50,)), (51, (50, 1)), (120, (50, 50, 20))],
)
def test_annotations_are_sent_fifty_at_a_time(number: int, sizes: tuple[int, ...]) -> None:
    output = check_output(an_audit(*many_findings(number)), LINKS)
    assert tuple(len(batch) for batch in batches(output.annotations)) == sizes
    assert [one for batch in batches(output.annotations) for one in batch] == [*output.annotations]


def test_blocking_annotations_come_first_and_lines_count_from_one() -> None:
    output = check_output(a_blocked_audit(), LINKS)
    levels = [annotation.level for annotation in output.annotations]
    assert levels == [AnnotationLevel.FAILURE, AnnotationLevel.NOTICE, AnnotationLevel.WARNING]
    assert all(1 <= one.start_line <= one.end_line for one in output.annotations)
    assert output.annotations[0].as_json()["annotation_level"] == "failure"


def test_what_cannot_be_annotated_is_counted() -> None:
    seen = (an_old_secret(), a_sighting(path="caf\udce9.py"))
    output = check_output(an_audit(*seen), LINKS)
    assert output.annotations == ()
    assert "2 findings without an annotation" in output.summary


def test_no_annotation_quotes_a_trace() -> None:
    said = [one.message + one.title for one in check_output(a_blocked_audit(), LINKS).annotations]
    assert said
    assert not any("request.args" in text or "os.system" in text for text in said)


def test_a_thousand_findings_fit_and_the_rest_is_a_count(snapshot: SnapshotAssertion) -> None:
    gaps = tuple(a_gap(f"assets/{'long-name-' * 20}{place}.bin") for place in range(2_000))
    output = check_output(an_audit(*many_findings(1_000), gaps=gaps), LINKS)
    assert len(output.annotations) == MAX_ANNOTATIONS
    assert "970 more findings [on the run page](https://audit.example/runs/1)" in output.summary
    assert len(output.summary.encode()) <= OUTPUT_LIMIT
    assert len(output.text.encode()) <= OUTPUT_LIMIT
    assert output.summary.splitlines()[:8] == snapshot


def test_texts_beyond_the_limit_are_cut_at_a_line_and_say_so() -> None:
    wide = tuple(
        replace(one, title="漢" * 120, message="漢" * 600, facts=one.facts)
        for one in many_findings(40)
    )
    failures = an_unjudged_audit()
    audit = an_audit(*wide)
    many = tuple(
        replace(run, name=f"s{place}", version="漢" * 40)
        for place, run in enumerate(failures.scanners * 1_000)
    )
    output = check_output(replace(audit, scanners=many), LINKS)
    assert len(output.text.encode()) <= OUTPUT_LIMIT
    assert output.text.endswith(
        "The rest was cut here; all of it is [on the run page](https://audit.example/runs/1)."
    )


def test_hostile_names_stay_what_they_are(snapshot: SnapshotAssertion) -> None:
    output = check_output(a_hostile_audit(), LINKS)
    everything = f"{output.summary}\n\n{output.text}"
    everything.encode("utf-8")
    assert not foreign_html(everything)
    assert not [text for text in active_text(everything) if "audit.example" not in text]
    assert output.summary == snapshot


def test_without_a_run_page_the_json_output_is_named() -> None:
    output = check_output(an_audit(*many_findings(31)), NO_LINKS)
    assert "1 more finding in the JSON output." in output.summary


def test_a_plain_folder_is_compared_with_nothing() -> None:
    audit = an_audit(a_sighting())
    output = check_output(replace(audit, change=replace(audit.change, merge_base=None)), NO_LINKS)
    assert "A plain folder: compared with nothing." in output.summary
    assert "of the folder" in output.summary


def test_the_name_keeps_bases_apart() -> None:
    assert check_name("main", "main") == "Pragmatic Audit"
    assert check_name("release/1", "main") == "Pragmatic Audit: release/1"


def test_every_way_to_end_without_a_verdict_has_its_words() -> None:
    assert superseded("4f2c1d9" + "0" * 33).title == "Superseded by 4f2c1d9"
    assert superseded("4f2c1d9").conclusion is Conclusion.CANCELLED
    assert crashed("out of memory").conclusion is Conclusion.ACTION_REQUIRED
    assert "out of memory" in crashed("out of memory").summary
    late = timed_out(timedelta(minutes=15))
    assert late.conclusion is Conclusion.TIMED_OUT
    assert late.title == "Could not judge: no result within 15 minutes"
    assert in_progress_output("reading the change").title == "In progress: reading the change"


def test_a_secret_is_asked_to_be_rotated_first() -> None:
    assert "| rotate, then remove |" in check_output(an_audit(a_secret()), LINKS).summary


def test_the_policy_sets_the_level_that_is_named() -> None:
    output = check_output(an_audit(a_sighting(), policy=Policy(version="ab" * 32)), LINKS)
    assert "Policy `abababababababababa…`" in output.summary


def test_a_changed_base_is_named_and_cannot_write_markdown() -> None:
    output = retargeted("a`b**c**")
    assert output.conclusion is Conclusion.CANCELLED
    assert "``a`b**c**``" in output.summary
