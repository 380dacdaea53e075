"""What is said: issues, comments, reviews, review comments, threads, reactions, labels."""

from dataclasses import dataclass, field
from datetime import datetime

from demo.git.anchors import Anchor
from demo.state.accounts import Account


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One account's one emoji on one comment."""

    id: int
    user: Account
    content: str
    created_at: datetime


@dataclass(slots=True)
class Issue:
    """An issue, or the conversation side of a pull request: both share one numbering."""

    id: int
    number: int
    title: str
    body: str | None
    user: Account
    created_at: datetime
    updated_at: datetime
    by_app: bool = False
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)


@dataclass(slots=True)
class IssueComment:
    """A comment in the conversation of an issue or pull request."""

    id: int
    number: int
    user: Account
    body: str
    created_at: datetime
    updated_at: datetime
    by_app: bool = False
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True)
class Review:
    """A review of a pull request; `state` in GitHub's words (PENDING, COMMENTED, APPROVED, …)."""

    id: int
    number: int
    user: Account
    body: str
    state: str
    commit_id: str
    submitted_at: datetime | None


@dataclass(slots=True)
class ReviewComment:
    """A comment on a line or file of a pull request.

    `anchor` is where it was written, `line` and `start_line` where that is now: None once the code
    under it has changed, which GitHub calls outdated.
    """

    id: int
    number: int
    review_id: int
    thread_id: int
    user: Account
    body: str
    anchor: Anchor
    original_commit_id: str
    commit_id: str
    created_at: datetime
    updated_at: datetime
    line: int | None
    start_line: int | None
    in_reply_to_id: int | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True)
class Thread:
    """A top-level review comment with its replies."""

    id: int
    number: int
    resolved_by: Account | None = None
