"""The whole server as `audit serve` runs it (Redis, worker and web as processes), on a GitHub in a box."""

import asyncio
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.program import ProgramError
from demo.advisories import write_dump
from demo.box import Files, GitHubBox
from demo.state.repository import PullRequest
from workers.supervisor.serve import Address, available_port, listens

PERSON = "octo-dev"
LIMIT_S = 300.0
POLL_S = 0.01
JUDGED = frozenset({"success", "failure"})


class UnjudgedError(RuntimeError):
    """An audit that is measured came to no verdict."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A running server and the GitHub it serves."""

    box: GitHubBox

    async def repository(self, name: str, source: Path | None = None) -> None:
        """A repository, of ``source``'s branches where given; public, as the peers' clones need it."""
        files = {"README.md": "Warm up\n"} if source is None else None
        await self.box.create_repository(name, source=source, files=files)
        self.box.set_role(name, PERSON, "write")

    async def open(self, name: str, files: Mapping[str, str | bytes | None]) -> PullRequest:
        """Push ``files`` to a branch and open its pull request."""
        await self.push_change(name, files)
        return await self.box.open_pull_request(name, "main", "change", PERSON, "Change")

    async def push_change(self, name: str, files: Mapping[str, str | bytes | None]) -> None:
        """Push ``files`` to a new branch, without a pull request."""
        await self.box.push(name, "change", Files(files, "Change", "main"), PERSON)

    async def push(self, name: str, files: Mapping[str, str | bytes | None]) -> None:
        """One more commit on the branch."""
        await self.box.push(name, "change", Files(files, "More", None), PERSON)

    async def completed(self, pull: PullRequest) -> None:
        """Wait for the completed check of the pull request's head.

        Raises `UnjudgedError` for a check that could not judge: an audit that gave up is no figure.
        """
        async with asyncio.timeout(LIMIT_S):
            while (conclusion := self._conclusion(pull.head_sha)) is None:
                await asyncio.sleep(POLL_S)
        if conclusion not in JUDGED:
            raise UnjudgedError(f"the check ended as {conclusion}")

    def _conclusion(self, sha: str) -> str | None:
        completed = (run for run in self.box.check_runs(sha) if run.status == "completed")
        return next((str(run.conclusion) for run in completed), None)

    async def audit_seconds(self, name: str, files: Mapping[str, str | bytes | None]) -> float:
        """From the moment the pull request is opened to its completed check."""
        await self.push_change(name, files)
        await self.box.deliveries.settled()
        began = time.perf_counter()
        pull = await self.box.open_pull_request(name, "main", "change", PERSON, "Change")
        await self.completed(pull)
        return time.perf_counter() - began


@asynccontextmanager
async def stand(folder: Path) -> AsyncIterator[Stand]:
    """A server with nothing in its caches, in the empty ``folder``; the worker is up.

    That the worker is up is known by a check on a repository of one file, which also has the small
    advisory index of the demo built. Caches by repository and by blob hold nothing of any other.
    """
    (folder / "github").mkdir()
    async with GitHubBox.start(folder / "github") as box, _serving(box, folder):
        ready = Stand(box)
        await ready.repository("warm/up")
        await ready.completed(await ready.open("warm/up", {"README.md": "Warm\n"}))
        await box.deliveries.settled()
        yield ready


@asynccontextmanager
async def _serving(box: GitHubBox, folder: Path) -> AsyncIterator[None]:
    """`audit serve` as a process: a supervisor reaps every child of its own process, ours too."""
    secret = secrets.token_hex(16)
    web = Address("127.0.0.1", available_port("127.0.0.1", 0))
    environ = _environ(box, folder, secret) | {"AUDIT_PORT": str(web.port)}
    with (folder / "logs").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli.main", "serve"), env=environ, stdout=log, stderr=log
        )
        try:
            await _listening(web, process)
            box.set_webhook(f"{web.url}/webhook", secret)
            yield
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _listening(web: Address, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not await listens(web):
            if process.returncode is not None:
                raise ProgramError(f"audit serve ended with {process.returncode}")
            await asyncio.sleep(POLL_S)


def _environ(box: GitHubBox, folder: Path, secret: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {
        "AUDIT_APP_ID": str(box.app.id),
        "AUDIT_PRIVATE_KEY": box.private_key,
        "AUDIT_WEBHOOK_SECRET": secret,
        "AUDIT_SECRET_KEY": secrets.token_hex(32),
        "AUDIT_GITHUB_URL": box.base_url,
        "AUDIT_GIT_URL": box.base_url,
        "AUDIT_DATA_DIR": str(folder / "data"),
        "AUDIT_ADVISORIES_DIR": str(write_dump(folder / "advisories")),
        "AUDIT_WRITE_SPACING_S": "0",
        "AUDIT_ALLOW_WEAK_BOX": "true",
        "AUDIT_LOCAL_MODE": "true",
    }
