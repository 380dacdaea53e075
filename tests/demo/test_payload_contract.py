"""The box's payloads against recorded ones of GitHub: no key of theirs is missing from ours."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from demo.box import Files, GitHubBox
from tests.demo.caller import installed
from tests.demo.conftest import Proposal
from tests.demo.test_pull_request_life import listen, sent

SHARED = Path(os.environ.get("AUDIT_SHARED", Path(__file__).parents[2].parent / "shared"))
RECORDED = SHARED / "github" / "webhooks"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"no recorded webhooks at {RECORDED.name}: set AUDIT_SHARED"
)
# Not of every repository or event: kept by GitHub for some accounts only.
SPECIAL = {"organization", "enterprise"}


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return found


async def story(box: GitHubBox, head: str) -> None:
    """One of everything."""
    async with installed(box) as app:
        run = {"name": "Audit", "head_sha": head, "conclusion": "failure"}
        made = (await app.post("/check-runs", json=run)).json()
        review = {"body": "b", "path": "new.py", "line": 1, "commit_id": head}
        await app.post("/pulls/1/comments", json=review)
    box.comment("shop/app", 1, "author", "hello")
    box.rerequest(made["id"], by="author")
    box.rerequest_all(made["id"], by="author")
    box.retitle("shop/app", 1, "Title", by="author")
    await box.merge_group("shop/app", (1,), by="author")
    await box.push("shop/app", "topic", Files({"more.py": "1\n"}), by="author")
    box.suspend(box.installation("shop/app"))


SAMPLES = (
    ("pull_request", "pull_request.opened", "pull_request"),
    ("pull_request", "pull_request.opened", "repository"),
    ("pull_request", "pull_request.opened", "sender"),
    ("pull_request", "pull_request.synchronize", "installation"),
    ("check_run", "check_run.rerequested", "check_run"),
    ("check_suite", "check_suite.rerequested", "check_suite"),
    ("issue_comment", "issue_comment.created", "comment"),
    ("issue_comment", "issue_comment.created", "issue"),
    ("pull_request_review_comment", "pull_request_review_comment.created", "comment"),
    ("merge_group", "merge_group.checks_requested", "merge_group"),
    ("push", "push", "head_commit"),
    ("installation", "installation.created", "installation"),
)


async def test_no_recorded_key_is_missing(proposal: Proposal) -> None:
    listen(proposal.box)
    await story(proposal.box, proposal.head)
    for event, sample, below in SAMPLES:
        ours, theirs = sent(proposal.box, event)[-1], recorded(sample)
        assert set(theirs) - set(ours) - SPECIAL == set(), sample
        assert set(theirs[below]) - set(ours[below]) == set(), (sample, below)
