"""Opening, closing, retargeting and queueing pull requests."""

from dataclasses import dataclass

from demo.actions.pushes import place_head, renew_diff
from demo.actions.stage import Stage
from demo.bodies.commits import simple_commit_body
from demo.bodies.links import Json
from demo.git.commits import read_commit, reference
from demo.git.writing import merge, set_reference
from demo.outdated import follow_head
from demo.state.discussion import Issue
from demo.state.repository import PullRequest, Repository


@dataclass(frozen=True, slots=True)
class NewPullRequest:
    """What is proposed. `head` is a branch, or `owner:branch` for a fork's."""

    repository: str
    base: str
    head: str
    author: str
    title: str
    body: str | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """Pull requests merged on trial by a merge queue."""

    repository: str
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str


async def open_pull_request(stage: Stage, wanted: NewPullRequest) -> PullRequest:
    """A new pull request. Raises ValueError for unknown branches or one that is open already."""
    repository = stage.world.repository(wanted.repository)
    pull = await _proposed(stage, repository, wanted)
    await place_head(stage, repository, pull, pull.head_sha)
    repository.pull_requests[pull.number] = pull
    repository.issues[pull.number] = pull.issue
    stage.events.pull_request(repository, pull, "opened", pull.issue.user)
    return pull


def close(stage: Stage, name: str, number: int, by: str) -> None:
    """Close without merging."""
    repository, pull = stage.pull_request(name, number)
    pull.issue.state, pull.issue.closed_at = "closed", stage.world.now()
    stage.events.pull_request(repository, pull, "closed", stage.person(by))


async def reopen(stage: Stage, name: str, number: int, by: str) -> None:
    """Open again, at the head branch's present commit."""
    repository, pull = stage.pull_request(name, number)
    source = stage.world.repositories[pull.head_repository_id]
    head = await reference(source.path, f"refs/heads/{pull.head_ref}")
    pull.issue.state, pull.issue.closed_at = "open", None
    await place_head(stage, repository, pull, head or pull.head_sha)
    await follow_head(repository, pull)
    stage.events.pull_request(repository, pull, "reopened", stage.person(by))


async def merge_pull_request(stage: Stage, name: str, number: int, by: str) -> str:
    """Merge with a merge commit; its hash. Branch rules are not enforced. Raises GitError on conflict."""
    repository, pull = stage.pull_request(name, number)
    base_ref = f"refs/heads/{pull.base_ref}"
    base = await reference(repository.path, base_ref)
    message = f"Merge pull request #{number} from {pull.head_ref}"
    sha = await merge(
        repository.path, base or pull.base_sha, pull.head_sha, message, stage.author(by)
    )
    await set_reference(repository.path, base_ref, sha)
    now = stage.world.now()
    pull.issue.state, pull.issue.closed_at = "closed", now
    pull.merged_at, pull.merge_commit_sha = now, sha
    stage.events.pull_request(repository, pull, "closed", stage.person(by))
    return sha


async def retarget(stage: Stage, name: str, number: int, base: str, by: str) -> None:
    """Another base branch: the diff changes though no commit moved."""
    repository, pull = stage.pull_request(name, number)
    sha = await reference(repository.path, f"refs/heads/{base}")
    if sha is None:
        raise ValueError(f"no branch {base}")
    changes = {"base": {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}}
    pull.base_ref, pull.base_sha = base, sha
    await renew_diff(repository, pull)
    stage.events.pull_request(repository, pull, "edited", stage.person(by), {"changes": changes})


def retitle(stage: Stage, name: str, number: int, title: str, by: str) -> None:
    """Another title: nothing to audit again."""
    repository, pull = stage.pull_request(name, number)
    changes = {"title": {"from": pull.issue.title}}
    pull.issue.title = title
    stage.events.pull_request(repository, pull, "edited", stage.person(by), {"changes": changes})


def mark_ready(stage: Stage, name: str, number: int, by: str) -> None:
    """No draft any more."""
    repository, pull = stage.pull_request(name, number)
    pull.draft = False
    stage.events.pull_request(repository, pull, "ready_for_review", stage.person(by))


async def queue(stage: Stage, name: str, numbers: tuple[int, ...], by: str) -> MergeGroup:
    """A merge group of these pull requests, in that order, on a branch of its own."""
    repository = stage.world.repository(name)
    pulls = [repository.pull_requests[number] for number in numbers]
    base_ref = f"refs/heads/{pulls[0].base_ref}"
    base = head = await reference(repository.path, base_ref) or pulls[0].base_sha
    for pull in pulls:
        message = f"Merge pull request #{pull.number} from {pull.head_ref}"
        head = await merge(repository.path, head, pull.head_sha, message, stage.author(by))
    branch = f"gh-readonly-queue/{pulls[0].base_ref}/pr-{numbers[-1]}-{base}"
    group = MergeGroup(name, base_ref, base, f"refs/heads/{branch}", head)
    await set_reference(repository.path, group.head_ref, head)
    body = await _group_body(repository, group)
    stage.events.merge_group(repository, body, "checks_requested", stage.person(by))
    return group


async def destroy_group(stage: Stage, group: MergeGroup, reason: str, by: str) -> None:
    """The group is gone: merged, invalidated or dequeued."""
    repository = stage.world.repository(group.repository)
    body = await _group_body(repository, group)
    await set_reference(repository.path, group.head_ref, None)
    stage.events.merge_group(repository, body, "destroyed", stage.person(by), reason)


def _head(stage: Stage, repository: Repository, head: str) -> tuple[Repository, str]:
    owner, separator, branch = head.partition(":")
    if not separator:
        return repository, head
    return stage.world.repository(f"{owner}/{repository.name}"), branch


async def _proposed(stage: Stage, repository: Repository, wanted: NewPullRequest) -> PullRequest:
    """The pull request before its diff is known."""
    source, branch = _head(stage, repository, wanted.head)
    head = await reference(source.path, f"refs/heads/{branch}")
    base = await reference(repository.path, f"refs/heads/{wanted.base}")
    if head is None or base is None:
        raise ValueError(f"no branch {wanted.base if base is None else wanted.head}")
    for known in repository.pull_requests.values():
        ends = (known.head_repository_id, known.head_ref, known.base_ref)
        if known.is_open and ends == (source.id, branch, wanted.base):
            raise ValueError(f"a pull request for {wanted.head} is open already")
    return PullRequest(
        issue=_issue(stage, repository, wanted),
        base_ref=wanted.base,
        base_sha=base,
        head_repository_id=source.id,
        head_ref=branch,
        head_sha=head,
        merge_base=base,
        files=(),
        commits=(),
        draft=wanted.draft,
    )


def _issue(stage: Stage, repository: Repository, wanted: NewPullRequest) -> Issue:
    now = stage.world.now()
    return Issue(
        id=stage.world.next_id(),
        number=repository.next_number(),
        title=wanted.title,
        body=wanted.body,
        user=stage.person(wanted.author),
        created_at=now,
        updated_at=now,
    )


async def _group_body(repository: Repository, group: MergeGroup) -> Json:
    commit = await read_commit(repository.path, group.head_sha)
    return {
        "head_sha": group.head_sha,
        "head_ref": group.head_ref,
        "base_sha": group.base_sha,
        "base_ref": group.base_ref,
        "head_commit": simple_commit_body(commit),
    }
