"""Every official example payload of an event we handle is read, and hostile ones say one thing."""

import json
import os
from pathlib import Path

import pytest

from app.github.payloads import (
    MODELS,
    CheckRunEvent,
    CheckSuiteEvent,
    InstallationEvent,
    IssueCommentEvent,
    MergeGroupEvent,
    PullRequestEvent,
    UnreadablePayload,
    read_payload,
)

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("AUDIT_SHARED", ROOT.parent / "shared")) / "github" / "webhooks"
EXAMPLES = sorted(path for path in SHARED.glob("*.*.json") if path.name.partition(".")[0] in MODELS)
needs_examples = pytest.mark.skipif(not EXAMPLES, reason="the example webhooks are not here")


def example(name: str):  # type: ignore[no-untyped-def]
    return read_payload(name.partition(".")[0], (SHARED / f"{name}.json").read_bytes())


@needs_examples
def test_every_real_payload_is_read() -> None:
    assert len(EXAMPLES) > 100
    for path in EXAMPLES:
        event = path.name.partition(".")[0]
        assert isinstance(read_payload(event, path.read_bytes()), MODELS[event]), path.name


@needs_examples
def test_a_pull_request_says_its_commits_and_where_it_comes_from() -> None:
    event = example("pull_request.synchronize")
    raw = json.loads((SHARED / "pull_request.synchronize.json").read_text())
    assert isinstance(event, PullRequestEvent)
    assert event.pull_request.head.sha == raw["pull_request"]["head"]["sha"]
    assert (event.before, event.after) == (raw["before"], raw["after"])
    assert event.repository.on("github.com").id == raw["repository"]["id"]


@needs_examples
def test_a_suite_asked_to_run_again_names_its_commit() -> None:
    event = example("check_suite.rerequested")
    assert isinstance(event, CheckSuiteEvent)
    assert len(event.check_suite.head_sha) == 40


@needs_examples
def test_a_button_names_what_was_clicked() -> None:
    event = example("check_run.requested_action")
    assert isinstance(event, CheckRunEvent)
    assert event.requested_action is not None


@needs_examples
def test_a_comment_on_an_issue_is_told_from_one_on_a_pull_request() -> None:
    event = example("issue_comment.created")
    assert isinstance(event, IssueCommentEvent)
    assert event.on_pull_request == (event.issue.pull_request is not None)


@needs_examples
def test_a_merge_group_names_its_two_ends() -> None:
    event = example("merge_group.checks_requested")
    assert isinstance(event, MergeGroupEvent)
    assert event.merge_group.head_sha != event.merge_group.base_sha


@needs_examples
def test_an_installation_brings_its_permissions() -> None:
    event = example("installation.created")
    assert isinstance(event, InstallationEvent)
    assert event.installation.permissions


def a_pull_request(**differences: object) -> bytes:
    branch = {"ref": "main", "sha": "a" * 40, "repo": None}
    pull = {"number": 1, "head": branch, "base": branch, "user": None}
    repository = {"id": 7, "full_name": "shop/app"}
    body = {"action": "edited", "number": 1, "pull_request": pull, "repository": repository}
    return json.dumps(body | differences).encode()


def test_a_deleted_fork_and_a_deleted_author_are_read() -> None:
    event = read_payload("pull_request", a_pull_request())
    assert isinstance(event, PullRequestEvent)
    assert event.pull_request.head.repo is None


def test_only_a_changed_base_is_a_retarget() -> None:
    titled = read_payload("pull_request", a_pull_request(changes={"title": {"from": "x"}}))
    moved = read_payload(
        "pull_request",
        a_pull_request(changes={"base": {"ref": {"from": "x"}, "sha": {"from": "y"}}}),
    )
    assert isinstance(titled, PullRequestEvent)
    assert isinstance(moved, PullRequestEvent)
    assert (titled.retargeted, moved.retargeted) == (False, True)


def test_what_a_bot_did_is_known_as_such() -> None:
    by_us = read_payload(
        "pull_request", a_pull_request(sender={"id": 1, "login": "x[bot]", "type": "Bot"})
    )
    assert by_us is not None
    assert by_us.by_bot


def test_an_event_without_a_model_is_none() -> None:
    assert read_payload("star", b"{}") is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff",
        b'{"number": "many"}',
        b"[" * 100_000,
        a_pull_request(repository={"id": 10**400, "full_name": "x/y"}),
        a_pull_request(pull_request={"number": 1, "head": "<script>", "base": None}),
    ],
    ids=["empty", "null", "list", "cut", "bytes", "wrong type", "deep", "huge id", "wrong shape"],
)
def test_a_hostile_body_is_one_error_that_repeats_nothing_of_it(body: bytes) -> None:
    with pytest.raises(UnreadablePayload) as raised:
        read_payload("pull_request", body)
    assert "script" not in str(raised.value)
    assert len(str(raised.value)) < 300
