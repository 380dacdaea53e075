"""A fresh box for each test, which must have answered everything as GitHub's description says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.box import BoxSettings, Files, GitHubBox
from demo.state.repository import PullRequest
from tests.demo.caller import CHANGED, NUMBERED


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    """One key for all boxes of a run: making it takes longer than most tests."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
async def box(tmp_path: Path, key: rsa.RSAPrivateKey) -> AsyncIterator[GitHubBox]:
    """An empty box."""
    async with GitHubBox.start(tmp_path, settings=BoxSettings(private_key=key)) as running:
        yield running
        assert running.violations == []


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repository `shop/app` with a pull request that changes line 20 of `a.py`, adds and deletes a file."""

    box: GitHubBox
    pull: PullRequest
    head: str


@pytest.fixture
async def proposal(box: GitHubBox) -> Proposal:
    """The usual pull request."""
    await box.create_repository(
        "shop/app", private=True, files={"a.py": NUMBERED, "old.txt": "x\n"}
    )
    change = Files({"a.py": CHANGED, "new.py": "print(1)\n", "old.txt": None})
    head = await box.push("shop/app", "topic", change, by="author")
    pull = await box.open_pull_request("shop/app", "main", "topic", "author", "Change a line")
    return Proposal(box, pull, head)
