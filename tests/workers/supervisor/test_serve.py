"""What `audit serve` runs, with which addresses; a port that is taken is said, not tried again."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workers.main import CLOSE_LIMIT_S, WorkerOptions
from workers.supervisor import serve as serving
from workers.supervisor.process import CannotStartError, Child
from workers.supervisor.redis import answers, redis_place
from workers.supervisor.serve import (
    WORKER_GRACE_S,
    Address,
    Started,
    available_port,
    child_environ,
    listens,
    redis_child,
    serve,
    web_child,
    worker_child,
)


class SettingsOf:
    """The settings that serving reads."""

    def __init__(self, data_dir: Path, **given: Any) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.redis_url = ""
        self.data_dir = data_dir
        self.database_url = f"sqlite+aiosqlite:///{data_dir / 'audit.db'}"
        for name, value in given.items():
            setattr(self, name, value)
        self.model_fields_set = set(given)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_port_zero_takes_a_free_port() -> None:
    port = available_port("127.0.0.1", 0)

    assert port > 1023
    assert available_port("127.0.0.1", port) == port


def test_a_taken_port_is_said_with_the_remedy(taken: int) -> None:
    with pytest.raises(
        CannotStartError, match=f"127.0.0.1:{taken} can't be used: another program"
    ) as e:
        available_port("127.0.0.1", taken)

    assert "Set AUDIT_PORT" in str(e.value)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotStartError, match=r"192\.0\.2\.1:8080 can't be used"):
        available_port("192.0.2.1", 8080)


async def test_a_taken_port_ends_serving_before_anything_is_started(
    tmp_path: Path, taken: int
) -> None:
    settings: Any = SettingsOf(tmp_path, port=taken)
    with pytest.raises(CannotStartError, match="another program listens"):
        await serve(settings, {}, stop=asyncio.Event(), started=print)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (Address("127.0.0.1", 8080), "http://127.0.0.1:8080"),
        (Address("0.0.0.0", 8080), "http://127.0.0.1:8080"),
        (Address("::1", 8080), "http://[::1]:8080"),
    ],
)
def test_the_web_has_an_address_for_a_browser_here(address: Address, url: str) -> None:
    assert address.url == url


async def test_readiness_of_the_web_is_an_accepted_connection(taken: int) -> None:
    assert await listens(Address("127.0.0.1", taken))
    assert not await listens(Address("127.0.0.1", available_port("127.0.0.1", 0)))


def test_children_are_told_the_addresses_that_only_the_supervisor_knows(tmp_path: Path) -> None:
    settings: Any = SettingsOf(tmp_path)
    told = child_environ(settings, {"PATH": "/bin"}, Address("127.0.0.1", 4711), "unix:///s?db=0")

    assert told == {
        "PATH": "/bin",
        "AUDIT_REDIS_URL": "unix:///s?db=0",
        "AUDIT_PUBLIC_URL": "http://127.0.0.1:4711",
    }


def test_what_the_operator_set_stays(tmp_path: Path) -> None:
    settings: Any = SettingsOf(
        tmp_path, redis_url="redis://r:6379/0", public_url="https://audit.example.com"
    )
    environ = {"AUDIT_PUBLIC_URL": "https://audit.example.com", "AUDIT_REDIS_URL_FILE": "/secret"}

    assert child_environ(settings, environ, Address("0.0.0.0", 8080), "redis://r:6379/0") == environ


def test_redis_gets_no_secret(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "AUDIT_SECRET_KEY": "never for redis"}

    assert redis_child(Path("redis"), redis_place(tmp_path), environ, None).environ == {
        "PATH": "/bin"
    }


def test_worker_and_web_are_our_own_commands_with_logs_apart(tmp_path: Path) -> None:
    worker = worker_child({}, tmp_path)
    web = web_child(Address("127.0.0.1", 4711), {}, tmp_path)

    assert worker.command == (sys.executable, "-m", "cli.main", "worker")
    assert web.command[3:] == ("web", "--host", "127.0.0.1", "--port", "4711")
    assert (worker.log, web.log) == (tmp_path / "worker.log", tmp_path / "web.log")


def test_the_worker_has_time_to_end_its_jobs() -> None:
    assert WorkerOptions().completion_wait_s + CLOSE_LIMIT_S < WORKER_GRACE_S


LISTEN = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)
"""


@pytest.mark.integration
async def test_everything_comes_up_around_a_real_redis_and_goes_down_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def a_web(web: Address, environ: Any, logs: Any) -> Child:
        command = (sys.executable, "-c", LISTEN, str(web.port))
        return Child(name="web", command=command, environ=environ, ready=lambda: listens(web))

    def a_worker(environ: Any, logs: Any) -> Child:
        return Child(name="worker", command=("sleep", "60"), environ=environ)

    monkeypatch.setattr(serving, "web_child", a_web)
    monkeypatch.setattr(serving, "worker_child", a_worker)
    settings: Any = SettingsOf(tmp_path)
    stop, told = asyncio.Event(), asyncio.Queue[Started]()
    running = asyncio.create_task(
        serve(settings, {"PATH": "/usr/bin:/bin"}, stop=stop, started=told.put_nowait)
    )
    started = await told.get()
    up = (await listens(started.web), await answers(redis_place(tmp_path)))
    stop.set()
    await running

    assert up == (True, True)
    assert not await listens(started.web)
    assert not await answers(redis_place(tmp_path))
    assert (tmp_path / "audit.db").exists()
