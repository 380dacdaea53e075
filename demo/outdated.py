"""What becomes of review comments when the code under them moves.

A comment follows its line through each push. When the line itself changed, or the diff no longer shows
it, the comment is outdated: it has no line any more, while its thread stays open.
"""

from collections.abc import Sequence
from pathlib import Path

from demo.git.anchors import offers
from demo.git.diff import ChangedFile, lines_replaced
from demo.state.discussion import ReviewComment
from demo.state.repository import PullRequest, Repository

Ranges = tuple[tuple[int, int, int, int], ...]


async def follow_head(repository: Repository, pull: PullRequest) -> None:
    """Carry all comments of a pull request over to its present head."""
    for comment in repository.review_comments.values():
        if comment.number == pull.number:
            await carried(repository.path, comment, pull.files, pull.head_sha)


async def carried(
    path: Path, comment: ReviewComment, files: Sequence[ChangedFile], head: str
) -> None:
    """Move one comment to another commit."""
    before, comment.commit_id = comment.commit_id, head
    if comment.line is None or before == head:
        return
    side, name = comment.anchor.side, comment.anchor.path
    line, start = comment.line, comment.start_line
    if side == "RIGHT":
        ranges = await lines_replaced(path, before, head, name)
        moved = moved_line(line, ranges)
        start = moved_line(start, ranges) if start is not None else None
    else:
        moved = line
    shown = moved is not None and offers(files, name, side, moved)
    comment.line = moved if shown else None
    comment.start_line = start if shown else None


def moved_line(line: int, ranges: Ranges) -> int | None:
    """The line's new number after the replaced ranges (old start, old count, new start, new count)."""
    shift = 0
    for old_start, old_count, _, new_count in ranges:
        if old_count and old_start <= line < old_start + old_count:
            return None
        # An insertion (old count 0) stands after the line it names.
        if old_start + old_count <= line and (old_count or old_start < line):
            shift += new_count - old_count
    return line + shift
