"""How the client signs in, repeats, follows and gives up."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from app.github.connection import CLONING, READING, Access, Permissions
from app.github.errors import (
    AnswerLost,
    BadAnswer,
    Forbidden,
    GitHubError,
    InstallationGone,
    Moved,
    NotFound,
    RateLimited,
    Unauthorized,
)
from app.github.models import RepositoryAnswer
from tests.app.github.answers import (
    ACCESS,
    NOW,
    SHOP,
    Script,
    editing,
    ok,
    posting,
    reading,
    refused,
)

REPOSITORY = ok({"id": 7, "full_name": "shop/app"})
LOST = refused(502, "Server Error")


async def test_a_token_is_narrowed_to_the_repository_and_the_permissions() -> None:
    script = Script(REPOSITORY)
    await script.client().request(ACCESS, reading())
    (minted,) = script.minted
    assert json.loads(minted.content) == {
        "repository_ids": [7],
        "permissions": {"checks": "write", "issues": "write", "pull_requests": "write"},
    }
    assert minted.url.path == "/api/v3/app/installations/99/access_tokens"


async def test_every_request_names_the_api_version_that_old_servers_know() -> None:
    script = Script(REPOSITORY)
    await script.client().request(ACCESS, reading())
    versions = {each.headers["x-github-api-version"] for each in script.requests + script.minted}
    assert versions == {"2022-11-28"}


async def test_five_at_once_share_one_token() -> None:
    script = Script(REPOSITORY)
    client = script.client()
    await asyncio.gather(*(client.request(ACCESS, reading()) for _ in range(5)))
    assert len(script.minted) == 1
    assert len(script.requests) == 5


async def test_the_order_of_permissions_costs_no_second_token() -> None:
    forward = Permissions.of({"checks": "write", "issues": "write"})
    backward = Permissions.of({"issues": "write", "checks": "write"})
    script = Script(REPOSITORY)
    client = script.client()
    await client.request(Access(99, SHOP, forward), reading())
    await client.request(Access(99, SHOP, backward), reading())
    assert len(script.minted) == 1


async def test_git_gets_a_token_of_its_own_that_only_reads_contents() -> None:
    script = Script(REPOSITORY)
    token = await script.client().git_token(ACCESS)
    assert json.loads(script.minted[0].content)["permissions"] == {"contents": "read"}
    assert token.text not in repr(token)
    assert CLONING != READING


async def test_a_token_near_its_end_is_replaced() -> None:
    script = Script(REPOSITORY)
    client = script.client()
    await client.request(ACCESS, reading())
    script.now = NOW + timedelta(minutes=59)
    await client.request(ACCESS, reading())
    assert len(script.minted) == 2


async def test_a_young_token_that_a_replica_does_not_know_is_tried_again() -> None:
    script = Script(refused(401, "Bad credentials"), refused(401, "Bad credentials"), REPOSITORY)
    await script.client().request(ACCESS, reading())
    assert script.waited == [1.0, 2.0]
    assert len(script.minted) == 1


async def test_an_old_token_that_is_refused_is_replaced_once() -> None:
    script = Script(REPOSITORY, refused(401, "Bad credentials"), ok({"id": 1}, 201))
    client = script.client()
    await client.request(ACCESS, reading())
    script.now = NOW + timedelta(minutes=5)
    await client.request(ACCESS, posting())
    assert len(script.minted) == 2


async def test_credentials_that_stay_refused_end_in_an_error() -> None:
    script = Script(refused(401, "Bad credentials"))
    with pytest.raises(Unauthorized):
        await script.client().request(ACCESS, reading())


async def test_a_lost_post_is_never_sent_again() -> None:
    script = Script(LOST)
    with pytest.raises(AnswerLost):
        await script.client().request(ACCESS, posting())
    assert len(script.requests) == 1


@pytest.mark.parametrize("call", [reading(), editing()], ids=["a read", "an edit by id"])
async def test_what_does_no_harm_is_sent_up_to_three_times(call) -> None:  # type: ignore[no-untyped-def]
    script = Script(LOST)
    with pytest.raises(AnswerLost):
        await script.client().request(ACCESS, call)
    assert len(script.requests) == 3
    assert script.waited == [1.0, 4.0]


@pytest.mark.parametrize(
    "trouble", [httpx.ReadTimeout("slow"), httpx.ConnectError("no route")], ids=["late", "closed"]
)
async def test_silence_is_a_lost_answer(trouble: Exception) -> None:
    with pytest.raises(AnswerLost, match="no answer"):
        await Script(trouble).client().request(ACCESS, posting())


async def test_a_rate_limit_is_handed_back_and_not_waited_out() -> None:
    script = Script(refused(403, "slow down", retry_after="37"))
    with pytest.raises(RateLimited) as limited:
        await script.client().request(ACCESS, posting())
    assert limited.value.seconds == 37
    assert script.waited == []


async def test_a_suspended_installation_is_gone() -> None:
    script = Script(REPOSITORY, token=refused(403, "This installation has been suspended"))
    with pytest.raises(InstallationGone, match="suspended"):
        await script.client().request(ACCESS, reading())


async def test_an_installation_suspended_while_its_token_lives_is_gone() -> None:
    script = Script(refused(403, "This installation has been suspended"))
    with pytest.raises(InstallationGone, match="is suspended"):
        await script.client().request(ACCESS, reading())


async def test_a_removed_installation_is_gone() -> None:
    script = Script(REPOSITORY, token=refused(404, "Not Found"))
    with pytest.raises(InstallationGone, match="was removed"):
        await script.client().request(ACCESS, reading())


async def test_a_limit_on_minting_is_a_limit_and_no_suspension() -> None:
    script = Script(REPOSITORY, token=refused(403, "slow down", retry_after="5"))
    with pytest.raises(RateLimited):
        await script.client().request(ACCESS, reading())


async def test_a_post_to_a_renamed_repository_reaches_it_under_its_new_name() -> None:
    moved = httpx.Response(301, headers={"location": "https://github.test/api/v3/repositories/7"})
    script = Script(moved, ok({"id": 7, "full_name": "shop/till"}), ok({"id": 1}, 201))
    client = script.client()
    await client.request(ACCESS, posting())
    asked = [(each.method, each.url.path) for each in script.requests]
    assert asked == [
        ("POST", "/api/v3/repos/shop/app/issues/1/comments"),
        ("GET", "/api/v3/repos/shop/app"),
        ("POST", "/api/v3/repos/shop/till/issues/1/comments"),
    ]
    assert client.name_of(ACCESS) == "shop/till"


async def test_a_name_that_another_repository_took_over_is_not_written_to() -> None:
    moved = httpx.Response(307, headers={"location": "https://github.test/api/v3/repositories/8"})
    script = Script(moved, ok({"id": 8, "full_name": "shop/other"}))
    with pytest.raises(Moved):
        await script.client().request(ACCESS, posting())
    assert len(script.requests) == 2


async def test_reads_follow_a_redirect() -> None:
    moved = httpx.Response(301, headers={"location": "https://github.test/api/v3/repositories/7"})
    script = Script(moved, ok({"id": 7, "full_name": "shop/till"}))
    answer = await script.client().read(ACCESS, RepositoryAnswer, reading())
    assert answer.full_name == "shop/till"


async def test_a_redirect_to_another_host_takes_no_token_along() -> None:
    moved = httpx.Response(302, headers={"location": "https://elsewhere.test/file"})
    script = Script(moved, REPOSITORY)
    await script.client().request(ACCESS, reading())
    assert "authorization" not in script.requests[1].headers


async def test_pages_are_read_to_the_end() -> None:
    full = ok([{"id": number, "full_name": "a/b"} for number in range(100)])
    script = Script(full, ok([{"id": 100, "full_name": "a/b"}]))
    found = await script.client().read_pages(ACCESS, RepositoryAnswer, reading())
    assert len(found) == 101
    assert [each.url.params["page"] for each in script.requests] == ["1", "2"]


async def test_a_list_without_end_is_an_error_and_no_cut_list() -> None:
    full = ok([{"id": number, "full_name": "a/b"} for number in range(100)])
    with pytest.raises(BadAnswer, match="does not end"):
        await Script(full).client().read_pages(ACCESS, RepositoryAnswer, reading())


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"id": "seven"}', b""])
async def test_an_answer_that_is_something_else_is_one_clear_error(body: bytes) -> None:
    script = Script(httpx.Response(200, content=body))
    with pytest.raises(BadAnswer):
        await script.client().read(ACCESS, RepositoryAnswer, reading())


async def test_writes_of_one_installation_keep_their_distance() -> None:
    script = Script(ok({"id": 1}, 201))
    client = script.client(spacing_s=1.0)
    await asyncio.gather(*(client.request(ACCESS, posting()) for _ in range(3)))
    assert len(script.waited) == 2
    assert all(0 < wait <= 1.0 for wait in script.waited)


async def test_errors_of_graphql_come_with_success_and_are_refusals() -> None:
    script = Script(ok({"data": None, "errors": [{"message": "Resource not accessible"}]}))
    with pytest.raises(Forbidden, match="not accessible"):
        await script.client().graphql(ACCESS, "query { viewer }", {}, changes=False)
    assert script.requests[0].url.path == "/api/graphql"


async def test_the_app_is_asked_who_it_is_once() -> None:
    script = Script(ok({"id": 5, "slug": "pragmatic-audit"}))
    client = script.client()
    assert await client.identity() == await client.identity()
    assert len(script.requests) == 1
    assert script.requests[0].headers["authorization"].startswith("Bearer ey")


async def test_no_error_shows_a_token_or_the_key() -> None:
    secret = "ghs_" + "5_abc." + "y" * 40
    script = Script(refused(404, f"No such thing for {secret}\nsecond line"))
    client = script.client()
    with pytest.raises(NotFound) as raised:
        await client.request(ACCESS, posting())
    assert secret not in str(raised.value)
    assert "second line" not in str(raised.value)
    assert isinstance(raised.value, GitHubError)


async def test_a_path_that_is_not_utf_8_costs_one_character_and_no_request() -> None:
    script = Script(ok({"id": 1}, 201))
    call = replace(posting(), body={"body": "caf\udce9", "lines": ["\udcff"], "line": 3})
    await script.client().request(ACCESS, call)
    assert json.loads(script.requests[0].content) == {"body": "caf?", "lines": ["?"], "line": 3}


async def test_a_closed_client_of_githubkit_leaves_our_pool_open() -> None:
    closed: list[bool] = []

    class Pool(httpx.MockTransport):
        async def aclose(self) -> None:
            closed.append(True)

    client = Script(REPOSITORY).client(transport=Pool(Script(REPOSITORY)._handle))
    async with client:
        await client.request(ACCESS, reading())
        assert closed == []
    assert closed == [True]
