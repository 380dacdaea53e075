"""How GitHub is reached, and in whose name."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

import httpx

from app.domain.change import Repository

API_VERSION: Final = "2022-11-28"
"""Known to github.com and to every supported GitHub Enterprise Server; the newer one is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where GitHub's REST API is and how the app signs in.

    ``base_url`` is ``https://api.github.com`` or ``https://HOST/api/v3``. ``timeout_s`` bounds the
    connection and each read, ``spacing_s`` parts two writes of one installation (GitHub asks for one
    second). ``transport`` replaces the network in tests.
    """

    base_url: str
    app_id: int
    private_key: str = field(repr=False)
    api_version: str = API_VERSION
    timeout_s: float = 10.0
    spacing_s: float = 1.0
    ca_bundle: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    transport: httpx.AsyncBaseTransport | None = None


@dataclass(frozen=True, slots=True)
class Permissions:
    """A set of permissions, ``(name, "read" or "write")`` sorted by name."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, granted: Mapping[str, str]) -> "Permissions":
        """The permissions of a mapping, in the one order that is ever asked for."""
        return cls(tuple(sorted(granted.items())))


READING: Final = Permissions.of({"contents": "read", "pull_requests": "read"})
"""Pull requests and comparisons."""
REPORTING: Final = Permissions.of({"checks": "write", "issues": "write", "pull_requests": "write"})
"""Check runs, reviews and comments; no contents."""
CLONING: Final = Permissions.of({"contents": "read"})
"""What git is given, and nothing else."""


@dataclass(frozen=True, slots=True)
class Access:
    """One repository through one installation, with no more than ``permissions``."""

    installation_id: int
    repository: Repository
    permissions: Permissions


class SharedTransport(httpx.AsyncBaseTransport):
    """One connection pool for every client made over it; closing such a client leaves it open.

    githubkit makes a client for each call made outside the task that entered it (the entered one is
    in a context variable). Over this transport such a client costs no TLS context and no connection.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send over the shared pool."""
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Keep the pool: the client that closes is not its owner."""

    async def close_pool(self) -> None:
        """Close the pool; for its owner."""
        await self._inner.aclose()


def open_transport(connection: Connection) -> SharedTransport:
    """The pool for one client. Raises OSError when the CA bundle can't be read."""
    if connection.transport is not None:
        return SharedTransport(connection.transport)
    verify: ssl.SSLContext | bool = True
    if connection.ca_bundle is not None:
        verify = ssl.create_default_context(cafile=connection.ca_bundle)
    return SharedTransport(httpx.AsyncHTTPTransport(verify=verify, proxy=connection.proxy))


NO_PARAMETERS: Final[Mapping[str, str | int]] = MappingProxyType({})
