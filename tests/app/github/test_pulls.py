"""Reading pull requests: deleted forks and authors, lagging answers, and what is compared."""

import pytest

from app.github.errors import BadAnswer
from app.github.pulls import compare, open_pulls_with_head, read_pull
from tests.app.github.answers import ACCESS, Script, ok

REPOSITORY = {"id": 7, "full_name": "shop/app", "private": True, "default_branch": "main"}
HEAD = "a" * 40


def a_pull(**differences: object) -> dict[str, object]:
    pull = {
        "number": 12,
        "state": "open",
        "draft": True,
        "title": "Search",
        "commits": 3,
        "user": {"id": 4, "login": "author", "type": "User"},
        "head": {"ref": "topic", "sha": HEAD, "repo": REPOSITORY},
        "base": {"ref": "main", "sha": "b" * 40, "repo": REPOSITORY},
    }
    return pull | differences


async def test_a_pull_request_is_read() -> None:
    script = Script(ok(a_pull()))
    pull = await read_pull(script.client(), ACCESS, 12)
    assert (pull.head, pull.base_ref, pull.default_branch) == (HEAD, "main", "main")
    assert (pull.draft, pull.fork, pull.author_id, pull.commits) == (True, False, 4, 3)
    assert script.requests[0].url.path == "/api/v3/repos/shop/app/pulls/12"


@pytest.mark.parametrize("repo", [None, REPOSITORY | {"id": 8, "full_name": "author/app"}])
async def test_a_fork_is_one_also_when_it_was_deleted(repo: object) -> None:
    head = {"ref": "topic", "sha": HEAD, "repo": repo}
    pull = await read_pull(Script(ok(a_pull(head=head))).client(), ACCESS, 12)
    assert pull.fork


async def test_a_deleted_author_is_nobody() -> None:
    pull = await read_pull(Script(ok(a_pull(user=None))).client(), ACCESS, 12)
    assert pull.author_id is None


async def test_an_answer_without_the_base_repository_is_an_error() -> None:
    base = {"ref": "main", "sha": "b" * 40, "repo": None}
    with pytest.raises(BadAnswer, match="no base repository"):
        await read_pull(Script(ok(a_pull(base=base))).client(), ACCESS, 12)


async def test_a_comparison_gives_the_merge_base_and_asks_for_no_files_beyond_the_first() -> None:
    script = Script(ok({"merge_base_commit": {"sha": "c" * 40}, "total_commits": 5}))
    compared = await compare(script.client(), ACCESS, "b" * 40, HEAD)
    assert (compared.merge_base, compared.commits) == ("c" * 40, 5)
    assert script.requests[0].url.params["per_page"] == "1"


async def test_only_open_pull_requests_at_that_very_head_are_found() -> None:
    listed = [
        a_pull(),
        a_pull(number=13, state="closed"),
        a_pull(number=14, head={"ref": "x", "sha": "d" * 40, "repo": None}),
    ]
    found = await open_pulls_with_head(Script(ok(listed)).client(), ACCESS, HEAD)
    assert [pull.number for pull in found] == [12]
