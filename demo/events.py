"""What the app is told: the event that follows from each thing that happens, with GitHub's payloads.

The objects in them are the ones REST answers with. An event goes to the installation that was given the
repository, if it is not suspended and the app subscribed to the event.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from demo.bodies.accounts import account_body, installation_body
from demo.bodies.checks import run_event_body, suite_event_body
from demo.bodies.discussion import comment_body, issue_body, review_comment_body
from demo.bodies.links import Json, Links, node_id
from demo.bodies.pull_requests import pull_request_body
from demo.bodies.repositories import repository_body, short_repository_body
from demo.deliveries import Deliveries, Message, new_guid
from demo.state.accounts import Account, AccountKind, Installation
from demo.state.checks import CheckRun, CheckSuite
from demo.state.discussion import Issue, IssueComment, ReviewComment
from demo.state.repository import PullRequest, Repository
from demo.state.world import World

# Sent to every app that may write checks, whether subscribed or not.
UNASKED: Final = frozenset(
    {
        "check_run.rerequested",
        "check_run.requested_action",
        "check_suite.requested",
        "check_suite.rerequested",
    }
)
NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Events:
    """Sends the events of one box."""

    world: World
    links: Links
    deliveries: Deliveries

    def pull_request(
        self,
        repository: Repository,
        pull: PullRequest,
        action: str,
        sender: Account,
        more: Mapping[str, Any] = NOTHING,
    ) -> None:
        """`pull_request.<action>`; `more` holds keys such as `before`, `after`, `changes`."""
        body = pull_request_body(self.links, self.world, repository, pull)
        payload = {"number": pull.number, "pull_request": body, **more}
        self._send(repository, "pull_request", action, payload, sender)

    def push(
        self, repository: Repository, branch: str, moved: Mapping[str, Any], sender: Account
    ) -> None:
        """`push`; `moved` holds before, after, created, deleted, forced, commits, head_commit."""
        payload = {
            "ref": f"refs/heads/{branch}",
            **moved,
            "base_ref": None,
            "compare": self.links.page(f"{repository.full_name}/compare/{branch}"),
            "pusher": {"name": sender.login, "email": f"{sender.login}@users.noreply.github.com"},
        }
        self._send(repository, "push", None, payload, sender)

    def check_run(
        self,
        repository: Repository,
        run: CheckRun,
        action: str,
        sender: Account,
        more: Mapping[str, Any] = NOTHING,
    ) -> None:
        """`check_run.<action>`; `more` is `requested_action` for a click on a button."""
        body = run_event_body(self.links, self.world, repository, run)
        self._send(repository, "check_run", action, {"check_run": body, **more}, sender)

    def check_suite(
        self, repository: Repository, suite: CheckSuite, action: str, sender: Account
    ) -> None:
        """`check_suite.<action>`."""
        body = suite_event_body(self.links, self.world, repository, suite)
        self._send(repository, "check_suite", action, {"check_suite": body}, sender)

    def issue(self, repository: Repository, issue: Issue, action: str, sender: Account) -> None:
        """`issues.<action>`."""
        body = issue_body(self.links, self.world, repository, issue)
        self._send(repository, "issues", action, {"issue": body}, sender)

    def issue_comment(
        self,
        repository: Repository,
        comment: IssueComment,
        action: str,
        sender: Account,
        more: Mapping[str, Any] = NOTHING,
    ) -> None:
        """`issue_comment.<action>`, for pull requests too."""
        issue = repository.issues[comment.number]
        payload = {
            "issue": issue_body(self.links, self.world, repository, issue),
            "comment": comment_body(self.links, self.world, repository, comment),
            **more,
        }
        self._send(repository, "issue_comment", action, payload, sender)

    def review_comment(
        self,
        repository: Repository,
        comment: ReviewComment,
        action: str,
        sender: Account,
        more: Mapping[str, Any] = NOTHING,
    ) -> None:
        """`pull_request_review_comment.<action>`."""
        pull = repository.pull_requests[comment.number]
        payload = {
            "comment": review_comment_body(self.links, self.world, repository, comment),
            "pull_request": pull_request_body(self.links, self.world, repository, pull),
            **more,
        }
        self._send(repository, "pull_request_review_comment", action, payload, sender)

    def thread(
        self, repository: Repository, thread_id: int, number: int, action: str, sender: Account
    ) -> None:
        """`pull_request_review_thread.<action>`."""
        pull = repository.pull_requests[number]
        comments = [
            review_comment_body(self.links, self.world, repository, comment)
            for comment in repository.review_comments.values()
            if comment.thread_id == thread_id
        ]
        payload = {
            "pull_request": pull_request_body(self.links, self.world, repository, pull),
            "thread": {"node_id": node_id("PRRT", thread_id), "comments": comments},
        }
        self._send(repository, "pull_request_review_thread", action, payload, sender)

    def merge_group(
        self, repository: Repository, group: Json, action: str, sender: Account, reason: str = ""
    ) -> None:
        """`merge_group.checks_requested` or `.destroyed` (with its reason)."""
        payload = {"merge_group": group} | ({"reason": reason} if reason else {})
        self._send(repository, "merge_group", action, payload, sender)

    def repository_renamed(self, repository: Repository, old_name: str, sender: Account) -> None:
        """`repository.renamed`."""
        payload = {"changes": {"repository": {"name": {"from": old_name}}}}
        self._send(repository, "repository", "renamed", payload, sender)

    def installation(self, installation: Installation, action: str, sender: Account) -> None:
        """`installation.<action>`: created, deleted, suspend, unsuspend. Sent whatever is subscribed."""
        repositories = [
            short_repository_body(self.world.repositories[i])
            for i in sorted(installation.repository_ids)
        ]
        payload = {
            "action": action,
            "installation": installation_body(self.links, self.world, installation),
            "repositories": repositories,
            "sender": account_body(self.links, sender),
        }
        self._deliver("installation", action, payload, installation.id, None)

    def installation_repositories(
        self, installation: Installation, added: list[Repository], removed: list[Repository]
    ) -> None:
        """`installation_repositories.added` or `.removed`."""
        action = "added" if added else "removed"
        payload = {
            "action": action,
            "installation": installation_body(self.links, self.world, installation),
            "repository_selection": "selected",
            "repositories_added": [short_repository_body(r) for r in added],
            "repositories_removed": [short_repository_body(r) for r in removed],
            "requester": None,
            "sender": account_body(self.links, installation.account),
        }
        self._deliver("installation_repositories", action, payload, installation.id, None)

    def ping(self) -> None:
        """`ping`, as when a webhook is set up."""
        hook = self.world.webhook
        config = {"content_type": "json", "insecure_ssl": "0", "url": hook.url}
        described = {
            "type": "App",
            "id": hook.id,
            "name": "web",
            "active": True,
            "events": list(self.world.app.events),
            "config": config,
            "app_id": self.world.app.id,
        }
        payload = {"zen": "Keep it logically awesome.", "hook_id": hook.id, "hook": described}
        self._deliver("ping", None, payload, None, None)

    def _send(
        self,
        repository: Repository,
        event: str,
        action: str | None,
        payload: Mapping[str, Any],
        sender: Account,
    ) -> None:
        installation = self._receiver(repository, event, action)
        if installation is None:
            return
        body: Json = {"action": action} if action else {}
        body |= payload
        body["repository"] = repository_body(self.links, repository)
        if repository.owner.kind is AccountKind.ORGANIZATION:
            body["organization"] = organization_body(self.links, repository.owner)
        body["sender"] = account_body(self.links, sender)
        body["installation"] = {
            "id": installation.id,
            "node_id": node_id("MDIz", installation.id),
        }
        self._deliver(event, action, body, installation.id, repository.id)

    def _receiver(
        self, repository: Repository, event: str, action: str | None
    ) -> Installation | None:
        installation = self.world.installation_of(repository)
        if installation is None or installation.suspended_at is not None:
            return None
        writes_checks = installation.permissions.get("checks") == "write"
        unasked = f"{event}.{action}" in UNASKED and writes_checks
        return installation if unasked or event in installation.events else None

    def _deliver(
        self,
        event: str,
        action: str | None,
        payload: Json,
        installation_id: int | None,
        repository_id: int | None,
    ) -> None:
        body = json.dumps(payload, separators=(",", ":")).encode()
        self.deliveries.send(
            Message(new_guid(), event, action, installation_id, repository_id, body)
        )


def organization_body(links: Links, account: Account) -> Json:
    """`organization-simple`."""
    url = links.api(f"orgs/{account.login}")
    below = ("repos", "events", "hooks", "issues")
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("O", account.id),
        "url": url,
        **{f"{name}_url": f"{url}/{name}" for name in below},
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": links.page(f"avatars/u/{account.id}"),
        "description": None,
    }
