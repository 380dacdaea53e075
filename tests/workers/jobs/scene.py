"""One pull request on a GitHub in a box, and a publisher that has just been started."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.domain.audit import Audit
from app.domain.change import ChangedFile, Repository
from app.domain.diff import Hunk
from app.domain.marker import MarkerKey
from app.domain.scan import CodeIdentity, Sighting
from app.github.client import GitHubClient
from app.github.connection import Connection
from app.github.threads import ReviewThreads
from demo.box import BoxSettings, Files, GitHubBox
from demo.state.checks import CheckRun
from demo.state.discussion import IssueComment, ReviewComment
from demo.state.repository import PullRequest
from demo.state.repository import Repository as BoxRepository
from tests.builders import a_change, a_repository, a_sighting, an_audit
from tests.workers.jobs.publishing import (
    HeadsInMemory,
    LoopbackPages,
    PostsInMemory,
    Time,
)
from workers.publishing.context import PublishContext, Subject

NAME = "shop/app"
PATH = "shop/search.py"
AUDIT_ID = "0192f3c4-0000-7000-8000-00000000000{}"
BASE_LINES = 100
CHANGED = range(40, 60)
"""The lines the pull request changes; with three lines of context, 37 to 62 can be commented on."""


HUNK = Hunk(40, 20, 40, 20)


def source(last: str = "") -> str:
    """A file of 100 lines as the base has it; with ``last``, as the pull request changes it.

    ``last`` is all that its commits differ in, so that comments on the lines before stay in place.
    """
    marks = dict.fromkeys(CHANGED, " changed") | {CHANGED[-1]: last} if last else {}
    lines = (f"line {number}{marks.get(number, '')}" for number in range(1, BASE_LINES + 1))
    return "\n".join(lines) + "\n"


def place(line: int) -> Sighting:
    """A finding at one line, with an identity and a rule of its own, so that it is not grouped."""
    return a_sighting(
        path=PATH,
        line=line,
        end_line=line,
        rule=f"python-rule-{line}",
        identity=CodeIdentity(f"run({line})", "search", None),
    )


@dataclass(slots=True)
class Scene:
    """The box, what the publisher was given, and what can be seen afterwards."""

    box: GitHubBox
    client: GitHubClient
    pull: PullRequest
    time: Time = field(default_factory=Time)
    posts: PostsInMemory = field(default_factory=PostsInMemory)
    heads: HeadsInMemory = field(default_factory=HeadsInMemory)
    threads: ReviewThreads | None = None

    @property
    def context(self) -> PublishContext:
        """What a worker publishes with."""
        self.threads = self.threads or ReviewThreads(self.client)
        return PublishContext(
            client=self.client,
            threads=self.threads,
            posts=self.posts,
            heads=self.heads,
            pages=LoopbackPages(),
            marker_key=MarkerKey(b"server key"),
            clock=self.time,
            sleep=self.time.sleep,
        )

    def subject(self, **differences: object) -> Subject:
        """The pull request at its present head."""
        values: dict[str, object] = {
            "installation_id": self.installation_id,
            "repository": self.repository,
            "number": self.pull.number,
            "head": self.pull.head_sha,
            "check_name": "Pragmatic Audit",
        }
        return Subject(**(values | differences))  # type: ignore[arg-type]

    @property
    def stored(self) -> BoxRepository:
        """The repository as the box has it."""
        return next(iter(self.box.world.repositories.values()))

    @property
    def repository(self) -> Repository:
        """The repository by the name it had at first."""
        return a_repository(host="127.0.0.1", id=self.stored.id, full_name=NAME)

    @property
    def installation_id(self) -> int:
        """The installation on it."""
        return next(iter(self.box.world.installations))

    def audit(self, *lines: int, turn: int = 1, hunk: Hunk = HUNK) -> Audit:
        """The audit of the present head with one blocking finding at each line."""
        changed = ChangedFile(
            path=PATH,
            status=a_change().files[0].status,
            blob="a" * 40,
            hunks=(hunk,),
        )
        change = a_change(changed, repository=self.repository, head=self.pull.head_sha)
        audit = an_audit(*(place(line) for line in lines), change=change)
        return replace(audit, id=AUDIT_ID.format(turn))

    async def push(self, last: str) -> None:
        """A new commit on the pull request's branch."""
        await self.box.push(NAME, "topic", Files({PATH: source(last)}), by="author")

    @property
    def checks(self) -> list[CheckRun]:
        """Every check run, oldest first."""
        return sorted(self.stored.check_runs.values(), key=lambda run: run.id)

    @property
    def check(self) -> CheckRun:
        """The only check run there is."""
        (run,) = self.checks
        return run

    @property
    def comments(self) -> list[ReviewComment]:
        """Every review comment that began a thread."""
        return [each for each in self.stored.review_comments.values() if not each.in_reply_to_id]

    @property
    def replies(self) -> list[str]:
        """The first line of every reply."""
        every = self.stored.review_comments.values()
        return [each.body.split("\n")[0] for each in every if each.in_reply_to_id]

    @property
    def summaries(self) -> list[IssueComment]:
        """The comments in the conversation."""
        return list(self.stored.issue_comments.values())

    def writes(self) -> list[str]:
        """What was written so far, as ``METHOD path``; tokens and GraphQL apart."""
        return [
            f"{exchange.method} {exchange.path}"
            for exchange in self.box.exchanges
            if exchange.method != "GET"
            and not exchange.path.endswith(("/access_tokens", "/graphql"))
        ]


@asynccontextmanager
async def scene(root: Path, *, resolving: bool = True) -> AsyncIterator[Scene]:
    """A box with one pull request and a client signed in to it; the box must stay without fault."""
    settings = BoxSettings(allow_thread_resolution=resolving)
    async with GitHubBox.start(root, "", "unused", settings) as box:
        await box.create_repository(NAME, files={PATH: source()})
        await box.push(NAME, "topic", Files({PATH: source(" first")}), by="author")
        pull = await box.open_pull_request(NAME, "main", "topic", "author", "Search")
        connection = Connection(
            base_url=box.base_url,
            app_id=box.world.app.id,
            private_key=box.private_key,
            spacing_s=0.0,
        )
        time = Time()
        async with GitHubClient(connection, sleep=time.sleep) as client:
            yield Scene(box, client, pull, time)
        assert box.violations == []
