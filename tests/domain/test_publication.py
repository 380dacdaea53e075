"""What is posted when: a comment once, a reply once a change, the summary only when it matters."""

from dataclasses import replace

from app.domain.audit import Audit
from app.domain.finding import FindingState
from app.domain.publication import (
    Answer,
    CreateSummary,
    EditSummary,
    Post,
    PostKind,
    PostState,
    Raise,
    Stage,
    deleted_by_people,
    plan_comments,
    plan_summary,
)
from app.domain.scan import CodeIdentity, Failed, Gap, GapClass, GapReason, Side
from tests.builders import a_report, a_sighting, an_audit
from tests.domain.publications import a_post, a_situation, carried_out

CLEAN = an_audit()
BLOCKED = an_audit(a_sighting())
FINDING = BLOCKED.findings[0]
RAISED = a_post(PostKind.COMMENT, FINDING.fingerprint, external_id="c1")


def waived(audit: Audit) -> Audit:
    return replace(
        audit,
        findings=tuple(
            replace(finding, state=FindingState.WAIVED, blocking=False)
            for finding in audit.findings
        ),
    )


def replies(audit: Audit, *posts: Post) -> list[Answer]:
    writes = plan_comments(audit, a_situation(audit, *posts))
    return [write for write in writes if isinstance(write, Answer)]


def test_a_blocking_finding_is_raised() -> None:
    assert plan_comments(BLOCKED, a_situation(BLOCKED)) == (Raise((FINDING,)),)


def test_a_note_is_not_raised() -> None:
    note = an_audit(a_sighting(soft=True))
    assert plan_comments(note, a_situation(note)) == ()


def test_a_finding_with_a_comment_is_not_raised_again() -> None:
    assert plan_comments(BLOCKED, a_situation(BLOCKED, RAISED)) == ()


def test_a_finding_beyond_the_policys_number_of_comments_waits_for_the_summary() -> None:
    assert plan_comments(BLOCKED, a_situation(BLOCKED, inline=frozenset())) == ()


def test_a_comment_that_a_person_deleted_is_not_posted_again_but_named() -> None:
    gone = replace(RAISED, state=PostState.GONE)
    situation = a_situation(BLOCKED, gone)
    assert plan_comments(BLOCKED, situation) == ()
    assert deleted_by_people(BLOCKED, situation) == (FINDING,)


def test_a_draft_is_not_commented_on() -> None:
    assert plan_comments(BLOCKED, a_situation(BLOCKED, draft=True)) == ()
    assert plan_summary(BLOCKED, a_situation(BLOCKED, draft=True), "d1") is None


def test_a_summary_that_stands_on_a_draft_is_kept_true() -> None:
    sticky = a_post(PostKind.STICKY, "summary", external_id="s1", digest="d1")
    draft = a_situation(CLEAN, sticky, draft=True)
    assert plan_summary(CLEAN, draft, "d2") == EditSummary("s1", "d2")


def test_a_superseded_audit_says_nothing() -> None:
    sticky = a_post(PostKind.STICKY, "summary", digest="d1")
    late = a_situation(BLOCKED, sticky, superseded=True)
    assert plan_comments(BLOCKED, late) == ()
    assert plan_summary(BLOCKED, late, "d2") is None


def test_a_fixed_finding_is_answered_once_and_its_thread_can_be_resolved() -> None:
    (answer,) = replies(CLEAN, RAISED)
    assert (answer.comment_id, answer.stage, answer.settles) == ("c1", Stage.FIXED, True)
    posts = carried_out((RAISED,), (answer,))
    assert replies(CLEAN, *posts) == []


def test_a_finding_that_comes_back_is_answered_in_the_same_thread() -> None:
    posts = carried_out((RAISED,), tuple(replies(CLEAN, RAISED)))
    (answer,) = replies(BLOCKED, *posts)
    assert (answer.comment_id, answer.stage, answer.settles) == ("c1", Stage.RETURNED, False)


def test_fixed_returned_fixed_are_three_replies() -> None:
    posts: tuple[Post, ...] = (RAISED,)
    said = []
    for audit in (CLEAN, BLOCKED, CLEAN):
        answers = replies(audit, *posts)
        posts = carried_out(posts, tuple(answers))
        said += [answer.stage for answer in answers]
    assert said == [Stage.FIXED, Stage.RETURNED, Stage.FIXED]


def test_a_waived_finding_is_answered_with_the_waiver() -> None:
    (answer,) = replies(waived(BLOCKED), RAISED)
    assert (answer.stage, answer.settles) == (Stage.WAIVED, True)


def test_nothing_is_called_fixed_when_a_scanner_failed() -> None:
    failed = an_audit(reports=(a_report("code", state=Failed("it crashed")),))
    assert replies(failed, RAISED) == []


def test_nothing_is_called_fixed_in_a_file_that_could_not_be_read() -> None:
    gap = Gap(
        scanner="code",
        side=Side.HEAD,
        path="shop/search.py",
        grade=GapClass.UNREADABLE,
        reason=GapReason.TOO_LARGE,
        why="it is over 256 KB",
    )
    assert replies(an_audit(gaps=(gap,)), RAISED) == []


def test_findings_of_one_thread_that_are_fixed_together_get_one_reply() -> None:
    other = a_post(PostKind.COMMENT, "b" * 64, external_id="c1")
    (answer,) = replies(CLEAN, RAISED, other)
    assert answer.fingerprints == (FINDING.fingerprint, "b" * 64)
    assert len(answer.keys) == 2


def test_a_thread_with_a_finding_left_to_decide_is_not_resolved() -> None:
    fixed = a_post(PostKind.COMMENT, "b" * 64, external_id="c1")
    (answer,) = replies(BLOCKED, RAISED, fixed)
    assert (answer.fingerprints, answer.settles) == (("b" * 64,), False)


def test_a_renamed_finding_keeps_its_thread() -> None:
    old = a_post(PostKind.COMMENT, "0" * 64, external_id="c1")
    aliases = (("0" * 64, "1" * 64), ("1" * 64, FINDING.fingerprint))
    assert plan_comments(BLOCKED, a_situation(BLOCKED, old, aliases=aliases)) == ()


def test_aliases_that_go_in_a_ring_do_no_harm() -> None:
    ring = (("0" * 64, "1" * 64), ("1" * 64, "0" * 64))
    assert plan_comments(BLOCKED, a_situation(BLOCKED, aliases=ring)) == (Raise((FINDING,)),)


def test_the_summary_is_posted_only_once_something_needs_a_person() -> None:
    assert plan_summary(CLEAN, a_situation(CLEAN), "d1") is None
    assert plan_summary(BLOCKED, a_situation(BLOCKED), "d1") == CreateSummary("d1")


def test_the_summary_is_edited_only_when_it_says_something_else() -> None:
    sticky = a_post(PostKind.STICKY, "summary", external_id="s1", digest="d1")
    situation = a_situation(CLEAN, sticky)
    assert plan_summary(CLEAN, situation, "d1") is None
    assert plan_summary(CLEAN, situation, "d2") == EditSummary("s1", "d2")


def test_a_summary_that_a_person_deleted_stays_deleted() -> None:
    gone = a_post(PostKind.STICKY, "summary", state=PostState.GONE)
    assert plan_summary(BLOCKED, a_situation(BLOCKED, gone), "d2") is None


def test_two_findings_are_raised_worst_first() -> None:
    worse = a_sighting(line=50, identity=CodeIdentity("eval(name)", "search", None))
    audit = an_audit(a_sighting(), worse)
    (write,) = plan_comments(audit, a_situation(audit))
    assert isinstance(write, Raise)
    assert write.findings == audit.findings
