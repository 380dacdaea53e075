"""A working tree as a commit in a shadow repository.

The tree is made from the merge base's and what differs from it, file bytes read by us and never
through git's filters, so that all that follows is the same as for a pull request.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.domain.change import ChangedFile, FileKind, FileStatus
from app.domain.scan import Gap, GapClass, GapReason, Side
from workers.fetch.bounds import MAX_MATERIAL
from workers.fetch.disk import Entry, Held, NotHeld, read_entry
from workers.fetch.git import Git, Place
from workers.fetch.problem import TooLarge
from workers.fetch.raw_diff import ABSENT, RawEntry, kind_of, name, raw_entries
from workers.fetch.reader import Request
from workers.fetch.request import SCANNER, unread

REFERENCE: Final = "refs/audit/working-tree"
AGAINST_BASE: Final = (
    "diff-index",
    "--raw",
    "-z",
    "--no-renames",
    "--no-abbrev",
    # "dirty" would start git inside the submodule, with the configuration it finds there.
    "--ignore-submodules=dirty",
)
UNTRACKED: Final = ("ls-files", "--others", "--exclude-standard", "-z")
IGNORED: Final = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The commit made of a working tree, and what could not go into it."""

    commit: str
    unheld: tuple[ChangedFile, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One path of the working tree and what stands there."""

    path: str
    entry: Entry


async def snapshot(git: Git, shadow: Place, work_tree: Path, base: str) -> Snapshot:
    """A commit on ``base`` with the tree that ``work_tree`` has now, untracked files included.

    Raises `TooLarge` when the files that differ do not fit into one material.
    """
    place = replace(shadow, work_tree=work_tree, index=shadow.git_dir / "index")
    entries = raw_entries(await git.read(place, *AGAINST_BASE, base, "--"))
    untracked = names(await git.read(place, *UNTRACKED))
    ignored = names(await git.read(place, *IGNORED))
    pieces = list(read_pieces(work_tree, (*edited(entries), *untracked)))
    stream = b"".join((*opening(base), *removals(entries), *staged(entries), *contents(pieces)))
    await git.read(shadow, "fast-import", "--quiet", "--done", stdin=stream + b"done\n")
    commit = await git.read(shadow, "rev-parse", REFERENCE)
    unheld = tuple(piece for piece in pieces if isinstance(piece.entry, NotHeld))
    known = {path for entry in entries for path in entry.paths if entry.old_mode != ABSENT}
    return Snapshot(
        commit.decode("ascii").strip(),
        (*(unheld_file(piece, known) for piece in unheld), *moved_submodules(entries)),
        (*piece_gaps(unheld), *nested(untracked), *ignored_gap(len(ignored))),
    )


def names(output: bytes) -> tuple[str, ...]:
    """NUL-terminated names."""
    return tuple(name(raw) for raw in output.split(b"\0")[:-1])


def edited(entries: Iterable[RawEntry]) -> Iterator[str]:
    """The tracked paths whose bytes stand only in the working tree."""
    for entry in entries:
        on_disk_only = entry.status != "D" and not entry.new_id.strip("0")
        if on_disk_only and entry.new_kind is not FileKind.SUBMODULE:
            yield entry.path


def read_pieces(work_tree: Path, paths: Sequence[str]) -> Iterator[Piece]:
    """What stands at each path; a name that ends in a slash is a repository of its own."""
    held = 0
    for path in dict.fromkeys(paths):
        if path.endswith("/"):
            continue
        entry = read_entry(work_tree, path)
        held += len(entry.data) if isinstance(entry, Held) else 0
        if held > MAX_MATERIAL:
            raise TooLarge(f"The working tree differs by more than {MAX_MATERIAL >> 20} MiB.")
        yield Piece(path, entry)


def opening(base: str) -> Iterator[bytes]:
    """The head of the commit; its constant date makes the id depend on the content alone."""
    yield f"commit {REFERENCE}\ncommitter audit <audit@localhost> 0 +0000\ndata 0\n".encode()
    yield f"from {base}\n".encode()


def removals(entries: Iterable[RawEntry]) -> Iterator[bytes]:
    """Every path that differs is taken away first: a folder may stand where a file was."""
    for entry in entries:
        if entry.old_mode != ABSENT and not is_unknown_submodule(entry):
            yield b"D " + quoted(entry.path) + b"\n"


def staged(entries: Iterable[RawEntry]) -> Iterator[bytes]:
    """The paths that the index knows the blob of."""
    for entry in entries:
        if entry.status != "D" and entry.new_id.strip("0"):
            yield f"M {entry.new_mode} {entry.new_id} ".encode() + quoted(entry.path) + b"\n"


def contents(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """The paths whose bytes were read."""
    for piece in pieces:
        if isinstance(piece.entry, Held):
            yield f"M {piece.entry.mode} inline ".encode() + quoted(piece.path)
            yield f"\ndata {len(piece.entry.data)}\n".encode() + piece.entry.data + b"\n"


def quoted(path: str) -> bytes:
    """A path in the quoting of ``git fast-import``, in which no byte ends it early."""
    raw = path.encode("utf-8", "surrogateescape")
    raw = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + raw + b'"'


def is_unknown_submodule(entry: RawEntry) -> bool:
    """Whether a submodule moved to a commit that git did not name."""
    return (
        entry.status != "D"
        and not entry.new_id.strip("0")
        and kind_of(entry.new_mode) is FileKind.SUBMODULE
    )


def moved_submodules(entries: Iterable[RawEntry]) -> Iterator[ChangedFile]:
    """The submodules that stand at another commit than recorded."""
    for entry in entries:
        if is_unknown_submodule(entry):
            yield ChangedFile(path=entry.path, status=FileStatus.MODIFIED, kind=FileKind.SUBMODULE)


def unheld_file(piece: Piece, known: set[str]) -> ChangedFile:
    """A changed file whose bytes were not read."""
    kind = piece.entry.kind if isinstance(piece.entry, NotHeld) else FileKind.SPECIAL
    status = FileStatus.MODIFIED if piece.path in known else FileStatus.ADDED
    return ChangedFile(path=piece.path, status=status, kind=kind)


def piece_gaps(pieces: Iterable[Piece]) -> Iterator[Gap]:
    """A gap for each regular file that was not read; other kinds are named by their kind."""
    for piece in pieces:
        if isinstance(piece.entry, NotHeld) and piece.entry.kind is FileKind.REGULAR:
            request = Request(side=Side.HEAD, path=piece.path, blob="")
            yield unread(request, GapReason.TOO_LARGE, piece.entry.why)


def nested(untracked: Iterable[str]) -> Iterator[Gap]:
    """A gap for each repository that lies inside this one."""
    for path in untracked:
        if path.endswith("/"):
            yield note(path, GapReason.SUBMODULE, "It is a git repository of its own.")


def ignored_gap(count: int) -> Iterator[Gap]:
    """One gap for all that the ignore files leave out."""
    if count:
        why = f"{count} untracked files and folders are ignored by .gitignore and not read."
        yield note("", GapReason.EXCLUDED, why)


def note(path: str, reason: GapReason, why: str) -> Gap:
    """A gap that is not in scope."""
    return Gap(
        scanner=SCANNER,
        side=Side.HEAD,
        path=path,
        grade=GapClass.NOT_IN_SCOPE,
        reason=reason,
        why=why,
    )
