"""Running git boxed, on repositories that strangers filled.

Configuration and environment follow the usual hardening list: no system or user configuration, no
hook, no filter, no prompt, no protocol but the one needed, every object checked on arrival.
"""

import base64
import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from workers.box.job import Box, Exited, Job, Limits
from workers.fetch.bounds import (
    FETCH_WALL_S,
    GIT_CPU_S,
    GIT_OUTPUT,
    LOW_SPEED_BYTES,
    LOW_SPEED_S,
    MAX_BLOB,
    MAX_PACK,
    READ_WALL_S,
)
from workers.fetch.problem import Broken, Hostile, TooLarge
from workers.fetch.refusal import HARMLESS, is_harmless, problem_of
from workers.fetch.source import Egress, Source

logger = logging.getLogger(__name__)

REMOTE: Final = "origin"

ENVIRONMENT: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}

CONFIGURATION: Final = (
    "core.hooksPath=/dev/null",
    "core.symlinks=false",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.quotePath=true",
    # Larger blobs are streamed and never held whole or compared line by line.
    f"core.bigFileThreshold={MAX_BLOB}",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "protocol.allow=never",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A repository git works on: its own folder, and what it borrows and only reads.

    ``objects`` are object folders of other repositories that it is linked to; ``work_tree`` and
    ``index`` are a user's, for local audits.
    """

    git_dir: Path
    objects: tuple[Path, ...] = ()
    work_tree: Path | None = None
    index: Path | None = None
    writable: bool = False

    @property
    def borrowed(self) -> tuple[Path, ...]:
        """Every path that is read besides the folder itself."""
        extra = (path for path in (self.work_tree, self.index) if path is not None)
        return (*self.objects, *extra)


class Git:
    """Git in a box. It runs as the worker's own user, whose files it reads and writes.

    Raises `FileNotFoundError` when git is not installed.
    """

    def __init__(self, box: Box, egress: Egress | None = None) -> None:
        program = shutil.which("git")
        if program is None:
            raise FileNotFoundError("git is not installed")
        self._box = box
        self._program = program
        self._egress = egress or Egress()

    async def read(
        self, place: Place, *arguments: str, stdin: bytes = b"", output_bytes: int = GIT_OUTPUT
    ) -> bytes:
        """The output of one command that needs no network.

        Raises `TooLarge` when it prints or takes more than allowed, `Broken` when it fails.
        """
        job = self._job(place, arguments, stdin, output_bytes)
        outcome = await self._box.run(job)
        if not isinstance(outcome, Exited):
            crashed = outcome.why.startswith("crashed")
            raise (Broken if crashed else TooLarge)(f"git {arguments[0]} {outcome.why}.")
        if outcome.code != 0:
            # No token can stand here: commands that need none do not get one.
            logger.info("git %s: %r", arguments[0], outcome.stderr[:500])
            raise Broken(f"git {arguments[0]} failed with exit code {outcome.code}.")
        return outcome.stdout

    async def fetch_commits(
        self, place: Place, source: Source, refspecs: Iterable[str], *limits: str
    ) -> None:
        """Fetch commits and their trees; ``limits`` are options such as ``--depth=3``.

        Raises `Unreachable`, `Missing`, `Hostile`, `TooLarge` or `Broken`.
        """
        await self._fetch(place, source, limits, refspecs)

    async def fetch_blobs(self, place: Place, source: Source, ids: Iterable[str]) -> None:
        """Fetch blobs by id in one request. Raises as `fetch_commits`."""
        await self._fetch(place, source, ("--filter=blob:none",), ids, WITHOUT_NEGOTIATION)

    async def _fetch(
        self,
        place: Place,
        source: Source,
        arguments: tuple[str, ...],
        wants: Iterable[str],
        settings: tuple[str, ...] = (),
    ) -> None:
        writable = replace(place, writable=True)
        stdin = "".join(f"{want}\n" for want in wants).encode()
        command = (*settings, *FETCH, *arguments, REMOTE)
        job = self._job(writable, (*remote_options(source), *command), stdin, GIT_OUTPUT)
        outcome = await self._box.run(self._on_the_network(job, source))
        if is_harmless(outcome):
            unchecked = (*remote_options(source), "-c", "transfer.fsckObjects=false", *command)
            job = self._job(writable, unchecked, stdin, GIT_OUTPUT)
            outcome = await self._box.run(self._on_the_network(job, source))
            await self._check_objects(writable)
        if not isinstance(outcome, Exited) or outcome.code != 0:
            raise problem_of(outcome)

    async def _check_objects(self, place: Place) -> None:
        """Check every object that is there, harmless faults of old tools aside.

        For partial fetches git (up to 2.43) hands none of the allowed faults to its own check on
        arrival. Raises `Hostile`.
        """
        allowed = (part for name in HARMLESS for part in ("-c", f"fsck.{name}=ignore"))
        partial = ("-c", f"remote.{REMOTE}.promisor=true")
        check = ("fsck", "--strict", "--no-dangling", "--no-reflogs", "--no-progress")
        outcome = await self._box.run(
            self._job(place, (*allowed, *partial, *check), b"", GIT_OUTPUT)
        )
        if not isinstance(outcome, Exited) or outcome.code != 0:
            raise Hostile("The repository holds objects that git's checks refuse.")

    def _job(
        self, place: Place, arguments: tuple[str, ...], stdin: bytes, output_bytes: int
    ) -> Job:
        options = [part for setting in CONFIGURATION for part in ("-c", setting)]
        folder = (place.git_dir,)
        return Job(
            argv=(self._program, *options, f"--git-dir={place.git_dir}", *arguments),
            limits=Limits(wall_s=READ_WALL_S, cpu_s=GIT_CPU_S, output_bytes=output_bytes),
            stdin=stdin,
            read_only=place.borrowed if place.writable else (*folder, *place.borrowed),
            writable=folder if place.writable else (),
            environment=ENVIRONMENT | worktree_environment(place),
            own_user=True,
        )

    def _on_the_network(self, job: Job, source: Source) -> Job:
        bundle = self._egress.ca_bundle
        return replace(
            job,
            limits=replace(job.limits, wall_s=FETCH_WALL_S, file_bytes=MAX_PACK),
            read_only=job.read_only if bundle is None else (*job.read_only, bundle),
            environment=job.environment | network_environment(source, self._egress),
            network=True,
        )


FETCH: Final = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--stdin",
)
WITHOUT_NEGOTIATION: Final = ("-c", "fetch.negotiationAlgorithm=noop")
"""For blobs: what we have says nothing about them, and telling it costs time."""


def worktree_environment(place: Place) -> dict[str, str]:
    """The variables that point git at a user's files."""
    named = {"GIT_WORK_TREE": place.work_tree, "GIT_INDEX_FILE": place.index}
    return {name: str(path) for name, path in named.items() if path is not None}


def remote_options(source: Source) -> tuple[str, ...]:
    """Configuration of a fetch.

    The remote is named here and not in the repository's file: without it there, no later command
    can fetch anything by itself.
    """
    settings = (
        f"protocol.{source.scheme}.allow=always",
        f"remote.{REMOTE}.url={source.url}",
        f"remote.{REMOTE}.promisor=true",
        f"remote.{REMOTE}.partialclonefilter=blob:none",
        "transfer.fsckObjects=true",
        *(f"fetch.fsck.{name}=ignore" for name in HARMLESS),
        "fetch.unpackLimit=1",
        "http.followRedirects=false",
        f"http.lowSpeedLimit={LOW_SPEED_BYTES}",
        f"http.lowSpeedTime={LOW_SPEED_S}",
    )
    return tuple(part for setting in settings for part in ("-c", setting))


def network_environment(source: Source, egress: Egress) -> dict[str, str]:
    """Protocol, proxy, CA bundle and token, the last one for the source's host alone."""
    environment = {"GIT_ALLOW_PROTOCOL": source.scheme}
    if egress.proxy is not None:
        environment |= {"https_proxy": egress.proxy}
    if egress.no_proxy is not None:
        environment |= {"no_proxy": egress.no_proxy}
    if egress.ca_bundle is not None:
        environment |= {"GIT_SSL_CAINFO": str(egress.ca_bundle)}
    return environment | token_environment(source)


def token_environment(source: Source) -> dict[str, str]:
    """The token as configuration in the environment: in no argument, file or address."""
    if source.token is None:
        return {}
    pair = base64.b64encode(f"x-access-token:{source.token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{source.origin}.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {pair}",
    }
