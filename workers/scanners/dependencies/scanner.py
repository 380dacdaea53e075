"""The dependency scanner: manifests in, flaws, components and gaps out."""

import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.domain.lens import Lens
from app.domain.scan import (
    Completed,
    Component,
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
)
from workers.box.job import Box, Exited, Job, Killed
from workers.scanners.dependencies.purl import purl
from workers.scanners.dependencies.reader_job import Engines, reader_job
from workers.scanners.dependencies.recognise import Format, recognised
from workers.scanners.dependencies.sighting import sightings
from workers.scanners.dependencies.wire import (
    DataFacts,
    File,
    FlawFacts,
    ReadFile,
    Reading,
    Request,
)

NAME: Final = "dependencies"
VERSION: Final = "1"
"""Of readers and matching together; raised when either may find something else."""
MAX_AGE: Final = timedelta(days=7)
MAX_SECONDS: Final = 240.0
"""For all boxed runs of one scan together, re-runs after a killed one included."""
NO_DATA: Final = (
    "no advisory data: run `audit advisories update`, or name a folder with --advisories"
)
_INCLUDED_SUFFIXES: Final = (".txt", ".in", ".pip", ".toml", ".lock", ".mod", ".sum")
"""What a requirements file may take in, and what stands beside a lock file."""
_ANSWER: Final = TypeAdapter(Reading)


@dataclass(frozen=True, slots=True)
class _Lost:
    """Targets whose boxed run gave no answer, and why."""

    targets: tuple[Target, ...]
    reason: GapReason
    why: str


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer; its file numbers are places in ``files``."""

    files: tuple[Target, ...]
    reading: Reading


class DependencyScanner:
    """Looks the packages of changed manifests up in the advisory index.

    ``engines`` says where the scanners' own Python is, ``index`` is the file `ensure_index` gives
    (None: there is no advisory data), ``today`` what the age of data is counted to.
    """

    def __init__(
        self,
        *,
        engines: Engines,
        box: Box,
        index: Path | None,
        today: date,
        max_age: timedelta = MAX_AGE,
    ) -> None:
        self._engines = engines
        self._box = box
        self._index = index
        self._today = today
        self._max_age = max_age

    @property
    def name(self) -> str:
        """``dependencies``."""
        return NAME

    @property
    def lenses(self) -> frozenset[Lens]:
        """Security alone."""
        return frozenset({Lens.SECURITY})

    def wants(self, target: Target) -> bool:
        """Whether ``target`` is a manifest of head or base."""
        return target.side is not Side.HISTORY and recognised(target.path) is not None

    async def scan(self, material: Material) -> ScanReport:
        """Read every manifest boxed; look up those that changed."""
        began = time.monotonic()
        wanted = tuple(target for target in material.targets if self.wants(target))
        readable = tuple(target for target in wanted if _format(target).place is not None)
        answers = [answer async for answer in self._answers(material, readable, began)]
        told = [answer for answer in answers if isinstance(answer, _Told)]
        lost = [answer for answer in answers if isinstance(answer, _Lost)]
        gaps = [*_unsupported(wanted), *_lost_gaps(lost), *_gaps(told)]
        return ScanReport(
            scanner=NAME,
            version=VERSION,
            state=self._state(wanted),
            seconds=time.monotonic() - began,
            sightings=tuple(_sightings(told)),
            gaps=tuple(gaps),
            analysed=_analysed(told, gaps),
            components=tuple(_components(told)),
            data_versions=_data_versions(told),
        )

    def _state(self, wanted: tuple[Target, ...]) -> ScannerState:
        if self._index is None and any(target.changed for target in wanted):
            return Failed(NO_DATA)
        return Completed()

    async def _answers(
        self, material: Material, targets: tuple[Target, ...], began: float
    ) -> AsyncIterator[_Told | _Lost]:
        """Read all at once; where that run is lost, halves, so that one manifest costs only itself."""
        waiting = [targets] if targets else []
        while waiting:
            some = waiting.pop()
            if time.monotonic() - began > MAX_SECONDS:
                yield _Lost(some, GapReason.TIMEOUT, "no time was left to read it")
                continue
            answer = await self._ask(material, some)
            if isinstance(answer, _Lost) and len(some) > 1:
                middle = len(some) // 2
                waiting += [some[middle:], some[:middle]]
            else:
                yield answer

    async def _ask(self, material: Material, wanted: tuple[Target, ...]) -> _Told | _Lost:
        files = (*wanted, *_context(material, wanted))
        outcome = await self._box.run(self._job(material.root, files, len(wanted)))
        match outcome:
            case Killed(why=why):
                return _Lost(wanted, GapReason.TIMEOUT, f"its reader was ended: {why}")
            case Exited(code=0, stdout=stdout):
                return _checked(files, wanted, stdout)
            case Exited(code=code):
                return _Lost(wanted, GapReason.ENGINE, f"its reader ended with code {code}")

    def _job(self, root: Path, files: tuple[Target, ...], wanted: int) -> Job:
        request = Request(
            root=str(root),
            index=None if self._index is None else str(self._index),
            files=tuple(_file(target) for target in files),
            wanted=tuple(range(wanted)),
            today=self._today.isoformat(),
            max_age_days=self._max_age.days,
        )
        seen = (root,) if self._index is None else (root, self._index)
        return reader_job(self._engines, json.dumps(asdict(request)).encode(), seen)


def _format(target: Target) -> Format:
    """The format of a wanted target."""
    found = recognised(target.path)
    if found is None:
        raise ValueError(f"{target.path!r} is no manifest")
    return found


def _context(material: Material, wanted: tuple[Target, ...]) -> tuple[Target, ...]:
    """The other targets that a wanted one may take in or stand beside."""
    known = set(wanted)
    return tuple(
        target
        for target in material.targets
        if target.side is not Side.HISTORY
        and target not in known
        and target.path.endswith(_INCLUDED_SUFFIXES)
    )


def _file(target: Target) -> File:
    return File(
        side=target.side,
        path=target.path,
        file=target.file,
        size=target.size,
        match=target.changed,
    )


def _checked(files: tuple[Target, ...], wanted: tuple[Target, ...], stdout: bytes) -> _Told | _Lost:
    """The answer, if it is one and speaks of the files it was given."""
    try:
        reading = _ANSWER.validate_json(stdout)
    except ValidationError:
        return _Lost(wanted, GapReason.ENGINE, "its reader's answer is not of its form")
    numbers = [*(file.file for file in reading.read), *(file.file for file in reading.unread)]
    flaws = {flaw.canonical for flaw in reading.flaws}
    named = {f.canonical for file in reading.read for p in file.packages for f in p.flaws}
    if not (all(0 <= number < len(files) for number in numbers) and named <= flaws):
        return _Lost(wanted, GapReason.ENGINE, "its reader's answer names what is not there")
    return _Told(files, reading)


def _read_once(told: list[_Told]) -> Iterator[tuple[Target, ReadFile, _Told]]:
    """Every manifest that was read, once, also when two runs took it in."""
    seen: set[tuple[Side, str]] = set()
    for answer in told:
        for file in answer.reading.read:
            target = answer.files[file.file]
            if (target.side, target.path) not in seen:
                seen.add((target.side, target.path))
                yield target, file, answer


def _sightings(told: list[_Told]) -> Iterator[Sighting]:
    flaws: dict[str, FlawFacts] = {
        flaw.canonical: flaw for answer in told for flaw in answer.reading.flaws
    }
    for target, file, _ in _read_once(told):
        if target.changed:
            yield from sightings(target, file, flaws)


def _components(told: list[_Told]) -> Iterator[Component]:
    for target, file, _ in _read_once(told):
        packages = {(package.normalised, package.version): package for package in file.packages}
        for package in packages.values():
            yield Component(
                side=target.side,
                ecosystem=file.ecosystem,
                name=package.normalised,
                version=package.version,
                purl=purl(file.ecosystem, package.normalised, package.version),
                manifest=target.path,
                direct=package.direct,
                development=package.development,
            )


def _gaps(told: list[_Told]) -> Iterator[Gap]:
    for target, file, answer in _read_once(told):
        if target.changed:
            yield from _unread_entries(target, file)
            yield from _unmatched(target, file, answer.reading.data)
    for answer in told:
        for unread in answer.reading.unread:
            target = answer.files[unread.file]
            yield _whole(target, unread.reason, unread.why)


def _unread_entries(target: Target, file: ReadFile) -> Iterator[Gap]:
    for entry in file.unread:
        yield Gap(
            scanner=NAME,
            side=target.side,
            path=target.path,
            grade=GapClass.PARTIAL,
            reason=entry.reason,
            why=entry.why,
            line=entry.line,
            end_line=max(entry.line, entry.end_line),
        )


def _unmatched(target: Target, file: ReadFile, data: DataFacts | None) -> Iterator[Gap]:
    """The gap of a manifest that was read, and whose packages could not be looked up."""
    if data is None:
        yield _whole(target, GapReason.ENGINE, NO_DATA)
    elif file.packages and file.ecosystem not in data.ecosystems:
        yield _whole(target, GapReason.ENGINE, f"no {file.ecosystem} advisories are loaded")


def _unsupported(wanted: Iterable[Target]) -> Iterator[Gap]:
    for target in wanted:
        known = _format(target)
        if known.place is None:
            why = f"there is no reader for {known.kind} yet"
            yield _whole(target, GapReason.UNSUPPORTED, why)


def _lost_gaps(lost: Iterable[_Lost]) -> Iterator[Gap]:
    for answer in lost:
        for target in answer.targets:
            yield _whole(target, answer.reason, answer.why)


def _whole(target: Target, reason: GapReason, why: str) -> Gap:
    """A gap of a whole manifest; for one that did not change, only the SBOM is the poorer."""
    grade = GapClass.UNREADABLE if target.changed else GapClass.PARTIAL
    return Gap(
        scanner=NAME, side=target.side, path=target.path, grade=grade, reason=reason, why=why
    )


def _analysed(told: list[_Told], gaps: Iterable[Gap]) -> frozenset[tuple[Side, str]]:
    """What was read, without what a gap says was not."""
    read = {(target.side, target.path) for target, _, _ in _read_once(told)}
    return frozenset(read - {(gap.side, gap.path) for gap in gaps if gap.line == 0 and _grave(gap)})


def _grave(gap: Gap) -> bool:
    return gap.grade is GapClass.UNREADABLE


def _data_versions(told: list[_Told]) -> dict[str, str]:
    """Hash of the advisories, dates of KEV and EPSS, and which sources are past the age limit."""
    data = next((answer.reading.data for answer in told if answer.reading.data is not None), None)
    if data is None:
        return {}
    versions = {"advisories": data.version, "kev": data.kev, "epss": data.epss}
    if data.stale:
        versions["old data"] = ", ".join(data.stale)
    return versions
