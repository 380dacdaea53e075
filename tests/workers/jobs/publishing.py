"""Hand-written stand-ins for what publishing is given: a store, heads, links and plain words."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.publication import Post, PostKey, PostState
from app.report.links import Links

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


class LoopbackPages:
    """Pages on this machine."""

    def of(self, audit_id: str) -> Links:
        return Links(run_page=f"http://127.0.0.1:8000/audits/{audit_id}")


def settled_long_ago(posts: PostsInMemory, by: timedelta) -> None:
    """Make every row older."""
    for key, post in posts.rows.items():
        posts.rows[key] = replace(post, changed_at=post.changed_at - by)
