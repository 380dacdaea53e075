"""What a pull request or merge group proposes."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.diff import Hunk, LineRange, added_ranges


class FileStatus(StrEnum):
    """What happened to a file between merge base and head."""

    ADDED = "added"
    MODIFIED = "modified"
    RENAMED = "renamed"
    DELETED = "deleted"


class FileKind(StrEnum):
    """What a tree entry is; only regular files are ever read."""

    REGULAR = "regular"
    LINK = "link"
    SUBMODULE = "submodule"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """One changed path.

    Paths are text with surrogate escapes where their bytes are not UTF-8. ``hunks`` is None where
    the difference has no lines (binary, or not computed); ``blob`` ids are git's.
    """

    path: str
    status: FileStatus
    kind: FileKind = FileKind.REGULAR
    blob: str | None = None
    old_path: str | None = None
    old_blob: str | None = None
    hunks: tuple[Hunk, ...] | None = None

    @property
    def added(self) -> tuple[LineRange, ...]:
        """The ranges of lines this change adds to the file."""
        return added_ranges(self.hunks or ())

    @property
    def base_path(self) -> str:
        """The path this file had in the base."""
        return self.old_path or self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """Which repository: ``host`` is the GitHub host name, ``id`` GitHub's number (0 for a local one)."""

    host: str
    id: int
    full_name: str
    private: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Repository, merge base and head commit, changed files with their added line ranges.

    ``commits`` are the ids between merge base and head, newest first; ``commits_unread`` says how
    many more there are than were read. ``merge_base`` is None for a plain folder.
    """

    repository: Repository
    base_branch: str
    head: str
    merge_base: str | None
    files: tuple[ChangedFile, ...]
    commits: tuple[str, ...] = ()
    commits_unread: int = 0

    def file(self, path: str) -> ChangedFile | None:
        """The changed file now at ``path``, if it changed."""
        return next((file for file in self.files if file.path == path), None)

    @property
    def renames(self) -> dict[str, str]:
        """Old path to new path of the renamed files."""
        return {
            file.old_path: file.path
            for file in self.files
            if file.status is FileStatus.RENAMED and file.old_path is not None
        }
