"""The outcome table of the design, row by row."""

from dataclasses import replace

import pytest

from app.domain.audit import redecide
from app.domain.change import FileStatus
from app.domain.diff import Hunk
from app.domain.finding import FindingState, Novelty
from app.domain.lens import Lens, LensMode
from app.domain.policy import Policy
from app.domain.risk import Tier
from app.domain.scan import Failed, Gap, GapClass, GapReason, Side, Skipped
from app.domain.verdict import Outcome, ScannerFailure, decide
from tests.builders import (
    TODAY,
    a_change,
    a_file,
    a_finding,
    a_report,
    a_sighting,
    an_audit,
    an_unread_file,
    code_facts,
)

FAILED = ScannerFailure("dependencies", "time limit", frozenset({Lens.SECURITY}))


def outcome(*findings, failed=(), policy=None):
    return decide(tuple(findings), tuple(failed), policy or Policy())


def mode(**modes: LensMode) -> Policy:
    built_in = Policy()
    return replace(built_in, lenses=built_in.lenses | {Lens(k): v for k, v in modes.items()})


def test_nothing_found_passes():
    assert outcome().outcome is Outcome.PASS


def test_a_new_finding_at_the_block_level_blocks():
    verdict = outcome(a_finding())
    assert (verdict.outcome, verdict.tier, verdict.waiting) == (Outcome.BLOCK, Tier.P0, False)


def test_a_finding_of_the_base_does_not_block():
    audit = an_audit(a_sighting(side=Side.BASE), a_sighting(), change=unchanged())
    assert audit.findings[0].novelty is Novelty.EXISTING
    assert audit.verdict.outcome is Outcome.PASS


def unchanged():
    return a_change(a_file(status=FileStatus.MODIFIED, hunks=(Hunk(1, 1, 1, 1),)))


def test_a_finding_the_change_makes_graver_blocks():
    tame = a_sighting(
        side=Side.BASE, facts=code_facts(traced=False, severity=code_facts().severity / 4)
    )
    audit = an_audit(tame, a_sighting(), change=unchanged())
    assert audit.findings[0].novelty is Novelty.RAISED
    assert audit.verdict.outcome is Outcome.BLOCK


def test_all_takes_everything_for_new():
    audit = an_audit(a_sighting(side=Side.BASE), a_sighting(), everything_new=True)
    assert audit.verdict.outcome is Outcome.BLOCK


@pytest.mark.parametrize("state", [FindingState.WAIVED, FindingState.ROTATED])
def test_what_is_waived_or_rotated_passes(state):
    assert outcome(replace(a_finding(), state=state)).outcome is Outcome.PASS


def test_only_waiting_findings_block_and_wait():
    verdict = outcome(replace(a_finding(), state=FindingState.WAITING))
    assert (verdict.outcome, verdict.waiting) == (Outcome.BLOCK, True)


def test_an_open_finding_beside_a_waiting_one_blocks_outright():
    other = a_finding(a_sighting(path="shop/b.py"))
    verdict = outcome(replace(a_finding(), state=FindingState.WAITING), other)
    assert verdict.waiting is False


def test_a_failed_scanner_can_never_pass():
    assert outcome(failed=[FAILED]).outcome is Outcome.INCONCLUSIVE


def test_a_blocking_finding_outweighs_a_failed_scanner():
    assert outcome(a_finding(), failed=[FAILED]).outcome is Outcome.BLOCK


def test_a_failed_scanner_of_a_lens_that_only_warns_is_a_note():
    performance = ScannerFailure("budgets", "no files", frozenset({Lens.PERFORMANCE}))
    assert outcome(failed=[performance]).outcome is Outcome.PASS


def test_an_unread_file_can_never_pass():
    verdict = outcome(a_finding(an_unread_file()))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "over 256 KB" in verdict.reasons[0]


def test_a_waived_unread_file_passes():
    finding = replace(a_finding(an_unread_file()), state=FindingState.WAIVED)
    assert outcome(finding).outcome is Outcome.PASS


def test_observing_says_what_would_block():
    verdict = outcome(a_finding(), policy=mode(security=LensMode.OBSERVE))
    assert (verdict.outcome, verdict.observing) == (Outcome.PASS, 1)


def test_the_gate_is_on_the_tier():
    strict = replace(Policy(), block_at=Tier.P0)
    finding = a_finding(a_sighting(facts=code_facts(severity=code_facts().severity - 2)))
    assert finding.tier is Tier.P1
    assert outcome(finding, policy=strict).outcome is Outcome.PASS


def test_a_skipped_scanner_is_no_failure():
    audit = an_audit(reports=(a_report("workflows", state=Skipped("no workflow changed")),))
    assert audit.verdict.outcome is Outcome.PASS


def test_a_failed_report_is_no_pass():
    audit = an_audit(reports=(a_report("secrets", state=Failed("killed")),))
    assert audit.verdict.outcome is Outcome.INCONCLUSIVE


def partial(line: int, **differences: object) -> Gap:
    values = {
        "scanner": "code",
        "side": Side.HEAD,
        "path": "shop/search.py",
        "grade": GapClass.PARTIAL,
        "reason": GapReason.PARTIAL_PARSE,
        "why": "lines could not be parsed",
        "line": line,
        "end_line": line + 2,
    }
    return Gap(**(values | differences))


def test_an_unread_part_with_added_lines_should_have_been_read():
    change = a_change(a_file(status=FileStatus.MODIFIED, hunks=(Hunk(9, 0, 10, 5),)))
    audit = an_audit(change=change, reports=(a_report(gaps=(partial(12),)),))
    assert audit.verdict.outcome is Outcome.INCONCLUSIVE


def test_an_unread_part_without_added_lines_is_a_note():
    change = a_change(a_file(status=FileStatus.MODIFIED, hunks=(Hunk(9, 0, 10, 5),)))
    audit = an_audit(change=change, reports=(a_report(gaps=(partial(40),)),))
    assert audit.verdict.outcome is Outcome.PASS


def test_an_unpinned_entry_is_a_note_even_on_an_added_line():
    gap = partial(12, scanner="dependencies", reason=GapReason.UNPINNED)
    audit = an_audit(reports=(a_report("dependencies", gaps=(gap,)),))
    assert audit.verdict.outcome is Outcome.PASS


def test_an_audit_can_be_decided_again_from_its_record_alone():
    audit = an_audit(a_sighting(), an_unread_file())
    assert redecide(audit, TODAY) == audit
