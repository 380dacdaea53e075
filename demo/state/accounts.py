"""Who exists on the box: people, bots, organisations, the app and its installations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


class AccountKind(StrEnum):
    """GitHub's own words for the kinds of account."""

    USER = "User"
    BOT = "Bot"
    ORGANIZATION = "Organization"


@dataclass(frozen=True, slots=True)
class Account:
    """A login with its number; the number is the identity, the login can change hands."""

    id: int
    login: str
    kind: AccountKind


@dataclass(frozen=True, slots=True)
class Role:
    """A person's role on one repository.

    `permission` is what the permission endpoint says: admin, write, read or none. `name` is the exact
    role, which may be a custom one.
    """

    name: str
    permission: str


# "maintain" is reported as write and "triage" as read: the endpoint's own description says so.
ROLES: Mapping[str, Role] = {
    "admin": Role("admin", "admin"),
    "maintain": Role("maintain", "write"),
    "write": Role("write", "write"),
    "triage": Role("triage", "read"),
    "read": Role("read", "read"),
    "none": Role("none", "none"),
}


@dataclass(slots=True)
class Webhook:
    """Where the app's events go. An empty address means that none are sent."""

    id: int
    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class App:
    """The GitHub App that the box knows."""

    id: int
    slug: str
    name: str
    client_id: str
    owner: Account
    bot: Account
    public_key: RSAPublicKey = field(repr=False)
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    created_at: datetime


@dataclass(slots=True)
class Installation:
    """The app on one account. `repository_ids` is what it was given; removed ones answer 404."""

    id: int
    account: Account
    permissions: dict[str, str]
    events: tuple[str, ...]
    created_at: datetime
    repository_ids: set[int] = field(default_factory=set)
    suspended_at: datetime | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """What a token allows. The token itself is kept as a SHA-256 only, as its key in the world."""

    installation_id: int
    permissions: Mapping[str, str]
    repository_ids: frozenset[int] | None
    expires_at: datetime
