"""Children are started in order, kept alive, given up when hopeless, and stopped without a trace."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from workers.supervisor.plan import Restarts, Supervisor
from workers.supervisor.process import MAX_LOG, CannotStartError, Child

ROOT = Path(__file__).parents[3]
QUICK = Restarts(first_delay_s=0.02, longest_delay_s=0.1)


def a_child(name: str, journal: Path, script: str = "sleep 60", **differences: Any) -> Child:
    """A shell that writes its name, process id and parent's into the journal and does as told."""
    values: dict[str, Any] = {
        "name": name,
        "command": ("/bin/sh", "-c", f'echo "{name} $$" >> "{journal}"; {script}'),
        "environ": {"PATH": os.environ["PATH"]},
    }
    return Child(**(values | differences))


def starts(journal: Path) -> list[tuple[str, int]]:
    """The names and process ids of all starts so far."""
    lines = journal.read_text().splitlines() if journal.exists() else []
    return [(line.split()[0], int(line.split()[1])) for line in lines]


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    if sys.platform == "linux":
        status = Path(f"/proc/{pid}/status")
        return status.exists() and "State:\tZ" not in status.read_text()
    told = subprocess.run(("ps", "-o", "stat=", "-p", str(pid)), capture_output=True, text=True)
    return told.stdout.strip() != "" and not told.stdout.startswith("Z")


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


@asynccontextmanager
async def supervised(*children: Child, restarts: Restarts = QUICK) -> AsyncIterator[None]:
    """Children that are all ready, until the block ends."""
    stop, started = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(Supervisor(children, restarts).run(stop, started.set))
    await started.wait()
    try:
        yield
    finally:
        stop.set()
        await running


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


async def test_a_child_starts_when_the_one_before_is_ready(journal: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"

    async def open_gate() -> bool:
        return gate.exists()

    children = (a_child("first", journal, ready=open_gate), a_child("second", journal))
    stop, started = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(Supervisor(children, QUICK).run(stop, started.set))
    await until(lambda: len(starts(journal)) == 1)
    await asyncio.sleep(0.2)
    before = [name for name, _ in starts(journal)]
    gate.touch()
    await started.wait()
    await until(lambda: len(starts(journal)) == 2)
    stop.set()
    await running

    assert before == ["first"]
    assert [name for name, _ in starts(journal)] == ["first", "second"]


async def test_a_killed_child_is_started_again(journal: Path) -> None:
    async with supervised(a_child("worker", journal)):
        await until(lambda: len(starts(journal)) == 1)
        ((_, first),) = starts(journal)
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(starts(journal)) == 2)
        second = starts(journal)[1][1]
        assert alive(second)

    assert second != first


async def test_what_a_killed_child_had_started_is_ended_with_it(journal: Path) -> None:
    script = f'sleep 60 & echo "grandchild $!" >> "{journal}"; wait'
    async with supervised(a_child("worker", journal, script)):
        await until(lambda: len(starts(journal)) == 2)
        (_, worker), (_, grandchild) = starts(journal)
        os.kill(worker, signal.SIGKILL)
        await until(lambda: not alive(grandchild))

    assert not alive(worker)


async def test_a_stop_ends_the_children_in_reverse_order_and_leaves_no_process(
    journal: Path, tmp_path: Path
) -> None:
    ends = tmp_path / "ends"
    names = ("redis", "worker", "web")
    scripts = {name: f"trap 'echo {name} >> \"{ends}\"; exit 0' TERM; " for name in names}
    waits = f'sleep 60 & echo "sleeper $!" >> "{journal}"; wait'
    async with supervised(*(a_child(name, journal, scripts[name] + waits) for name in names)):
        await until(lambda: len(starts(journal)) == 6)

    assert ends.read_text().split() == ["web", "worker", "redis"]
    assert [pid for _, pid in starts(journal) if alive(pid)] == []


async def test_a_child_that_ignores_the_stop_is_killed_after_its_grace(journal: Path) -> None:
    stubborn = a_child("stubborn", journal, "trap '' TERM; sleep 60; sleep 60", grace_s=0.1)
    async with supervised(stubborn):
        await until(lambda: len(starts(journal)) == 1)

    ((_, pid),) = starts(journal)
    assert not alive(pid)


async def test_a_child_that_never_settles_is_given_up_and_the_others_are_stopped(
    journal: Path,
) -> None:
    children = (a_child("redis", journal), a_child("worker", journal, "exit 3"))
    supervisor = Supervisor(children, QUICK)

    with pytest.raises(CannotStartError, match="worker ended 5 times in a row, last with 3"):
        await supervisor.run(asyncio.Event(), lambda: None)

    assert [name for name, _ in starts(journal)].count("worker") == 5
    assert not any(alive(pid) for _, pid in starts(journal))


async def test_a_child_that_had_settled_is_never_given_up(journal: Path, tmp_path: Path) -> None:
    long_enough = Restarts(first_delay_s=0.01, longest_delay_s=0.02, settled_s=0.2, tries=2)
    script = (
        f'if [ -e "{tmp_path}/settled" ]; then exit 1; fi; sleep 0.3; touch "{tmp_path}/settled"'
    )
    async with supervised(a_child("worker", journal, script), restarts=long_enough):
        await until(lambda: len(starts(journal)) == 6)

    assert len(starts(journal)) >= 6


async def test_a_start_that_cannot_succeed_is_not_tried_again(journal: Path) -> None:
    def refuse() -> None:
        raise CannotStartError("the port is taken")

    children = (a_child("redis", journal), a_child("web", journal, prepare=refuse))

    with pytest.raises(CannotStartError, match="the port is taken"):
        await Supervisor(children, QUICK).run(asyncio.Event(), lambda: None)

    assert [name for name, _ in starts(journal)] in (["redis"], [])
    assert not any(alive(pid) for _, pid in starts(journal))


async def test_a_stop_during_the_start_leaves_nothing(journal: Path) -> None:
    async def never() -> bool:
        return False

    stop = asyncio.Event()
    children = (a_child("redis", journal, ready=never), a_child("web", journal))
    running = asyncio.create_task(Supervisor(children, QUICK).run(stop, lambda: None))
    await until(lambda: len(starts(journal)) == 1)
    stop.set()
    await running

    assert [name for name, _ in starts(journal)] == ["redis"]
    assert not alive(starts(journal)[0][1])


def test_delays_double_up_to_the_longest() -> None:
    delays = [Restarts().delay(ends) for ends in range(1, 8)]

    assert delays == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


async def test_a_child_writes_to_its_log_and_a_long_one_is_put_aside(
    journal: Path, tmp_path: Path
) -> None:
    log = tmp_path / "logs" / "worker.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * (MAX_LOG + 1))
    async with supervised(a_child("worker", journal, "echo out; echo err >&2; sleep 60", log=log)):
        await until(lambda: log.exists() and log.read_text() == "out\nerr\n")

    assert log.with_name("worker.log.1").stat().st_size == MAX_LOG + 1


async def test_a_child_gets_the_environment_it_was_given_and_no_more(
    journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_SECRET_KEY", "not for redis")
    log = tmp_path / "log"
    async with supervised(a_child("redis", journal, "env; echo told; sleep 60", log=log)):
        await until(lambda: log.exists() and "told" in log.read_text())

    assert "AUDIT_SECRET_KEY" not in log.read_text()


SUPERVISOR = """
import asyncio, os, sys
from workers.supervisor.plan import Supervisor
from workers.supervisor.process import Child

script = 'echo "child $$" >> ' + sys.argv[1] + '; exec sleep 60'
child = Child(name="child", command=("/bin/sh", "-c", script), environ=dict(os.environ))
asyncio.run(Supervisor([child]).run(asyncio.Event(), lambda: None))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
async def test_a_killed_supervisor_takes_its_children_along(journal: Path) -> None:
    command = (sys.executable, "-c", SUPERVISOR, str(journal))
    supervisor = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    await until(lambda: len(starts(journal)) == 1)
    supervisor.kill()
    await supervisor.wait()
    ((_, child),) = starts(journal)

    await until(lambda: not alive(child))
    assert supervisor.returncode == -signal.SIGKILL


WATCHED = """
import sys
from workers.supervisor.tether import watched
sys.exit(watched(int(sys.argv[1]), ("/bin/sh", "-c", sys.argv[2])))
"""


def start_watched(parent: int, script: str) -> "subprocess.Popen[bytes]":
    """The way of systems without a death signal, with a parent that may not be the real one."""
    arguments = (sys.executable, "-c", WATCHED, str(parent), script)
    return subprocess.Popen(arguments, cwd=ROOT, start_new_session=True)


async def test_without_a_death_signal_the_command_is_watched_until_its_end() -> None:
    watched = start_watched(os.getpid(), "exit 7")

    assert await asyncio.to_thread(watched.wait) == 7


async def test_without_a_death_signal_a_gone_parent_ends_the_command(journal: Path) -> None:
    watched = start_watched(1 << 22, f'echo "child $$" >> "{journal}"; exec sleep 60')

    assert await asyncio.to_thread(watched.wait) == 128 + signal.SIGTERM
    assert not alive(starts(journal)[0][1])


async def test_without_a_death_signal_a_stop_reaches_the_command(journal: Path) -> None:
    script = f'trap \'exit 5\' TERM; echo "child $$" >> "{journal}"; while :; do sleep 0.05; done'
    watched = start_watched(os.getpid(), script)
    await until(lambda: len(starts(journal)) == 1)
    await asyncio.sleep(0.1)
    os.killpg(watched.pid, signal.SIGTERM)

    assert await asyncio.to_thread(watched.wait) == 5
