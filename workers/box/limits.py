"""Tier 1: resource limits only, by util-linux's `prlimit`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from workers.box.job import Job, Outcome, Tier
from workers.box.process import run_boxed

MOST_PROCESSES: Final = 512
"""Processes and threads of one boxed user; a large engine on a large machine starts one a core."""


def limited(job: Job, *, count_processes: bool) -> tuple[str, ...]:
    """The job's command behind `prlimit`, which costs about 2 ms (an interpreter costs 20).

    Soft and hard limits are equal: the first process of a PID namespace ignores the softer SIGXCPU.
    ``count_processes`` only where the job's user, or user namespace, is not shared with others:
    RLIMIT_NPROC counts every process of the real user.
    """
    limits = job.limits
    options = [f"--as={limits.memory_bytes}", f"--cpu={limits.cpu_s}", "--core=0"]
    if count_processes:
        options.append(f"--nproc={MOST_PROCESSES}")
    if limits.file_bytes is not None:
        options.append(f"--fsize={limits.file_bytes}")
    return ("prlimit", *options, *job.argv)


class LimitsBox:
    """Bounds processor time, memory, output and the clock.

    It hides nothing: network and files are the worker's, and a process that starts a session of
    its own outlives the kill. For use only where nothing stronger works.
    """

    @property
    def tier(self) -> Tier:
        """`Tier.LIMITS`."""
        return Tier.LIMITS

    async def run(self, job: Job) -> Outcome:
        """Run ``job`` with its limits and a private home."""
        return await run_boxed(job, command)


def command(job: Job, _home: Path) -> Sequence[str]:
    """The whole command of tier 1."""
    return limited(job, count_processes=False)
