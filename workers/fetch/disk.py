"""Reading entries of a folder that a stranger filled: no link followed, nothing but files opened."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.domain.change import FileKind
from workers.fetch.bounds import MAX_BLOB

FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a FIFO that took a file's place would wait for ever.
FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Held:
    """A regular file's bytes, or a link's target; ``mode`` as git writes it."""

    kind: FileKind
    mode: str
    data: bytes


@dataclass(frozen=True, slots=True)
class NotHeld:
    """An entry that was not read: not a file or link, over the limit, or refused by the system."""

    kind: FileKind
    why: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing is there, or a folder is."""


Entry = Held | NotHeld | Gone


def read_entry(root: Path, path: str) -> Entry:
    """What stands at ``path`` below ``root``; no component of ``path`` may be a link."""
    *folders, last = path.split("/")
    try:
        with opened_folder(root, folders) as folder:
            return entry_at(folder, last)
    except (FileNotFoundError, NotADirectoryError):
        return Gone()
    except OSError as error:
        return NotHeld(FileKind.REGULAR, f"It could not be read: {error.strerror}.")


@contextmanager
def opened_folder(root: Path, folders: list[str]) -> Iterator[int]:
    """A descriptor of the folder reached from ``root``, one component at a time."""
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in folders:
            inner = os.open(name, FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def entry_at(folder: int, name: str) -> Entry:
    """What stands at ``name`` in an open folder."""
    facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISDIR(facts.st_mode):
        return Gone()
    if stat.S_ISLNK(facts.st_mode):
        return Held(FileKind.LINK, "120000", os.fsencode(os.readlink(name, dir_fd=folder)))
    if not stat.S_ISREG(facts.st_mode):
        return NotHeld(FileKind.SPECIAL, "It is no regular file; such are never opened.")
    return read_file(folder, name)


def read_file(folder: int, name: str) -> Entry:
    """The bytes of a regular file; what it is, is asked again of the open file."""
    descriptor = os.open(name, FILE, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            return NotHeld(FileKind.SPECIAL, "It is no regular file; such are never opened.")
        if facts.st_size > MAX_BLOB:
            return NotHeld(FileKind.REGULAR, over_limit(facts.st_size), facts.st_size)
        data = file.read(MAX_BLOB + 1)
    if len(data) > MAX_BLOB:
        return NotHeld(FileKind.REGULAR, over_limit(len(data)), len(data))
    return Held(FileKind.REGULAR, "100755" if facts.st_mode & stat.S_IXUSR else "100644", data)


def over_limit(size: int) -> str:
    """Why a file of this size is not read."""
    return f"It has {size} bytes; files of up to {MAX_BLOB >> 20} MiB are read."
