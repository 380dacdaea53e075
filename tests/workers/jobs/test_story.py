"""Pull requests through every station but Redis, on a GitHub in a box and with the real engines."""

import subprocess
from pathlib import Path

import pytest

from app.domain.finding import Finding
from app.domain.verdict import Outcome
from cli.scan import Scan, audited
from demo.box import Files
from tests.scanners.secrets.tokens import Tokens
from tests.workers.jobs.server import AuditServer, audit_server
from workers.fetch.local import Scope

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

NAME = "shop/app"
CLEAN = b"def total(prices):\n    return sum(prices)\n"
UNSAFE = (
    b"import os\n\nfrom flask import request\n\n\n"
    b"def search():\n    os.system('grep ' + request.args['q'])\n"
)


@pytest.fixture
async def server(tmp_path: Path):
    async with audit_server(tmp_path) as started:
        await started.box.create_repository(NAME, files={"shop/total.py": CLEAN})
        started.box.set_role(NAME, "octo-dev", "write")
        yield started
        assert started.box.violations == []


async def opened(server: AuditServer, files: dict[str, bytes | None]):
    await server.box.push(NAME, "change", Files(files, "Change", "main"), "octo-dev")
    pull = await server.box.open_pull_request(NAME, "main", "change", "octo-dev", "Change")
    await server.work()
    return pull


async def test_a_clean_change_gets_a_green_check_and_no_comment(server):
    pull = await opened(server, {"shop/more.py": CLEAN})
    (run,) = server.box.check_runs(pull.head_sha)
    assert (run.name, run.status, run.conclusion) == ("Pragmatic Audit", "completed", "success")
    assert server.box.comments(NAME, pull.number) == []
    assert server.box.threads(NAME, pull.number) == []


async def test_user_text_in_a_shell_blocks_and_its_fix_clears(server):
    pull = await opened(server, {"shop/search.py": UNSAFE})
    (run,) = server.box.check_runs(pull.head_sha)
    assert run.conclusion == "failure"
    (thread,) = server.box.threads(NAME, pull.number)
    assert thread.comments[0].anchor.path == "shop/search.py"
    fixed = Files({"shop/search.py": CLEAN}, "Fix", None)
    await server.box.push(NAME, "change", fixed, "octo-dev")
    await server.work()
    (run,) = server.box.check_runs(pull.head_sha)
    assert run.conclusion == "success"
    (thread,) = server.box.threads(NAME, pull.number)
    assert "Fixed in" in thread.comments[-1].body
    assert len(server.box.comments(NAME, pull.number)) == 1


async def test_a_secret_removed_by_a_later_commit_still_blocks(server):
    leak = f"TOKEN = '{Tokens().github()}'\n".encode()
    pull = await opened(server, {"shop/settings.py": leak})
    gone = Files({"shop/settings.py": b"TOKEN = None\n"}, "Remove", None)
    await server.box.push(NAME, "change", gone, "octo-dev")
    await server.work()
    assert server.box.check_runs(pull.head_sha)[-1].conclusion == "failure"
    audit = await server.newest_audit()
    assert audit.verdict.outcome is Outcome.BLOCK
    assert [finding.sighting.commit is not None for finding in audit.findings] == [True]


async def test_a_rerun_says_nothing_twice(server):
    pull = await opened(server, {"shop/search.py": UNSAFE})
    (run,) = server.box.check_runs(pull.head_sha)
    server.box.rerequest(run.id, "octo-dev")
    await server.work()
    runs = server.box.check_runs(pull.head_sha)
    assert [one.conclusion for one in runs] == ["failure", "failure"]
    assert len(server.box.threads(NAME, pull.number)) == 1
    assert len(server.box.comments(NAME, pull.number)) == 1


async def test_a_redelivered_webhook_audits_once(server):
    pull = await opened(server, {"shop/search.py": UNSAFE})
    opened_ = next(
        one for one in server.box.deliveries.attempts if one.message.event == "pull_request"
    )
    server.box.deliveries.redeliver(opened_.id)
    await server.work()
    assert len(server.box.check_runs(pull.head_sha)) == 1


async def test_a_local_scan_says_the_same_as_the_pull_request(server, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    await opened(server, {"shop/search.py": UNSAFE, "requirements.txt": b"PyYAML==5.3\n"})
    told = await server.newest_audit()
    stored = next(iter(server.box.world.repositories.values()))
    checkout = tmp_path / "checkout"
    subprocess.run(["git", "clone", "-q", "-b", "change", stored.path, checkout], check=True)
    local = await audited(
        Scan(
            path=checkout,
            scope=Scope(base="origin/main", head="HEAD"),
            everything=False,
            advisories=tmp_path / "advisories",
            only=None,
        )
    )
    assert [said(finding) for finding in local.findings] == [said(f) for f in told.findings]
    assert local.verdict.outcome is told.verdict.outcome


def said(finding: Finding) -> tuple[object, ...]:
    return (finding.id, finding.fingerprint, finding.risk, finding.path, finding.line)
