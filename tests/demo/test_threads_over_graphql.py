"""Review threads over GraphQL: listed, and resolved only where that is allowed."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.box import BoxSettings, Files, GitHubBox
from demo.graphql.document import UnsupportedError, parse
from tests.demo.caller import client, installation_token
from tests.demo.conftest import Proposal

THREADS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewThreads(first: 1, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id isResolved comments(first: 1) { nodes { databaseId body } } }
    }
  } }
}"""
RESOLVE = """mutation Resolve($id: ID!) {
  resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } }
}"""


async def ask(app: httpx.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    answer = await app.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def thread_of(app: httpx.AsyncClient, head: str) -> str:
    """The node id of a thread on a new review comment."""
    body = {"body": "look", "path": "new.py", "line": 1, "commit_id": head}
    assert (await app.post("/repos/shop/app/pulls/1/comments", json=body)).status_code == 201
    place = {"owner": "shop", "name": "app", "number": 1}
    found = await ask(app, THREADS, **place)
    threads = found["data"]["repository"]["pullRequest"]["reviewThreads"]
    assert threads["nodes"][0]["comments"]["nodes"][0]["body"] == "look"
    assert threads["nodes"][0]["isResolved"] is False
    return str(threads["nodes"][0]["id"])


async def test_resolving_is_forbidden_without_contents_write(proposal: Proposal) -> None:
    token = await installation_token(proposal.box, "shop/app")
    async with client(proposal.box, token) as app:
        answer = await ask(app, RESOLVE, id=await thread_of(app, proposal.head))
    assert answer["data"] == {"resolveReviewThread": None}
    assert answer["errors"][0]["type"] == "FORBIDDEN"
    assert not proposal.box.threads("shop/app", 1)[0].is_resolved


async def test_resolving_works_where_it_is_allowed(tmp_path: Path) -> None:
    settings = BoxSettings(allow_thread_resolution=True)
    async with GitHubBox.start(tmp_path, settings=settings) as box:
        await box.create_repository("shop/app", files={"a": "1\n"})
        head = await box.push("shop/app", "topic", Files({"new.py": "1\n"}), by="author")
        await box.open_pull_request("shop/app", "main", "topic", "author", "New")
        async with client(box, await installation_token(box, "shop/app")) as app:
            thread = await thread_of(app, head)
            answer = await ask(app, RESOLVE, id=thread)
            assert answer["data"]["resolveReviewThread"]["thread"]["isResolved"] is True
            undo = RESOLVE.replace("resolveReviewThread", "unresolveReviewThread")
            await ask(app, undo, id=thread)
        assert not box.threads("shop/app", 1)[0].is_resolved
        box.resolve_thread("shop/app", box.threads("shop/app", 1)[0].thread.id, by="author")
        assert box.threads("shop/app", 1)[0].is_resolved
        assert box.violations == []


async def test_what_it_does_not_know_is_an_error_and_not_a_guess(proposal: Proposal) -> None:
    token = await installation_token(proposal.box, "shop/app")
    async with client(proposal.box, token) as app:
        unknown = await ask(app, "{ viewer { login } }")
        absent = await ask(app, THREADS, owner="shop", name="nothing", number=1)
        lost = await ask(app, RESOLVE, id="PRRT_made-up")
        wrong = await app.post("/graphql", content=b"{")
    assert "not carried out" in unknown["errors"][0]["message"]
    assert absent["errors"][0]["type"] == "NOT_FOUND"
    assert lost["errors"][0]["type"] == "NOT_FOUND"
    assert wrong.status_code == 400
    async with client(proposal.box) as nobody:
        refused = await nobody.post("/graphql", json={"query": THREADS})
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{ a(b: [1]) }",
        "{ a } { b }",
        "query { a @skip(if: true) }",
        "{ ...f }",
        "{a" * 60,
        "#" * 30_000,
        '{ a(b: "unfinished) }',
    ],
    ids=lambda text: text[:12],
)
def test_a_document_outside_the_small_language_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError):
        parse(text, {})
