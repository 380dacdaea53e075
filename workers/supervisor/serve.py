"""What `audit serve` runs: Redis unless one is set, migrations, the worker, the web."""

import asyncio
import errno
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.settings import Settings
from app.store.migrate import upgrade
from workers.supervisor.plan import Restarts, Supervisor
from workers.supervisor.process import CannotStartError, Child
from workers.supervisor.redis import (
    RedisPlace,
    answers,
    clear_stale_socket,
    command,
    find_server,
    forget_place,
    redis_place,
)

WORKER_GRACE_S = 55.0
"""More than the worker's own wait for its jobs and the closing after it."""
EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        host = "127.0.0.1" if self.host in EVERY_ADDRESS else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What runs once everything is up: the web's address, and Redis's for those who queue too."""

    web: Address
    redis_url: str


async def serve(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    stop: asyncio.Event,
    started: Callable[[Started], None],
    logs: Path | None = None,
) -> None:
    """Run everything until ``stop`` is set; ``started`` is called when the web answers.

    ``environ`` is what ``settings`` were read from: the children read it again. Port 0 takes a free
    port. With ``logs``, each child writes to its own file there. Raises `CannotStartError` and
    what the migrations raise; they run first, so that there is nothing to stop when they fail.
    """
    web = Address(settings.host, available_port(settings.host, settings.port))
    await upgrade(settings.database_url)
    with _redis(settings, environ, logs) as (redis_url, servers):
        told = child_environ(settings, environ, web, redis_url)
        children = (*servers, worker_child(told, logs), web_child(web, told, logs))
        supervisor = Supervisor(children, Restarts())
        await supervisor.run(stop, lambda: started(Started(web=web, redis_url=redis_url)))


@contextmanager
def _redis(
    settings: Settings, environ: Mapping[str, str], logs: Path | None
) -> Iterator[tuple[str, tuple[Child, ...]]]:
    """The address of Redis, and the server to run for it, if any."""
    if settings.redis_url:
        yield settings.redis_url, ()
        return
    server, place = find_server(), redis_place(settings.data_dir)
    try:
        yield place.url, (redis_child(server, place, environ, logs),)
    finally:
        forget_place(place)


def child_environ(
    settings: Settings, environ: Mapping[str, str], web: Address, redis_url: str
) -> dict[str, str]:
    """``environ`` with what only the supervisor knows: the addresses of Redis and the web."""
    told = dict(environ)
    if not settings.redis_url:
        told["AUDIT_REDIS_URL"] = redis_url
    if "public_url" not in settings.model_fields_set:
        told["AUDIT_PUBLIC_URL"] = web.url
    return told


def redis_child(
    server: Path, place: RedisPlace, environ: Mapping[str, str], logs: Path | None
) -> Child:
    """The embedded Redis. It needs no secret, so it gets none."""
    return Child(
        name="redis",
        command=command(server, place),
        environ={name: environ[name] for name in ("PATH", "LANG", "TZ") if name in environ},
        prepare=partial(clear_stale_socket, place),
        ready=partial(answers, place),
        log=_log(logs, "redis"),
    )


def worker_child(environ: Mapping[str, str], logs: Path | None) -> Child:
    """The worker. Nothing waits for it: a queued job does not mind, and its start may build an index."""
    return Child(
        name="worker",
        command=(sys.executable, "-m", "cli.main", "worker"),
        environ=environ,
        grace_s=WORKER_GRACE_S,
        log=_log(logs, "worker"),
    )


def web_child(web: Address, environ: Mapping[str, str], logs: Path | None) -> Child:
    """The web, ready once it accepts connections, which is after it has opened what it needs."""
    where = ("--host", web.host, "--port", str(web.port))
    return Child(
        name="web",
        command=(sys.executable, "-m", "cli.main", "web", *where),
        environ=environ,
        prepare=partial(_require_port, web),
        ready=partial(listens, web),
        log=_log(logs, "web"),
    )


def available_port(host: str, port: int) -> int:
    """``port`` if it can be bound, for 0 a free one. Raises `CannotStartError`."""
    family, kind, _, _, address = _resolved(host, port)
    with socket.socket(family, kind) as probe:
        # As the web does it: connections that linger from a life before do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CannotStartError(_why_not(host, port, error)) from error
        return int(probe.getsockname()[1])


def _require_port(web: Address) -> None:
    available_port(web.host, web.port)


def _resolved(host: str, port: int) -> tuple[int, int, int, str, tuple[object, ...]]:
    try:
        return socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise CannotStartError(
            f"AUDIT_HOST is wrong: {host} is no address of this machine."
        ) from error


def _why_not(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            why = "another program listens there"
        case errno.EACCES:
            why = "ports below 1024 need more rights"
        case _:
            why = error.strerror or "the system refuses it"
    return f"{host}:{port} can't be used: {why}. Set AUDIT_PORT or AUDIT_HOST to another."


async def listens(web: Address) -> bool:
    """Whether the web accepts connections."""
    host = "127.0.0.1" if web.host in EVERY_ADDRESS else web.host
    try:
        _, writer = await asyncio.open_connection(host, web.port)
    except OSError:
        return False
    writer.close()
    return True


def _log(logs: Path | None, name: str) -> Path | None:
    return None if logs is None else logs / f"{name}.log"
