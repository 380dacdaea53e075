"""Writing blobs under neutral names into an empty folder.

That one step takes away ignore files, links, FIFOs, hostile names, re-encoding attributes, tool
configuration and path-based exclusion, for every engine.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from app.domain.scan import Gap, GapReason, Material, Target
from workers.fetch.bounds import MAX_BLOB, MAX_MATERIAL, MAX_TARGETS
from workers.fetch.reader import Request
from workers.fetch.request import unread

SUFFIXES: Final = frozenset(
    "c cc cpp cs css go gradle h hpp htm html ini java js json jsx kt kts lock lua mjs cjs mod php"
    " pl properties py pyi rb rs scala sh sql sum swift tf toml ts tsx txt vue xml yaml yml".split()
)
"""Suffixes that are kept, lower case; every other file is called ``.txt``."""

Fate = Target | Gap


def suffix_of(path: str) -> str:
    """A harmless suffix for the neutral name of ``path``."""
    suffix = PurePosixPath(path).suffix.lower().lstrip(".")
    return f".{suffix}" if suffix in SUFFIXES else ".txt"


def allotted(requests: Sequence[Request], sizes: Mapping[str, int]) -> Iterator[Fate]:
    """A target with its neutral name, or a gap, for each request in order.

    The same blob with the same suffix has one file. What is over the limits is a gap, one by one.
    """
    files: dict[tuple[str, str], str] = {}
    held = 0
    for request in dict.fromkeys(requests):
        size = sizes.get(request.blob)
        key = (request.blob, suffix_of(request.path))
        room = key in files or (len(files) < MAX_TARGETS and held + (size or 0) <= MAX_MATERIAL)
        if size is None or size > MAX_BLOB or not room:
            yield unread(request, GapReason.TOO_LARGE, why_unread(size))
            continue
        held += 0 if key in files else size
        name = files.setdefault(key, f"{len(files) + 1:04d}{key[1]}")
        yield target(request, size, name)


def why_unread(size: int | None) -> str:
    """A sentence for people on a blob that is over a limit."""
    if size is None:
        return "It did not fit into what one audit fetches."
    if size > MAX_BLOB:
        return f"It has {size} bytes; files of up to {MAX_BLOB >> 20} MiB are read."
    return f"One audit reads {MAX_TARGETS} files and {MAX_MATERIAL >> 20} MiB at most."


def target(request: Request, size: int, name: str) -> Target:
    """The target of a request, at a neutral name."""
    return Target(
        side=request.side,
        path=request.path,
        blob=request.blob,
        size=size,
        file=name,
        changed=request.changed,
        commit=request.commit,
    )


def names_of(targets: Iterable[Target]) -> dict[str, tuple[str, ...]]:
    """Blob id to the neutral names it is written under."""
    names: dict[str, dict[str, None]] = {}
    for each in targets:
        names.setdefault(each.blob, {})[each.file] = None
    return {blob: tuple(files) for blob, files in names.items()}


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist, readable by the worker alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def material_of(root: Path, fates: Iterable[Fate]) -> Material:
    """The material of the targets among ``fates``."""
    return Material(root, tuple(fate for fate in fates if isinstance(fate, Target)))


def gaps_of(fates: Iterable[Fate]) -> tuple[Gap, ...]:
    """The gaps among ``fates``."""
    return tuple(fate for fate in fates if isinstance(fate, Gap))
