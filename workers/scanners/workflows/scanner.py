"""The workflows scanner: zizmor, and a check of ours, over changed GitHub Actions files."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.domain.lens import Category, Lens
from app.domain.scan import (
    Completed,
    Failed,
    Gap,
    GapClass,
    GapReason,
    Material,
    ScannerState,
    ScanReport,
    Side,
    Sighting,
    Target,
    WorkflowIdentity,
)
from workers.box.job import Box, Limits
from workers.scanners.engines import Engines, Unanswered, answer_of, ask_together_then_singly
from workers.scanners.workflows.grades import facts_of, grade_of
from workers.scanners.workflows.wire import File, FileKind, FileReading, Problem, Reading, Request

NAME: Final = "workflows"
RULES_VERSION: Final = "1"
"""Of our own check and of the table of grades."""

START_S: Final = 60.0
PER_FILE_S: Final = 1.5
MOST_S: Final = 540.0
STRIDE: Final = ("T", "E")

_PLACES: Final = (
    (re.compile(r"\.github/workflows/[^/]+\.ya?ml", re.IGNORECASE), FileKind.WORKFLOW),
    (re.compile(r"(.*/)?action\.ya?ml", re.IGNORECASE | re.DOTALL), FileKind.ACTION),
    (re.compile(r"\.github/dependabot\.ya?ml", re.IGNORECASE), FileKind.DEPENDABOT),
)
_ANSWER: Final = TypeAdapter(Reading)


@dataclass(frozen=True, slots=True)
class _Told:
    """One target and what is known of it."""

    target: Target
    reading: FileReading


def kind_of(path: str) -> FileKind | None:
    """What a file is to GitHub Actions, by its path."""
    return next((kind for pattern, kind in _PLACES if pattern.fullmatch(path)), None)


class WorkflowsScanner:
    """Reads workflows, composite actions and dependabot's configuration."""

    def __init__(self, *, engines: Engines, box: Box) -> None:
        self._engines = engines
        self._box = box
        self._version = f"{RULES_VERSION}+{engines.version('zizmor')}"

    @property
    def name(self) -> str:
        """``workflows``."""
        return NAME

    @property
    def lenses(self) -> frozenset[Lens]:
        """Security alone."""
        return frozenset({Lens.SECURITY})

    def wants(self, target: Target) -> bool:
        """Whether ``target`` is a changed file of GitHub Actions in head or base."""
        changed = target.changed and target.side is not Side.HISTORY
        return changed and kind_of(target.path) is not None

    async def scan(self, material: Material) -> ScanReport:
        """Read every wanted file in one boxed run."""
        began = time.monotonic()
        wanted = tuple(target for target in material.targets if self.wants(target))
        told, failure = await self._read(material, wanted) if wanted else ([], None)
        return ScanReport(
            scanner=NAME,
            version=self._version,
            state=_state(failure),
            seconds=time.monotonic() - began,
            sightings=tuple(
                _sighting(each.target, problem)
                for each in told
                for problem in each.reading.problems
            ),
            gaps=tuple(_gaps(told)),
            analysed=frozenset(
                (each.target.side, each.target.path) for each in told if each.reading.reason is None
            ),
        )

    async def _read(
        self, material: Material, wanted: Sequence[Target]
    ) -> tuple[list[_Told], str | None]:
        ends = time.monotonic() + MOST_S

        async def ask(some: Sequence[Target]) -> Reading | Unanswered:
            return await self._ask(material, some)

        answers = await ask_together_then_singly(ask, wanted, lambda: time.monotonic() < ends)
        told = [each for some, answer in answers for each in _told(some, answer)]
        failure = None
        if all(isinstance(answer, Unanswered) for _, answer in answers):
            failure = await self._trouble(material)
        return told, failure

    async def _trouble(self, material: Material) -> str | None:
        """Why the reader does not even answer when asked for nothing; None when it does."""
        answer = await self._ask(material, ())
        return answer.why if isinstance(answer, Unanswered) else None

    async def _ask(self, material: Material, targets: Sequence[Target]) -> Reading | Unanswered:
        seconds = min(MOST_S, START_S + PER_FILE_S * len(targets))
        request = Request(
            files=tuple(_file(material, target) for target in targets),
            zizmor=str(self._engines.zizmor),
            seconds=seconds,
        )
        job = self._engines.reader_job(
            NAME,
            asdict(request),
            seen=(material.root,),
            limits=Limits(wall_s=seconds + 10, cpu_s=int(seconds) + 10),
        )
        answer = answer_of(await self._box.run(job))
        return answer if isinstance(answer, Unanswered) else _checked(answer, len(targets))


def _file(material: Material, target: Target) -> File:
    kind = kind_of(target.path)
    if kind is None:
        raise ValueError(f"{target.path!r} is no workflow")
    return File(file=str(material.file_of(target)), kind=kind)


def _checked(answer: bytes, asked: int) -> Reading | Unanswered:
    """The answer, if it is one and speaks of the files it was given, each once."""
    try:
        reading = _ANSWER.validate_json(answer)
    except ValidationError:
        return Unanswered("its reader's answer is not of its form", timed_out=False)
    if sorted(file.file for file in reading.files) != list(range(asked)):
        return Unanswered("its reader's answer names what was not asked", timed_out=False)
    return reading


def _told(targets: Sequence[Target], answer: Reading | Unanswered) -> Iterator[_Told]:
    if isinstance(answer, Unanswered):
        reason = GapReason.TIMEOUT if answer.timed_out else GapReason.ENGINE
        why = f"It was not read: {answer.why}."[:300]
        lost = FileReading(file=0, problems=(), reason=reason, why=why)
        yield from (_Told(target, lost) for target in targets)
    else:
        yield from (_Told(targets[file.file], file) for file in answer.files)


def _state(failure: str | None) -> ScannerState:
    return Completed() if failure is None else Failed(failure)


def _gaps(told: Sequence[_Told]) -> Iterator[Gap]:
    for each in told:
        if each.reading.reason is not None:
            yield Gap(
                scanner=NAME,
                side=each.target.side,
                path=each.target.path,
                grade=GapClass.UNREADABLE,
                reason=each.reading.reason,
                why=each.reading.why,
            )


def _sighting(target: Target, problem: Problem) -> Sighting:
    grade = grade_of(problem)
    sentence = problem.description[:1].upper() + problem.description[1:]
    return Sighting(
        side=target.side,
        path=target.path,
        category=Category.WORKFLOW,
        lens=Lens.SECURITY,
        rule=f"workflow-{problem.rule}",
        title=sentence,
        message=f"{sentence}.",
        fix=grade.fix,
        facts=facts_of(problem),
        identity=WorkflowIdentity(problem.route),
        line=problem.line,
        end_line=problem.end_line,
        cwe=grade.cwe,
        stride=STRIDE,
        references=(problem.url,),
        suppressed=problem.ignored,
    )
