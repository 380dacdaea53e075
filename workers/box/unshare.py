"""Tier 2: namespaces by `unshare`, another user by `setpriv`, and resource limits."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from workers.box.job import Job, Outcome, Tier
from workers.box.limits import limited
from workers.box.process import run_boxed

NOBODY: Final = 65534
"""User and group of boxed jobs when the worker is root: the kernel's own "no one"."""

WITHOUT_RIGHTS: Final = ("setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all")
AS_NOBODY: Final = (
    *WITHOUT_RIGHTS,
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--pdeathsig=KILL",
)
FIRST_PROCESS: Final = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
"""Stands first in a PID namespace, where the kernel keeps many signals from a process, and tells
how the job ended: `unshare` itself exits with 1 when its child was killed (util-linux 2.38)."""

ROOTS_NAMESPACES: Final = (
    "--mount",
    "--pid",
    "--fork",
    "--ipc",
    "--uts",
    "--mount-proc",
    "--kill-child",
)
USERS_NAMESPACES: Final = ("--user", "--map-root-user", "--ipc", "--uts")


class UnshareBox:
    """No network and, for a root worker, another user in PID, mount and IPC namespaces of its own.

    The file system is the machine's: a job reads what its user may read. What a job of another
    user must read is to be made readable by the caller (`workers.box.readable`). With
    ``other_user`` false, or for jobs that say ``own_user``, the worker's user is kept, without
    capabilities; a plain user's jobs run in a user namespace, which keeps other processes'
    environments from them but not that user's files.
    """

    def __init__(self, *, other_user: bool) -> None:
        self._root = os.geteuid() == 0
        self._other_user = other_user and self._root

    @property
    def tier(self) -> Tier:
        """`Tier.UNSHARE`."""
        return Tier.UNSHARE

    async def run(self, job: Job) -> Outcome:
        """Run ``job`` in namespaces of its own."""
        if not self._root:
            return await run_boxed(job, plain_users_command)
        if not self._other_user or job.own_user:
            return await run_boxed(job, roots_command)
        return await run_boxed(job, nobodys_command, owner=NOBODY)


def network_namespace(job: Job) -> tuple[str, ...]:
    """The option that takes the network away, unless the job needs it."""
    return () if job.network else ("--net",)


def plain_users_command(job: Job, _home: Path) -> Sequence[str]:
    """The command of a worker that is not root."""
    boxed = limited(job, count_processes=True)
    return ("unshare", *USERS_NAMESPACES, *network_namespace(job), "--", *WITHOUT_RIGHTS, *boxed)


def roots_command(job: Job, _home: Path) -> Sequence[str]:
    """The command of a root worker for a job that keeps its user."""
    boxed = limited(job, count_processes=False)
    first = (*WITHOUT_RIGHTS, *FIRST_PROCESS)
    return ("unshare", *ROOTS_NAMESPACES, *network_namespace(job), "--", *first, *boxed)


def nobodys_command(job: Job, _home: Path) -> Sequence[str]:
    """The command of a root worker for a job of another user."""
    boxed = limited(job, count_processes=True)
    return (
        "unshare",
        *ROOTS_NAMESPACES,
        *network_namespace(job),
        "--",
        *AS_NOBODY,
        *FIRST_PROCESS,
        *boxed,
    )
