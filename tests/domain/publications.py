"""Carrying a plan out on paper: what the recorded posts would be after its writes."""

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.audit import Audit
from app.domain.publication import (
    Answer,
    CreateSummary,
    EditSummary,
    Post,
    PostKey,
    PostKind,
    PostState,
    Raise,
    Situation,
    Write,
    plan_comments,
    plan_summary,
)

WHEN = datetime(2026, 1, 5, 10, 42, tzinfo=UTC)


def a_post(kind: PostKind, key: str, **differences: object) -> Post:
    """A sent post of pull request 12 in repository 7."""
    row = PostKey(repository_id=7, pr=12, kind=kind, key=key)
    post = Post(key=row, state=PostState.SENT, changed_at=WHEN, external_id=f"c-{key[:8]}")
    return replace(post, **differences)  # type: ignore[arg-type]


def a_situation(audit: Audit, *posts: Post, **differences: object) -> Situation:
    """A pull request ready for review where every recorded comment still stands."""
    situation = Situation(
        draft=False,
        superseded=False,
        posts=posts,
        paths={
            post.external_id or "": "shop/search.py"
            for post in posts
            if post.key.kind is PostKind.COMMENT and post.state is PostState.SENT
        },
        inline=frozenset(finding.fingerprint for finding in audit.findings),
    )
    return replace(situation, **differences)  # type: ignore[arg-type]


def plan(audit: Audit, situation: Situation, digest: str) -> tuple[Write, ...]:
    """Everything that is due."""
    summary = plan_summary(audit, situation, digest)
    return plan_comments(audit, situation) + ((summary,) if summary is not None else ())


def carried_out(posts: tuple[Post, ...], writes: tuple[Write, ...]) -> tuple[Post, ...]:
    """The posts after ``writes``; two rows of one key would be a fault and fail the test."""
    rows = {post.key: post for post in posts}
    for write in writes:
        for post in _made(write):
            if not isinstance(write, EditSummary):
                assert post.key not in rows, "nothing is ever posted twice"
            rows[post.key] = post
    return tuple(rows.values())


def _made(write: Write) -> tuple[Post, ...]:
    match write:
        case Raise(findings):
            return tuple(a_post(PostKind.COMMENT, finding.fingerprint) for finding in findings)
        case Answer(keys=keys):
            return tuple(a_post(PostKind.REPLY, key) for key in keys)
        case CreateSummary(digest) | EditSummary(_, digest):
            return (a_post(PostKind.STICKY, "summary", external_id="s", digest=digest),)
