"""Reading pull requests and where they part from their base."""

from app.github.client import GitHubClient
from app.github.connection import Access
from app.github.errors import BadAnswer
from app.github.models import CompareAnswer, Comparison, PullAnswer, PullRequest, RepositoryAnswer
from app.github.retry import Call


async def read_pull(client: GitHubClient, access: Access, number: int) -> PullRequest:
    """The pull request as it is now. The API may lag a push by seconds."""
    call = _reading(f"/repos/{{repository}}/pulls/{number}", f"pull request {number}")
    answer = await client.read(access, PullAnswer, call)
    if answer.base.repo is None:
        raise BadAnswer(f"Pull request {number} names no base repository.")
    return _pull_request(answer, answer.base.repo)


def _pull_request(answer: PullAnswer, base: RepositoryAnswer) -> PullRequest:
    return PullRequest(
        number=answer.number,
        open=answer.state == "open",
        draft=answer.draft,
        title=answer.title,
        head=answer.head.sha,
        head_ref=answer.head.ref,
        base=answer.base.sha,
        base_ref=answer.base.ref,
        default_branch=base.default_branch,
        full_name=base.full_name,
        private=base.private,
        archived=base.archived,
        fork=answer.head.repo is None or answer.head.repo.id != base.id,
        author_id=answer.user.id if answer.user is not None else None,
        commits=answer.commits,
    )


async def compare(client: GitHubClient, access: Access, base: str, head: str) -> Comparison:
    """The merge base of two commit ids, and the number of commits from it to ``head``.

    The list of files is not read: git's own difference is the source of truth.
    """
    call = _reading(f"/repos/{{repository}}/compare/{base}...{head}", "a comparison", per_page=1)
    answer = await client.read(access, CompareAnswer, call)
    return Comparison(answer.merge_base_commit.sha, answer.total_commits)


async def open_pulls_with_head(
    client: GitHubClient, access: Access, head: str
) -> tuple[PullAnswer, ...]:
    """The open pull requests whose head is ``head``: check events of forks name none themselves."""
    call = _reading(f"/repos/{{repository}}/commits/{head}/pulls", "pull requests of a commit")
    pulls = await client.read_pages(access, PullAnswer, call)
    return tuple(pull for pull in pulls if pull.state == "open" and pull.head.sha == head)


def _reading(path: str, what: str, **parameters: str | int) -> Call:
    return Call(method="GET", path=path, what=what, repeatable=True, parameters=parameters)
