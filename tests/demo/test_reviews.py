"""Review comments stand only where the real diff has a line."""

from typing import Any

from demo.box import Files
from tests.demo.caller import CHANGED, NUMBERED, installed
from tests.demo.conftest import Proposal


def review(*comments: dict[str, Any], **more: Any) -> dict[str, Any]:
    written = [{"body": "look", **comment} for comment in comments]
    return {"event": "COMMENT", "body": "Findings", "comments": written, **more}


async def test_comments_on_shown_lines_are_taken(proposal: Proposal) -> None:
    places = [
        {"path": "a.py", "line": 20},
        {"path": "a.py", "line": 23, "side": "RIGHT"},
        {"path": "a.py", "line": 20, "side": "LEFT"},
        {"path": "a.py", "start_line": 18, "line": 20},
        {"path": "new.py", "line": 1},
        {"path": "old.txt", "line": 1, "side": "LEFT"},
    ]
    async with installed(proposal.box) as app:
        answer = await app.post("/pulls/1/reviews", json=review(*places))
        assert answer.status_code == 200, answer.text
        found = (await app.get("/pulls/1/comments")).json()
    assert [(c["path"], c["line"], c["side"]) for c in found] == [
        ("a.py", 20, "RIGHT"),
        ("a.py", 23, "RIGHT"),
        ("a.py", 20, "LEFT"),
        ("a.py", 20, "RIGHT"),
        ("new.py", 1, "RIGHT"),
        ("old.txt", 1, "LEFT"),
    ]
    assert found[0]["diff_hunk"].startswith("@@ -17,7 +17,7 @@")
    assert found[0]["diff_hunk"].endswith("+changed 20")
    assert found[0]["user"]["login"] == proposal.box.app.bot.login
    assert found[0]["user"]["type"] == "Bot"


OUTSIDE: tuple[dict[str, Any], ...] = (
    {"path": "a.py", "line": 2},
    {"path": "a.py", "line": 24},
    {"path": "a.py", "line": 999},
    {"path": "unchanged.py", "line": 1},
    {"path": "new.py", "line": 1, "side": "LEFT"},
    {"path": "a.py", "start_line": 20, "line": 20},
    {"path": "a.py", "start_line": 2, "line": 20},
    {"path": "a.py"},
)


async def test_one_comment_outside_the_diff_refuses_the_whole_review(proposal: Proposal) -> None:
    good = {"path": "a.py", "line": 20}
    async with installed(proposal.box) as app:
        for outside in OUTSIDE:
            answer = await app.post("/pulls/1/reviews", json=review(good, outside))
            assert answer.status_code == 422, outside
        assert (await app.get("/pulls/1/comments")).json() == []
        assert (await app.get("/pulls/1/reviews")).json() == []
    assert proposal.box.threads("shop/app", 1) == []


async def test_a_comment_over_the_limit_or_on_an_unknown_commit_is_refused(
    proposal: Proposal,
) -> None:
    place = {"path": "a.py", "line": 20}
    async with installed(proposal.box) as app:
        long = await app.post("/pulls/1/reviews", json=review(place | {"body": "x" * 65_537}))
        fits = await app.post("/pulls/1/reviews", json=review(place | {"body": "x" * 65_536}))
        lost = await app.post("/pulls/1/reviews", json=review(place, commit_id="0" * 40))
    assert (long.status_code, fits.status_code, lost.status_code) == (422, 200, 422)


async def test_a_file_can_be_commented_as_a_whole(proposal: Proposal) -> None:
    body = {"body": "all", "path": "a.py", "commit_id": proposal.head, "subject_type": "file"}
    async with installed(proposal.box) as app:
        answer = await app.post("/pulls/1/comments", json=body)
    assert answer.status_code == 201
    assert answer.json()["subject_type"] == "file"


async def test_a_thread_is_answered_edited_and_removed(proposal: Proposal) -> None:
    async with installed(proposal.box) as app:
        await app.post("/pulls/1/reviews", json=review({"path": "a.py", "line": 20}))
        top = (await app.get("/pulls/1/comments")).json()[0]["id"]
        reply = await app.post(f"/pulls/1/comments/{top}/replies", json={"body": "fixed"})
        assert reply.json()["in_reply_to_id"] == top
        nested = f"/pulls/1/comments/{reply.json()['id']}/replies"
        assert (await app.post(nested, json={"body": "no"})).status_code == 422
        edited = await app.patch(f"/pulls/comments/{top}", json={"body": "new"})
        assert edited.json()["body"] == "new"
        assert len(proposal.box.threads("shop/app", 1)[0].comments) == 2
        assert (await app.delete(f"/pulls/comments/{top}")).status_code == 204
        assert (await app.get(f"/pulls/comments/{top}")).status_code == 404


async def test_a_comment_follows_its_line_until_that_line_changes(proposal: Proposal) -> None:
    box = proposal.box
    async with installed(box) as app:
        await app.post("/pulls/1/reviews", json=review({"path": "a.py", "line": 20}))
        await box.push("shop/app", "topic", Files({"a.py": "top\n" + CHANGED}), by="author")
        moved = (await app.get("/pulls/1/comments")).json()[0]
        await box.push("shop/app", "topic", Files({"a.py": "top\n" + NUMBERED}), by="author")
        outdated = (await app.get("/pulls/1/comments")).json()[0]
    assert (moved["line"], moved["original_line"]) == (21, 20)
    assert (outdated["line"], outdated["original_line"]) == (None, 20)
    assert outdated["position"] is None
    assert not box.threads("shop/app", 1)[0].is_resolved


async def test_a_review_without_an_event_stays_unseen_until_it_is_submitted(
    proposal: Proposal,
) -> None:
    pending = review({"path": "a.py", "line": 20})
    del pending["event"]
    async with installed(proposal.box) as app:
        made = (await app.post("/pulls/1/reviews", json=pending)).json()
        assert made["state"] == "PENDING"
        assert (await app.get("/pulls/1/comments")).json() == []
        await app.post(f"/pulls/1/reviews/{made['id']}/events", json={"event": "COMMENT"})
        assert len((await app.get("/pulls/1/comments")).json()) == 1
