"""Letting a boxed job of another user read what a root worker wrote, and no one else."""

import os
from pathlib import Path

from workers.box.unshare import NOBODY


def let_boxed_read(folder: Path) -> None:
    """Give the boxed jobs' group read access to ``folder`` and all that is in it.

    Only root runs jobs as another user; for anyone else nothing needs to change.
    """
    if os.geteuid() != 0:
        return
    for inner, _, files in os.walk(folder):
        share(Path(inner), 0o750)
        for name in files:
            share(Path(inner, name), 0o640)


def share(path: Path, mode: int) -> None:
    """Hand ``path`` to the group of boxed jobs with ``mode``; a link is left alone."""
    if not path.is_symlink():
        os.chown(path, -1, NOBODY)
        path.chmod(mode)
