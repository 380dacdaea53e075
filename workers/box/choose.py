"""Finding the strongest tier of isolation that works on this machine, by trying."""

import logging
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Final

from workers.box.bubblewrap import BubblewrapBox
from workers.box.job import Box, Exited, Job, Killed, Limits, Outcome, Tier
from workers.box.limits import LimitsBox
from workers.box.python import interpreter_paths
from workers.box.unshare import UnshareBox

logger = logging.getLogger(__name__)

PROBE_LIMITS: Final = Limits(wall_s=20, cpu_s=10)
PROBE: Final = 'readlink /proc/self/ns/net && cat /proc/net/dev && cat "$0"; exit 0'
"""Tells the network namespace, its interfaces, and a file that must not be readable."""


async def strongest_box() -> Box:
    """The strongest box that holds on this machine; why stronger ones do not is logged.

    A box counts when it really runs a command and an interpreter, has no network, and (for
    bubblewrap) can't read a file that was not listed. The last resort, tier 1, always counts:
    whether that is good enough is for the caller to decide by its `tier`.
    """
    for box in (BubblewrapBox(), UnshareBox(other_user=True), UnshareBox(other_user=False)):
        why = await weakness(box)
        if why is None:
            return box
        logger.warning("isolation %s does not hold here: %s", box.tier.name.lower(), why)
    return LimitsBox()


async def weakness(box: Box) -> str | None:
    """Why ``box`` can't be relied on here, or None when it can."""
    with tempfile.NamedTemporaryFile(prefix="audit-canary-") as canary:
        secret = secrets.token_hex(16)
        canary.write(secret.encode())
        canary.flush()
        return await leak(box, canary.name, secret) or await failure(box)


async def leak(box: Box, canary: str, secret: str) -> str | None:
    """What of the outside a job in ``box`` can still reach."""
    job = Job(argv=("/bin/sh", "-c", PROBE, canary), limits=PROBE_LIMITS)
    outcome = await run_probe(box, job)
    if not isinstance(outcome, Exited) or outcome.code != 0:
        return told(outcome)
    said = outcome.stdout.decode(errors="replace")
    if not said.startswith("net:[") or own_network() in said:
        return "the network is still there"
    if any(name != "lo" for name in interfaces(said)):
        return "a network interface is left"
    if box.tier is Tier.BUBBLEWRAP and secret in said:
        return "a file outside can be read"
    return None


def own_network() -> str:
    """The worker's own network namespace, as ``net:[number]``."""
    return str(Path("/proc/self/ns/net").readlink())


def interfaces(said: str) -> list[str]:
    """The interface names in the text of /proc/net/dev."""
    return [line.split(":")[0].strip() for line in said.splitlines()[1:] if ":" in line]


async def failure(box: Box) -> str | None:
    """Why the worker's own interpreter does not run in ``box``, or None when it does."""
    job = Job(
        argv=(sys.executable, "-I", "-S", "-c", "pass"),
        limits=PROBE_LIMITS,
        read_only=interpreter_paths(Path(sys.prefix)),
    )
    outcome = await run_probe(box, job)
    return None if isinstance(outcome, Exited) and outcome.code == 0 else told(outcome)


async def run_probe(box: Box, job: Job) -> Outcome:
    """Run ``job``; a missing program is an outcome as good as any other here."""
    try:
        return await box.run(job)
    except FileNotFoundError as error:
        return Killed(f"{error.filename or error} is not installed", 0.0)


def told(outcome: Outcome) -> str:
    """A short account of a probe that failed."""
    match outcome:
        case Exited(code=code, stderr=stderr):
            return f"exit code {code}: {stderr[:200].decode(errors='replace').strip()}"
        case Killed(why=why):
            return why
