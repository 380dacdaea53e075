"""The review comments that raise findings and the replies that follow them, each once.

What was left unsettled by a crash or a lost answer is looked up first, by the marks in the comments
our own app wrote; only then is planned and written what is due.
"""

from dataclasses import dataclass

from app.domain.audit import Audit
from app.domain.fingerprint import short_id
from app.domain.marker import hidden, marks_in
from app.domain.publication import (
    Answer,
    Post,
    PostKey,
    PostKind,
    PostState,
    Raise,
    Situation,
    Stage,
    plan_comments,
)
from app.github import comments as sent
from app.github.comments import (
    LineComment,
    our_review_comments,
    post_review,
    post_review_comment,
    reply,
)
from app.github.errors import Invalid, NotFound
from app.github.models import Comment
from app.report.comment import (
    Anchor,
    LineAnchor,
    NoAnchor,
    review_body,
    review_comment,
    stage_reply,
)
from workers.publishing.context import PublishContext, Subject
from workers.publishing.once import Find, Once, resolve, settle, still_on_its_way_s, write_once
from workers.publishing.words import PlacedComment, placed_comments, sent_anchor

_IN_THREADS = (PostKind.COMMENT, PostKind.REPLY)


@dataclass(frozen=True, slots=True)
class _Discussion:
    """One pull request's discussion while an audit is brought into it."""

    context: PublishContext
    subject: Subject
    number: int
    audit: Audit

    def mark(self, key: PostKey) -> str:
        """The hidden mark of one post."""
        about = f"{key.kind}:{key.key}"
        return self.context.marker_key.mark(key.repository_id, key.pr, about)

    def key(self, kind: PostKind, key: str) -> PostKey:
        """The row of one post."""
        return PostKey(repository_id=self.subject.repository.id, pr=self.number, kind=kind, key=key)

    def marker(self, keys: tuple[PostKey, ...]) -> str:
        """The hidden marks of the posts that one body makes."""
        return hidden(self.mark(key) for key in keys)

    def body(self, comment: PlacedComment, where: Anchor) -> str:
        """The words of a comment at ``where``, with its marks."""
        marker = self.marker(self.keys(comment))
        return review_comment(comment.group, where, self.audit.change, marker)

    def keys(self, comment: PlacedComment) -> tuple[PostKey, ...]:
        """The rows of one comment: one a finding."""
        return tuple(self.key(PostKind.COMMENT, each) for each in comment.fingerprints)

    async def ours(self) -> tuple[Comment, ...]:
        """Every review comment and reply of our app that stands now."""
        access = self.subject.access
        return await our_review_comments(self.context.client, access, self.number)

    async def posts(self) -> tuple[Post, ...]:
        """The recorded posts."""
        return await self.context.posts.of_pull_request(self.subject.repository.id, self.number)


async def situation_of(
    context: PublishContext, subject: Subject, number: int, audit: Audit, *, draft: bool
) -> Situation:
    """What is posted on a pull request now, with every unsettled comment looked up.

    Raises TryLater while one of them may still be on its way.
    """
    talk = _Discussion(context, subject, number, audit)
    posts = await talk.posts()
    paths: dict[str, str] = {}
    if any(post.key.kind in _IN_THREADS for post in posts):
        standing = await talk.ours()
        paths = {comment.id: comment.path for comment in standing if comment.reply_to is None}
        await _look_up(talk, posts, standing)
        posts = await talk.posts()
    return Situation(
        draft=draft,
        superseded=False,
        posts=posts,
        paths=paths,
        inline=_inline(audit),
        aliases=audit.aliases,
    )


def _inline(audit: Audit) -> frozenset[str]:
    """What would be commented on if nothing had been said yet: the same for every repeat."""
    comments = placed_comments(audit.findings, audit.change)
    return frozenset(fingerprint for each in comments for fingerprint in each.fingerprints)


async def discuss(
    context: PublishContext, subject: Subject, number: int, audit: Audit, situation: Situation
) -> None:
    """Write the comments and replies that are due."""
    talk = _Discussion(context, subject, number, audit)
    for write in plan_comments(audit, situation):
        match write:
            case Raise(findings):
                await _raise(talk, placed_comments(findings, audit.change))
            case Answer():
                await _answer(talk, write)


async def _look_up(
    talk: _Discussion, posts: tuple[Post, ...], standing: tuple[Comment, ...]
) -> None:
    """Settle every row: found by its mark, gone from GitHub, or never sent."""
    found = {mark: comment.id for comment in standing for mark in marks_in(comment.body)}
    there = {comment.id for comment in standing}
    for post in posts:
        if post.key.kind not in _IN_THREADS:
            continue
        known = found.get(talk.mark(post.key))
        if not post.is_settled:
            await resolve(talk.context, post, _already(known))
        elif post.state is PostState.SENT and post.external_id not in there:
            await _settle_missing(talk, post, known)


async def _settle_missing(talk: _Discussion, post: Post, known: str | None) -> None:
    """A recorded post that is not under its id: its id was not known yet, or a person deleted it."""
    if known is not None:
        await settle(talk.context, (post.key,), PostState.SENT, known)
    elif post.key.kind is PostKind.COMMENT and still_on_its_way_s(talk.context, post) <= 0:
        await settle(talk.context, (post.key,), PostState.GONE, post.external_id)


def _already(known: str | None) -> Find:
    async def find() -> str | None:
        return known

    return find


async def _raise(talk: _Discussion, comments: tuple[PlacedComment, ...]) -> None:
    """Line comments in one review; where GitHub refuses an anchor, one by one and wider."""
    lines = tuple(comment for comment in comments if isinstance(comment.where, LineAnchor))
    others = tuple(comment for comment in comments if not isinstance(comment.where, LineAnchor))
    if lines:
        try:
            await _review(talk, lines)
        except Invalid:
            others = lines + others
    for comment in others:
        await _alone(talk, comment)


async def _review(talk: _Discussion, comments: tuple[PlacedComment, ...]) -> None:
    """One review with all its comments. Raises Invalid when one anchor is refused: none is posted."""
    keys = tuple(key for comment in comments for key in talk.keys(comment))
    remarks = [_line_comment(talk, comment) for comment in comments]
    body = review_body(tuple(comment.group for comment in comments))

    async def send() -> str | None:
        subject = talk.subject
        client = talk.context.client
        await post_review(client, subject.access, talk.number, subject.head, body, remarks)
        return None

    async def find() -> str | None:
        return await _find_all(talk, keys)

    await write_once(talk.context, Once(keys, send, find))
    await _record_ids(talk, keys)


async def _record_ids(talk: _Discussion, keys: tuple[PostKey, ...]) -> None:
    """Learn the comments' ids, which a review's answer does not hold; missing ones are learnt later."""
    found = await _by_mark(talk)
    for key in keys:
        await settle(talk.context, (key,), PostState.SENT, found.get(talk.mark(key)))


async def _find_all(talk: _Discussion, keys: tuple[PostKey, ...]) -> str | None:
    """A review is there whole or not at all: one mark found stands for all."""
    found = await _by_mark(talk)
    return next((found[talk.mark(key)] for key in keys if talk.mark(key) in found), None)


async def _by_mark(talk: _Discussion) -> dict[str, str]:
    return {mark: comment.id for comment in await talk.ours() for mark in marks_in(comment.body)}


async def _alone(talk: _Discussion, comment: PlacedComment) -> None:
    """On its lines, else on its file, else nowhere: then the summary names it."""
    for where in comment.fallbacks:
        try:
            await _post_alone(talk, comment, where)
        except Invalid:
            continue
        return
    await settle(talk.context, talk.keys(comment), PostState.GONE, None)


async def _post_alone(talk: _Discussion, comment: PlacedComment, where: Anchor) -> None:
    if isinstance(where, NoAnchor):
        raise TypeError("a comment needs a place")
    keys, body, place = talk.keys(comment), talk.body(comment, where), sent_anchor(where)

    async def send() -> str | None:
        subject = talk.subject
        client = talk.context.client
        return await post_review_comment(
            client, subject.access, talk.number, subject.head, place, body
        )

    async def find() -> str | None:
        return await _find_all(talk, keys)

    await write_once(talk.context, Once(keys, send, find))


def _line_comment(talk: _Discussion, comment: PlacedComment) -> LineComment:
    place = sent_anchor(comment.where) if isinstance(comment.where, LineAnchor) else None
    if not isinstance(place, sent.LineAnchor):
        raise TypeError("only line comments belong in a review")
    return LineComment(place, talk.body(comment, comment.where))


async def _answer(talk: _Discussion, answer: Answer) -> None:
    """Fold or unfold the thread where that is allowed, then say so in it, once.

    The fold comes first: it may be repeated, and after the reply nothing would ask for it again.
    """
    keys = tuple(talk.key(PostKind.REPLY, key) for key in answer.keys)
    ids = tuple(short_id(fingerprint) for fingerprint in answer.fingerprints)
    body = stage_reply(answer.stage, ids, talk.subject.head, talk.marker(keys))
    await _fold(talk, answer)

    async def send() -> str | None:
        return await reply(
            talk.context.client, talk.subject.access, talk.number, answer.comment_id, body
        )

    async def find() -> str | None:
        return await _find_all(talk, keys)

    try:
        await write_once(talk.context, Once(keys, send, find))
    except NotFound:
        await _thread_is_gone(talk, answer)


async def _fold(talk: _Discussion, answer: Answer) -> None:
    returned = answer.stage is Stage.RETURNED
    if returned or answer.settles:
        await talk.context.threads.settle(
            talk.subject.access, talk.number, answer.comment_id, resolved=not returned
        )


async def _thread_is_gone(talk: _Discussion, answer: Answer) -> None:
    keys = tuple(talk.key(PostKind.COMMENT, each) for each in answer.fingerprints)
    await settle(talk.context, keys, PostState.GONE, answer.comment_id)
