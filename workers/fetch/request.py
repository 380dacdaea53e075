"""Which blobs a change asks for, and what of it is never a blob to read."""

from collections.abc import Iterator
from typing import Final

from app.domain.change import Change, ChangedFile, FileKind, FileStatus
from app.domain.scan import Gap, GapClass, GapReason, Side
from workers.fetch.reader import Request

SCANNER: Final = "fetch"
"""The name gaps carry that were found before any scanner ran."""

NOT_READ: Final = {
    FileKind.LINK: (GapReason.LINK, "It is a symbolic link; links are named and never followed."),
    FileKind.SUBMODULE: (
        GapReason.SUBMODULE,
        "It is another repository at a fixed commit, which is not part of this change.",
    ),
    FileKind.SPECIAL: (GapReason.SPECIAL, "It is no regular file; such are never opened."),
}


def changed_requests(change: Change) -> tuple[Request, ...]:
    """Head and base blobs of every changed regular file."""
    return tuple(request for file in change.files for request in requests_of(file))


def requests_of(file: ChangedFile) -> Iterator[Request]:
    """The head and the base blob of one file, where there are."""
    if file.kind is FileKind.REGULAR and file.blob and file.status is not FileStatus.DELETED:
        yield Request(side=Side.HEAD, path=file.path, blob=file.blob)
    if file.old_blob:
        yield Request(side=Side.BASE, path=file.base_path, blob=file.old_blob)


def unread_kinds(change: Change) -> tuple[Gap, ...]:
    """A gap for each link, submodule and special file that the change adds or modifies."""
    return tuple(
        kind_gap(file)
        for file in change.files
        if file.kind in NOT_READ and file.status is not FileStatus.DELETED
    )


def kind_gap(file: ChangedFile) -> Gap:
    """Why a file of this kind is not read."""
    reason, why = NOT_READ[file.kind]
    return Gap(
        scanner=SCANNER,
        side=Side.HEAD,
        path=file.path,
        grade=GapClass.NOT_IN_SCOPE,
        reason=reason,
        why=why,
    )


def unread(request: Request, reason: GapReason, why: str) -> Gap:
    """A gap for a blob that should have been read."""
    return Gap(
        scanner=SCANNER,
        side=request.side,
        path=request.path,
        grade=GapClass.UNREADABLE,
        reason=reason,
        why=why,
    )
