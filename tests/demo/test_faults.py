"""Faults on purpose, and the honesty of the box about its own."""

import time
from collections.abc import AsyncIterator

import pytest

from demo.box import GitHubBox
from demo.description import Description, official, with_null
from demo.git.anchors import BadAnchorError, Place, anchor
from demo.outdated import moved_line
from demo.refusal import RefusalError
from demo.validation import Validator
from tests.demo.caller import client, installed
from tests.demo.conftest import Proposal


async def test_a_write_can_take_effect_and_still_answer_502(proposal: Proposal) -> None:
    box = proposal.box
    box.fail_next("POST", r"/issues/1/comments$", 502, after_effect=True)
    async with installed(box) as app:
        lost = await app.post("/issues/1/comments", json={"body": "once"})
        good = await app.get("/issues/1/comments")
    assert (lost.status_code, good.status_code) == (502, 200)
    assert [comment.body for comment in box.comments("shop/app", 1)] == ["once"]
    assert [e.injected for e in box.exchanges[-2:]] == [True, False]


async def test_limits_come_with_and_without_retry_after(proposal: Proposal) -> None:
    box = proposal.box
    box.fail_next("POST", "check-runs", 429, {"Retry-After": "7"}, times=2)
    box.fail_next("POST", "check-runs", 403)
    body = {"name": "Audit", "head_sha": proposal.head}
    async with installed(box) as app:
        answers = [await app.post("/check-runs", json=body) for _ in range(4)]
    assert [a.status_code for a in answers] == [429, 429, 403, 201]
    assert answers[0].headers["retry-after"] == "7"
    assert "secondary rate limit" in answers[2].json()["message"]
    assert len(box.check_runs(proposal.head)) == 1


async def test_a_request_can_be_slowed_down(proposal: Proposal) -> None:
    proposal.box.slow_next("GET", "/meta", 0.3)
    async with client(proposal.box) as nobody:
        started = time.monotonic()
        await nobody.get("/meta")
    assert time.monotonic() - started >= 0.3


async def test_quota_is_counted_and_304_answers_an_unchanged_resource(proposal: Proposal) -> None:
    async with installed(proposal.box) as app:
        first = await app.get("/pulls/1")
        second = await app.get("/pulls/1", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 304
    left = [int(a.headers["x-ratelimit-remaining"]) for a in (first, second)]
    assert left[0] < 5000
    assert left[1] <= left[0]


async def test_a_described_operation_that_is_not_carried_out_is_a_violation(
    box: GitHubBox, proposal: Proposal
) -> None:
    async with installed(box) as app:
        answer = await app.get("/actions/runs")
    assert answer.status_code == 501
    (violation,) = box.violations
    assert violation.operation == "GET /repos/{owner}/{repo}/actions/runs"
    box.violations.clear()


def test_an_answer_that_github_would_not_give_is_noticed() -> None:
    validator = Validator(official())
    match = official().match("GET", "/repos/a/b/check-runs/1/annotations")
    assert match is not None
    kind = "application/json"
    assert validator.problem(match, 200, kind, []) is None
    assert "is not of type" in (validator.problem(match, 200, kind, {"total_count": 0}) or "")
    assert validator.problem(match, 201, kind, []) == "status 201 is not described"
    assert validator.problem(match, 404, kind, {"error": "no"}) is not None


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"name": 1}', b"null", b'"' + b"x" * 5000 + b'"'])
def test_a_body_that_does_not_fit_is_refused_with_one_short_error(body: bytes) -> None:
    match = official().match("POST", "/repos/a/b/check-runs")
    assert match is not None
    with pytest.raises(RefusalError) as refused:
        Validator(official()).body(match, body)
    assert refused.value.status in (400, 422)
    assert len(refused.value.message) < 600


def test_the_description_matches_the_most_specific_path() -> None:
    description = Description.load()
    cases = {
        "/repos/a/b/commits/heads/x/check-runs": "/repos/{owner}/{repo}/commits/{ref}/check-runs",
        "/repos/a/b/commits/abc": "/repos/{owner}/{repo}/commits/{ref}",
        "/repos/a/b/pulls/comments/5": "/repos/{owner}/{repo}/pulls/comments/{comment_id}",
        "/repos/a/b/pulls/5/comments": "/repos/{owner}/{repo}/pulls/{pull_number}/comments",
        "/repos/a/b/contents/x%20y/z": "/repos/{owner}/{repo}/contents/{path}",
    }
    for path, template in cases.items():
        match = description.match("GET", path)
        assert match is not None
        assert match.operation.template == template
    match = description.match("GET", "/repos/a/b/contents/x%20y/z")
    assert match is not None
    assert match.parameters["path"] == "x y/z"


def test_nullable_becomes_a_null_type() -> None:
    assert with_null({"type": "string", "nullable": True}) == {"type": ["string", "null"]}
    assert with_null({"type": "string", "enum": ["a"], "nullable": True})["enum"] == ["a", None]
    either = {"anyOf": [{"type": "null"}, {"$ref": "#/x"}]}
    assert with_null({"$ref": "#/x", "nullable": True}) == either


@pytest.mark.parametrize(
    ("line", "ranges", "expected"),
    [
        (5, (), 5),
        (5, ((1, 1, 1, 3),), 7),
        (5, ((5, 1, 5, 1),), None),
        (5, ((5, 0, 6, 2),), 5),
        (6, ((5, 0, 6, 2),), 8),
        (5, ((1, 2, 0, 0), (9, 1, 7, 0)), 3),
    ],
)
def test_a_line_is_followed_through_changes(
    line: int, ranges: tuple[tuple[int, int, int, int], ...], expected: int | None
) -> None:
    assert moved_line(line, ranges) == expected


def test_nothing_can_be_commented_in_an_empty_diff() -> None:
    with pytest.raises(BadAnchorError):
        anchor((), Place("a.py", 1))


async def test_a_crash_of_the_box_is_told_and_recorded(
    box: GitHubBox, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposal.pull, "files", None)
    async with installed(box) as app:
        assert (await app.get("/pulls/1/files")).status_code == 500
    (violation,) = box.violations
    assert "TypeError" in violation.problem
    box.violations.clear()


async def test_a_body_over_25_megabytes_is_refused(proposal: Proposal) -> None:
    async def flood() -> AsyncIterator[bytes]:
        for _ in range(26):
            yield b" " * 1024 * 1024

    async with installed(proposal.box) as app:
        answer = await app.post("/issues/1/comments", content=flood())
    assert answer.status_code == 413
    assert proposal.box.comments("shop/app", 1) == []
