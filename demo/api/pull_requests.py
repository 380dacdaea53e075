"""Reading pull requests: in full, listed, their files, commits and diff."""

from demo.api.call import Answer, Call, Endpoint, listing, reads
from demo.bodies.commits import commit_body, file_body
from demo.bodies.links import Json
from demo.bodies.pull_requests import pull_request_body, short_pull_request_body
from demo.git.commits import read_commit
from demo.git.program import git
from demo.refusal import FieldError, RefusalError
from demo.state.repository import PullRequest

MOST_FILES = 3000
MOST_FILES_IN_DIFF = 300
DIFF_KIND = "application/vnd.github.diff"


async def list_pull_requests(call: Call) -> Answer:
    """Pull requests by state, base branch and head (`owner:branch`), newest first."""
    state = call.query.get("state", "open")
    base, head = call.query.get("base"), call.query.get("head")
    found = [
        pull
        for pull in call.repository.pull_requests.values()
        if state in ("all", pull.issue.state)
        and base in (None, pull.base_ref)
        and head in (None, _label(call, pull))
    ]
    found.sort(key=lambda p: p.number, reverse=call.query.get("direction", "desc") == "desc")
    return listing(call, found, lambda p: _short(call, p))


async def get_pull_request(call: Call) -> Answer:
    """One pull request; its diff when that media type is asked for, up to 300 files."""
    pull = call.pull_request()
    if "diff" not in call.accept:
        body = pull_request_body(call.links, call.world, call.repository, pull)
        return Answer(200, body)
    if len(pull.files) > MOST_FILES_IN_DIFF:
        message = f"Sorry, the diff exceeded the maximum number of files ({MOST_FILES_IN_DIFF})."
        raise RefusalError(406, message, (FieldError("PullRequest", "diff", "too_large"),))
    diff = await git(call.repository.path, "diff", pull.merge_base, pull.head_sha)
    return Answer(200, diff.decode(errors="replace"), kind=DIFF_KIND)


async def list_files(call: Call) -> Answer:
    """The changed files, at most 3000."""
    pull = call.pull_request()
    return listing(
        call,
        pull.files[:MOST_FILES],
        lambda file: file_body(call.links, call.repository, pull.head_sha, file),
    )


async def list_commits(call: Call) -> Answer:
    """The commits, oldest first, at most 250."""
    commits = [await read_commit(call.repository.path, s) for s in call.pull_request().commits]
    return listing(call, commits, lambda c: commit_body(call.links, call.world, call.repository, c))


async def list_pull_requests_of_commit(call: Call) -> Answer:
    """The pull requests that contain a commit."""
    sha = await call.commit(call.parameters["commit_sha"])
    found = [p for p in call.repository.pull_requests.values() if sha in p.commits]
    return listing(call, found, lambda p: _short(call, p))


def _short(call: Call, pull: PullRequest) -> Json:
    return short_pull_request_body(call.links, call.world, call.repository, pull)


def _label(call: Call, pull: PullRequest) -> str:
    return f"{call.world.repositories[pull.head_repository_id].owner.login}:{pull.head_ref}"


_PULLS = "/repos/{owner}/{repo}/pulls"
_READ = reads("pull_requests")
ENDPOINTS = (
    Endpoint(f"GET {_PULLS}", _READ, list_pull_requests),
    Endpoint(f"GET {_PULLS}/{{pull_number}}", _READ, get_pull_request),
    Endpoint(f"GET {_PULLS}/{{pull_number}}/files", _READ, list_files),
    Endpoint(f"GET {_PULLS}/{{pull_number}}/commits", _READ, list_commits),
    Endpoint(
        "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
        reads("pull_requests", "contents"),
        list_pull_requests_of_commit,
    ),
)
