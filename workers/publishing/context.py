"""What publishing works with, and what it publishes to."""

import asyncio
from dataclasses import dataclass

from app.domain.change import Repository
from app.domain.marker import MarkerKey
from app.domain.publication import PostKey
from app.github.client import GitHubClient, utc_now
from app.github.connection import REPORTING, Access
from app.github.pace import Sleep
from app.github.threads import ReviewThreads
from app.github.tokens import Clock
from workers.publishing.posts import Heads, Pages, Posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long, in seconds, a write may still be on its way.

    ``unanswered_s`` after an answer was lost: GitHub itself gives a request up after ten seconds.
    ``in_flight_s`` after a write was recorded as intended by a process that may have died since:
    minting a token, waiting for the lane and the request's own time limit fit into it.
    ``glance_s`` is the pause before the first look whether a write with a lost answer is there.
    """

    unanswered_s: float = 15.0
    in_flight_s: float = 45.0
    glance_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishContext:
    """The clients and stores of one worker."""

    client: GitHubClient
    threads: ReviewThreads
    posts: Posts
    heads: Heads
    pages: Pages
    marker_key: MarkerKey
    clock: Clock = utc_now
    sleep: Sleep = asyncio.sleep
    patience: Patience = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The pull request, or merge group, that an audit is published on.

    ``number`` is None for a merge group: only a check run goes there. ``check_name`` is the check's
    name for this base branch. ``draft`` is what the newest delivery said.
    """

    installation_id: int
    repository: Repository
    number: int | None
    head: str
    check_name: str
    draft: bool = False

    @property
    def access(self) -> Access:
        """The repository, with the permissions to report and no others."""
        return Access(self.installation_id, self.repository, REPORTING)

    @property
    def pr(self) -> int:
        """The pull request number of its rows: 0 for a merge group."""
        return self.number or 0


@dataclass(frozen=True, slots=True)
class CheckRef:
    """One check run of ours in progress: where it is, GitHub's id of it, and its row."""

    subject: Subject
    check_run_id: int
    row: PostKey
