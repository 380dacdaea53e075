"""A GitHub in a box: a stand-in for GitHub on loopback, driven by tests and by `make run`.

    async with GitHubBox.start(root, webhook_url, webhook_secret) as box:
        await box.create_repository("shop/app", files={"app.py": "print()\\n"})
        await box.push("shop/app", "topic", Files({"app.py": "print(1)\\n"}), by="author")
        pull = await box.open_pull_request("shop/app", "main", "topic", "author", "Print one")

It holds every request and every answer against GitHub's own description; `box.violations` names what it
got wrong itself, and stays empty. Nothing is written to disk but the git repositories below `root`.
"""

import asyncio
import contextlib
import re
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.actions import administration, checks, conversation, pull_requests, pushes
from demo.actions.administration import NewRepository
from demo.actions.pull_requests import MergeGroup, NewPullRequest
from demo.actions.pushes import Files, LocalCommit, Push
from demo.actions.stage import Stage
from demo.api.table import endpoints
from demo.auth import fingerprint
from demo.bodies.links import Links
from demo.deliveries import Delay, Deliveries, Drop, Duplicate, Mishap, Rule
from demo.description import official
from demo.events import Events
from demo.exchanges import Exchange, Journal
from demo.faults import SECONDARY_LIMIT, Fault, Faults, Slowness
from demo.front import Front
from demo.git_http import GitHttp
from demo.graphql.threads import GraphQl
from demo.quota import Quotas
from demo.rest import RestApi
from demo.state.accounts import Account, AccountKind, App, Installation, Role, Webhook
from demo.state.checks import CheckRun
from demo.state.discussion import IssueComment, ReviewComment, Thread
from demo.state.repository import PullRequest, Repository, RequiredCheck
from demo.state.world import World
from demo.validation import Validator, Violation

__all__ = [
    "AccountKind",
    "BoxSettings",
    "Delay",
    "Drop",
    "Duplicate",
    "Files",
    "GitHubBox",
    "LocalCommit",
    "MergeGroup",
    "ReviewThread",
    "Role",
    "Server",
]

HOST: Final = "127.0.0.1"
PERMISSIONS: Final[Mapping[str, str]] = {
    "metadata": "read",
    "contents": "read",
    "actions": "read",
    "members": "read",
    "merge_queues": "read",
    "checks": "write",
    "pull_requests": "write",
    "issues": "write",
}
EVENTS: Final = (
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "repository",
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class BoxSettings:
    """What differs between boxes. Port 0 takes a free one; `webhook_limit` is in seconds; the key is made
    at the start unless one is given."""

    port: int = 0
    slug: str = "pragmatic-audit"
    name: str = "Pragmatic Audit"
    permissions: Mapping[str, str] = field(default_factory=lambda: PERMISSIONS)
    events: tuple[str, ...] = EVENTS
    webhook_limit: float = 10.0
    allow_thread_resolution: bool = False
    clock: Callable[[], datetime] = _utc_now
    private_key: rsa.RSAPrivateKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReviewThread:
    """A thread with its comments, oldest first."""

    thread: Thread
    comments: tuple[ReviewComment, ...]

    @property
    def is_resolved(self) -> bool:
        """Whether someone marked it as settled."""
        return self.thread.resolved_by is not None


@dataclass(frozen=True, slots=True)
class GitHubBox:
    """A running box. `private_key` is the app's, in PEM; `deliveries` can be held, and listed."""

    base_url: str
    private_key: str = field(repr=False)
    stage: Stage
    deliveries: Deliveries
    faults: Faults
    journal: Journal

    @staticmethod
    @contextlib.asynccontextmanager
    async def start(
        root: Path,
        webhook_url: str = "",
        webhook_secret: str = "",
        settings: BoxSettings | None = None,
    ) -> AsyncIterator["GitHubBox"]:
        """Listen on loopback until the block ends; `root` must be an existing folder."""
        chosen = settings or BoxSettings()
        with _listening(chosen.port) as listener:
            base_url = f"http://{HOST}:{listener.getsockname()[1]}"
            key = chosen.private_key or rsa.generate_private_key(65537, 2048)
            world = _world(base_url, root, key.public_key(), chosen)
            world.webhook.url, world.webhook.secret = webhook_url, webhook_secret
            async with _webhook_client() as client:
                deliveries = Deliveries(world, client, chosen.webhook_limit)
                box = _box(world, deliveries, _pem(key))
                async with _serving(_front(box), listener), _delivering(deliveries):
                    yield box

    @property
    def world(self) -> World:
        """All of the box's state."""
        return self.stage.world

    @property
    def app(self) -> App:
        """The app: its id, slug, permissions, events, and its bot account."""
        return self.world.app

    @property
    def violations(self) -> list[Violation]:
        """What the box got wrong. Tests assert that it is empty."""
        return self.journal.violations

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The newest requests and answers, oldest first."""
        return tuple(self.journal.exchanges)

    def set_webhook(self, url: str, secret: str) -> None:
        """Where events go from now on; sends a ping there."""
        self.world.webhook.url, self.world.webhook.secret = url, secret
        self.stage.events.ping()

    def user_token(self, login: str) -> str:
        """A token with which a person calls the API."""
        value = f"ghu_{secrets.token_hex(18)}"
        self.world.user_tokens[fingerprint(value)] = self.stage.person(login)
        return value

    # Repositories and who may do what

    async def create_repository(
        self,
        name: str,
        source: Path | None = None,
        private: bool = False,
        files: Mapping[str, str | bytes | None] | None = None,
        owner_kind: AccountKind = AccountKind.ORGANIZATION,
    ) -> Repository:
        """A repository `owner/name` with the app installed, from another one's branches or from files."""
        wanted = NewRepository(name, source, private, files or {}, owner_kind)
        return await administration.create_repository(self.stage, wanted)

    async def fork(self, name: str, login: str) -> Repository:
        """A person's fork."""
        return await administration.fork(self.stage, name, login)

    def rename_repository(self, name: str, new_name: str) -> Repository:
        """Another name; the old one redirects from now on."""
        return administration.rename(self.stage, name, new_name)

    def archive(self, name: str, archived: bool = True) -> None:
        """Make a repository read-only, or writable again."""
        self.world.repository(name).archived = archived

    def set_role(self, name: str, login: str, role: str | Role) -> Account:
        """admin, maintain, write, triage, read, none, or a custom Role."""
        return administration.set_role(self.stage, name, login, role)

    def require_check(self, name: str, branch: str, check: str, app_id: int | None = None) -> None:
        """Make a check required for merging into a branch."""
        self.world.repository(name).required_checks.append(RequiredCheck(branch, check, app_id))

    # The installation

    def installation(self, name: str) -> Installation:
        """The installation that was given a repository. Raises KeyError."""
        found = self.world.installation_of(self.world.repository(name))
        if found is None:
            raise KeyError(f"the app is not installed on {name}")
        return found

    def suspend(self, installation: Installation) -> None:
        """The owner suspends the app: its tokens answer 403."""
        administration.suspend(self.stage, installation)

    def unsuspend(self, installation: Installation) -> None:
        """The owner lets the app work again."""
        administration.unsuspend(self.stage, installation)

    def uninstall(self, installation: Installation) -> None:
        """The owner removes the app: its tokens answer 401, new ones 404."""
        administration.uninstall(self.stage, installation)

    # Code

    async def push(
        self, name: str, branch: str, change: Files | LocalCommit, by: str, force: bool = False
    ) -> str:
        """Move a branch by real git; the new commit. Open pull requests on it follow."""
        return await pushes.push(self.stage, Push(name, branch, change, by, force))

    async def open_pull_request(
        self, name: str, base: str, head: str, author: str, title: str, draft: bool = False
    ) -> PullRequest:
        """Propose a branch, or `owner:branch` of a fork."""
        wanted = NewPullRequest(name, base, head, author, title, draft=draft)
        return await pull_requests.open_pull_request(self.stage, wanted)

    def close(self, name: str, number: int, by: str) -> None:
        """Close without merging."""
        pull_requests.close(self.stage, name, number, by)

    async def reopen(self, name: str, number: int, by: str) -> None:
        """Open again."""
        await pull_requests.reopen(self.stage, name, number, by)

    async def merge(self, name: str, number: int, by: str) -> str:
        """Merge with a merge commit; its hash."""
        return await pull_requests.merge_pull_request(self.stage, name, number, by)

    async def retarget(self, name: str, number: int, base: str, by: str) -> None:
        """Another base branch."""
        await pull_requests.retarget(self.stage, name, number, base, by)

    def retitle(self, name: str, number: int, title: str, by: str) -> None:
        """Another title."""
        pull_requests.retitle(self.stage, name, number, title, by)

    def mark_ready(self, name: str, number: int, by: str) -> None:
        """No draft any more."""
        pull_requests.mark_ready(self.stage, name, number, by)

    async def merge_group(self, name: str, numbers: tuple[int, ...], by: str) -> MergeGroup:
        """The merge queue tries these pull requests together."""
        return await pull_requests.queue(self.stage, name, numbers, by)

    async def destroy_merge_group(self, group: MergeGroup, reason: str, by: str) -> None:
        """The group is gone: `merged`, `invalidated` or `dequeued`."""
        await pull_requests.destroy_group(self.stage, group, reason, by)

    # Talk and buttons

    def comment(self, name: str, number: int, user: str, body: str) -> IssueComment:
        """Say something under a pull request or issue."""
        return conversation.comment(self.stage, name, number, user, body)

    def edit_comment(self, name: str, comment_id: int, by: str, body: str) -> None:
        """Edit a comment, one's own or another's."""
        conversation.edit_comment(self.stage, name, comment_id, by, body)

    def delete_comment(self, name: str, comment_id: int, by: str) -> None:
        """Remove a comment."""
        conversation.delete_comment(self.stage, name, comment_id, by)

    def reply_in_thread(self, name: str, comment_id: int, by: str, body: str) -> ReviewComment:
        """Answer a review comment."""
        return conversation.reply_in_thread(self.stage, name, comment_id, by, body)

    def resolve_thread(self, name: str, thread_id: int, by: str) -> None:
        """Mark a thread as settled."""
        conversation.resolve_thread(self.stage, name, thread_id, by)

    def rerequest(self, run_id: int, by: str) -> None:
        """ "Re-run" on one check."""
        checks.rerequest(self.stage, run_id, by)

    def rerequest_all(self, run_id: int, by: str) -> None:
        """ "Re-run all checks" on the commit of a run."""
        checks.rerequest_all(self.stage, run_id, by)

    def click(self, run_id: int, identifier: str, by: str) -> None:
        """A button that the app offers on a run."""
        checks.click(self.stage, run_id, identifier, by)

    # Looking

    def check_runs(self, sha: str) -> list[CheckRun]:
        """All runs on a commit, oldest first."""
        runs = (r for repo in self.world.repositories.values() for r in repo.check_runs.values())
        return [run for run in runs if run.head_sha == sha]

    def comments(self, name: str, number: int) -> list[IssueComment]:
        """The conversation, oldest first."""
        said = self.world.repository(name).issue_comments.values()
        return [comment for comment in said if comment.number == number]

    def threads(self, name: str, number: int) -> list[ReviewThread]:
        """The review threads with their comments, oldest first."""
        repository = self.world.repository(name)
        return [
            ReviewThread(thread, _comments(repository, thread))
            for thread in repository.threads.values()
            if thread.number == number
        ]

    # Faults

    def fail_next(
        self,
        method: str,
        path: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        after_effect: bool = False,
    ) -> None:
        """The next matching requests fail; `path` is a regular expression, `after_effect`: the work is done."""
        message = "Server Error" if status >= 500 else SECONDARY_LIMIT
        pattern = re.compile(path)
        fault = Fault(method, pattern, status, message, headers or {}, times, after_effect)
        self.faults.planned.append(fault)

    def slow_next(self, method: str, path: str, seconds: float, times: int = 1) -> None:
        """The next matching requests take longer."""
        self.faults.slow.append(Slowness(method, re.compile(path), seconds, times))

    def mishandle_next(self, event: str, mishap: Mishap, times: int = 1) -> None:
        """The next deliveries of `event` (or `event.action`) are duplicated, dropped or delayed."""
        self.deliveries.rules.append(Rule(event, mishap, times))


class Server(uvicorn.Server):
    """A server that tells when it is ready, and leaves the process's signals to its program."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


def _webhook_client() -> httpx.AsyncClient:
    """A client without a time limit, which `Deliveries` sets; receivers are on loopback, without TLS."""
    no_authorities = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.AsyncClient(trust_env=False, timeout=None, verify=no_authorities)  # noqa: S113


def _comments(repository: Repository, thread: Thread) -> tuple[ReviewComment, ...]:
    said = repository.review_comments.values()
    return tuple(comment for comment in said if comment.thread_id == thread.id)


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
        yield listener


def _world(base_url: str, root: Path, key: rsa.RSAPublicKey, settings: BoxSettings) -> World:
    now = settings.clock().replace(microsecond=0)
    owner = Account(9001, "app-owner", AccountKind.USER)
    bot = Account(9002, f"{settings.slug}[bot]", AccountKind.BOT)
    app = App(
        id=314159,
        slug=settings.slug,
        name=settings.name,
        client_id="Iv23box0000000000000",
        owner=owner,
        bot=bot,
        public_key=key,
        permissions=dict(settings.permissions),
        events=settings.events,
        created_at=now,
    )
    world = World(base_url, root.absolute(), settings.clock, app, Webhook(9003, "", ""))
    world.allow_thread_resolution = settings.allow_thread_resolution
    for account in (owner, bot):
        world.accounts[account.login.lower()] = account
    return world


def _box(world: World, deliveries: Deliveries, private_key: str) -> GitHubBox:
    events = Events(world, Links(world.base_url), deliveries)
    stage = Stage(world, events)
    return GitHubBox(world.base_url, private_key, stage, deliveries, Faults(), Journal())


def _front(box: GitHubBox) -> Front:
    world, events, links = box.world, box.stage.events, box.stage.events.links
    validator = Validator(official())
    rest = RestApi(world, links, events, validator, endpoints(), box.journal, Quotas())
    graphql = GraphQl(world, links, events)
    return Front(world, rest, graphql, GitHttp(world, links), box.journal, box.faults)


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@contextlib.asynccontextmanager
async def _serving(front: Front, listener: socket.socket) -> AsyncIterator[None]:
    """Serve in a task of this event loop. Nothing is logged: a log could hold a token."""
    config = uvicorn.Config(
        front,
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=2,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.ready.wait()
        yield
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def _delivering(deliveries: Deliveries) -> AsyncIterator[None]:
    task = asyncio.create_task(deliveries.run())
    try:
        yield
    finally:
        unfinished = [task, *deliveries.late]
        for one in unfinished:
            one.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
