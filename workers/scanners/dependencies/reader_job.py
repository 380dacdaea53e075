"""The boxed run of our own manifest reader."""

from pathlib import Path
from typing import Final, Protocol

from workers.box.job import Job, Limits
from workers.box.python import interpreter_paths

LIMITS: Final = Limits(wall_s=240, cpu_s=60, memory_bytes=4 << 30, output_bytes=256 << 20)
PROJECT: Final = Path(__file__).resolve().parents[3]
"""The folder that holds `app` and `workers`."""


class Engines(Protocol):
    """Where the scanners' own Python is."""

    @property
    def python(self) -> Path:
        """Absolute path of the interpreter of the scanners' environment."""


def reader_job(engines: Engines, request: bytes, seen: tuple[Path, ...]) -> Job:
    """The run that answers ``request``; it may read ``seen``, its own code and libraries."""
    return Job(
        argv=(str(engines.python), "-m", "workers.scanners.boxed", "dependencies"),
        limits=LIMITS,
        stdin=request,
        read_only=(
            *seen,
            PROJECT / "app",
            PROJECT / "workers",
            *interpreter_paths(engines.python.parent.parent),
        ),
        environment={"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
