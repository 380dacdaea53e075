"""What every tier of isolation holds to."""

import asyncio
import os
import sys
import uuid
from pathlib import Path

import psutil
import pytest

from tests.workers.box.conftest import said, shell
from workers.box.job import Box, Exited, Job, Killed, Limits
from workers.box.process import STDERR_BYTES
from workers.box.python import interpreter_paths


def processes_marked(mark: str) -> list[int]:
    """Ids of the processes whose command line holds ``mark``, this one left out."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if process.pid != os.getpid()
        and any(mark in part for part in process.info["cmdline"] or ())
    ]


async def test_stdin_stdout_stderr_and_the_exit_code_come_through(box: Box) -> None:
    outcome = await box.run(shell("cat; echo trouble >&2; exit 3", stdin=b"in\0put"))

    assert isinstance(outcome, Exited)
    assert (outcome.code, outcome.stdout, outcome.stderr) == (3, b"in\0put", b"trouble\n")


async def test_a_job_that_does_not_read_its_stdin_is_no_error(box: Box) -> None:
    assert said(await box.run(shell("exec 0<&-; echo done", stdin=b"x" * 5_000_000))) == "done\n"


async def test_the_environment_holds_the_jobs_own_and_nothing_of_ours(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKER_SECRET", "do not show")

    names = {
        line.split("=")[0]
        for line in said(await box.run(shell("env", environment={"RULES": "1"}))).splitlines()
    }

    assert {"RULES", "PATH", "LANG", "HOME", "TMPDIR"} <= names
    assert names <= {"RULES", "PATH", "LANG", "HOME", "TMPDIR", "PWD", "SHLVL", "_", "OLDPWD"}


async def test_home_is_private_writable_and_gone_afterwards(box: Box) -> None:
    script = (
        'mkdir "$HOME/deep" && echo x >"$HOME/deep/file" && chmod 0 "$HOME/deep" && echo "$HOME"'
    )

    home = Path(said(await box.run(shell(script))).strip())

    assert home.name.startswith("audit-box-")
    assert not home.exists()


async def test_the_wall_clock_ends_the_job(box: Box) -> None:
    outcome = await box.run(shell("sleep 600", limits=Limits(wall_s=0.3, cpu_s=5)))

    assert isinstance(outcome, Killed)
    assert outcome.why == "ran longer than 0.3 s"


async def test_too_much_output_ends_the_job(box: Box) -> None:
    limits = Limits(wall_s=30, cpu_s=20, output_bytes=100_000)

    outcome = await box.run(shell("yes", limits=limits))

    assert isinstance(outcome, Killed)
    assert outcome.why == "wrote more than 100000 bytes"


async def test_stderr_is_cut_and_not_counted(box: Box) -> None:
    limits = Limits(wall_s=30, cpu_s=20, output_bytes=1000)

    outcome = await box.run(shell("head -c 1000000 /dev/zero >&2", limits=limits))

    assert isinstance(outcome, Exited)
    assert len(outcome.stderr) == STDERR_BYTES


async def test_processor_time_is_bounded(box: Box) -> None:
    outcome = await box.run(shell("while :; do :; done", limits=Limits(wall_s=60, cpu_s=1)))

    assert isinstance(outcome, Killed)
    assert "1 s of processor time" in outcome.why


async def test_memory_is_bounded(box: Box) -> None:
    job = Job(
        argv=(sys.executable, "-I", "-S", "-c", "x = bytearray(600 << 20)"),
        limits=Limits(wall_s=30, cpu_s=20, memory_bytes=300 << 20),
        read_only=interpreter_paths(Path(sys.prefix)),
    )

    outcome = await box.run(job)

    assert isinstance(outcome, Exited)
    assert outcome.code == 1
    assert b"MemoryError" in outcome.stderr


async def test_a_file_may_grow_only_as_large_as_was_said(box: Box) -> None:
    limits = Limits(wall_s=30, cpu_s=20, file_bytes=10_000)

    outcome = await box.run(shell('exec head -c 20000 /dev/zero >"$HOME/f"', limits=limits))

    assert isinstance(outcome, Killed)
    assert outcome.why == "wrote a file of more than 10000 bytes"


async def test_a_crash_is_no_exit_code(box: Box) -> None:
    outcome = await box.run(shell("kill -SEGV $$; sleep 1; exec /bin/sh -c 'kill -KILL $$'"))

    assert isinstance(outcome, Killed)


async def test_cancelling_leaves_no_process_behind(box: Box) -> None:
    mark = uuid.uuid4().hex
    running = asyncio.create_task(box.run(shell(f"sleep 600 & sleep 600; : {mark}")))
    while not processes_marked(mark):
        await asyncio.sleep(0.02)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    while processes_marked(mark):  # the kernel ends the inner ones of a namespace a moment later
        await asyncio.sleep(0.02)

    assert processes_marked(mark) == []


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 9])
async def test_cancelling_at_any_moment_of_the_start_leaves_no_process(
    box: Box, turns: int
) -> None:
    mark = uuid.uuid4().hex
    running = asyncio.create_task(box.run(shell(f"sleep 600 & sleep 600; : {mark}")))
    for _ in range(turns):
        await asyncio.sleep(0.001)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    while processes_marked(mark):
        await asyncio.sleep(0.02)

    assert processes_marked(mark) == []


async def test_what_a_job_leaves_in_the_background_is_ended_with_it(box: Box) -> None:
    mark = uuid.uuid4().hex
    script = f"/bin/sh -c 'sleep 600; : {mark}' >/dev/null 2>&1 </dev/null & echo started"

    assert said(await box.run(shell(script))) == "started\n"
    while processes_marked(mark):
        await asyncio.sleep(0.02)

    assert processes_marked(mark) == []


async def test_listed_paths_are_seen_at_their_own_names(box: Box, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "a b.txt").write_text("seen")
    script = 'cat "$0/in/a b.txt" && cp "$0/in/a b.txt" "$0/out/copy"'
    job = shell("", read_only=(tmp_path / "in",), writable=(tmp_path / "out",))

    outcome = await box.run(
        Job(
            argv=("/bin/sh", "-c", script, str(tmp_path)),
            limits=job.limits,
            read_only=job.read_only,
            writable=job.writable,
        )
    )

    assert said(outcome) == "seen"
    assert (tmp_path / "out" / "copy").read_text() == "seen"


async def test_a_listed_path_that_is_not_there_is_an_error_of_the_caller(
    box: Box, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError, match="not there"):
        await box.run(shell("true", read_only=(tmp_path / "nowhere",)))


async def test_a_program_that_is_not_there_is_an_exit_code(box: Box) -> None:
    outcome = await box.run(Job(argv=("/no/such/engine",), limits=Limits(wall_s=9, cpu_s=9)))

    assert isinstance(outcome, Exited)
    assert outcome.code != 0
