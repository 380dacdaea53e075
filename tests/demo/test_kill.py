"""A worker that is killed in the middle of an audit: another one completes it, once."""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import psutil
import pytest

from app.domain.marker import marks_in
from demo.box import Files
from demo.story.acts import BRANCH, DEVELOPER, SAMPLE, TITLE
from demo.story.sample import sample
from demo.story.server import AuditServer, audit_server
from demo.story.shown import audited

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(300)]


def workers() -> list[int]:
    """The worker processes that this process started."""
    children = psutil.Process().children(recursive=True)
    return [each.pid for each in children if each.cmdline()[-3:] == ["-m", "cli.main", "worker"]]


async def check_in_progress(server: AuditServer, head: str) -> None:
    while not any(run.status == "in_progress" for run in server.box.check_runs(head)):
        await asyncio.sleep(0.01)


async def test_a_killed_workers_audit_is_completed_once(tmp_path: Path) -> None:
    built = sample()
    async with audit_server(tmp_path, dict(os.environ)) as server:
        box = server.box
        await box.create_repository(SAMPLE, files=built.base)
        box.set_role(SAMPLE, DEVELOPER, "write")
        head = await box.push(SAMPLE, BRANCH, Files(built.change, TITLE, "main"), DEVELOPER)
        pull = await box.open_pull_request(SAMPLE, "main", BRANCH, DEVELOPER, TITLE)
        await check_in_progress(server, head)
        (killed,) = workers()
        os.kill(killed, signal.SIGKILL)
        shown = await audited(server, SAMPLE, pull.number)
        (successor,) = workers()

        assert successor != killed
        (run,) = box.check_runs(head)
        assert (run.status, run.conclusion) == ("completed", "failure")
        assert shown.blocking == {"code", "secret", "dependency", "workflow"}
        bodies = [said.body for thread in shown.threads for said in thread.comments]
        marks = Counter(mark for body in bodies for mark in marks_in(body))
        assert bodies
        assert set(marks.values()) == {1}
        assert len(shown.comments) == 1
        assert box.violations == []
