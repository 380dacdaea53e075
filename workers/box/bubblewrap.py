"""Tier 3: `bwrap`, every namespace and a file system of listed paths."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from workers.box.job import Job, Outcome, Tier
from workers.box.limits import limited
from workers.box.process import run_boxed

MERGED: Final = (Path("/bin"), Path("/sbin"), Path("/lib"), Path("/lib64"))
"""Folders that are links into /usr on most systems, and folders of their own on the others."""

ETC: Final = (
    "/etc/ld.so.cache",
    "/etc/alternatives",
    # semgrep-core dies at start without a readable bundle, although it makes no connection.
    "/etc/ssl/certs/ca-certificates.crt",
)
NETWORK_ETC: Final = (
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/ssl",
    "/etc/ca-certificates",
)
NAMESPACES: Final = (
    "--unshare-all",
    "--die-with-parent",
    "--new-session",
    "--cap-drop",
    "ALL",
    "--hostname",
    "box",
)


class BubblewrapBox:
    """Shows a job the system's libraries, its listed paths and a private home, and nothing else.

    The environment is inherited from `bwrap`, which is started with the job's alone: `--setenv`
    would put a git token into the process list.
    """

    @property
    def tier(self) -> Tier:
        """`Tier.BUBBLEWRAP`."""
        return Tier.BUBBLEWRAP

    async def run(self, job: Job) -> Outcome:
        """Run ``job`` in namespaces and a file system of its own."""
        return await run_boxed(job, command)


def command(job: Job, home: Path) -> Sequence[str]:
    """The whole command of tier 3."""
    network = ("--share-net",) if job.network else ()
    chdir = ("--chdir", str(job.cwd or home))
    boxed = limited(job, count_processes=True)
    return ("bwrap", *NAMESPACES, *network, *file_system(job, home), *chdir, "--", *boxed)


def file_system(job: Job, home: Path) -> tuple[str, ...]:
    """The mounts, each at its own name; /tmp comes first, since listed paths may lie in it."""
    etc = (*ETC, *(NETWORK_ETC if job.network else ()))
    return (
        *system_folders(),
        *binds("--ro-bind-try", (Path(path) for path in etc)),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108 - a mount point
        *binds("--ro-bind", job.read_only),
        *binds("--bind", (*job.writable, home)),
    )


def system_folders() -> Iterator[str]:
    """/usr read-only, and what stands beside it, as link or folder, as on this machine."""
    yield from ("--ro-bind", "/usr", "/usr")
    for folder in MERGED:
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))


def binds(option: str, paths: Iterable[Path]) -> Iterator[str]:
    """Mount options for ``paths`` at their own names; outer ones first, else they hide the inner."""
    for path in sorted(set(paths)):
        yield from (option, str(path), str(path))
