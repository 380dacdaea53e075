"""Boxes for tests: one that runs a job without isolation, and ones that break in chosen ways."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from workers.box.job import Exited, Job, Killed, Outcome, Tier

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-scanners" / "bin" / "python"
needs_scanners = pytest.mark.skipif(not PYTHON.exists(), reason="the scanners are not installed")
READER = (
    "import json, sys; from workers.scanners.dependencies.boxed_reader import read;"
    " print(json.dumps(read(json.load(sys.stdin))))"
)


@dataclass(frozen=True)
class ScannerPython:
    """Where the scanners' Python is."""

    python: Path = PYTHON


class UnboxedReader:
    """Runs the reader of each job in the scanners' own Python, without a box."""

    tier = Tier.LIMITS

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    async def run(self, job: Job) -> Outcome:
        self.jobs.append(job)
        process = await asyncio.create_subprocess_exec(
            job.argv[0], "-c", READER,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=job.environment,
        )  # fmt: skip
        stdout, stderr = await process.communicate(job.stdin)
        return Exited(process.returncode or 0, stdout, stderr, 0.0)


@dataclass
class ScriptedBox:
    """Answers each job by a function of the paths it is asked to read."""

    answer: Callable[[list[str]], Outcome]
    tier: Tier = Tier.LIMITS
    asked: list[list[str]] = field(default_factory=list)

    async def run(self, job: Job) -> Outcome:
        request = json.loads(job.stdin)
        self.asked.append([request["files"][number]["path"] for number in request["wanted"]])
        return self.answer(self.asked[-1])


def nothing_found() -> Outcome:
    """The answer of a reader that was given nothing."""
    answer = {"read": [], "unread": [], "flaws": [], "data": None}
    return Exited(0, json.dumps(answer).encode(), b"", 0.0)


def out_of_time() -> Outcome:
    """The end of a job that took too long."""
    return Killed("longer than 60 s", 60.0)
