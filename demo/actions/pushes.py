"""Pushing: real git, pull requests whose head moves, and the events that follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.actions.stage import Stage
from demo.api.checks import ensure_suite
from demo.bodies.commits import simple_commit_body
from demo.git.commits import is_ancestor, log, merge_base, read_commit, reference, resolve
from demo.git.diff import changed_files
from demo.git.program import git
from demo.git.writing import commit_files, copy_commit, set_reference
from demo.outdated import follow_head
from demo.state.repository import PullRequest, Repository

NO_COMMIT = "0" * 40
MOST_COMMITS = 20


@dataclass(frozen=True, slots=True)
class Files:
    """A commit that writes these files (None deletes one) over `onto`, by default the branch's tip."""

    contents: Mapping[str, str | bytes | None] = field(default_factory=dict)
    message: str = "Change"
    onto: str | None = None


@dataclass(frozen=True, slots=True)
class LocalCommit:
    """A commit of another repository on this disk, with its history."""

    repository: Path
    revision: str = "HEAD"


@dataclass(frozen=True, slots=True)
class Push:
    """Who pushes what to which branch."""

    repository: str
    branch: str
    change: Files | LocalCommit
    by: str
    force: bool = False


async def push(stage: Stage, wanted: Push) -> str:
    """Move a branch; the new commit. Raises ValueError when it is no fast-forward and not forced."""
    repository = stage.world.repository(wanted.repository)
    ref = f"refs/heads/{wanted.branch}"
    before = await reference(repository.path, ref)
    after = await _new_commit(stage, repository, wanted, before)
    forced = before is not None and not await is_ancestor(repository.path, before, after)
    if forced and not wanted.force:
        raise ValueError(f"{wanted.branch}: not a fast-forward")
    await set_reference(repository.path, ref, after)
    repository.pushed_at = stage.world.now()
    await _tell(stage, repository, wanted, before, after, forced)
    await move_heads(stage, repository, wanted, before or NO_COMMIT, after)
    return after


async def move_heads(
    stage: Stage, repository: Repository, wanted: Push, before: str, after: str
) -> None:
    """Take open pull requests along whose head this branch is, in whatever repository they are."""
    for target, pull in list(stage.world.open_pull_requests()):
        if (pull.head_repository_id, pull.head_ref) != (repository.id, wanted.branch):
            continue
        await place_head(stage, target, pull, after)
        await follow_head(target, pull)
        moved = {"before": before, "after": after}
        sender = stage.person(wanted.by)
        stage.events.pull_request(target, pull, "synchronize", sender, moved)


async def place_head(stage: Stage, repository: Repository, pull: PullRequest, head: str) -> None:
    """Point `refs/pull/N/head` at the head, copied from the fork if need be, and renew the diff."""
    source = stage.world.repositories[pull.head_repository_id]
    if source.id != repository.id:
        await copy_commit(source.path, head, repository.path)
    await set_reference(repository.path, f"refs/pull/{pull.number}/head", head)
    base = await reference(repository.path, f"refs/heads/{pull.base_ref}")
    pull.head_sha, pull.base_sha = head, base or pull.base_sha
    pull.issue.updated_at = stage.world.now()
    await renew_diff(repository, pull)


async def renew_diff(repository: Repository, pull: PullRequest) -> None:
    """The diff from the merge base to the head, and the commits between."""
    path = repository.path
    pull.merge_base = await merge_base(path, pull.base_sha, pull.head_sha)
    pull.files = await changed_files(path, pull.merge_base, pull.head_sha)
    commits = await log(path, f"{pull.merge_base}..{pull.head_sha}")
    pull.commits = tuple(commit.sha for commit in commits)


async def _new_commit(
    stage: Stage, repository: Repository, wanted: Push, before: str | None
) -> str:
    match wanted.change:
        case LocalCommit(source, revision):
            return await copy_commit(source, revision, repository.path)
        case Files(contents, message, onto):
            parent = before if onto is None else await resolve(repository.path, onto)
            if onto is not None and parent is None:
                raise ValueError(f"{wanted.repository} has no {onto}")
            parent = parent or await reference(
                repository.path, f"refs/heads/{repository.default_branch}"
            )
            author = stage.author(wanted.by)
            return await commit_files(repository.path, parent, contents, message, author)


async def _tell(
    stage: Stage,
    repository: Repository,
    wanted: Push,
    before: str | None,
    after: str,
    forced: bool,
) -> None:
    """`push`, and `check_suite.requested` for the new commit."""
    sender = stage.person(wanted.by)
    since = (after,) if before is None else await _between(repository, before, after)
    listed = [await _pushed(stage, repository, sha) for sha in since[-MOST_COMMITS:]]
    moved = {
        "before": before or NO_COMMIT,
        "after": after,
        "created": before is None,
        "deleted": False,
        "forced": forced,
        "commits": listed,
        "head_commit": listed[-1] if listed else None,
    }
    stage.events.push(repository, wanted.branch, moved, sender)
    if stage.world.installation_of(repository) is not None:
        suite = await ensure_suite(stage.world, repository, after)
        suite.head_branch = suite.head_branch or wanted.branch
        stage.events.check_suite(repository, suite, "requested", sender)


async def _between(repository: Repository, before: str, after: str) -> tuple[str, ...]:
    return tuple(commit.sha for commit in await log(repository.path, f"{before}..{after}"))


async def _pushed(stage: Stage, repository: Repository, sha: str) -> dict[str, Any]:
    """A commit as push events list it, with the names of its files."""
    commit = await read_commit(repository.path, sha)
    options = ("--root", "--no-commit-id", "--name-status", "--no-renames", "-r", "-z")
    output = await git(repository.path, "diff-tree", *options, sha)
    fields = output.decode(errors="replace").split("\0")
    changed = list(zip(fields[::2], fields[1::2], strict=False))
    kinds = {"added": "A", "removed": "D", "modified": "MT"}
    return {
        **simple_commit_body(commit),
        "distinct": True,
        "url": stage.events.links.page(f"{repository.full_name}/commit/{sha}"),
        **{n: [path for mark, path in changed if mark in marks] for n, marks in kinds.items()},
    }
