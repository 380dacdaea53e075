"""What every action works on."""

from dataclasses import dataclass

from demo.bodies.commits import no_reply_address
from demo.events import Events
from demo.git.writing import Author
from demo.state.accounts import Account, AccountKind
from demo.state.repository import PullRequest, Repository
from demo.state.world import World


@dataclass(frozen=True, slots=True)
class Stage:
    """The world and the way to tell the app about it."""

    world: World
    events: Events

    def person(self, login: str) -> Account:
        """The account of a login, made on first use; `…[bot]` is a bot."""
        kind = AccountKind.BOT if login.endswith("[bot]") else AccountKind.USER
        return self.world.account(login, kind)

    def author(self, login: str) -> Author:
        """How commits of an account are signed."""
        account = self.person(login)
        return Author(account.login, no_reply_address(account))

    def pull_request(self, name: str, number: int) -> tuple[Repository, PullRequest]:
        """A pull request and its repository. Raises KeyError."""
        repository = self.world.repository(name)
        return repository, repository.pull_requests[number]
