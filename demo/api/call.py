"""What every operation is given and what it gives back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from demo.auth import AppCaller, Caller, InstallationCaller, UserCaller
from demo.bodies.links import Json, Links
from demo.events import Events
from demo.git.commits import resolve
from demo.quota import Quota
from demo.refusal import RefusalError, not_found
from demo.state.accounts import Account
from demo.state.repository import PullRequest, Repository
from demo.state.world import World

JSON_KIND: Final = "application/json"
PER_PAGE: Final = 30
MOST_PER_PAGE: Final = 100
# The limit of every kind of comment, in characters.
BODY_LIMIT: Final = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and extra headers. `kind` is the media type of a body that is not JSON."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = JSON_KIND


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised, validated request."""

    world: World
    links: Links
    events: Events
    caller: Caller
    path: str
    parameters: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    accept: str
    found_repository: Repository | None
    headers: Mapping[str, str]
    quota: Quota

    @property
    def repository(self) -> Repository:
        """The repository that the path names. Raises RefusalError 404."""
        if self.found_repository is None:
            raise not_found()
        return self.found_repository

    def author(self) -> tuple[Account, bool]:
        """Who acts, and whether through the app. Raises RefusalError 403 for who can't write."""
        match self.caller:
            case UserCaller(account):
                return account, False
            case InstallationCaller() | AppCaller():
                return self.world.app.bot, True
            case _:
                raise RefusalError(401, "Requires authentication")

    def pull_request(self) -> PullRequest:
        """The pull request that the path names. Raises RefusalError 404."""
        found = self.repository.pull_requests.get(self.parameters["pull_number"])
        if found is None:
            raise not_found()
        return found

    async def commit(self, ref: str) -> str:
        """The commit a reference names. Raises RefusalError 422, as GitHub does for an unknown one."""
        sha = await resolve(self.repository.path, ref)
        if sha is None:
            raise RefusalError(422, f"No commit found for SHA: {ref}")
        return sha


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class ByApp:
    """Only with the app's JWT."""


@dataclass(frozen=True, slots=True)
class ByInstallation:
    """With any installation token."""


@dataclass(frozen=True, slots=True)
class Needs:
    """With one of these permissions on the repository, each a (name, level)."""

    any_of: tuple[tuple[str, str], ...]
    app_only: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Without any credential."""


Access = ByApp | ByInstallation | Needs | Open


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation: who may call it and what does it."""

    name: str
    access: Access
    handler: Handler


def reads(permission: str, *others: str) -> Needs:
    """Read access to one of these."""
    return Needs(tuple((name, "read") for name in (permission, *others)))


def writes(permission: str, *others: str) -> Needs:
    """Write access to one of these."""
    return Needs(tuple((name, "write") for name in (permission, *others)))


T = TypeVar("T")


def page(call: Call, items: Sequence[T]) -> tuple[Sequence[T], dict[str, str]]:
    """The page that was asked for, with its Link header."""
    size = min(max(call.query.get("per_page", PER_PAGE), 1), MOST_PER_PAGE)
    number = max(call.query.get("page", 1), 1)
    last = max((len(items) + size - 1) // size, 1)
    near = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    wanted = {rel: n for rel, n in near.items() if 1 <= n <= last and n != number}
    parts = [f'<{_address(call, n)}>; rel="{rel}"' for rel, n in wanted.items()]
    shown = items[(number - 1) * size : number * size]
    return shown, {"Link": ", ".join(parts)} if parts else {}


def listing(call: Call, items: Sequence[T], body: Callable[[T], Json]) -> Answer:
    """One page of items as a JSON array."""
    shown, headers = page(call, items)
    return Answer(200, [body(item) for item in shown], headers)


def counted(call: Call, name: str, items: Sequence[T], body: Callable[[T], Json]) -> Answer:
    """One page of items as an object with the total count."""
    shown, headers = page(call, items)
    return Answer(200, {"total_count": len(items), name: [body(item) for item in shown]}, headers)


def checked_body(text: str) -> str:
    """A comment's text. Raises RefusalError 422 when blank or over GitHub's limit."""
    if not text.strip():
        raise RefusalError(422, "Validation Failed", ("body can't be blank",))
    if len(text) > BODY_LIMIT:
        problem = f"body is too long (maximum is {BODY_LIMIT} characters)"
        raise RefusalError(422, "Validation Failed", (problem,))
    return text


def _address(call: Call, number: int) -> str:
    query = {**call.query, "page": number}
    return f"{call.links.base}{call.path}?{urlencode(query)}"
