"""Fetching a change over HTTP into a bare repository: trees first, then only the blobs it touches."""

import logging
import os
from pathlib import Path
from typing import Any, Final

from app.domain.change import Change
from workers.fetch.bounds import MAX_COMMITS
from workers.fetch.cache import Cache, Slot
from workers.fetch.difference import Difference
from workers.fetch.git import Git, Place
from workers.fetch.git_reader import GitReader, history_gap
from workers.fetch.history import commits_between
from workers.fetch.objects import Objects
from workers.fetch.problem import Broken, Missing
from workers.fetch.reader import Reader
from workers.fetch.source import Source, Wanted

logger = logging.getLogger(__name__)

KEPT: Final = "refs/audit"
"""Commits are kept under references, so that a later fetch can tell the remote what is there."""

BASE_DEPTH: Final = 10_000
"""How far the base is followed, commits only, when a branch merged from it."""


async def fetch_change(
    git: Git, source: Source, wanted: Wanted, cache: Path
) -> tuple[Change, Reader]:
    """Fetch ``wanted`` and say what it changes; the reader is to be closed.

    A cached repository that git can't use is removed and made anew, once. Raises `FetchError`.
    """
    bounded = Cache(cache)
    slot = bounded.slot(wanted.repository)
    try:
        result = await fetch_into(slot, git, source, wanted)
    except Broken as error:
        logger.warning("starting a cached repository again: %s", error)
        slot.remove()
        result = await fetch_into(slot, git, source, wanted)
    bounded.evict()
    return result


async def fetch_into(
    slot: Slot, git: Git, source: Source, wanted: Wanted
) -> tuple[Change, GitReader]:
    """Fetch into the repository at ``slot`` while no one else does."""
    async with slot.fetching():
        if slot.is_worn:
            slot.remove()
        lock = await slot.use()
        try:
            return await Fetch(git, source, wanted, slot).run(lock)
        except BaseException:
            os.close(lock)
            raise


class Fetch:
    """One fetch of one change."""

    def __init__(self, git: Git, source: Source, wanted: Wanted, slot: Slot) -> None:
        self._git = git
        self._source = source
        self._wanted = wanted
        self._slot = slot
        self._place = Place(git_dir=slot.path)

    async def run(self, lock: int) -> tuple[Change, GitReader]:
        """The change and a reader that holds ``lock`` until it is closed."""
        await self._make_repository()
        await self._fetch_commits()
        commits, unread = await self._commits()
        trees = Difference(self._git, self._place, self._wanted.merge_base, self._wanted.head)
        entries = await trees.entries()
        ids = tuple(id_ for entry in entries for id_ in entry.blobs)
        reader = self._reader(commits, frozenset(ids), unread, lock)
        passing = await reader.history()
        sizes = await reader.sizes((*ids, *(request.blob for request in passing)))
        files = await trees.files(entries, sizes)
        return self._change(files=files, commits=commits, commits_unread=unread), reader

    def _reader(
        self, commits: tuple[str, ...], known: frozenset[str], unread: int, lock: int
    ) -> GitReader:
        return GitReader(
            git=self._git,
            place=self._place,
            source=self._source,
            commits=tuple(commit for commit in commits if commit != self._wanted.head),
            known=known,
            gaps=history_gap(unread),
            on_close=lambda: os.close(lock),
        )

    def _change(self, **found: Any) -> Change:
        wanted = self._wanted
        return Change(
            repository=wanted.repository,
            base_branch=wanted.base_branch,
            head=wanted.head,
            merge_base=wanted.merge_base,
            **found,
        )

    async def _make_repository(self) -> None:
        if self._slot.exists:
            return
        self._slot.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        form = "sha256" if len(self._wanted.head) == 64 else "sha1"
        place = Place(git_dir=self._slot.path, writable=True)
        await self._git.read(
            place, "init", "--quiet", "--bare", "--template=", f"--object-format={form}"
        )

    async def _fetch_commits(self) -> None:
        if await self._is_complete():
            return
        wanted = self._wanted
        try:
            await self._fetch(wanted.head, wanted.merge_base)
        except Missing:
            if wanted.number is None:
                raise
            await self._fetch(f"refs/pull/{wanted.number}/head", wanted.merge_base)
        if not await self._has_ends():
            raise Missing(
                "The change's head or merge base is not there; it may have been replaced."
            )

    async def _fetch(self, *wants: str) -> None:
        depth = min(self._wanted.commits, MAX_COMMITS) + 1
        refspecs = tuple(f"+{want}:{KEPT}/{want.replace('/', '-')}" for want in wants)
        limits = (f"--depth={depth}", "--filter=blob:none")
        await self._git.fetch_commits(self._place, self._source, refspecs, *limits)

    async def _has_ends(self) -> bool:
        ends = {self._wanted.head, self._wanted.merge_base}
        return ends == set(await Objects(self._git, self._place).sizes(ends, "commit"))

    async def _is_complete(self) -> bool:
        """Whether an earlier fetch already brought both ends and every commit between."""
        if not self._slot.packs or not await self._has_ends():
            return False
        known = await self._between()
        return len(known) - len(self._cut(known)) >= min(self._wanted.commits, MAX_COMMITS)

    async def _between(self) -> tuple[str, ...]:
        return await commits_between(
            self._git, self._place, self._wanted.merge_base, self._wanted.head
        )

    async def _commits(self) -> tuple[tuple[str, ...], int]:
        """The commits to read, newest first, and how many more the change has.

        A branch that merged from its base shows old commits of the base as its own where the
        base's history was cut; the base is then followed further, commits only.
        """
        between = await self._between()
        if len(between) > self._wanted.commits:
            await self._follow_base()
            between = await self._between()
        cut = self._cut(between)
        read = tuple(commit for commit in between if commit not in cut)[:MAX_COMMITS]
        return read, max(len(between), self._wanted.commits) - len(read)

    async def _follow_base(self) -> None:
        base = self._wanted.merge_base
        limits = (f"--depth={BASE_DEPTH}", "--filter=tree:0")
        refspec = f"+{base}:{KEPT}/{base}"
        await self._git.fetch_commits(self._place, self._source, (refspec,), *limits)

    def _cut(self, commits: tuple[str, ...]) -> frozenset[str]:
        """Those of ``commits`` whose parents were not fetched: what they changed is unknown."""
        shallow = self._slot.path / "shallow"
        boundary = shallow.read_text("ascii").split() if shallow.exists() else ()
        return frozenset(commits) & frozenset(boundary)
