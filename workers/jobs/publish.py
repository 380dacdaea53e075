"""Publishing, from the record: the check run, comments and summary of one audit.

Publishing never decides and can be repeated: what is there already is not written again. Every
function raises `app.github.errors.TryLater` (its `seconds` say when) where the job is to be done
again, and `InstallationGone` where nothing can be published any more.
"""

from enum import StrEnum

from app.domain.audit import Audit
from app.domain.publication import PostKind
from app.github.models import PullRequest
from app.github.pulls import read_pull
from workers.publishing import check_run
from workers.publishing.context import CheckRef, PublishContext, Subject
from workers.publishing.discussion import discuss, situation_of
from workers.publishing.summary import look_up_summary, summarise
from workers.publishing.words import CheckWords


class Published(StrEnum):
    """What publishing came to."""

    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    """A newer head is known: the check was cancelled, and nothing else was said."""


async def start_check(context: PublishContext, subject: Subject, audit_id: str) -> CheckRef:
    """The check run in progress on the subject's head: the open one, else a new one."""
    return await check_run.begin(context, subject, audit_id)


async def publish(context: PublishContext, subject: Subject, audit: Audit) -> Published:
    """Make GitHub say what the audit says: check first, then comments and replies, then summary.

    A result for a head that is no longer the newest completes its check as cancelled and says
    nothing else.
    """
    pull = await _pull_now(context, subject)
    newer = await _newer_head(context, subject, pull)
    if newer is not None:
        await _cancel_open(context, subject, newer)
        return Published.SUPERSEDED
    await _complete(context, subject, audit)
    if subject.number is None or pull is None:
        return Published.PUBLISHED
    if await context.heads.newer_head(subject.repository.id, subject.pr, subject.head) is not None:
        return Published.SUPERSEDED
    await _talk(context, subject, subject.number, audit, quiet=_is_quiet(subject, pull))
    return Published.PUBLISHED


async def finish_check(context: PublishContext, ref: CheckRef, audit: Audit) -> None:
    """Complete the check run with the audit's result and all its annotations."""
    await check_run.finish(context, ref, context.words.check(audit), audit.id)


async def cancel_check(context: PublishContext, ref: CheckRef, newer_head: str) -> None:
    """Complete the check run because a newer commit arrived."""
    words = CheckWords(
        conclusion="cancelled",
        title=f"Superseded by {newer_head[:7]}",
        summary="A newer commit arrived, so this one was not judged to the end.",
    )
    await check_run.close(context, ref, words)


async def fail_check(context: PublishContext, ref: CheckRef, why: str) -> None:
    """Complete the check run as *could not judge*; ``why`` is our own sentence, of plain text."""
    words = CheckWords(
        conclusion="action_required",
        title="Could not judge: the audit did not finish",
        summary=f"**Could not judge.** {why}\n\nNothing is known to be wrong. "
        "*Re-run* above or a comment with `/audit recheck` tries again.",
    )
    await check_run.close(context, ref, words)


async def time_out_check(context: PublishContext, ref: CheckRef) -> None:
    """Complete a check run that nobody works on any more; for the sweeper."""
    words = CheckWords(
        conclusion="timed_out",
        title="Could not judge: the audit did not finish in time",
        summary="**Could not judge.** The audit passed its time limit.\n\nNothing is known to be "
        "wrong. *Re-run* above or a comment with `/audit recheck` tries again.",
    )
    await check_run.close(context, ref, words)


async def _cancel_open(context: PublishContext, subject: Subject, newer_head: str) -> None:
    ref = await check_run.open_run(context, subject)
    if ref is not None:
        await cancel_check(context, ref, newer_head)


async def _complete(context: PublishContext, subject: Subject, audit: Audit) -> None:
    words = context.words.check(audit)
    if await check_run.is_up_to_date(context, subject, words):
        return
    ref = await check_run.begin(context, subject, audit.id)
    await check_run.finish(context, ref, words, audit.id)
    await check_run.close_leftovers(context, subject)


async def _talk(
    context: PublishContext, subject: Subject, number: int, audit: Audit, *, quiet: bool
) -> None:
    await look_up_summary(context, subject, number)
    before = await situation_of(context, subject, number, audit, draft=quiet)
    await discuss(context, subject, number, audit, before)
    after = await situation_of(context, subject, number, audit, draft=quiet)
    await summarise(context, subject, number, audit, after)


def _is_quiet(subject: Subject, pull: PullRequest) -> bool:
    """No new comments on drafts and closed pull requests. The API may lag *ready for review*."""
    return (subject.draft and pull.draft) or not pull.open


async def _pull_now(context: PublishContext, subject: Subject) -> PullRequest | None:
    if subject.number is None:
        return None
    return await read_pull(context.client, subject.access, subject.number)


async def _newer_head(
    context: PublishContext, subject: Subject, pull: PullRequest | None
) -> str | None:
    """The head that superseded the subject's, by what deliveries told and by the API as it is now.

    The API can lag a push: a head that we have judged before is an old answer, not a newer head.
    """
    told = await context.heads.newer_head(subject.repository.id, subject.pr, subject.head)
    if told is not None or pull is None or pull.head == subject.head:
        return told
    return None if await _judged_before(context, subject, pull.head) else pull.head


async def _judged_before(context: PublishContext, subject: Subject, head: str) -> bool:
    posts = await context.posts.of_pull_request(subject.repository.id, subject.pr)
    checks = (post for post in posts if post.key.kind is PostKind.CHECK and post.digest)
    return any(post.key.key.startswith(f"{head}:") for post in checks)
