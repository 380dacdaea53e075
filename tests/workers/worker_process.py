"""A worker process of the lease story: ``python -m tests.workers.worker_process URL LEASE_S JOURNAL JOB_S``.

Its one job writes a line when it begins and one when it ends, and sleeps in between.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.queue import JobName
from workers.main import WorkerOptions, build_workers, sweep_forever, work
from workers.stop_signal import stop_on_signals


class Journal:
    """A file that several processes append lines to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, word: str) -> None:
        with self._path.open("a") as file:
            file.write(f"{word} {os.getpid()}\n")


async def main(url: str, lease_s: float, journal: Journal, job_s: float) -> None:
    async def audit(_: Any, payload: Mapping[str, str]) -> None:
        journal.write("begin")
        await asyncio.sleep(job_s)
        journal.write("end")

    async def sweep(_: Any, payload: Mapping[str, str]) -> None:
        journal.write("sweep")

    stop = stop_on_signals()
    options = WorkerOptions(lease_s=lease_s)
    resources: Any = None
    workers = build_workers(url, {JobName.AUDIT: audit}, resources, options)
    sweeper = asyncio.create_task(sweep_forever(sweep, resources, options.sweep_interval_s))
    await work(workers, sweeper, stop, options.completion_wait_s)


if __name__ == "__main__":
    url, lease, path, job = sys.argv[1:]
    asyncio.run(main(url, float(lease), Journal(Path(path)), float(job)))
