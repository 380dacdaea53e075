"""Publishing, from the record: the check run, comments and summary of one audit.

Publishing never decides and can be repeated: what is there already is not written again. Every
function raises `app.github.errors.TryLater` (its `seconds` say when) where the job is to be done
again, and `InstallationGone` where nothing can be published any more.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.domain.audit import Audit
from app.domain.publication import PostKind
from app.github.models import PullRequest
from app.github.pulls import read_pull
from app.report.check import CheckOutput, check_output, crashed, superseded, timed_out
from workers.publishing import check_run
from workers.publishing.context import CheckRef, PublishContext, Subject
from workers.publishing.discussion import discuss, situation_of
from workers.publishing.summary import SaidBefore, look_up_summary, summarise
from workers.publishing.words import CheckWords, check_words


class Published(StrEnum):
    """What publishing came to."""

    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    """A newer head is known: the check was cancelled, and nothing else was said."""


async def start_check(context: PublishContext, subject: Subject, audit_id: str) -> CheckRef:
    """The check run in progress on the subject's head: the open one, else a new one."""
    return await check_run.begin(context, subject, audit_id)


async def publish(
    context: PublishContext, subject: Subject, audit: Audit, previous: Audit | None = None
) -> Published:
    """Make GitHub say what the audit says: check first, then comments and replies, then summary.

    ``previous`` is the audit of this pull request before this one: the summary says what changed.

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
    talk = _Talk(subject.number, audit, previous, _is_quiet(subject, pull))
    await _discuss(context, subject, talk)
    return Published.PUBLISHED


async def finish_check(context: PublishContext, ref: CheckRef, audit: Audit) -> None:
    """Complete the check run with the audit's result and all its annotations."""
    await check_run.finish(context, ref, _words(context, audit), audit.id)


async def cancel_check(context: PublishContext, ref: CheckRef, newer_head: str) -> None:
    """Complete the check run because a newer commit arrived."""
    await check_run.close(context, ref, check_words(superseded(newer_head)))


async def cancel_begun(
    context: PublishContext, subject: Subject, audit_id: str, why: CheckOutput
) -> None:
    """Cancel the check run that was begun on the subject's head; where none was, none is made.

    ``why`` is `app.report.check.superseded` or `retargeted`.
    """
    if await check_run.is_begun(context, subject):
        ref = await check_run.begin(context, subject, audit_id)
        await check_run.close(context, ref, check_words(why))


async def fail_check(context: PublishContext, ref: CheckRef, why: str) -> None:
    """Complete the check run as *could not judge*; ``why`` is a sentence without anything secret."""
    await check_run.close(context, ref, check_words(crashed(why)))


async def time_out_check(context: PublishContext, ref: CheckRef, limit: timedelta) -> None:
    """Complete a check run that nobody works on any more; for the sweeper."""
    await check_run.close(context, ref, check_words(timed_out(limit)))


async def _cancel_open(context: PublishContext, subject: Subject, newer_head: str) -> None:
    ref = await check_run.open_run(context, subject)
    if ref is not None:
        await cancel_check(context, ref, newer_head)


async def _complete(context: PublishContext, subject: Subject, audit: Audit) -> None:
    words = _words(context, audit)
    if await check_run.is_up_to_date(context, subject, words):
        return
    ref = await check_run.begin(context, subject, audit.id)
    await check_run.finish(context, ref, words, audit.id)
    await check_run.close_leftovers(context, subject)


@dataclass(frozen=True, slots=True)
class _Talk:
    """What is to be said on which pull request; ``quiet``: no new comments."""

    number: int
    audit: Audit
    previous: Audit | None
    quiet: bool


async def _discuss(context: PublishContext, subject: Subject, talk: _Talk) -> None:
    number, audit = talk.number, talk.audit
    await look_up_summary(context, subject, number)
    before = await situation_of(context, subject, number, audit, draft=talk.quiet)
    await discuss(context, subject, number, audit, before)
    after = await situation_of(context, subject, number, audit, draft=talk.quiet)
    await summarise(context, subject, number, audit, SaidBefore(after, talk.previous))


def _words(context: PublishContext, audit: Audit) -> CheckWords:
    return check_words(check_output(audit, context.pages.of(audit.id)))


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

    The API can lag a push: a head whose check we began before this one's is an old answer.
    """
    told = await context.heads.newer_head(subject.repository.id, subject.pr, subject.head)
    if told is not None or pull is None or pull.head == subject.head:
        return told
    return None if await _came_before(context, subject, pull.head) else pull.head


async def _came_before(context: PublishContext, subject: Subject, head: str) -> bool:
    """Whether our first check of ``head`` is older than our first of the subject's head."""
    posts = await context.posts.of_pull_request(subject.repository.id, subject.pr)
    checked = (post.key.key.split(":")[0] for post in posts if post.key.kind is PostKind.CHECK)
    order = list(dict.fromkeys(checked))
    if head not in order:
        return False
    return subject.head not in order or order.index(head) < order.index(subject.head)
