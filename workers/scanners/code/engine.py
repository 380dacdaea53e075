"""Running semgrep-core, inside the box that this reader itself runs in."""

import json
import math
import os
import resource
import signal
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from workers.scanners.code.languages import SUFFIXES, Language
from workers.scanners.code.outcome import EngineOutcome, OutcomeError, parsed

START_S: Final = 20.0
PER_FILE_S: Final = 0.5
"""Processor time of one run over any number of files: parsing is not bounded by the engine's own limit."""

PATIENCE: Final = 4.0
"""Wall clock for a second of processor time: a busy machine must not make files unreadable."""

OUT_OF_TIME: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGXCPU, 137})
"""Exit codes of a run that its limit of processor time ended."""

MAX_OUTPUT: Final = 64 << 20
OPTIONS: Final = (
    "-json_nodots",
    *("-timeout", "5"),
    # A threshold would drop the other rules of a file that two slow ones were made for.
    *("-timeout_threshold", "0"),
    *("-max_memory", "0"),
    "-fast",
    *("-j", "1"),
)
FALLBACK_OPTIONS: Final = (
    *("scan", "--experimental", "--json", "--quiet", "--disable-nosem", "--no-git-ignore"),
    "--x-ignore-semgrepignore-files",
    *("--max-target-bytes", "0", "--timeout", "5", "--timeout-threshold", "0", "-j", "1"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file as the engine is given it: an absolute path below our own folder, and its language."""

    path: str
    language: Language


@dataclass(frozen=True, slots=True)
class Lost:
    """A run of the engine without a result; ``timed_out`` when it was ended by us."""

    why: str
    timed_out: bool


@dataclass(frozen=True, slots=True)
class Engine:
    """semgrep-core with a rule file; ``folder`` is where it may write."""

    core: Path
    rules: Path
    folder: Path

    def run(self, sources: Sequence[Source], seconds: float) -> EngineOutcome | Lost:
        """Analyse ``sources`` within ``seconds`` of processor time: directly, else by the front end.

        The direct interface is not a promised one. When its output is not of the known form, the
        front end of the same binary, whose output is, gets the rest of the time.
        """
        direct = self._outcome(self._direct(sources), seconds)
        if not isinstance(direct, OutcomeError):
            return direct
        again = self._outcome(self._front_end(sources), seconds)
        if not isinstance(again, OutcomeError):
            return again
        return Lost(f"the engine's answer is {direct}; by its front end {again}", timed_out=False)

    def _direct(self, sources: Sequence[Source]) -> tuple[str, ...]:
        targets = self.folder / "targets.json"
        targets.write_text(json.dumps(["Targets", [_target(source) for source in sources]]))
        return (str(self.core), "-rules", str(self.rules), "-targets", str(targets), *OPTIONS)

    def _front_end(self, sources: Sequence[Source]) -> tuple[str, ...]:
        """The engine under its other name, which makes it the front end."""
        name = self.folder / "osemgrep"
        if not name.is_symlink():
            name.symlink_to(self.core)
        paths = (source.path for source in sources)
        return (str(name), *FALLBACK_OPTIONS, "--config", str(self.rules), *paths)

    def _outcome(
        self, argv: tuple[str, ...], seconds: float
    ) -> EngineOutcome | Lost | OutcomeError:
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE * max(seconds, 1.0),
                env=self._environment(),
                cwd=self.folder,
                preexec_fn=partial(_limit_processor, seconds),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _out_of_time(seconds)
        except OSError as error:
            return Lost(f"the engine does not start: {error.strerror}", timed_out=False)
        return _out_of_time(seconds) if done.returncode in OUT_OF_TIME else _read(done)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "SEMGREP_ENABLE_VERSION_CHECK": "0",
            "SEMGREP_SEND_METRICS": "off",
        }


def _limit_processor(seconds: float) -> None:
    """In the engine's process, before it starts."""
    limit = math.ceil(max(seconds, 1.0))
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))


def _out_of_time(seconds: float) -> Lost:
    return Lost(f"the engine ran longer than {max(seconds, 1.0):.0f} s", timed_out=True)


def suffix_of(language: Language, given: str) -> str:
    """``given`` where it is one of ``language``, else one by which the front end knows it.

    It matters to the engine too: it reads .tsx with elements in it, .ts without.
    """
    known = SUFFIXES[language].split()
    return given if given.removeprefix(".") in known else f".{known[0]}"


def _target(source: Source) -> list[object]:
    shown = "/" + Path(source.path).name
    path = {"fpath": source.path, "ppath": shown}
    return ["CodeTarget", {"path": path, "analyzer": source.language.value, "products": ["sast"]}]


def _read(done: subprocess.CompletedProcess[bytes]) -> EngineOutcome | Lost | OutcomeError:
    """What a finished run says; a death by signal is told apart from an answer of another form."""
    if done.returncode < 0 or done.returncode > 128:
        return Lost(f"the engine crashed (exit code {done.returncode})", timed_out=False)
    if len(done.stdout) > MAX_OUTPUT:
        return Lost(f"the engine wrote more than {MAX_OUTPUT >> 20} MiB", timed_out=False)
    try:
        outcome = parsed(done.stdout)
    except OutcomeError as error:
        said = done.stderr.decode("utf-8", "replace").strip()[-120:]
        return OutcomeError(f"{error} (exit code {done.returncode}: {said})")
    return outcome


def general_errors(outcome: EngineOutcome, sources: Iterable[Source]) -> tuple[str, ...]:
    """Errors that are about no file, or about one that was not asked for (the rules, say)."""
    asked = {source.path for source in sources}
    strange = tuple(trouble.why for trouble in outcome.troubles if trouble.path not in asked)
    return outcome.general + strange
