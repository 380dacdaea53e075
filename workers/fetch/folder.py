"""A plain folder, every file of it: no git, no base, all of it counts as added.

Dependency folders, build output and hidden ones are read like all else. Only what lies inside a
``.git`` folder is left out, and each such folder is named.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.domain.change import Change, ChangedFile, FileKind, FileStatus, Repository
from app.domain.diff import Hunk
from app.domain.scan import Gap, GapReason, Side
from workers.box.readable import let_boxed_read
from workers.fetch.bounds import MAX_ENTRIES
from workers.fetch.disk import Entry, Gone, Held, NotHeld, read_entry
from workers.fetch.local import LOCAL_HOST, WORKING_TREE
from workers.fetch.material import allotted, gaps_of, material_of, names_of, write_new
from workers.fetch.problem import Missing, TooLarge
from workers.fetch.raw_diff import TreeEntry
from workers.fetch.reader import Reader, Request, Written
from workers.fetch.request import unread
from workers.fetch.working_tree import note

LEFT_OUT: Final = ".git"


@dataclass(slots=True)
class Walk:
    """What was found so far: entries read by path, and what could not be entered."""

    files: list[ChangedFile] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    held: int = 0


async def folder_change(folder: Path) -> tuple[Change, Reader]:
    """Everything in ``folder`` as one change, and its reader.

    Raises `Missing` when it is no folder and `TooLarge` when it has more entries than are named.
    """
    walk = await asyncio.to_thread(walked, folder)
    change = Change(
        repository=Repository(host=LOCAL_HOST, id=0, full_name=name_of(folder)),
        base_branch="",
        head=WORKING_TREE,
        merge_base=None,
        files=tuple(walk.files),
    )
    return change, FolderReader(folder, walk)


def name_of(folder: Path) -> str:
    """The folder's own name, also where it was given as ``.``."""
    return folder.resolve().name


def walked(folder: Path) -> Walk:
    """Read every entry below ``folder`` once."""
    if not folder.is_dir():
        raise Missing("There is no such folder.")
    walk = Walk()
    for path in entry_paths(folder, walk.gaps.append):
        if len(walk.files) >= MAX_ENTRIES:
            raise TooLarge(f"The folder has more than {MAX_ENTRIES} files.")
        add(walk, path, read_entry(folder, path))
    return walk


def entry_paths(folder: Path, report: Callable[[Gap], None]) -> Iterator[str]:
    """The path of everything that is no folder, sorted; folders left out are reported."""
    for inner, folders, files in os.walk(
        folder, onerror=lambda error: report(closed(error, folder))
    ):
        above = os.path.relpath(inner, folder)
        prefix = "" if above == "." else f"{above}/"
        if LEFT_OUT in folders:
            folders.remove(LEFT_OUT)
            report(note(f"{prefix}{LEFT_OUT}", GapReason.EXCLUDED, "Git's own folder is not read."))
        links = [name for name in folders if Path(inner, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links)
        yield from (f"{prefix}{name}" for name in sorted((*files, *links)))


def closed(error: OSError, folder: Path) -> Gap:
    """A gap for a folder that could not be listed."""
    path = os.path.relpath(error.filename, folder)
    request = Request(side=Side.HEAD, path=path, blob="")
    return unread(request, GapReason.SPECIAL, f"It could not be listed: {error.strerror}.")


def add(walk: Walk, path: str, entry: Entry) -> None:
    """Enter one path into the walk."""
    match entry:
        case Held(kind=FileKind.REGULAR, data=data):
            add_file(walk, path, data)
        case Held(kind=kind):
            walk.files.append(ChangedFile(path=path, status=FileStatus.ADDED, kind=kind))
        case NotHeld(kind=kind, why=why):
            walk.files.append(ChangedFile(path=path, status=FileStatus.ADDED, kind=kind))
            if kind is FileKind.REGULAR:
                request = Request(side=Side.HEAD, path=path, blob="")
                walk.gaps.append(unread(request, GapReason.TOO_LARGE, why))
        case Gone():
            request = Request(side=Side.HEAD, path=path, blob="")
            walk.gaps.append(unread(request, GapReason.SPECIAL, "It went away while it was read."))


def add_file(walk: Walk, path: str, data: bytes) -> None:
    """Enter one regular file that was read."""
    blob = blob_id(data)
    walk.sizes[blob] = len(data)
    walk.paths.setdefault(blob, path)
    walk.files.append(ChangedFile(path=path, status=FileStatus.ADDED, blob=blob, hunks=whole(data)))


def blob_id(data: bytes) -> str:
    """The id git gives a blob."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def whole(data: bytes) -> tuple[Hunk, ...]:
    """One hunk that adds all lines, none for an empty file."""
    count = data.count(b"\n") + (not data.endswith(b"\n"))
    return (Hunk(0, 0, 1, count),) if data else ()


class FolderReader:
    """A `Reader` of a walked folder. A file that changed since the walk is a gap."""

    def __init__(self, folder: Path, walk: Walk) -> None:
        self._folder = folder
        self._walk = walk

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Folders left out, and what could not be read."""
        return tuple(self._walk.gaps)

    async def blob(self, blob: str) -> bytes:
        """The bytes of one blob. Raises `Missing` when it is no longer there."""
        data = self._read(blob)
        if data is None:
            raise Missing("A file changed while it was audited.")
        return data

    async def list_tree(self, revision: str) -> tuple[TreeEntry, ...]:
        """Every file that was found, whatever the revision: a folder has only one."""
        return tuple(TreeEntry(file.path, file.kind, file.blob or "") for file in self._walk.files)

    async def history(self) -> tuple[Request, ...]:
        """None: a folder has no commits."""
        return ()

    async def write_material(self, requests: Sequence[Request], root: Path) -> Written:
        """Write the blobs under neutral names into the empty folder ``root``."""
        return await asyncio.to_thread(self._write, requests, root)

    def close(self) -> None:
        """Nothing is held."""

    def _write(self, requests: Sequence[Request], root: Path) -> Written:
        fates = tuple(allotted(requests, self._walk.sizes))
        material = material_of(root, fates)
        changed = set()
        for blob, names in names_of(material.targets).items():
            data = self._read(blob)
            if data is None:
                changed.add(blob)
                continue
            for name in names:
                write_new(root / name, data)
        let_boxed_read(root)
        return without(Written(material, gaps_of(fates)), changed)

    def _read(self, blob: str) -> bytes | None:
        path = self._walk.paths.get(blob)
        entry = Gone() if path is None else read_entry(self._folder, path)
        if isinstance(entry, Held) and blob_id(entry.data) == blob:
            return entry.data
        return None


def without(written: Written, changed: set[str]) -> Written:
    """The material without the targets whose blobs were no longer there."""
    targets = written.material.targets
    kept = tuple(target for target in targets if target.blob not in changed)
    gaps = tuple(
        unread(
            Request(side=target.side, path=target.path, blob=target.blob),
            GapReason.SPECIAL,
            "It changed while it was read.",
        )
        for target in targets
        if target.blob in changed
    )
    return Written(type(written.material)(written.material.root, kept), written.gaps + gaps)
