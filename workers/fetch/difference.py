"""The changed files between two trees: entries, renames and hunks.

Three commands, since blobs arrive between them: raw entries need trees only; then, with the blobs
there, raw entries with renames, and a patch without context whose sections stand in the same order.
Names are read from the NUL-terminated raw output alone. The patch treats every file as text: a
NUL byte in a source file must not hide which lines are new.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from app.domain.change import ChangedFile, FileKind, FileStatus
from app.domain.diff import Hunk
from workers.fetch.bounds import BATCH
from workers.fetch.git import Git, Place
from workers.fetch.objects import fits
from workers.fetch.patch import sections
from workers.fetch.raw_diff import RawEntry, raw_entries

PLAIN: Final = ("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none")
RAW: Final = ("diff", "--raw", "-z", "--no-abbrev", *PLAIN)
RENAMES: Final = ("-M50%", "-l1000")
EXACT_RENAMES: Final = ("-M100%",)
PATCH: Final = ("diff", "--patch", "-U0", "--inter-hunk-context=0", "--text", *PLAIN)

MOST_PATHS: Final = 500
"""Paths named in one command, so that the argument list stays far below the system's limit."""

STATUS: Final = {
    "A": FileStatus.ADDED,
    "D": FileStatus.DELETED,
    "M": FileStatus.MODIFIED,
    "R": FileStatus.RENAMED,
    "T": FileStatus.MODIFIED,
}
Hunks = tuple[Hunk, ...] | None


class Difference:
    """The difference between the trees of ``base`` and ``head``."""

    def __init__(self, git: Git, place: Place, base: str, head: str) -> None:
        self._git = git
        self._place = place
        self._trees = (base, head)

    async def entries(self) -> tuple[RawEntry, ...]:
        """What changed, without renames; needs no blob."""
        return raw_entries(await self._diff(*RAW, "--no-renames"))

    async def files(
        self, entries: Sequence[RawEntry], sizes: Mapping[str, int]
    ) -> tuple[ChangedFile, ...]:
        """The changed files, by path; ``sizes`` are those of the blobs that are present.

        A file with a blob that is missing or too large has no hunks and is not compared for
        renames.
        """
        aside = tuple(entry for entry in entries if not comparable(entry, sizes))
        paired = await self._with_renames(aside)
        read = [entry for entry in paired if entry.is_read and comparable(entry, sizes)]
        hunks = await self._hunks(read, sizes)
        files = (changed_file(entry, hunks.get(entry)) for entry in paired)
        return tuple(sorted(files, key=lambda file: file.path))

    async def _with_renames(self, aside: Sequence[RawEntry]) -> tuple[RawEntry, ...]:
        """All entries, renames paired; by equal ids only when too many can't be compared."""
        if len(aside) > MOST_PATHS:
            return raw_entries(await self._diff(*RAW, *EXACT_RENAMES))
        without = (f":(exclude,literal){entry.path}" for entry in aside)
        whole = () if not aside else ("--", ".", *without)
        return (*raw_entries(await self._diff(*RAW, *RENAMES, tail=whole)), *aside)

    async def _hunks(
        self, entries: Sequence[RawEntry], sizes: Mapping[str, int]
    ) -> dict[RawEntry, Hunks]:
        found: dict[RawEntry, Hunks] = {}
        for chunk in chunks(entries, sizes):
            names = tuple(f":(literal){path}" for entry in chunk for path in entry.paths)
            patch = await self._diff(*PATCH, *RENAMES, tail=("--", *names))
            found |= paired_hunks(chunk, sections(patch))
        return found

    async def _diff(self, *arguments: str, tail: tuple[str, ...] = ()) -> bytes:
        return await self._git.read(self._place, *arguments, *self._trees, *tail)


def comparable(entry: RawEntry, sizes: Mapping[str, int]) -> bool:
    """Whether every blob of the entry is present and small enough to be compared."""
    return all(fits(sizes.get(id_)) for id_ in entry.blobs)


def chunks(entries: Sequence[RawEntry], sizes: Mapping[str, int]) -> Iterator[tuple[RawEntry, ...]]:
    """The entries in groups of few enough paths and bytes."""
    starts = [0]
    held = 0
    for at, entry in enumerate(entries):
        held += sum(sizes[id_] for id_ in entry.blobs)
        if at > starts[-1] and (held > BATCH or at - starts[-1] >= MOST_PATHS):
            starts.append(at)
            held = sum(sizes[id_] for id_ in entry.blobs)
    for start, end in pairwise((*starts, len(entries))):
        if start < end:
            yield tuple(entries[start:end])


def paired_hunks(
    entries: Sequence[RawEntry], found: Sequence[tuple[Hunk, ...]]
) -> dict[RawEntry, Hunks]:
    """The hunks of each entry, by order.

    A change of kind has two sections, the old file's end and the new one's start; the second
    counts. When the numbers do not match, no entry gets hunks: none is better than a wrong one.
    """
    places = list(section_ends(entries))
    if not places or places[-1] != len(found):
        return dict.fromkeys(entries)
    return {entry: found[end - 1] for entry, end in zip(entries, places, strict=True)}


def section_ends(entries: Iterable[RawEntry]) -> Iterator[int]:
    """For each entry how many sections there are up to its last one."""
    end = 0
    for entry in entries:
        end += 2 if entry.status == "T" else 1
        yield end


def changed_file(entry: RawEntry, hunks: Hunks) -> ChangedFile:
    """A domain value of one entry; what is not a regular file has no hunks."""
    kind = entry.new_kind or entry.old_kind or FileKind.SPECIAL
    regular = kind is FileKind.REGULAR
    return ChangedFile(
        path=entry.path,
        status=status_of(entry),
        kind=kind,
        blob=None if entry.new_kind is None else entry.new_id,
        old_path=entry.old_path,
        old_blob=entry.old_id if entry.old_kind is FileKind.REGULAR else None,
        hunks=hunks if regular else None,
    )


def status_of(entry: RawEntry) -> FileStatus:
    """The status; a file where a link or submodule stood is an added one."""
    if entry.new_kind is FileKind.REGULAR and entry.old_kind is not FileKind.REGULAR:
        return FileStatus.ADDED
    return STATUS.get(entry.status, FileStatus.MODIFIED)
