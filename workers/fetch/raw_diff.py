"""Reading git's raw difference and tree listings, NUL-terminated, so that no name can forge a line."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.change import FileKind
from workers.fetch.bounds import MAX_ENTRIES
from workers.fetch.problem import Broken, TooLarge

KINDS: Final = {
    "100644": FileKind.REGULAR,
    "100755": FileKind.REGULAR,
    "100664": FileKind.REGULAR,  # group-writable: in trees of old tools
    "120000": FileKind.LINK,
    "160000": FileKind.SUBMODULE,
}
ABSENT: Final = "000000"


def kind_of(mode: str) -> FileKind | None:
    """The kind of a tree entry by its mode, None for the side where there is none."""
    return None if mode == ABSENT else KINDS.get(mode, FileKind.SPECIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry of a raw difference; ``status`` is git's letter, ``old_path`` set for renames."""

    old_mode: str
    new_mode: str
    old_id: str
    new_id: str
    status: str
    path: str
    old_path: str | None = None

    @property
    def old_kind(self) -> FileKind | None:
        """What stood there before."""
        return kind_of(self.old_mode)

    @property
    def new_kind(self) -> FileKind | None:
        """What stands there now."""
        return kind_of(self.new_mode)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths it concerns, old one first."""
        return (self.path,) if self.old_path is None else (self.old_path, self.path)

    @property
    def is_read(self) -> bool:
        """Whether a regular file stands on either side."""
        return FileKind.REGULAR in (self.old_kind, self.new_kind)

    @property
    def blobs(self) -> tuple[str, ...]:
        """The blobs its hunks are made from: of a link too, where a file took its place."""
        if not self.is_read:
            return ()
        sides = ((self.old_kind, self.old_id), (self.new_kind, self.new_id))
        return tuple(id_ for kind, id_ in sides if kind in (FileKind.REGULAR, FileKind.LINK))


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a whole tree."""

    path: str
    kind: FileKind
    id: str


@dataclass(frozen=True, slots=True)
class CommitEntry:
    """What one commit made of one path, against all its parents; ``old_ids`` is one a parent."""

    commit: str
    path: str
    mode: str
    id: str
    old_ids: tuple[str, ...]


def name(raw: bytes) -> str:
    """A path as text, with surrogate escapes where it is not UTF-8."""
    return os.fsdecode(raw)


def raw_entries(output: bytes) -> tuple[RawEntry, ...]:
    """The entries of ``git diff --raw -z --no-abbrev``. Raises `TooLarge` and `Broken`."""
    fields = iter(output.split(b"\0")[:-1])
    entries = []
    for head in fields:
        entries.append(raw_entry(head, fields))
        if len(entries) > MAX_ENTRIES:
            raise TooLarge(f"The change touches more than {MAX_ENTRIES} files.")
    return tuple(entries)


def raw_entry(head: bytes, fields: Iterator[bytes]) -> RawEntry:
    """One entry from its head and the one or two names that follow."""
    try:
        old_mode, new_mode, old_id, new_id, status = head.decode("ascii").lstrip(":").split(" ")
        first = name(next(fields))
        second = name(next(fields)) if status[0] in "RC" else None
    except (ValueError, StopIteration, UnicodeDecodeError):
        raise Broken("git printed a difference that can't be read.") from None
    return RawEntry(
        old_mode=old_mode,
        new_mode=new_mode,
        old_id=old_id,
        new_id=new_id,
        status=status[0],
        path=first if second is None else second,
        old_path=None if second is None else first,
    )


def tree_entries(output: bytes) -> tuple[TreeEntry, ...]:
    """The entries of ``git ls-tree -r -z --full-tree``. Raises `TooLarge` and `Broken`."""
    lines = output.split(b"\0")[:-1]
    if len(lines) > MAX_ENTRIES:
        raise TooLarge(f"The tree has more than {MAX_ENTRIES} files.")
    return tuple(tree_entry(line) for line in lines)


def tree_entry(line: bytes) -> TreeEntry:
    """One entry of a tree listing: mode, type, id, tab, name."""
    try:
        facts, path = line.split(b"\t", 1)
        mode, _, id_ = facts.decode("ascii").split(" ")
    except (ValueError, UnicodeDecodeError):
        raise Broken("git printed a tree that can't be read.") from None
    return TreeEntry(name(path), kind_of(mode) or FileKind.SPECIAL, id_)


def commit_entries(output: bytes) -> tuple[CommitEntry, ...]:
    """The entries of ``git diff-tree --stdin -c --raw -z``: a commit's id, then its entries."""
    fields = iter(output.split(b"\0")[:-1])
    commit = ""
    entries = []
    for head in fields:
        if not head.startswith(b":"):
            commit = head.decode("ascii", "replace").strip()
            continue
        entries.append(commit_entry(commit, head, fields))
        if len(entries) > MAX_ENTRIES:
            raise TooLarge(f"The change's commits touch more than {MAX_ENTRIES} files.")
    return tuple(entries)


def commit_entry(commit: str, head: bytes, fields: Iterator[bytes]) -> CommitEntry:
    """One entry; a head with n parents has n colons, n + 1 modes and n + 1 ids."""
    try:
        text = head.decode("ascii")
        parents = len(text) - len(text.lstrip(":"))
        parts = text.lstrip(":").split(" ")
        modes, ids = parts[: parents + 1], parts[parents + 1 : 2 * parents + 2]
        return CommitEntry(commit, name(next(fields)), modes[-1], ids[-1], tuple(ids[:-1]))
    except (IndexError, StopIteration, UnicodeDecodeError):
        raise Broken("git printed a history that can't be read.") from None
