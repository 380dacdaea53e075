"""Check runs under GitHub's rules, those its schemas do not express included."""

from collections.abc import Mapping
from typing import Any

from demo.box import Files
from tests.demo.caller import client, installed
from tests.demo.conftest import Proposal

ANNOTATION = {
    "path": "a.py",
    "start_line": 20,
    "end_line": 20,
    "annotation_level": "failure",
    "message": "no",
}


def output(**more: Any) -> dict[str, Any]:
    return {"title": "Blocked", "summary": "Because.", **more}


async def test_a_run_goes_from_in_progress_to_its_conclusion(proposal: Proposal) -> None:
    begun = {"name": "Audit", "head_sha": proposal.head, "status": "in_progress"}
    ended = {"conclusion": "failure", "output": output(), "external_id": "run-1"}
    async with installed(proposal.box) as app:
        created = (await app.post("/check-runs", json=begun)).json()
        assert (created["status"], created["conclusion"]) == ("in_progress", None)
        assert created["started_at"] is not None
        assert [p["number"] for p in created["pull_requests"]] == [1]
        done = (await app.patch(f"/check-runs/{created['id']}", json=ended)).json()
    assert (done["status"], done["conclusion"]) == ("completed", "failure")
    assert (done["completed_at"] is not None, done["external_id"]) == (True, "run-1")


async def test_annotations_are_appended_and_never_replaced(proposal: Proposal) -> None:
    many = output(annotations=[ANNOTATION] * 50)
    async with installed(proposal.box) as app:
        begun = {"name": "Audit", "head_sha": proposal.head, "output": many}
        run = (await app.post("/check-runs", json=begun)).json()
        path = f"/check-runs/{run['id']}"
        again = await app.patch(path, json={"output": many})
        rest = await app.patch(path, json={"output": output(annotations=[ANNOTATION])})
        first = await app.get(f"{path}/annotations", params={"per_page": 100})
        second = await app.get(f"{path}/annotations", params={"per_page": 100, "page": 2})
    assert again.json()["output"]["annotations_count"] == 100
    assert rest.json()["output"]["annotations_count"] == 101
    assert (len(first.json()), len(second.json())) == (100, 1)
    assert 'rel="next"' in first.headers["link"]


WRONG: Mapping[str, dict[str, Any]] = {
    "51 annotations": {"output": output(annotations=[ANNOTATION] * 51)},
    "a long summary": {"output": output(summary="x" * 65_536)},
    "a text of too many bytes": {"output": output(text="ä" * 40_000)},
    "no title": {"output": {"summary": "no title"}},
    "lines backwards": {"output": output(annotations=[ANNOTATION | {"end_line": 19}])},
    "columns over lines": {
        "output": output(annotations=[ANNOTATION | {"end_line": 21, "start_column": 1}])
    },
    "a long annotation title": {"output": output(annotations=[ANNOTATION | {"title": "t" * 256}])},
    "a long label": {"actions": [{"label": "l" * 21, "description": "d", "identifier": "i"}]},
    "four actions": {"actions": [{"label": "l", "description": "d", "identifier": "i"}] * 4},
    "completed without conclusion": {"status": "completed"},
    "a status of GitHub Actions": {"status": "waiting"},
    "a conclusion of GitHub's own": {"conclusion": "stale"},
    "an unknown commit": {"head_sha": "0" * 40},
    "a blank name": {"name": " "},
}


async def test_what_github_refuses_is_refused(proposal: Proposal) -> None:
    async with installed(proposal.box) as app:
        for what, wrong in WRONG.items():
            body = {"name": "Audit", "head_sha": proposal.head} | wrong
            answer = await app.post("/check-runs", json=body)
            assert answer.status_code == 422, what
            assert len(answer.json()["message"]) < 1000, what
    assert proposal.box.check_runs(proposal.head) == []


async def test_a_completed_run_cannot_be_reopened_so_a_new_one_counts(proposal: Proposal) -> None:
    done = {"name": "Audit", "head_sha": proposal.head, "conclusion": "failure"}
    async with installed(proposal.box) as app:
        old = (await app.post("/check-runs", json=done)).json()
        path = f"/check-runs/{old['id']}"
        assert (await app.patch(path, json={"status": "in_progress"})).status_code == 422
        new = (await app.post("/check-runs", json=done | {"conclusion": "success"})).json()
        address = f"/commits/{proposal.head}/check-runs"
        latest = (await app.get(address, params={"check_name": "Audit"})).json()
        everything = (await app.get(address, params={"filter": "all"})).json()
    assert [run["id"] for run in latest["check_runs"]] == [new["id"]]
    assert everything["total_count"] == 2


async def test_people_and_tokens_without_the_permission_cannot_write_checks(
    proposal: Proposal,
) -> None:
    box = proposal.box
    box.set_role("shop/app", "admin", "admin")
    body = {"name": "Audit", "head_sha": proposal.head}
    async with client(box, box.user_token("admin")) as person:
        by_person = await person.post("/repos/shop/app/check-runs", json=body)
    async with installed(box, permissions={"checks": "read"}) as reader:
        by_reader = await reader.post("/check-runs", json=body)
    assert (by_person.status_code, by_reader.status_code) == (403, 403)
    assert "GitHub App" in by_person.json()["message"]


async def test_a_fork_s_commit_can_be_checked_but_names_no_pull_request(proposal: Proposal) -> None:
    box = proposal.box
    await box.fork("shop/app", "visitor")
    head = await box.push("visitor/app", "fix", Files({"b.py": "2\n"}), by="visitor")
    async with installed(box) as app:
        body = {"name": "Audit", "head_sha": head}
        unknown = await app.post("/check-runs", json=body)
        await box.open_pull_request("shop/app", "main", "visitor:fix", "visitor", "Fix")
        known = await app.post("/check-runs", json=body)
        suites = (await app.get(f"/commits/{head}/check-suites")).json()
        pulls = (await app.get(f"/commits/{head}/pulls")).json()
    assert (unknown.status_code, known.status_code) == (422, 201)
    assert known.json()["pull_requests"] == []
    assert suites["check_suites"][0]["head_branch"] is None
    assert [pull["number"] for pull in pulls] == [2]
