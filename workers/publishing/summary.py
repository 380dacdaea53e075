"""The sticky summary of a pull request: one comment, posted once, edited in place."""

import hashlib
from dataclasses import dataclass

from app.domain.audit import Audit
from app.domain.marker import hidden, marks_in
from app.domain.publication import (
    STICKY_KEY,
    CreateSummary,
    EditSummary,
    PostKey,
    PostKind,
    PostState,
    Situation,
    plan_summary,
    refused_everywhere,
)
from app.github.comments import edit_issue_comment, our_issue_comments, post_issue_comment
from app.github.errors import NotFound
from app.report.summary import Surroundings, sticky_summary
from workers.publishing.context import PublishContext, Subject
from workers.publishing.once import Once, resolve, settle, write_once
from workers.publishing.words import earlier


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What is posted now, and the audit of this pull request before this one, if there was one."""

    situation: Situation
    previous: Audit | None


@dataclass(frozen=True, slots=True)
class _Edit:
    comment_id: str
    body: str
    digest: str


async def look_up_summary(context: PublishContext, subject: Subject, number: int) -> None:
    """Settle the summary's row if it was left unsettled. Raises TryLater while it is too early."""
    row = _row(subject, number)
    posts = await context.posts.of_pull_request(subject.repository.id, number)
    unsettled = next((post for post in posts if post.key == row and not post.is_settled), None)
    if unsettled is None:
        return

    async def find() -> str | None:
        return await _find(context, subject, number)

    await resolve(context, unsettled, find)


async def summarise(
    context: PublishContext,
    subject: Subject,
    number: int,
    audit: Audit,
    said: SaidBefore,
) -> None:
    """Post or edit the summary if its content is due; one that a person deleted stays deleted."""
    around = Surroundings(
        links=context.pages.of(audit.id),
        earlier=earlier(audit, said.previous, said.situation),
        unplaced=refused_everywhere(audit, said.situation),
        draft=said.situation.draft,
        marker=hidden((_mark(context, subject, number),)),
    )
    body = sticky_summary(audit, around)
    digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    match plan_summary(audit, said.situation, digest):
        case CreateSummary():
            await _create(context, subject, number, body, digest)
        case EditSummary(comment_id):
            await _edit(context, subject, number, _Edit(comment_id, body, digest))
        case None:
            pass


async def _create(
    context: PublishContext, subject: Subject, number: int, body: str, digest: str
) -> None:
    async def send() -> str | None:
        return await post_issue_comment(context.client, subject.access, number, body)

    async def find() -> str | None:
        return await _find(context, subject, number)

    await write_once(context, Once((_row(subject, number),), send, find, digest))


async def _edit(context: PublishContext, subject: Subject, number: int, edit: _Edit) -> None:
    row = (_row(subject, number),)
    try:
        await edit_issue_comment(context.client, subject.access, edit.comment_id, edit.body)
    except NotFound:
        await settle(context, row, PostState.GONE, edit.comment_id)
        return
    await settle(context, row, PostState.SENT, edit.comment_id, edit.digest)


async def _find(context: PublishContext, subject: Subject, number: int) -> str | None:
    mark = _mark(context, subject, number)
    comments = await our_issue_comments(context.client, subject.access, number)
    return next((comment.id for comment in comments if mark in marks_in(comment.body)), None)


def _row(subject: Subject, number: int) -> PostKey:
    return PostKey(
        repository_id=subject.repository.id, pr=number, kind=PostKind.STICKY, key=STICKY_KEY
    )


def _mark(context: PublishContext, subject: Subject, number: int) -> str:
    return context.marker_key.mark(subject.repository.id, number, PostKind.STICKY)
