"""Reads workflow files boxed: lays them out for zizmor under names it knows, and runs it."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from app.domain.scan import GapReason
from workers.scanners.code.text import LFS_POINTER, NotText, decode
from workers.scanners.workflows import cloud_login
from workers.scanners.workflows.steps import MAX_BYTES, WorkflowError, composed
from workers.scanners.workflows.wire import (
    File,
    FileKind,
    FileReading,
    Problem,
    Reading,
    Request,
)
from workers.scanners.workflows.zizmor import ZizmorError, place_of, problems_of


@dataclass(frozen=True, slots=True)
class _Laid:
    """One file that is YAML, where it was laid, and what we see in it ourselves."""

    number: int
    place: Path
    own: tuple[Problem, ...]
    checks_out_head: bool


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Answer one `wire.Request` (as JSON values) with one `wire.Reading` (as JSON values)."""
    files = tuple(File(file=f["file"], kind=FileKind(f["kind"])) for f in request["files"])
    asked = Request(**{**request, "files": files})
    ends = time.monotonic() + asked.seconds
    with tempfile.TemporaryDirectory() as folder:
        laid = [_laid(Path(folder), number, file) for number, file in enumerate(asked.files)]
        unread = [each for each in laid if isinstance(each, FileReading)]
        readable = [each for each in laid if isinstance(each, _Laid)]
        found = list(_readings(asked.zizmor, readable, ends))
        return asdict(Reading(files=(*unread, *found)))


def _laid(folder: Path, number: int, file: File) -> _Laid | FileReading:
    data = _bytes_of(Path(file.file))
    text = decode(data)
    if data.startswith(LFS_POINTER):
        return _unread(number, GapReason.LFS_POINTER, "The repository holds a pointer to it only.")
    if len(data) > MAX_BYTES:
        return _unread(number, GapReason.TOO_LARGE, f"It has more than {MAX_BYTES >> 20} MiB.")
    if isinstance(text, NotText):
        return _unread(number, text.reason, text.why)
    try:
        root = composed(text)
        own, checks_out_head = _seen_by_us(root)
    except WorkflowError as error:
        return _unread(number, GapReason.PARSE_FAILURE, str(error))
    place = place_of(folder, number, file.kind)
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8", errors="replace", newline="")
    return _Laid(number, place, own, checks_out_head)


def _bytes_of(path: Path) -> bytes:
    """The first bytes of a file, one more than are read at most; a link is not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _seen_by_us(root: yaml.Node | None) -> tuple[tuple[Problem, ...], bool]:
    return tuple(cloud_login.problems(root)), cloud_login.checks_out_head(root)


def _readings(engine: str, laid: Sequence[_Laid], ends: float) -> Iterator[FileReading]:
    """All files in one run; where that fails, since it is strict, each in its own."""
    if not laid:
        return
    together = _outcome(engine, laid, ends)
    if not isinstance(together, ZizmorError):
        yield from together
        return
    for each in laid:
        alone = together if len(laid) == 1 else _outcome(engine, [each], ends)
        if isinstance(alone, ZizmorError):
            yield _unread(each.number, GapReason.PARSE_FAILURE, f"zizmor did not read it: {alone}.")
        else:
            yield from alone


def _outcome(engine: str, laid: Sequence[_Laid], ends: float) -> list[FileReading] | ZizmorError:
    heads = frozenset(each.place for each in laid if each.checks_out_head)
    places = [each.place for each in laid]
    try:
        found = problems_of(engine, places, ends - time.monotonic(), heads)
    except ZizmorError as error:
        return error
    return [
        FileReading(file=each.number, problems=(*found.get(str(each.place), ()), *each.own))
        for each in laid
    ]


def _unread(number: int, reason: GapReason, why: str) -> FileReading:
    return FileReading(file=number, problems=(), reason=reason, why=why)
