"""What the commits between merge base and head held that neither of the two has."""

from collections.abc import Iterable, Sequence
from typing import Final

from app.domain.change import FileKind
from app.domain.scan import Side
from workers.fetch.git import Git, Place
from workers.fetch.objects import lines
from workers.fetch.raw_diff import CommitEntry, commit_entries, kind_of
from workers.fetch.reader import Request

EACH_COMMIT: Final = (
    "diff-tree",
    "--stdin",
    "-r",
    "-c",  # a merge counts with what differs from all its parents, else it repeats their work
    "--root",
    "--raw",
    "-z",
    "--no-renames",
    "--no-abbrev",
)


async def commits_between(git: Git, place: Place, base: str, head: str) -> tuple[str, ...]:
    """The ids of the commits that ``head`` has and ``base`` has not, newest first."""
    output = await git.read(place, "rev-list", "--topo-order", head, f"^{base}", "--")
    return tuple(output.decode("ascii").split())


async def passing_blobs(
    git: Git, place: Place, commits: Sequence[str], known: frozenset[str]
) -> tuple[Request, ...]:
    """Requests for the blobs that ``commits`` (newest first) added or modified.

    ``known`` are blob ids that are read anyway. What the merge base had is left out, as the first
    commit that touches a path tells it.
    """
    if not commits:
        return ()
    output = await git.read(place, *EACH_COMMIT, stdin=lines(commits))
    oldest_first = tuple(reversed(commit_entries(output)))
    return requests(oldest_first, known | base_blobs(oldest_first))


def base_blobs(oldest_first: Iterable[CommitEntry]) -> frozenset[str]:
    """The blob each touched path had before its first commit."""
    first: dict[str, str] = {}
    for entry in oldest_first:
        if len(entry.old_ids) == 1:
            first.setdefault(entry.path, entry.old_ids[0])
    return frozenset(first.values())


def requests(oldest_first: Iterable[CommitEntry], known: frozenset[str]) -> tuple[Request, ...]:
    """One request a blob, named after the first commit that has it."""
    found: dict[str, Request] = {}
    for entry in oldest_first:
        if kind_of(entry.mode) is FileKind.REGULAR and entry.id not in known:
            request = Request(
                side=Side.HISTORY, path=entry.path, blob=entry.id, commit=entry.commit
            )
            found.setdefault(entry.id, request)
    return tuple(found.values())
