"""Repositories and the pull requests in them."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from demo.git.diff import ChangedFile
from demo.state.accounts import Account, Role
from demo.state.checks import CheckRun, CheckSuite
from demo.state.discussion import Issue, IssueComment, Label, Review, ReviewComment, Thread


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A check that a branch demands; `app_id` None accepts it from anyone."""

    branch: str
    name: str
    app_id: int | None = None


@dataclass(slots=True)
class PullRequest:
    """What is proposed. Its title, author, state and conversation are those of `issue`.

    `files` is the diff from `merge_base` to `head_sha`, kept current by each push. `head_repository_id`
    differs from the repository's own for a pull request from a fork.
    """

    issue: Issue
    base_ref: str
    base_sha: str
    head_repository_id: int
    head_ref: str
    head_sha: str
    merge_base: str
    files: tuple[ChangedFile, ...]
    commits: tuple[str, ...]
    draft: bool = False
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None

    @property
    def number(self) -> int:
        """The number people see."""
        return self.issue.number

    @property
    def is_open(self) -> bool:
        """Whether it is still open."""
        return self.issue.state == "open"


@dataclass(slots=True)
class Repository:
    """A repository, the real bare git repository behind it, and all that hangs on it."""

    id: int
    owner: Account
    name: str
    private: bool
    default_branch: str
    path: Path = field(repr=False)
    created_at: datetime
    pushed_at: datetime
    archived: bool = False
    fork_of: int | None = None
    last_number: int = 0
    roles: dict[int, Role] = field(default_factory=dict)
    required_checks: list[RequiredCheck] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    pull_requests: dict[int, PullRequest] = field(default_factory=dict)
    check_suites: dict[int, CheckSuite] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    issue_comments: dict[int, IssueComment] = field(default_factory=dict)
    reviews: dict[int, Review] = field(default_factory=dict)
    review_comments: dict[int, ReviewComment] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    def next_number(self) -> int:
        """The next number of an issue or pull request."""
        self.last_number += 1
        return self.last_number
