"""Comments, reactions, tickets and who may do what."""

from demo.box import GitHubBox
from demo.state.accounts import Role
from tests.demo.caller import client, installed
from tests.demo.conftest import Proposal


async def test_the_app_speaks_as_a_bot(proposal: Proposal) -> None:
    async with installed(proposal.box) as app:
        said = (await app.post("/issues/1/comments", json={"body": "hello"})).json()
        path = f"/issues/comments/{said['id']}"
        await app.patch(path, json={"body": "hello again"})
        read = (await app.get(path)).json()
        listed = (await app.get("/issues/1/comments")).json()
        assert (await app.delete(path)).status_code == 204
        assert (await app.get(path)).status_code == 404
    assert (said["user"]["login"], said["user"]["type"]) == ("pragmatic-audit[bot]", "Bot")
    assert said["performed_via_github_app"]["id"] == proposal.box.app.id
    assert (read["body"], len(listed)) == ("hello again", 1)


async def test_too_long_or_empty_comments_are_refused(proposal: Proposal) -> None:
    async with installed(proposal.box) as app:
        for text, status in [("x" * 65_536, 201), ("x" * 65_537, 422), ("  ", 422)]:
            answer = await app.post("/issues/1/comments", json={"body": text})
            assert answer.status_code == status


async def test_reacting_twice_is_reacting_once(proposal: Proposal) -> None:
    said = proposal.box.comment("shop/app", 1, "author", "please look")
    async with installed(proposal.box) as app:
        path = f"/issues/comments/{said.id}/reactions"
        first = await app.post(path, json={"content": "eyes"})
        second = await app.post(path, json={"content": "eyes"})
        assert (first.status_code, second.status_code) == (201, 200)
        assert (await app.post(path, json={"content": "grin"})).status_code == 422
        assert (await app.delete(f"{path}/{first.json()['id']}")).status_code == 204
        assert (await app.get(path)).json() == []


async def test_a_ticket_is_opened_found_by_label_and_closed(proposal: Proposal) -> None:
    async with installed(proposal.box) as app:
        opened = await app.post("/issues", json={"title": "Old flaw", "labels": ["audit"]})
        number = opened.json()["number"]
        await app.post(f"/issues/{number}/labels", json={"labels": ["security", "audit"]})
        found = (await app.get("/issues", params={"labels": "audit,security"})).json()
        closed = await app.patch(f"/issues/{number}", json={"state": "closed"})
        left = (await app.get("/issues")).json()
    assert [issue["number"] for issue in found] == [2]
    assert closed.json()["closed_at"] is not None
    assert [("pull_request" in issue, issue["number"]) for issue in left] == [(True, 1)]


ROLES: tuple[tuple[str | Role, str, str], ...] = (
    ("none", "none", "none"),
    ("admin", "admin", "admin"),
    ("maintain", "write", "maintain"),
    ("write", "write", "write"),
    ("triage", "read", "triage"),
    ("read", "read", "read"),
    (Role("security", "write"), "write", "security"),
)


async def test_the_permission_look_up_has_four_answers(proposal: Proposal) -> None:
    async with installed(proposal.box) as app:
        for role, permission, name in ROLES:
            proposal.box.set_role("shop/app", "author", role)
            found = (await app.get("/collaborators/author/permission")).json()
            assert (found["permission"], found["role_name"]) == (permission, name)


async def test_outsiders_of_a_public_repository_may_read_and_bots_are_no_users(
    box: GitHubBox,
) -> None:
    await box.create_repository("shop/public", files={"a": "1\n"})
    box.stage.person("passer-by")
    async with installed(box, "shop/public") as app:
        outsider = await app.get("/collaborators/passer-by/permission")
        bot = await app.get(f"/collaborators/{box.app.bot.login}/permission")
        nobody = await app.get("/collaborators/never-seen/permission")
    assert (outsider.status_code, outsider.json()["permission"]) == (200, "read")
    assert (bot.status_code, nobody.status_code) == (404, 404)


async def test_required_checks_are_told(proposal: Proposal) -> None:
    proposal.box.require_check("shop/app", "main", "Audit", proposal.box.app.id)
    async with installed(proposal.box) as app:
        (rule,) = (await app.get("/rules/branches/main")).json()
        branch = (await app.get("/branches/main")).json()
    required = rule["parameters"]["required_status_checks"]
    assert required == [{"context": "Audit", "integration_id": proposal.box.app.id}]
    assert branch["protected"] is True


async def test_an_archived_repository_can_be_read_but_not_written(proposal: Proposal) -> None:
    proposal.box.archive("shop/app")
    async with installed(proposal.box) as app:
        assert (await app.get("/pulls/1")).json()["base"]["repo"]["archived"] is True
        assert (await app.post("/issues/1/comments", json={"body": "x"})).status_code == 403


async def test_the_old_name_redirects_reading_and_does_not_lose_writing(
    proposal: Proposal,
) -> None:
    async with installed(proposal.box) as app:
        proposal.box.rename_repository("shop/app", "store")
        read = await app.get("/pulls/1")
        written = await app.post("/issues/1/comments", json={"body": "x"})
        assert (read.status_code, written.status_code) == (301, 307)
        followed = await app.get("/pulls/1", follow_redirects=True)
        posted = await app.post("/issues/1/comments", json={"body": "x"}, follow_redirects=True)
    assert followed.json()["base"]["repo"]["full_name"] == "shop/store"
    assert posted.status_code == 201


async def test_what_the_description_does_not_know_is_not_found(box: GitHubBox) -> None:
    async with client(box) as nobody:
        assert (await nobody.get("/repos/a/b/pulls/not-a-number")).status_code == 404
        assert (await nobody.put("/made/up")).status_code == 404
        newer = await nobody.get("/meta", headers={"X-GitHub-Api-Version": "2026-03-10"})
        assert newer.status_code == 400
        assert (await nobody.get("/rate_limit")).json()["rate"]["limit"] == 5000
