"""Hand-written stand-ins for what publishing is given: a store, heads, links and plain words."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.audit import Audit
from app.domain.finding import Finding
from app.domain.publication import Post, PostKey, PostState, Stage
from app.github.comments import FileAnchor, LineAnchor
from workers.publishing.words import CheckWords, CommentWords

START = datetime(2026, 1, 5, 10, 42, tzinfo=UTC)


@dataclass(slots=True)
class Time:
    """A clock that sleeping moves."""

    now: datetime = START
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True)
class PostsInMemory:
    """The rows in a dictionary; each method is one step of the event loop, so it is a transaction."""

    rows: dict[PostKey, Post] = field(default_factory=dict)

    async def of_pull_request(self, repository_id: int, pr: int) -> tuple[Post, ...]:
        return tuple(
            post
            for key, post in self.rows.items()
            if (key.repository_id, key.pr) == (repository_id, pr)
        )

    async def intend(self, key: PostKey, now: datetime) -> bool:
        if key in self.rows:
            return False
        self.rows[key] = Post(key=key, state=PostState.INTENDED, changed_at=now)
        return True

    async def settle(
        self, key: PostKey, state: PostState, external_id: str | None, digest: str, now: datetime
    ) -> None:
        self.rows[key] = Post(
            key=key, state=state, changed_at=now, external_id=external_id, digest=digest
        )

    async def withdraw(self, post: Post) -> bool:
        if self.rows.get(post.key) != post:
            return False
        del self.rows[post.key]
        return True


@dataclass(slots=True)
class HeadsInMemory:
    """What deliveries told: at most one newer head."""

    newer: str | None = None

    async def newer_head(self, repository_id: int, pr: int, head: str) -> str | None:
        return self.newer if self.newer != head else None


class LoopbackLinks:
    """Pages on this machine."""

    def run_page(self, audit_id: str) -> str:
        return f"http://127.0.0.1:8000/audits/{audit_id}"


class PlainWords:
    """One comment a finding, at most ten, and a line for everything else."""

    most = 10

    def check(self, audit: Audit) -> CheckWords:
        conclusion = {"pass": "success", "block": "failure"}.get(
            audit.verdict.outcome, "action_required"
        )
        return CheckWords(
            conclusion=conclusion,
            title=f"{audit.verdict.outcome}: {len(audit.findings)} findings",
            summary="What was found.",
            annotations=tuple(annotation(finding) for finding in audit.findings),
        )

    def review(self, audit: Audit, comments: tuple[CommentWords, ...]) -> str:
        return f"{len(comments)} to decide."

    def comments(self, audit: Audit, findings: tuple[Finding, ...]) -> tuple[CommentWords, ...]:
        return tuple(
            CommentWords(findings=(finding,), anchor=anchor(finding), body=f"Blocks: {finding.id}")
            for finding in findings[: self.most]
        )

    def reply(self, audit: Audit, stage: Stage, fingerprints: tuple[str, ...]) -> str:
        return f"{stage} in {audit.change.head[:7]}"

    def summary(self, audit: Audit, without_comment: tuple[Finding, ...]) -> str:
        named = ", ".join(finding.id for finding in without_comment)
        return f"Audit: {audit.verdict.outcome} at {audit.change.head[:7]}. Elsewhere: {named}"


def anchor(finding: Finding) -> LineAnchor | FileAnchor:
    """Its line, or its file where there is none."""
    if finding.line == 0:
        return FileAnchor(path=finding.path)
    return LineAnchor(path=finding.path, line=finding.line)


def annotation(finding: Finding) -> dict[str, object]:
    """The least that GitHub takes."""
    line = max(finding.line, 1)
    return {
        "path": finding.path,
        "start_line": line,
        "end_line": line,
        "annotation_level": "failure",
        "message": finding.id,
    }


def settled_long_ago(posts: PostsInMemory, by: timedelta) -> None:
    """Make every row older."""
    for key, post in posts.rows.items():
        posts.rows[key] = replace(post, changed_at=post.changed_at - by)
