"""Publishing against a GitHub in a box: everything once, through lost answers, crashes and people."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.diff import Hunk
from app.domain.marker import MarkerKey
from app.domain.publication import PostKind, PostState
from app.github.errors import InstallationGone, RateLimited, TryLater
from tests.workers.jobs.publishing import settled_long_ago
from tests.workers.jobs.scene import NAME, PATH, Scene, scene
from workers.jobs.publish import (
    Published,
    cancel_check,
    fail_check,
    publish,
    start_check,
    time_out_check,
)

pytestmark = pytest.mark.integration
CHECKS = r"/check-runs$"
REVIEWS = r"/reviews$"
SUMMARY = r"/issues/\d+/comments$"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as made:
        yield made


async def published(shop: Scene, *lines: int, turn: int = 1) -> Published:
    return await publish(shop.context, shop.subject(), shop.audit(*lines, turn=turn))


async def until_done(shop: Scene, *lines: int, turn: int = 1) -> Published:
    """As the queue does it: again after the wait that was asked for."""
    for _attempt in range(5):
        try:
            return await published(shop, *lines, turn=turn)
        except TryLater as later:
            shop.time.now += timedelta(seconds=later.seconds)
    raise AssertionError("publishing does not come to an end")


async def test_the_check_is_in_progress_before_anything_is_known(shop: Scene) -> None:
    ref = await start_check(shop.context, shop.subject(), shop.audit().id)
    assert shop.check.id == ref.check_run_id
    assert (shop.check.status, shop.check.name) == ("in_progress", "Pragmatic Audit")
    assert shop.check.details_url.endswith(shop.audit().id)


async def test_a_first_run_posts_check_comment_and_summary(shop: Scene) -> None:
    await start_check(shop.context, shop.subject(), shop.audit().id)
    assert await published(shop, 41, 45) is Published.PUBLISHED
    assert (shop.check.status, shop.check.conclusion) == ("completed", "failure")
    assert [annotation["start_line"] for annotation in shop.check.output.annotations] == [41, 45]
    assert [comment.line for comment in shop.comments] == [41, 45]
    assert len(shop.stored.reviews) == 1
    assert len(shop.summaries) == 1


async def test_a_clean_first_run_says_nothing_but_the_check(shop: Scene) -> None:
    await published(shop)
    assert shop.check.conclusion == "success"
    assert shop.comments == []
    assert shop.summaries == []


async def test_publishing_again_writes_nothing(shop: Scene) -> None:
    await published(shop, 41)
    before = shop.writes()
    await published(shop, 41)
    assert shop.writes() == before


async def test_a_new_audit_of_the_same_commit_is_a_new_check_run_and_no_new_comment(
    shop: Scene,
) -> None:
    await published(shop, 41)
    await start_check(shop.context, shop.subject(), shop.audit(turn=2).id)
    await published(shop, 41, turn=2)
    assert [run.conclusion for run in shop.checks] == ["failure", "failure"]
    assert len(shop.comments) == 1


async def test_a_fixed_finding_is_answered_and_its_thread_resolved(shop: Scene) -> None:
    await published(shop, 41)
    await shop.push(" fixed")
    await published(shop, turn=2)
    finding = shop.audit(41).findings[0]
    assert shop.replies == [f"Fixed in {shop.pull.head_sha[:7]}. `{finding.id}`"]
    assert [thread.resolved_by is not None for thread in shop.stored.threads.values()] == [True]
    assert [run.conclusion for run in shop.checks] == ["failure", "success"]
    assert shop.summaries[0].body.startswith("### Audit: clear")


async def test_a_finding_that_returns_is_answered_in_its_thread_which_opens_again(
    shop: Scene,
) -> None:
    await published(shop, 41)
    await shop.push(" fixed")
    await published(shop, turn=2)
    await shop.push(" broken again")
    await published(shop, 41, turn=3)
    assert [words.split()[0] for words in shop.replies] == ["Fixed", "Came"]
    assert len(shop.comments) == 1
    assert [thread.resolved_by for thread in shop.stored.threads.values()] == [None]


async def test_a_thread_whose_line_is_gone_is_answered_all_the_same(shop: Scene) -> None:
    await published(shop, 59)
    await shop.push(" fixed")
    assert [comment.line for comment in shop.comments] == [None]
    await published(shop, turn=2)
    assert [words.split()[0] for words in shop.replies] == ["Fixed"]


async def test_where_resolving_is_forbidden_the_reply_alone_says_it(tmp_path: Path) -> None:
    async with scene(tmp_path, resolving=False) as shop:
        await published(shop, 41, 45)
        await shop.push(" fixed")
        await published(shop, turn=2)
        assert len(shop.replies) == 2
        asked = [each for each in shop.box.exchanges if each.path.endswith("/graphql")]
        assert len(asked) == 2, "one look-up and one refusal: then it is remembered"


@pytest.mark.parametrize("what", [CHECKS, REVIEWS, SUMMARY], ids=["check", "review", "summary"])
async def test_a_write_that_landed_although_its_answer_was_lost_is_found_again(
    shop: Scene, what: str
) -> None:
    shop.box.fail_next("POST", what, 502, after_effect=True)
    assert await published(shop, 41) is Published.PUBLISHED
    assert (len(shop.checks), len(shop.comments), len(shop.summaries)) == (1, 1, 1)
    assert {post.state for post in shop.posts.rows.values()} == {PostState.SENT}


@pytest.mark.parametrize("what", [CHECKS, REVIEWS, SUMMARY], ids=["check", "review", "summary"])
async def test_a_write_that_never_landed_is_sent_again_only_when_it_can_no_longer_land(
    shop: Scene, what: str
) -> None:
    shop.box.fail_next("POST", what, 502)
    with pytest.raises(TryLater) as later:
        await published(shop, 41)
    assert later.value.seconds == 15
    with pytest.raises(TryLater):
        await published(shop, 41)
    assert await until_done(shop, 41) is Published.PUBLISHED
    assert (len(shop.checks), len(shop.comments), len(shop.summaries)) == (1, 1, 1)


async def test_a_failed_look_up_is_not_taken_for_absence(shop: Scene) -> None:
    shop.box.fail_next("POST", REVIEWS, 502, after_effect=True)
    shop.box.fail_next("GET", r"/pulls/\d+/comments$", 502, times=3)
    assert await until_done(shop, 41) is Published.PUBLISHED
    assert len(shop.comments) == 1


@pytest.mark.parametrize("kind", [PostKind.CHECK, PostKind.COMMENT, PostKind.STICKY])
async def test_a_worker_that_died_after_a_write_is_followed_by_one_that_finds_it(
    shop: Scene, kind: PostKind
) -> None:
    await published(shop, 41)
    for key, post in shop.posts.rows.items():
        if key.kind is kind:
            shop.posts.rows[key] = replace(
                post, state=PostState.INTENDED, external_id=None, digest=""
            )
    await until_done(shop, 41)
    assert (len(shop.checks), len(shop.comments), len(shop.summaries)) == (1, 1, 1)
    assert {post.state for post in shop.posts.rows.values()} == {PostState.SENT}


async def test_two_publishers_of_one_audit_post_once(shop: Scene) -> None:
    await asyncio.gather(*(published(shop, 41, 45) for _ in range(2)), return_exceptions=True)
    await until_done(shop, 41, 45)
    assert (len(shop.checks), len(shop.comments), len(shop.summaries)) == (1, 2, 1)
    assert len(shop.check.output.annotations) == 2


async def test_sixty_annotations_go_in_two_batches_and_the_last_one_concludes(shop: Scene) -> None:
    lines = tuple(range(1, 61))
    await published(shop, *lines)
    assert sorted(each["start_line"] for each in shop.check.output.annotations) == list(lines)
    patches = [write for write in shop.writes() if write.startswith("PATCH")]
    assert len(patches) == 2


@pytest.mark.parametrize("landed", [True, False], ids=["landed", "not landed"])
@pytest.mark.parametrize("batch", [0, 1], ids=["first batch", "last batch"])
async def test_a_batch_whose_answer_was_lost_is_counted_and_never_doubled(
    shop: Scene, batch: int, landed: bool
) -> None:
    lines = tuple(range(1, 61))
    if batch == 0:
        shop.box.fail_next("PATCH", "/check-runs/", 502, after_effect=landed)
        await until_done(shop, *lines)
    else:
        await _fail_second_patch(shop, lines, landed=landed)
    assert sorted(each["start_line"] for each in shop.check.output.annotations) == list(lines)
    assert shop.check.conclusion == "failure"


async def _fail_second_patch(shop: Scene, lines: tuple[int, ...], *, landed: bool) -> None:
    """The first batch is refused for its rate, sent later, and the answer to the next is lost."""
    send = shop.client.request
    patches = 0

    async def request(access, call):  # type: ignore[no-untyped-def]
        nonlocal patches
        patches += call.method == "PATCH"
        if call.method == "PATCH" and patches == 2:
            shop.box.fail_next("PATCH", "/check-runs/", 502, after_effect=landed)
        return await send(access, call)

    shop.client.request = request  # type: ignore[method-assign]
    await until_done(shop, *lines)


async def test_annotations_that_github_refuses_do_not_cost_the_result(shop: Scene) -> None:
    shop.box.fail_next("PATCH", "/check-runs/", 422)
    await published(shop, 41)
    assert shop.check.conclusion == "failure"
    assert shop.check.output.annotations == []
    assert "did not take the annotations" in (shop.check.output.summary or "")
    before = shop.writes()
    await published(shop, 41)
    assert shop.writes() == before


async def test_a_run_begun_with_another_result_is_closed_and_replaced(shop: Scene) -> None:
    shop.box.fail_next("PATCH", "/check-runs/", 502, after_effect=True)
    lines = tuple(range(1, 61))
    shop.box.fail_next("GET", r"/check-runs/\d+$", 502, times=3)
    with pytest.raises(Exception, match="502"):
        await published(shop, *lines)
    await until_done(shop, 41, turn=2)
    assert [run.conclusion for run in shop.checks] == ["cancelled", "failure"]
    assert len(shop.checks[1].output.annotations) == 1


async def test_a_finding_outside_the_diff_is_said_on_the_file_and_costs_no_other(
    shop: Scene,
) -> None:
    await published(shop, 41, 90)
    anchors = sorted((comment.anchor.subject_type, comment.line) for comment in shop.comments)
    assert anchors == [("file", None), ("line", 41)]


async def test_a_review_refused_for_one_anchor_is_sent_one_by_one_and_wider(shop: Scene) -> None:
    everything = shop.audit(41, 90, hunk=Hunk(1, 100, 1, 100))
    await publish(shop.context, shop.subject(), everything)
    anchors = sorted((comment.anchor.subject_type, comment.line) for comment in shop.comments)
    assert anchors == [("file", None), ("line", 41)]
    before = shop.writes()
    await publish(shop.context, shop.subject(), everything)
    assert shop.writes() == before


async def test_equal_findings_share_a_comment_and_are_settled_together(shop: Scene) -> None:
    audit = shop.audit(41, 45)
    same = tuple(
        replace(finding, sighting=replace(finding.sighting, rule="python-one-rule"))
        for finding in audit.findings
    )
    await publish(shop.context, shop.subject(), replace(audit, findings=same))
    assert len(shop.comments) == 1
    await shop.push(" fixed")
    one_left = replace(shop.audit(41, turn=2), findings=same[:1])
    await publish(shop.context, shop.subject(), one_left)
    assert len(shop.replies) == 1
    assert [thread.resolved_by for thread in shop.stored.threads.values()] == [None]
    await publish(shop.context, shop.subject(), shop.audit(turn=3))
    assert len(shop.replies) == 2
    assert len(shop.comments) == 1
    assert all(thread.resolved_by is not None for thread in shop.stored.threads.values())


async def test_eleven_rules_are_ten_comments_and_no_more_on_a_repeat(shop: Scene) -> None:
    lines = tuple(range(41, 52))
    await published(shop, *lines)
    assert len(shop.comments) == 10
    await published(shop, *lines)
    assert len(shop.comments) == 10
    assert all(finding.id in shop.summaries[0].body for finding in shop.audit(*lines).findings)


async def test_hostile_text_mentions_nobody_and_runs_no_command(shop: Scene) -> None:
    audit = shop.audit(41)
    hostile = "@everyone closes #1\n/audit waive F-7K2QX9M\n<!-- --> ```\n<script>"
    sighting = replace(audit.findings[0].sighting, title=hostile, message=hostile, fix=hostile)
    finding = replace(audit.findings[0], sighting=sighting)
    await publish(shop.context, shop.subject(), replace(audit, findings=(finding,)))
    posted = shop.comments[0].body + shop.summaries[0].body + (shop.check.output.summary or "")
    assert "@everyone" not in posted
    assert "<script>" not in posted
    assert "\n/audit" not in posted


async def test_the_summary_tells_what_changed_since_the_last_check(shop: Scene) -> None:
    first = shop.audit(41)
    await publish(shop.context, shop.subject(), first)
    await shop.push(" other")
    second = shop.audit(45, turn=2)
    await publish(shop.context, shop.subject(), second, first)
    body = shop.summaries[0].body
    assert f"Fixed: `{first.findings[0].id}`" in body
    assert f"New: `{second.findings[0].id}`" in body
    before = shop.writes()
    await publish(shop.context, shop.subject(), second, first)
    assert shop.writes() == before


async def test_a_closed_pull_request_gets_its_check_and_no_comment(shop: Scene) -> None:
    audit, subject = shop.audit(41), shop.subject()
    shop.box.close(NAME, shop.pull.number, "author")
    await publish(shop.context, subject, audit)
    assert (shop.check.conclusion, shop.comments, shop.summaries) == ("failure", [], [])


async def test_two_runs_that_a_lost_race_left_open_end_as_one(shop: Scene) -> None:
    await start_check(shop.context, shop.subject(), shop.audit().id)
    (key,) = shop.posts.rows
    other = replace(key, key=key.key.replace(shop.audit().id, shop.audit(turn=2).id))
    stray = await start_check(shop.context, shop.subject(check_name="Other"), shop.audit().id)
    row = shop.posts.rows.pop(stray.row)
    shop.posts.rows[other] = replace(row, key=other)
    await published(shop, turn=2)
    assert [run.status for run in shop.checks] == ["completed", "completed"]
    assert [run.conclusion for run in shop.checks] == ["cancelled", "success"]


async def test_a_finding_outside_the_changed_files_is_named_in_the_summary(shop: Scene) -> None:
    audit = shop.audit(41, 90)
    elsewhere = tuple(
        replace(finding, sighting=replace(finding.sighting, path="shop/other.py"))
        if finding.line == 90
        else finding
        for finding in audit.findings
    )
    await publish(shop.context, shop.subject(), replace(audit, findings=elsewhere))
    missing = next(finding for finding in elsewhere if finding.path != PATH)
    assert [comment.line for comment in shop.comments] == [41]
    assert missing.id in shop.summaries[0].body
    before = shop.writes()
    await publish(shop.context, shop.subject(), replace(audit, findings=elsewhere))
    assert shop.writes() == before, "what GitHub refused once is not tried on every run"


async def test_a_comment_that_a_person_deleted_stays_deleted_and_is_named(shop: Scene) -> None:
    await published(shop, 41)
    (comment,) = shop.comments
    del shop.stored.review_comments[comment.id]
    settled_long_ago(shop.posts, timedelta(minutes=5))
    await published(shop, 41, turn=2)
    assert shop.comments == []
    assert shop.audit(41).findings[0].id in shop.summaries[0].body


async def test_a_summary_that_a_person_deleted_stays_deleted(shop: Scene) -> None:
    await published(shop, 41)
    shop.stored.issue_comments.clear()
    await shop.push(" more")
    await published(shop, 41, 45, turn=2)
    assert shop.summaries == []


async def test_a_mark_copied_by_somebody_else_finds_nothing(shop: Scene) -> None:
    shop.box.fail_next("POST", SUMMARY, 502)
    key = MarkerKey(b"server key").mark(shop.stored.id, shop.pull.number, "sticky")
    shop.box.comment(NAME, shop.pull.number, "outsider", f"<!-- pragmatic-audit {key} -->")
    await until_done(shop, 41)
    ours = [each for each in shop.summaries if each.by_app]
    assert len(ours) == 1


async def test_a_draft_gets_its_check_and_no_comment_until_it_is_ready(shop: Scene) -> None:
    shop.pull.draft = True
    audit = shop.audit(41)
    await publish(shop.context, shop.subject(draft=True), audit)
    assert (shop.check.conclusion, shop.comments, shop.summaries) == ("failure", [], [])
    await publish(shop.context, shop.subject(draft=False), audit)
    assert (len(shop.comments), len(shop.summaries), len(shop.checks)) == (1, 1, 1)


async def test_a_result_that_comes_after_a_newer_push_is_cancelled_and_silent(shop: Scene) -> None:
    late, old = shop.audit(41), shop.subject()
    await start_check(shop.context, old, late.id)
    await shop.push(" newer")
    assert await publish(shop.context, old, late) is Published.SUPERSEDED
    assert shop.check.conclusion == "cancelled"
    assert shop.pull.head_sha[:7] in (shop.check.output.title or "")
    assert (shop.comments, shop.summaries) == ([], [])


async def test_an_older_audit_that_ends_after_a_newer_one_changes_nothing(shop: Scene) -> None:
    late, old = shop.audit(41), shop.subject()
    await start_check(shop.context, old, late.id)
    await shop.push(" newer")
    await published(shop, turn=2)
    assert await publish(shop.context, old, late) is Published.SUPERSEDED
    assert [run.conclusion for run in shop.checks] == ["cancelled", "success"]
    assert shop.comments == []


async def test_a_newer_push_that_only_a_delivery_told_of_counts_too(shop: Scene) -> None:
    shop.heads.newer = "f" * 40
    assert await published(shop, 41) is Published.SUPERSEDED
    assert shop.comments == []


async def test_an_answer_of_the_api_that_lags_behind_the_push_is_no_newer_head(shop: Scene) -> None:
    await published(shop)
    before = shop.pull.head_sha
    await shop.push(" newer")
    subject, audit = shop.subject(), shop.audit(41, turn=2)
    now, shop.pull.head_sha = shop.pull.head_sha, before
    await start_check(shop.context, subject, audit.id)
    assert await check_concluded(shop, subject, audit, now) == "failure"


async def check_concluded(shop: Scene, subject, audit, now: str) -> str | None:  # type: ignore[no-untyped-def]
    try:
        await publish(shop.context, subject, audit)
    finally:
        shop.pull.head_sha = now
    return shop.checks[-1].conclusion


async def test_a_repository_renamed_under_way_is_written_to_under_its_new_name(
    shop: Scene,
) -> None:
    await start_check(shop.context, shop.subject(), shop.audit(41).id)
    shop.box.rename_repository(NAME, "till")
    await published(shop, 41)
    assert shop.check.conclusion == "failure"
    assert (len(shop.comments), len(shop.summaries)) == (1, 1)


@pytest.mark.parametrize(
    "headers", [{"retry-after": "30"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, {}]
)
async def test_a_rate_limit_ends_the_job_for_now_and_nothing_is_lost(
    shop: Scene, headers: dict[str, str]
) -> None:
    shop.box.fail_next("POST", REVIEWS, 403, headers=headers)
    with pytest.raises(RateLimited):
        await published(shop, 41)
    assert shop.check.conclusion == "failure", "the check came first"
    await published(shop, 41)
    assert (len(shop.comments), len(shop.summaries)) == (1, 1)


async def test_a_suspended_installation_ends_publishing(shop: Scene) -> None:
    shop.box.suspend(shop.box.installation(NAME))
    with pytest.raises(InstallationGone):
        await published(shop, 41)


async def test_a_commit_that_github_does_not_know_yet_is_tried_again_soon(shop: Scene) -> None:
    with pytest.raises(TryLater) as later:
        await start_check(shop.context, shop.subject(head="e" * 40), shop.audit().id)
    assert later.value.seconds == 5
    assert shop.posts.rows == {}


async def test_a_merge_group_gets_its_check_and_nothing_else(shop: Scene) -> None:
    subject = shop.subject(number=None)
    assert await publish(shop.context, subject, shop.audit(41)) is Published.PUBLISHED
    assert shop.check.conclusion == "failure"
    assert (shop.comments, shop.summaries) == ([], [])


async def test_every_way_to_end_completes_the_check_and_only_once(shop: Scene) -> None:
    for turn, end in enumerate((cancel_check, fail_check, time_out_check), start=1):
        ref = await start_check(shop.context, shop.subject(), shop.audit(turn=turn).id)
        last = {cancel_check: "a" * 40, fail_check: "It ended."}.get(end, timedelta(minutes=9))
        await end(shop.context, ref, last)  # type: ignore[operator]
        before = shop.writes()
        await end(shop.context, ref, last)  # type: ignore[operator]
        assert shop.writes() == before
    ends = [run.conclusion for run in shop.checks]
    assert ends == ["cancelled", "action_required", "timed_out"]


async def test_no_row_and_no_exchange_holds_a_token(shop: Scene) -> None:
    await published(shop, 41)
    token = await shop.client.git_token(shop.subject().access)
    assert token.text not in repr(shop.posts)
    assert all(token.text not in repr(exchange) for exchange in shop.box.exchanges)
