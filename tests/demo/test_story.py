"""`python -m demo` as a person runs it: the whole story, a change of one's own, wrong use, Ctrl-C."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from demo.__main__ import demo
from tests.demo.processes import ended, run, running_in, start

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

STORY = 3


def blocking(audit: dict[str, Any]) -> set[str]:
    """The categories of what blocks."""
    return {finding["category"] for finding in audit["findings"] if finding["blocking"]}


@pytest.mark.slow
async def test_the_sample_is_blocked_then_by_the_secret_alone_then_clear(tmp_path: Path) -> None:
    run_ = await run(tmp_path, "--once", "--json")

    assert run_.code == 0, run_.err
    first, fixed, rewritten = json.loads(run_.out)["audits"]
    outcomes = [audit["verdict"]["outcome"] for audit in (first, fixed, rewritten)]
    assert outcomes == ["block", "block", "pass"]
    assert blocking(first) == {"code", "secret", "dependency", "workflow"}
    assert blocking(fixed) == {"secret"}
    assert {audit["audit"]["repository"] for audit in (first, fixed, rewritten)} == {"demo/sample"}
    assert any(not finding["blocking"] for finding in first["findings"])
    assert "The story went as told" in run_.err
    assert run_.left == ()


@pytest.mark.slow
async def test_the_token_is_in_nothing_that_is_printed(tmp_path: Path) -> None:
    run_ = await run(tmp_path, "--once")

    assert run_.code == 0, run_.err
    assert "ghp_…" in run_.out
    assert "ghp_" not in run_.out.replace("ghp_…", "")
    assert "ghp_" not in run_.err
    assert all(word in run_.out for word in ("Pragmatic Audit", "shop/search.py:", "/runs/"))
    assert list(tmp_path.iterdir()) == []


def git(repository: Path, *arguments: str) -> None:
    who = ("-c", "user.name=octo-dev", "-c", "user.email=octo-dev@example.com")
    subprocess.run(("git", *who, *arguments), cwd=repository, check=True, capture_output=True)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A repository whose last commit hands a request to a shell."""
    repository = tmp_path / "own"
    repository.mkdir()
    git(repository, "init", "--initial-branch=trunk")
    (repository / "a.py").write_text("import os\n\nfrom flask import request\n")
    git(repository, "add", "a.py")
    git(repository, "commit", "--message=one")
    with (repository / "a.py").open("a") as file:
        file.write("\n\ndef find():\n    os.system('grep ' + request.args['q'])\n")
    git(repository, "commit", "--all", "--message=two")
    return repository


@pytest.mark.slow
async def test_a_change_of_ones_own_is_audited_and_its_outcome_is_no_failure(
    tmp_path: Path, own: Path
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    run_ = await run(folder, "--repo", str(own), "--base", "HEAD~1", "--once", "--json")

    assert run_.code == 0, run_.err
    (audit,) = json.loads(run_.out)["audits"]
    assert audit["verdict"]["outcome"] == "block"
    assert blocking(audit) == {"code"}
    assert "advisory data: " in run_.err
    assert run_.left == ()


@pytest.mark.slow
async def test_an_interrupt_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    process = await start(tmp_path)
    assert process.stderr is not None
    while b"advisory data" not in (line := await process.stderr.readline()):
        assert line, "the demo ended early"
    assert len(running_in(tmp_path)) >= STORY
    process.send_signal(signal.SIGINT)
    run_ = await ended(process, tmp_path)

    assert run_.code == 130
    assert run_.left == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--base", "main"), "--base and --head need --repo"),
        (("--repo", "nowhere"), "--repo needs --base"),
        (("--repo", "nowhere", "--base", "main"), "nowhere is not a folder"),
        (("--repo", "{own}", "--base", "nothing"), "has no commit nothing"),
        (("--repo", "{own}", "--base", "--upload-pack=x"), "does not begin with a dash"),
        (("--repo", "{own}", "--base", "HEAD", "--head", "HEAD~1"), "there is no change"),
    ],
)
def test_wrong_use_is_said_in_one_line(own: Path, arguments: tuple[str, ...], problem: str) -> None:
    application = typer.Typer()
    application.command()(demo)
    given = [argument.replace("{own}", str(own)) for argument in arguments]
    result = CliRunner().invoke(application, given)

    assert (result.exit_code, result.stdout) == (3, "")
    assert problem in result.stderr
    assert len(result.stderr.splitlines()) == 1
