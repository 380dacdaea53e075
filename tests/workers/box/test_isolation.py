"""What the tiers above resource limits take away."""

import os
import socket
import sys
from pathlib import Path

import pytest

from tests.workers.box.conftest import make_box, said, shell
from workers.box.choose import strongest_box, weakness
from workers.box.job import Box, Exited, Job, Limits, Tier
from workers.box.limits import LimitsBox
from workers.box.python import interpreter_paths
from workers.box.readable import let_boxed_read
from workers.box.unshare import NOBODY, UnshareBox

CONNECT = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)"


def connecting(port: int, *, network: bool) -> Job:
    return Job(
        argv=(sys.executable, "-I", "-S", "-c", CONNECT, str(port)),
        limits=Limits(wall_s=30, cpu_s=20),
        read_only=interpreter_paths(Path(sys.prefix)),
        network=network,
    )


@pytest.fixture
def port() -> int:
    """A listening port on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_a_job_reaches_no_network(isolating_box: Box, port: int) -> None:
    outcome = await isolating_box.run(connecting(port, network=False))

    assert isinstance(outcome, Exited)
    assert outcome.code == 1
    assert b"OSError" in outcome.stderr or b"Error" in outcome.stderr


async def test_a_fetch_keeps_the_network(isolating_box: Box, port: int) -> None:
    outcome = await isolating_box.run(connecting(port, network=True))

    assert isinstance(outcome, Exited)
    assert outcome.code == 0, outcome.stderr


async def test_bubblewrap_shows_only_what_is_listed(tmp_path: Path) -> None:
    box = make_box("bubblewrap")
    if (why := await weakness(box)) is not None:
        pytest.skip(f"bubblewrap does not hold on this machine: {why}")
    (tmp_path / "mine").mkdir()
    (tmp_path / "other").write_text("private")

    outcome = await box.run(
        shell(
            f"ls {tmp_path}; ls /home /root /etc/shadow 2>/dev/null; exit 0",
            read_only=(tmp_path / "mine",),
        )
    )

    assert said(outcome) == "mine\n"


async def test_bubblewrap_lets_nothing_read_only_be_written(tmp_path: Path) -> None:
    box = make_box("bubblewrap")
    if (why := await weakness(box)) is not None:
        pytest.skip(f"bubblewrap does not hold on this machine: {why}")

    outcome = await box.run(shell(f"echo x >{tmp_path}/new", read_only=(tmp_path,)))

    assert isinstance(outcome, Exited)
    assert outcome.code != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run jobs as another user")
async def test_roots_jobs_run_as_nobody_and_read_what_is_shared_with_them(tmp_path: Path) -> None:
    if (why := await weakness(UnshareBox(other_user=False))) is not None:
        pytest.skip(f"unshare does not hold on this machine: {why}")
    box = UnshareBox(other_user=True)
    for parent in (tmp_path, *tmp_path.parents):
        if any("pytest-of" in part for part in parent.parts):
            parent.chmod(0o711)
    for name in ("shared", "kept"):
        (tmp_path / name).mkdir(mode=0o700)
        (tmp_path / name / "file").write_text(name)
        (tmp_path / name / "file").chmod(0o600)
    let_boxed_read(tmp_path / "shared")

    outcome = await box.run(
        shell(
            f"id -u; cat {tmp_path}/shared/file; cat {tmp_path}/kept/file 2>/dev/null; echo; ls /proc | grep -c '^[0-9]'"
        )
    )

    user, seen, processes = said(outcome).split()
    assert (user, seen) == (str(NOBODY), "shared")
    assert int(processes) < 8, "it sees its own processes alone"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run jobs as another user")
async def test_a_job_may_keep_the_workers_user(tmp_path: Path) -> None:
    if (why := await weakness(UnshareBox(other_user=False))) is not None:
        pytest.skip(f"unshare does not hold on this machine: {why}")

    outcome = await UnshareBox(other_user=True).run(shell("id -u", own_user=True))

    assert said(outcome) == "0\n"


async def test_the_strongest_box_is_one_that_holds() -> None:
    box = await strongest_box()

    assert box.tier is Tier.LIMITS or await weakness(box) is None


async def test_resource_limits_alone_are_found_too_weak() -> None:
    assert await weakness(LimitsBox()) == "the network is still there"


def test_an_interpreters_paths_hold_its_installation_and_never_the_root(tmp_path: Path) -> None:
    installed = tmp_path / "versions" / "3.11.7"
    (installed / "bin").mkdir(parents=True)
    (installed / "bin" / "python3.11").touch()
    (tmp_path / "versions" / "3.11").symlink_to("3.11.7")
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(tmp_path / "versions" / "3.11" / "bin" / "python3.11")

    paths = interpreter_paths(venv)

    assert paths == (venv, tmp_path / "versions" / "3.11", installed)


def test_a_system_interpreter_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("/usr/bin/env")

    assert interpreter_paths(tmp_path) == (tmp_path,)
