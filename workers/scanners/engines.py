"""Where the engines are, and the boxed runs of our own readers."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any, Final, TypeVar

from workers.box.job import Exited, Job, Killed, Limits, Outcome
from workers.box.python import interpreter_paths

PROJECT: Final = Path(__file__).resolve().parents[2]
"""The folder that holds `app` and `workers`."""

Unit = TypeVar("Unit")
Told = TypeVar("Told")


class EngineMissingError(RuntimeError):
    """The scanners' environment is not whole; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The scanners' virtual environment, made by `make install`."""

    venv: Path

    @property
    def python(self) -> Path:
        """Absolute path of its interpreter."""
        return self.venv / "bin" / "python"

    @property
    def site(self) -> Path:
        """Where its packages are."""
        found = sorted(self.venv.glob("lib/python3.*/site-packages"))
        if not found:
            raise EngineMissingError(f"{self.venv} is no virtual environment: run `make install`")
        return found[-1]

    @property
    def semgrep_core(self) -> Path:
        """The engine inside the semgrep wheel."""
        return self.site / "semgrep" / "bin" / "semgrep-core"

    @property
    def betterleaks(self) -> Path:
        """The binary inside the betterleaks wheel; its Python start costs a tenth of a second."""
        return self.site / "betterleaks" / "bin" / "betterleaks"

    @property
    def zizmor(self) -> Path:
        """The binary that the zizmor wheel installs."""
        return self.venv / "bin" / "zizmor"

    def version(self, distribution: str) -> str:
        """The installed version. Raises `EngineMissingError` when it is not installed."""
        found = Distribution.discover(name=distribution, path=[str(self.site)])
        first = next(iter(found), None)
        if first is None:
            raise EngineMissingError(f"{distribution} is not installed in {self.venv}")
        return str(first.version)

    def reader_job(
        self, reader: str, request: dict[str, Any], *, seen: Sequence[Path], limits: Limits
    ) -> Job:
        """The run of one of our own readers that answers ``request`` and may read ``seen``."""
        return Job(
            argv=(str(self.python), "-s", "-P", "-m", "workers.scanners.boxed", reader),
            limits=limits,
            stdin=json.dumps(request).encode("ascii"),
            read_only=(
                *seen,
                PROJECT / "app",
                PROJECT / "workers",
                *interpreter_paths(self.venv),
            ),
            environment={"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"},
        )


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A boxed run that gave no answer; ``timed_out`` when a limit ended it."""

    why: str
    timed_out: bool


def answer_of(outcome: Outcome) -> bytes | Unanswered:
    """The stdout of a run that ended well, or why there is none."""
    match outcome:
        case Exited(code=0, stdout=stdout):
            return stdout
        case Exited(code=code, stderr=stderr):
            said = stderr.decode("ascii", "replace").strip()[-200:]
            return Unanswered(f"ended with code {code}: {said}", timed_out=False)
        case Killed(why=why):
            return Unanswered(why, timed_out=True)


async def ask_together_then_singly(
    ask: Callable[[Sequence[Unit]], Awaitable[Told | Unanswered]],
    units: Sequence[Unit],
    has_time: Callable[[], bool],
) -> list[tuple[Sequence[Unit], Told | Unanswered]]:
    """Ask for all units at once; where that gives no answer, for each, while there is time.

    So one file that kills a reader costs only itself.
    """
    together = await ask(units)
    if not isinstance(together, Unanswered) or len(units) == 1:
        return [(units, together)]
    answers: list[tuple[Sequence[Unit], Told | Unanswered]] = []
    for unit in units:
        single = await ask([unit]) if has_time() else Unanswered("no time was left", timed_out=True)
        answers.append(([unit], single))
    return answers
