"""What the interpreter of a virtual environment needs to see."""

from collections.abc import Iterator
from pathlib import Path

MOST_LINKS = 16


def interpreter_paths(venv: Path) -> tuple[Path, ...]:
    """The virtual environment and the installations its interpreter is linked to.

    A link may go through several (a version manager, a minor version's folder); each is named,
    since the loader follows them one by one. What lies in /usr is in every box already.
    """
    hops = tuple(link_targets(venv / "bin" / "python"))
    prefixes = (hop.parent.parent for hop in hops)
    resolved = (hop.resolve().parent.parent for hop in hops)
    found = (venv, *prefixes, *resolved)
    return tuple(dict.fromkeys(path for path in found if not of_the_system(path)))


def link_targets(path: Path) -> Iterator[Path]:
    """Each place that a chain of links leads to, absolute."""
    for _ in range(MOST_LINKS):
        if not path.is_symlink():
            return
        path = path.parent / path.readlink()
        yield path


def of_the_system(path: Path) -> bool:
    """Whether every box shows ``path`` anyway; the root folder itself is never to be shown."""
    return path == Path("/") or path == Path("/usr") or Path("/usr") in path.parents
