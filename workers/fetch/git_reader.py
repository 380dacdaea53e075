"""Reading a change's blobs and trees out of a repository, fetching what is not there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.scan import Gap, GapReason, Side
from workers.box.readable import let_boxed_read
from workers.fetch.bounds import MAX_FETCHES, MAX_WANTED
from workers.fetch.git import Git, Place
from workers.fetch.history import passing_blobs
from workers.fetch.material import allotted, gaps_of, material_of, names_of, write_new
from workers.fetch.objects import Objects, fits
from workers.fetch.problem import Missing, TooLarge
from workers.fetch.raw_diff import TreeEntry, tree_entries
from workers.fetch.reader import Request, Written
from workers.fetch.request import unread
from workers.fetch.source import OBJECT_ID, Source


@dataclass(slots=True, kw_only=True)
class GitReader:
    """A `Reader` of one repository.

    ``source`` is None for a local one, which has all it needs. ``commits`` are those whose blobs
    count as history; ``known`` the blob ids that are read anyway; ``revisions`` the object ids of
    names that are none, as ``working tree``.
    """

    git: Git
    place: Place
    source: Source | None = None
    commits: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    gaps: tuple[Gap, ...] = ()
    revisions: Mapping[str, str] = field(default_factory=dict)
    on_close: Callable[[], None] | None = None
    _asked: set[str] = field(default_factory=set)
    _passing: tuple[Request, ...] | None = None

    async def blob(self, blob: str) -> bytes:
        """The bytes of one blob. Raises `Missing` and `TooLarge`."""
        sizes = await self.sizes((blob,))
        if blob not in sizes:
            raise Missing("The repository does not have a blob that was asked for.")
        if not fits(sizes[blob]):
            raise TooLarge("A blob that was asked for is too large to be read.")
        found = {id_: data async for id_, data in Objects(self.git, self.place).contents(sizes)}
        return found[blob]

    async def list_tree(self, revision: str) -> tuple[TreeEntry, ...]:
        """Every entry of the tree of ``revision``. Raises `ValueError` for what is no object id."""
        id_ = self.revisions.get(revision, revision)
        if OBJECT_ID.fullmatch(id_) is None:
            raise ValueError("a tree is listed by its full object id")
        command = ("ls-tree", "-r", "-z", "--full-tree", id_)
        return tree_entries(await self.git.read(self.place, *command))

    async def history(self) -> tuple[Request, ...]:
        """Blobs that stand only in a commit between merge base and head."""
        if self._passing is None:
            self._passing = await passing_blobs(self.git, self.place, self.commits, self.known)
        return self._passing

    async def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """Sizes of the blobs that are there, those included that could be fetched now."""
        unique = tuple(dict.fromkeys(ids))
        objects = Objects(self.git, self.place)
        sizes = await objects.sizes(unique)
        absent = [id_ for id_ in unique if id_ not in sizes and id_ not in self._asked]
        if self.source is None or not absent:
            return sizes
        await self._obtain(absent, self.source)
        return sizes | await objects.sizes(absent)

    async def write_material(self, requests: Sequence[Request], root: Path) -> Written:
        """Write the blobs under neutral names into the empty folder ``root``."""
        sizes = await self.sizes(request.blob for request in requests)
        fates = tuple(allotted(requests, sizes))
        material = material_of(root, fates)
        names = names_of(material.targets)
        wanted = {blob: sizes[blob] for blob in names}
        async for blob, data in Objects(self.git, self.place).contents(wanted):
            for name in names[blob]:
                write_new(root / name, data)
        let_boxed_read(root)
        return Written(material, gaps_of(fates))

    def close(self) -> None:
        """Let go of the repository."""
        if self.on_close is not None:
            self.on_close()
            self.on_close = None

    async def _obtain(self, ids: Sequence[str], source: Source) -> None:
        """Fetch ``ids`` in one request; when they do not fit, in halves, until requests run out.

        A remote does not tell sizes before it sends: halving finds the few that are too large.
        """
        parts = [tuple(ids[:MAX_WANTED])]
        for _ in range(MAX_FETCHES):
            if not parts:
                break
            part = parts.pop()
            try:
                await self.git.fetch_blobs(self.place, source, part)
            except TooLarge:
                middle = len(part) // 2
                parts += [half for half in (part[middle:], part[:middle]) if half and middle]
        self._asked.update(ids)


def history_gap(commits_unread: int) -> tuple[Gap, ...]:
    """A gap for the commits of a change that were not read one by one."""
    if commits_unread == 0:
        return ()
    nameless = Request(side=Side.HISTORY, path="", blob="")
    why = f"{commits_unread} commits of the change were not read one by one."
    return (unread(nameless, GapReason.HISTORY, why),)
