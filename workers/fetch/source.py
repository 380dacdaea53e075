"""Where a change is fetched from, and what is wanted of it."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from app.domain.change import Repository

OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A repository's address for cloning, and the token to read it with.

    Raises `ValueError` for an address that is not https (http is for loopback hosts only) or that
    holds credentials.
    """

    url: str
    token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.username is not None or parts.password is not None:
            raise ValueError("a clone address may not hold credentials")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts)):
            raise ValueError("a clone address is https; http is for loopback hosts only")

    @property
    def scheme(self) -> str:
        """``https``, or ``http`` for a loopback host."""
        return urlsplit(self.url).scheme

    @property
    def origin(self) -> str:
        """Scheme, host and port, with a slash at the end: what the token is scoped to."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/"


def is_loopback(parts: SplitResult) -> bool:
    """Whether the address names this machine."""
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which change of a repository.

    ``commits`` is how many the change has (GitHub's number), ``number`` the pull request's, None
    for a merge group. Raises `ValueError` for ids that are not full object ids.
    """

    repository: Repository
    base_branch: str
    head: str
    merge_base: str
    commits: int = 1
    number: int | None = None

    def __post_init__(self) -> None:
        for name in (self.head, self.merge_base):
            if OBJECT_ID.fullmatch(name) is None:
                raise ValueError("a commit is wanted by its full object id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """How this machine reaches the outside: the operator's proxy and CA bundle."""

    proxy: str | None = field(default=None, repr=False)
    no_proxy: str | None = None
    ca_bundle: Path | None = None
