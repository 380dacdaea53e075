"""The change of a local repository: a commit, the index or the working tree against a merge base."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.domain.change import Change, ChangedFile, Repository
from app.domain.scan import Gap
from workers.fetch.bounds import MAX_COMMITS
from workers.fetch.difference import Difference
from workers.fetch.git import Git, Place
from workers.fetch.git_reader import GitReader, history_gap
from workers.fetch.history import commits_between
from workers.fetch.problem import Missing
from workers.fetch.reader import Reader
from workers.fetch.user_repository import UserRepository, locate, make_shadow
from workers.fetch.working_tree import snapshot

LOCAL_HOST: Final = "localhost"
WORKING_TREE: Final = "working tree"
INDEX: Final = "index"
"""What `Change.head` says where the head is no commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to compare: ``base`` None is the default branch, ``head`` None what is not committed.

    ``staged`` takes the index in place of the working tree; it has no meaning with ``head``.
    """

    base: str | None = None
    head: str | None = None
    staged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head's name in the change, its object id, and what could not go into it."""

    name: str
    id: str
    unheld: tuple[ChangedFile, ...] = ()
    gaps: tuple[Gap, ...] = ()


async def local_change(git: Git, path: Path, scope: Scope) -> tuple[Change, Reader]:
    """What the repository around ``path`` changes, and a reader that is to be closed.

    The user's repository is only read. Raises `FetchError`.
    """
    user = locate(path)
    folder = Path(tempfile.mkdtemp(prefix="audit-shadow-"))
    try:
        shadow = await make_shadow(git, user, folder)
        return await Local(git, user, shadow).change(scope)
    except BaseException:
        shutil.rmtree(folder)
        raise


class Local:
    """One user's repository and its shadow."""

    def __init__(self, git: Git, user: UserRepository, shadow: Place) -> None:
        self._git = git
        self._user = user
        self._shadow = shadow

    async def change(self, scope: Scope) -> tuple[Change, Reader]:
        """The change that ``scope`` says."""
        tip = await self._user.commit(self._git, scope.head or "HEAD")
        branch, base = await self._base(scope)
        merge_base = await self._user.merge_base(self._git, base, tip)
        head = await self._head(scope, tip, merge_base)
        commits = await commits_between(self._git, self._shadow, merge_base, tip)
        trees = Difference(self._git, self._shadow, merge_base, head.id)
        entries = await trees.entries()
        ids = frozenset(id_ for entry in entries for id_ in entry.blobs)
        reader = self._reader(head, commits, ids)
        files = await trees.files(entries, await reader.sizes(ids))
        change = Change(
            repository=Repository(host=LOCAL_HOST, id=0, full_name=self._name()),
            base_branch=branch,
            head=head.name,
            merge_base=merge_base,
            files=tuple(sorted((*files, *head.unheld), key=lambda file: file.path)),
            commits=commits[:MAX_COMMITS],
            commits_unread=max(0, len(commits) - MAX_COMMITS),
        )
        return change, reader

    async def _base(self, scope: Scope) -> tuple[str, str]:
        if scope.base is None:
            return await self._user.default_base(self._git)
        return scope.base, await self._user.commit(self._git, scope.base)

    async def _head(self, scope: Scope, tip: str, merge_base: str) -> Head:
        if scope.head is not None:
            return Head(name=tip, id=tip)
        if scope.staged:
            return Head(name=INDEX, id=await self._index_tree())
        if self._user.work_tree is None:
            raise Missing("A bare repository has no working tree; name a head.")
        made = await snapshot(self._git, self._shadow, self._user.work_tree, merge_base)
        return Head(name=WORKING_TREE, id=made.commit, unheld=made.unheld, gaps=made.gaps)

    async def _index_tree(self) -> str:
        place = Place(
            git_dir=self._shadow.git_dir,
            objects=self._shadow.objects,
            index=self._shadow.git_dir / "index",
            writable=True,
        )
        return (await self._git.read(place, "write-tree")).decode("ascii").strip()

    def _reader(self, head: Head, commits: tuple[str, ...], known: frozenset[str]) -> GitReader:
        read = commits[:MAX_COMMITS]
        return GitReader(
            git=self._git,
            place=self._shadow,
            commits=tuple(commit for commit in read if commit != head.id),
            known=known,
            gaps=(*head.gaps, *history_gap(len(commits) - len(read))),
            revisions={head.name: head.id},
            on_close=lambda: shutil.rmtree(self._shadow.git_dir),
        )

    def _name(self) -> str:
        return (self._user.work_tree or self._user.git_dir).name
