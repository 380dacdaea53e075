"""Clones and fetches with real git, under GitHub's rules of who may read."""

import asyncio
import base64
import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from demo.box import Files, GitHubBox
from tests.demo.caller import client, installation_token
from tests.demo.conftest import Proposal

pytestmark = pytest.mark.integration


async def git(*arguments: str, token: str = "", cwd: Path | None = None) -> tuple[int, str]:
    """git's exit status and what it said. The token goes by environment, never by argument."""
    env = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    if token:
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        env |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
        }
    process = await asyncio.create_subprocess_exec(
        "git",
        *arguments,
        cwd=cwd,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def address(box: GitHubBox, name: str) -> str:
    return f"{box.base_url}/{name}.git"


async def test_a_private_repository_is_cloned_with_a_token_and_not_without(
    proposal: Proposal, tmp_path: Path
) -> None:
    box = proposal.box
    token = await installation_token(box, "shop/app", permissions={"contents": "read"})
    url = address(box, "shop/app")
    status, said = await git("clone", "--depth=1", url, str(tmp_path / "with"), token=token)
    assert status == 0, said
    assert (tmp_path / "with" / "a.py").read_text().startswith("line 1\n")
    status, said = await git("clone", url, str(tmp_path / "without"))
    assert status != 0
    assert "could not read Username" in said or "Authentication failed" in said
    challenged = [e.status for e in box.exchanges if e.who == "anonymous"]
    assert 401 in challenged


async def test_a_pull_request_is_fetched_without_blobs_and_by_its_hash(
    proposal: Proposal, tmp_path: Path
) -> None:
    box = proposal.box
    token = await installation_token(box, "shop/app")
    bare = tmp_path / "bare.git"
    await git("init", "--bare", "--quiet", str(bare))
    url = address(box, "shop/app")
    wanted = ("fetch", "--filter=blob:none", "--depth=2", url)
    for ref in ("refs/pull/1/head", proposal.head):
        status, said = await git(*wanted, ref, token=token, cwd=bare)
        assert status == 0, said
        _, head = await git("rev-parse", "FETCH_HEAD", cwd=bare)
        assert head.strip() == proposal.head
    _, missing = await git("rev-list", "--objects", "--missing=print", proposal.head, cwd=bare)
    assert any(line.startswith("?") for line in missing.splitlines())


async def test_a_request_may_come_compressed_and_in_chunks(box: GitHubBox) -> None:
    await box.create_repository("shop/public", files={"a": "1\n"})
    asked = gzip.compress(b"0014command=ls-refs\n0000")

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(asked), 7):
            yield asked[start : start + 7]

    headers = {
        "Content-Type": "application/x-git-upload-pack-request",
        "Content-Encoding": "gzip",
        "Git-Protocol": "version=2",
    }
    async with client(box) as nobody:
        answer = await nobody.post(
            "/shop/public.git/git-upload-pack", content=chunks(), headers=headers
        )
    assert answer.request.headers["transfer-encoding"] == "chunked"
    assert answer.status_code == 200
    assert b"refs/heads/main" in answer.content


async def test_a_repository_of_many_files_is_cloned_whole(box: GitHubBox, tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {f"f{n}.bin": os.urandom(2000) for n in range(300)}
    await box.create_repository("shop/large", files=files)
    status, said = await git("clone", address(box, "shop/large"), str(tmp_path / "copy"))
    assert status == 0, said
    assert (tmp_path / "copy" / "f299.bin").read_bytes() == files["f299.bin"]


async def test_a_token_reads_only_what_it_was_given(proposal: Proposal, tmp_path: Path) -> None:
    box = proposal.box
    other = await box.create_repository("shop/other", private=True, files={"b": "1\n"})
    narrow = await installation_token(box, "shop/app", repository_ids=[other.id])
    blind = await installation_token(box, "shop/app", permissions={"checks": "write"})
    for token, expected in [(narrow, "not found"), (blind, "403"), ("ghs_wrong", "could not read")]:
        status, said = await git("ls-remote", address(box, "shop/app"), token=token)
        assert status != 0
        assert expected.lower() in said.lower()


async def test_nobody_pushes_over_http(proposal: Proposal) -> None:
    token = await installation_token(proposal.box, "shop/app")
    path = "/shop/app.git/info/refs?service=git-receive-pack"
    async with client(proposal.box, token) as app:
        assert (await app.get(path)).status_code == 403


async def test_the_head_of_a_fork_is_fetched_through_the_base(
    proposal: Proposal, tmp_path: Path
) -> None:
    box = proposal.box
    await box.fork("shop/app", "visitor")
    await box.push("visitor/app", "fix", Files({"b.py": "2\n"}), by="visitor")
    await box.open_pull_request("shop/app", "main", "visitor:fix", "visitor", "Fix")
    head = await box.push("visitor/app", "fix", Files({"b.py": "3\n"}), by="visitor")
    token = await installation_token(box, "shop/app")
    _, said = await git("ls-remote", address(box, "shop/app"), "refs/pull/*", token=token)
    assert dict(line.split("\t")[::-1] for line in said.splitlines()) == {
        "refs/pull/1/head": proposal.head,
        "refs/pull/2/head": head,
    }
    _, everything = await git("ls-remote", address(box, "shop/app"), token=token)
    assert "refs/box" not in everything


async def test_a_clone_follows_a_renamed_repository(proposal: Proposal, tmp_path: Path) -> None:
    proposal.box.rename_repository("shop/app", "store")
    token = await installation_token(proposal.box, "shop/store")
    status, said = await git("ls-remote", address(proposal.box, "shop/app"), token=token)
    assert status == 0, said
    assert "refs/heads/topic" in said
