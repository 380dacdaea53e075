"""How the app shows who it is, and what each token is good for."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.box import BoxSettings, GitHubBox
from tests.demo.caller import app_jwt, ask_for_token, client, installation_token, installed
from tests.demo.conftest import Proposal


async def test_the_app_is_known_by_its_jwt(proposal: Proposal) -> None:
    box = proposal.box
    async with client(box, app_jwt(box)) as app:
        answer = await app.get("/app")
    assert answer.status_code == 200
    assert answer.json()["slug"] == box.app.slug
    assert answer.json()["permissions"]["checks"] == "write"


@pytest.mark.parametrize(
    ("issued", "expires", "complaint"),
    [
        (-60, 700, "too far in the future"),
        (-900, -300, "must be a numeric value in the future"),
        (120, 400, "'Issued at'"),
    ],
)
async def test_a_jwt_with_wrong_times_is_refused(
    box: GitHubBox, issued: int, expires: int, complaint: str
) -> None:
    async with client(box, app_jwt(box, issued, expires)) as app:
        answer = await app.get("/app")
    assert answer.status_code == 401
    assert complaint in answer.json()["message"]


async def test_a_jwt_of_another_key_is_refused(box: GitHubBox, tmp_path: Path) -> None:
    async with GitHubBox.start(tmp_path) as other, client(box, app_jwt(other)) as app:
        assert (await app.get("/app")).status_code == 401


async def test_a_token_has_the_form_of_2026_and_lasts_an_hour(proposal: Proposal) -> None:
    box = proposal.box
    answer = await ask_for_token(box, box.installation("shop/app"))
    token = answer.json()["token"]
    assert re.fullmatch(rf"ghs_{box.app.id}_[\w-]+\.[\w-]+\.[\w-]+", token)
    assert len(token) == 520
    expires = datetime.fromisoformat(answer.json()["expires_at"])
    assert timedelta(minutes=59) < expires - datetime.now(UTC) <= timedelta(hours=1)


async def test_a_narrowed_token_reaches_only_its_repository_and_permissions(
    proposal: Proposal,
) -> None:
    box = proposal.box
    other = await box.create_repository("shop/other", private=True, files={"b.py": "1\n"})
    token = await installation_token(
        box, "shop/app", repository_ids=[other.id], permissions={"contents": "read"}
    )
    async with client(box, token) as scan:
        assert (await scan.get("/repos/shop/other/contents/b.py")).status_code == 200
        assert (await scan.get("/repos/shop/app")).status_code == 404
        refused = await scan.get("/repos/shop/other/pulls")
        listed = await scan.get("/installation/repositories")
    assert refused.status_code == 403
    assert refused.json()["message"] == "Resource not accessible by integration"
    assert [r["full_name"] for r in listed.json()["repositories"]] == ["shop/other"]


async def test_a_token_cannot_be_given_more_than_the_installation_has(proposal: Proposal) -> None:
    installation = proposal.box.installation("shop/app")
    more = await ask_for_token(proposal.box, installation, permissions={"contents": "write"})
    foreign = await ask_for_token(proposal.box, installation, repository_ids=[1])
    assert (more.status_code, foreign.status_code) == (422, 422)


async def test_an_expired_token_is_refused(tmp_path: Path) -> None:
    later = timedelta()

    def clock() -> datetime:
        return datetime.now(UTC) + later

    async with GitHubBox.start(tmp_path, settings=BoxSettings(clock=clock)) as box:
        await box.create_repository("shop/app", files={"a.py": "1\n"})
        async with installed(box) as app:
            assert (await app.get(f"{box.base_url}/repos/shop/app")).status_code == 200
            later = timedelta(hours=1)
            assert (await app.get(f"{box.base_url}/repos/shop/app")).status_code == 401
        assert box.violations == []


async def test_a_suspended_app_is_told_so_and_a_removed_one_is_not_found(
    proposal: Proposal,
) -> None:
    box = proposal.box
    installation = box.installation("shop/app")
    async with installed(box) as app:
        box.suspend(installation)
        assert (await app.get(f"{box.base_url}/repos/shop/app")).status_code == 403
        refused = await ask_for_token(box, installation)
        assert (refused.status_code, "suspended" in refused.text) == (403, True)
        box.unsuspend(installation)
        assert (await app.get(f"{box.base_url}/repos/shop/app")).status_code == 200
        box.uninstall(installation)
        assert (await app.get(f"{box.base_url}/repos/shop/app")).status_code == 401
    assert (await ask_for_token(box, installation)).status_code == 404


async def test_a_revoked_token_is_dead(proposal: Proposal) -> None:
    token = await installation_token(proposal.box, "shop/app")
    async with client(proposal.box, token) as app:
        assert (await app.delete("/installation/token")).status_code == 204
        assert (await app.get("/repos/shop/app")).status_code == 401


async def test_the_journal_tells_who_asked_but_holds_no_credential(proposal: Proposal) -> None:
    box = proposal.box
    token = await installation_token(box, "shop/app")
    async with client(box, token) as app:
        await app.get("/repos/shop/app")
    async with client(box) as nobody:
        assert (await nobody.get("/repos/shop/app")).status_code == 404
    assert [e.who for e in box.exchanges] == ["jwt", "installation", "anonymous"]
    assert token not in repr(box)
    assert token not in repr(box.exchanges)
    assert box.private_key not in repr(box)
