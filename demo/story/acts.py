"""The two plots: the sample's three acts, and one audit of a repository on this disk."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from demo.box import Files, LocalCommit
from demo.git.commits import is_ancestor, merge_base, resolve
from demo.git.program import GitError
from demo.story.progress import Progress
from demo.story.sample import Sample
from demo.story.server import AuditServer
from demo.story.shown import Shown, audited

SAMPLE: Final = "demo/sample"
OWN: Final = "demo/own"
DEVELOPER: Final = "octo-dev"
BRANCH: Final = "search"
FIRST: Final = 1
"""The number of a new repository's first pull request."""
TITLE: Final = "Search, thumbnails and a preview for pull requests"

Tell = Callable[[str, Shown], None]
"""Shows an audit under a heading."""


class OwnRepositoryError(ValueError):
    """The repository, base or head that was named can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class OwnChange:
    """A change in a git repository on this disk: two revisions."""

    repository: Path
    base: str
    head: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a plot plays, and who is told what happens."""

    server: AuditServer
    progress: Progress
    tell: Tell


async def sample_story(stage: Stage, sample: Sample) -> tuple[Shown, ...]:
    """Propose the change, fix it by an ordinary commit, rewrite the branch; each audit as shown."""
    box = stage.server.box
    await box.create_repository(SAMPLE, files=sample.base)
    box.set_role(SAMPLE, DEVELOPER, "write")
    opened = await _opened(stage, sample)
    fixed = await _fixed(stage, sample)
    rewritten = await _rewritten(stage, sample)
    return (opened, fixed, rewritten)


async def _opened(stage: Stage, sample: Sample) -> Shown:
    box = stage.server.box
    with stage.progress.step("audit 1 of 3: a pull request is opened"):
        await box.push(SAMPLE, BRANCH, Files(sample.change, TITLE, "main"), DEVELOPER)
        await box.open_pull_request(SAMPLE, "main", BRANCH, DEVELOPER, TITLE)
        shown = await audited(stage.server, SAMPLE, FIRST)
    stage.tell(f"1 · {DEVELOPER} opens pull request #{FIRST}", shown)
    return shown


async def _fixed(stage: Stage, sample: Sample) -> Shown:
    fix = Files(sample.fix, "Fix what the audit found")
    with stage.progress.step("audit 2 of 3: the fix as an ordinary commit"):
        await stage.server.box.push(SAMPLE, BRANCH, fix, DEVELOPER)
        shown = await audited(stage.server, SAMPLE, FIRST)
    stage.tell("2 · the fix is pushed as an ordinary commit", shown)
    return shown


async def _rewritten(stage: Stage, sample: Sample) -> Shown:
    clean = Files(sample.rewritten, TITLE, "main")
    with stage.progress.step("audit 3 of 3: the branch rewritten without the token"):
        await stage.server.box.push(SAMPLE, BRANCH, clean, DEVELOPER, force=True)
        shown = await audited(stage.server, SAMPLE, FIRST)
    stage.tell("3 · the branch is rewritten, so that no commit holds the token", shown)
    return shown


async def own_story(stage: Stage, change: OwnChange) -> tuple[Shown, ...]:
    """One audit of a change in a repository on this disk. Raises `OwnRepositoryError`."""
    base, head = await ends_of(change)
    box = stage.server.box
    with stage.progress.step("copying the repository into the box"):
        await box.create_repository(OWN)
        await box.push(OWN, "main", LocalCommit(change.repository, base), DEVELOPER)
        await box.push(OWN, "change", LocalCommit(change.repository, head), DEVELOPER)
    with stage.progress.step(f"audit of {base[:7]}…{head[:7]}"):
        title = f"{change.head} into {change.base}"
        pull = await box.open_pull_request(OWN, "main", "change", DEVELOPER, title)
        shown = await audited(stage.server, OWN, pull.number)
    stage.tell(f"Pull request #{pull.number}: {title}", shown)
    return (shown,)


async def ends_of(change: OwnChange) -> tuple[str, str]:
    """The commits of base and head. Raises `OwnRepositoryError`."""
    if not change.repository.is_dir():
        raise OwnRepositoryError(f"--repo: {change.repository} is not a folder.")
    base = await _commit(change, "--base", change.base)
    head = await _commit(change, "--head", change.head)
    try:
        await merge_base(change.repository, base, head)
    except GitError as error:
        raise OwnRepositoryError("--base and --head have no common history.") from error
    if await is_ancestor(change.repository, head, base):
        raise OwnRepositoryError("--head has no commit that --base lacks: there is no change.")
    return base, head


async def _commit(change: OwnChange, option: str, revision: str) -> str:
    if revision.startswith("-"):
        raise OwnRepositoryError(f"{option}: a revision does not begin with a dash.")
    found = await resolve(change.repository, revision)
    if found is None:
        raise OwnRepositoryError(f"{option}: {change.repository} has no commit {revision}.")
    return found
