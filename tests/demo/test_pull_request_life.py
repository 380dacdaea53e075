"""The life of a pull request: pushes, force pushes, retargeting, merging, queueing, and the events of each."""

import json
from typing import Any

import pytest

from demo.box import Files, GitHubBox, LocalCommit
from tests.demo.caller import CHANGED, NUMBERED, installed
from tests.demo.conftest import Proposal


def sent(box: GitHubBox, event: str) -> list[dict[str, Any]]:
    """The payloads of an event, oldest first, whether or not anyone received them."""
    held = box.deliveries.held or []
    return [json.loads(p.message.body) for p in held if p.message.event == event]


def listen(box: GitHubBox) -> None:
    """Keep what is sent from now on, so that `sent` can tell."""
    box.deliveries.hold()
    box.world.webhook.url = "http://127.0.0.1:9/nobody"


async def test_a_push_moves_the_head_and_renews_the_files(proposal: Proposal) -> None:
    box = proposal.box
    listen(box)
    head = await box.push("shop/app", "topic", Files({"more.py": "2\n"}), by="author")
    (event,) = sent(box, "pull_request")
    assert (event["action"], event["before"], event["after"]) == (
        "synchronize",
        proposal.head,
        head,
    )
    async with installed(box) as app:
        pull = (await app.get("/pulls/1")).json()
        files = (await app.get("/pulls/1/files")).json()
        commits = (await app.get("/pulls/1/commits")).json()
    assert (pull["head"]["sha"], pull["changed_files"], pull["commits"]) == (head, 4, 2)
    assert [f["filename"] for f in files] == ["a.py", "more.py", "new.py", "old.txt"]
    assert [f["status"] for f in files] == ["modified", "added", "added", "removed"]
    assert [c["sha"] for c in commits] == [proposal.head, head]
    assert commits[0]["author"]["login"] == "author"


async def test_a_rewritten_branch_needs_force_and_forgets_its_old_commits(
    proposal: Proposal,
) -> None:
    box = proposal.box
    rewritten = Files({"a.py": CHANGED}, onto="main")
    with pytest.raises(ValueError, match="fast-forward"):
        await box.push("shop/app", "topic", rewritten, by="author")
    listen(box)
    head = await box.push("shop/app", "topic", rewritten, by="author", force=True)
    assert sent(box, "push")[0]["forced"] is True
    assert proposal.pull.commits == (head,)
    assert [file.path for file in proposal.pull.files] == ["a.py"]


async def test_retargeting_changes_the_diff_and_says_what_the_base_was(proposal: Proposal) -> None:
    box = proposal.box
    await box.push("shop/app", "release", Files({"a.py": CHANGED}, onto="main"), by="author")
    listen(box)
    await box.retarget("shop/app", 1, "release", by="author")
    box.retitle("shop/app", 1, "Another title", by="author")
    moved, named = sent(box, "pull_request")
    assert moved["changes"]["base"]["ref"] == {"from": "main"}
    assert moved["pull_request"]["base"]["ref"] == "release"
    assert set(named["changes"]) == {"title"}


async def test_a_draft_is_made_ready_closed_reopened_and_merged(proposal: Proposal) -> None:
    box = proposal.box
    await box.push("shop/app", "second", Files({"c.py": "3\n"}, onto="main"), by="author")
    listen(box)
    pull = await box.open_pull_request("shop/app", "main", "second", "author", "C", draft=True)
    box.mark_ready("shop/app", pull.number, by="author")
    box.close("shop/app", pull.number, by="author")
    await box.reopen("shop/app", pull.number, by="author")
    sha = await box.merge("shop/app", pull.number, by="author")
    events = sent(box, "pull_request")
    actions = ["opened", "ready_for_review", "closed", "reopened", "closed"]
    assert [e["action"] for e in events] == actions
    assert [e["pull_request"]["merged"] for e in events] == [False] * 4 + [True]
    async with installed(box) as app:
        branch = (await app.get("/branches/main")).json()
        commit = (await app.get(f"/commits/{sha}")).json()
        compared = (await app.get(f"/compare/{proposal.head}...main")).json()
    assert branch["commit"]["sha"] == sha
    assert len(commit["parents"]) == 2
    assert (compared["status"], compared["ahead_by"], compared["behind_by"]) == ("diverged", 2, 1)


async def test_a_merge_group_is_a_real_commit_on_a_branch_of_its_own(proposal: Proposal) -> None:
    box = proposal.box
    await box.push("shop/app", "second", Files({"c.py": "3\n"}, onto="main"), by="author")
    await box.open_pull_request("shop/app", "main", "second", "author", "C")
    listen(box)
    group = await box.merge_group("shop/app", (1, 2), by="author")
    async with installed(box) as app:
        ref = group.head_ref.removeprefix("refs/")
        assert (await app.get(f"/git/ref/{ref}")).json()["object"]["sha"] == group.head_sha
        compared = (await app.get(f"/compare/{group.base_sha}...{group.head_sha}")).json()
        run = {"name": "Audit", "head_sha": group.head_sha, "conclusion": "success"}
        assert (await app.post("/check-runs", json=run)).status_code == 201
    await box.destroy_merge_group(group, "merged", by="author")
    assert [f["filename"] for f in compared["files"]] == ["a.py", "c.py", "new.py", "old.txt"]
    assert [e["action"] for e in sent(box, "merge_group")] == ["checks_requested", "destroyed"]
    assert sent(box, "merge_group")[0]["merge_group"]["head_sha"] == group.head_sha


async def test_a_repository_is_made_from_another_and_takes_its_commits(
    proposal: Proposal,
) -> None:
    box = proposal.box
    path = box.world.repository("shop/app").path
    copy = await box.create_repository("shop/copy", source=path)
    assert copy.default_branch == "main"
    head = await box.push("shop/copy", "topic2", LocalCommit(path, "topic"), by="author")
    assert head == proposal.head


async def test_buttons_tell_the_app_what_was_clicked(proposal: Proposal) -> None:
    box = proposal.box
    button = {"label": "Again", "description": "Audit again", "identifier": "again"}
    run = {"name": "Audit", "head_sha": proposal.head, "conclusion": "failure", "actions": [button]}
    async with installed(box) as app:
        made = (await app.post("/check-runs", json=run)).json()
    listen(box)
    box.rerequest(made["id"], by="author")
    box.click(made["id"], "again", by="author")
    box.rerequest_all(made["id"], by="author")
    again, clicked = sent(box, "check_run")
    assert (again["action"], clicked["action"]) == ("rerequested", "requested_action")
    assert clicked["requested_action"] == {"identifier": "again"}
    assert again["check_run"]["check_suite"]["head_sha"] == proposal.head
    assert sent(box, "check_suite")[0]["check_suite"]["head_sha"] == proposal.head
    with pytest.raises(ValueError, match="offers no"):
        box.click(made["id"], "other", by="author")


async def test_odd_file_names_and_binary_files_are_listed(proposal: Proposal) -> None:
    box = proposal.box
    odd = {'sp ace "quoted".py': "1\n", "ünï/cödé.py": "2\n", "line\nbreak.py": "3\n"}
    change = Files({**odd, "blob.bin": b"\x00\x01", "a.py": NUMBERED}, onto="topic")
    await box.push("shop/app", "topic", change, by="author")
    async with installed(box) as app:
        files = {f["filename"]: f for f in (await app.get("/pulls/1/files")).json()}
        diff = await app.get("/pulls/1", headers={"Accept": "application/vnd.github.diff"})
    assert set(odd) <= set(files)
    assert all(files[name]["additions"] == 1 for name in odd)
    assert "patch" not in files["blob.bin"]
    assert diff.text.startswith("diff --git ")


async def test_a_diff_of_more_than_300_files_is_refused(proposal: Proposal) -> None:
    box = proposal.box
    many = Files({f"f{number}.py": "1\n" for number in range(301)})
    await box.push("shop/app", "topic", many, by="author")
    async with installed(box) as app:
        diff = await app.get("/pulls/1", headers={"Accept": "application/vnd.github.diff"})
        page = await app.get("/pulls/1/files", params={"per_page": 100, "page": 4})
    assert diff.status_code == 406
    assert diff.json()["errors"][0]["code"] == "too_large"
    assert len(page.json()) == 4
