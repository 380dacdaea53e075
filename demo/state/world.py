"""The whole state of one box, and how things in it are found."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from demo.state.accounts import (
    ROLES,
    Account,
    AccountKind,
    App,
    Installation,
    InstallationToken,
    Role,
    Webhook,
)
from demo.state.repository import PullRequest, Repository

# Far from small numbers, so that an id is never mistaken for a pull request's number.
FIRST_ID = 700_001


@dataclass(slots=True)
class World:
    """Everything the box knows. One event loop owns it, so nothing is locked."""

    base_url: str
    root: Path
    clock: Callable[[], datetime]
    app: App
    webhook: Webhook
    allow_thread_resolution: bool = False
    accounts: dict[str, Account] = field(default_factory=dict)
    installations: dict[int, Installation] = field(default_factory=dict)
    repositories: dict[int, Repository] = field(default_factory=dict)
    former_names: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, InstallationToken] = field(default_factory=dict, repr=False)
    user_tokens: dict[str, Account] = field(default_factory=dict, repr=False)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_ID))

    def now(self) -> datetime:
        """The current time in whole seconds, UTC: GitHub's resolution."""
        return self.clock().replace(microsecond=0)

    def next_id(self) -> int:
        """A number never used before in this box."""
        return next(self.ids)

    def account(self, login: str, kind: AccountKind = AccountKind.USER) -> Account:
        """The account of that login, made on first use."""
        return self.accounts.setdefault(login.lower(), Account(self.next_id(), login, kind))

    def find_account(self, login: str) -> Account | None:
        """The account of that login, if it exists; logins ignore case."""
        return self.accounts.get(login.lower())

    def find_repository(self, full_name: str) -> Repository | None:
        """The repository that has this name now."""
        wanted = full_name.lower()
        return next((r for r in self.repositories.values() if r.full_name.lower() == wanted), None)

    def repository(self, full_name: str) -> Repository:
        """The repository of that name. Raises KeyError: tests and demos name what they made."""
        found = self.find_repository(full_name)
        if found is None:
            raise KeyError(f"the box has no repository {full_name}")
        return found

    def moved(self, full_name: str) -> Repository | None:
        """The repository that had this name before it was renamed."""
        identity = self.former_names.get(full_name.lower())
        return None if identity is None else self.repositories.get(identity)

    def installation_of(self, repository: Repository) -> Installation | None:
        """The live installation that was given this repository."""
        return next(
            (
                i
                for i in self.installations.values()
                if not i.removed and repository.id in i.repository_ids
            ),
            None,
        )

    def role(self, repository: Repository, account: Account) -> Role:
        """The highest role of an account; everyone may read a public repository."""
        if account.id == repository.owner.id:
            return ROLES["admin"]
        outsider = ROLES["none"] if repository.private else ROLES["read"]
        return repository.roles.get(account.id, outsider)

    def open_pull_requests(self) -> Iterator[tuple[Repository, PullRequest]]:
        """Every open pull request with the repository it is in."""
        for repository in self.repositories.values():
            for pull in repository.pull_requests.values():
                if pull.is_open:
                    yield repository, pull
