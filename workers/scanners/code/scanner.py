"""The code scanner: our rules over the changed files of head and base, by semgrep-core."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.domain.lens import Lens
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
)
from workers.box.job import Box, Limits
from workers.scanners.code.cache import ReadingCache
from workers.scanners.code.engine import PATIENCE
from workers.scanners.code.languages import language_of, may_have_shebang
from workers.scanners.code.rules import RulePack
from workers.scanners.code.sighting import sightings
from workers.scanners.code.wire import FORM, BlobReading, Reading, Request, Unit, Unread
from workers.scanners.engines import (
    Engines,
    Unanswered,
    answer_of,
    ask_together_then_singly,
)

NAME: Final = "code"
LEAST_S: Final = 60.0
PER_BLOB_S: Final = 1.0
MOST_S: Final = 300.0
"""Processor time for all runs of the engine together, those file by file after a failed one included."""

MARGIN_S: Final = 15.0
"""What the boxed reader may need around the engine's runs before it is ended from outside."""

_ANSWER: Final = TypeAdapter(Reading)
_READING: Final = TypeAdapter(BlobReading)


@dataclass(frozen=True, slots=True)
class _Blob:
    """One blob to be read as one language ("" when only its first line can tell)."""

    id: str
    language: str
    file: str = field(compare=False)


@dataclass(slots=True)
class _Found:
    """What is known of each blob so far, and why the engine does not work, if so."""

    readings: dict[_Blob, BlobReading] = field(default_factory=dict)
    failure: str | None = None


class CodeScanner:
    """Runs the rule pack; ``cache`` keeps what a blob was seen to hold."""

    def __init__(self, *, engines: Engines, box: Box, pack: RulePack, cache: ReadingCache) -> None:
        self._engines = engines
        self._box = box
        self._pack = pack
        self._cache = cache
        self._version = engines.version("semgrep")

    @property
    def name(self) -> str:
        """``code``."""
        return NAME

    @property
    def lenses(self) -> frozenset[Lens]:
        """The lenses that the pack has rules of."""
        return frozenset(rule.lens for rule in self._pack.rules.values())

    def wants(self, target: Target) -> bool:
        """Whether ``target`` is a changed file in a language of the pack, or has no suffix."""
        if not target.changed or target.side is Side.HISTORY:
            return False
        language = language_of(target.path)
        return language in self._pack.languages if language else may_have_shebang(target.path)

    async def scan(self, material: Material) -> ScanReport:
        """Read each blob once, whatever sides and paths it stands under."""
        began = time.monotonic()
        wanted = {target: _blob(target) for target in material.targets if self.wants(target)}
        blobs = tuple(dict.fromkeys(wanted.values()))
        found = await self._found(material, blobs)
        return ScanReport(
            scanner=NAME,
            version=self._version,
            state=_state(found),
            seconds=time.monotonic() - began,
            sightings=tuple(self._sightings(wanted, found)),
            gaps=tuple(_gaps(wanted, found)),
            analysed=frozenset(_analysed(wanted, found)),
            data_versions={"rules": self._pack.version},
        )

    async def _found(self, material: Material, blobs: Sequence[_Blob]) -> _Found:
        keys = {blob: self._key(blob) for blob in blobs}
        texts = await asyncio.to_thread(self._cache.get, list(keys.values()))
        cached = {blob: self._remembered(texts.get(key)) for blob, key in keys.items()}
        found = _Found({blob: known for blob, known in cached.items() if known is not None})
        missing = [blob for blob in blobs if blob not in found.readings]
        if missing:
            await self._read(material, missing, found)
            fresh = {keys[blob]: found.readings[blob] for blob in missing if blob in found.readings}
            await asyncio.to_thread(self._cache.put, dict(_lasting(fresh)))
        return found

    def _key(self, blob: _Blob) -> str:
        return "/".join((FORM, blob.id, blob.language or "?", self._pack.version, self._version))

    def _remembered(self, text: str | None) -> BlobReading | None:
        """A cached reading, unless it is not of its form or of rules that are not there."""
        if text is None:
            return None
        try:
            reading = _READING.validate_json(text)
        except ValidationError:
            return None
        return reading if self._is_ours(reading) else None

    def _is_ours(self, reading: BlobReading) -> bool:
        return all(match.rule in self._pack.rules for match in reading.matches)

    async def _read(self, material: Material, blobs: Sequence[_Blob], found: _Found) -> None:
        """Ask the boxed reader for all ``blobs``; where it dies, for each."""
        seconds = min(MOST_S, LEAST_S + PER_BLOB_S * len(blobs))
        ends = time.monotonic() + 2 * seconds  # as much again after a reader that died

        async def ask(some: Sequence[_Blob]) -> Reading | Unanswered:
            return await self._ask(material, some, min(seconds, LEAST_S + PER_BLOB_S * len(some)))

        answers = await ask_together_then_singly(ask, blobs, lambda: time.monotonic() < ends)
        for some, answer in answers:
            if isinstance(answer, Unanswered):
                found.readings.update((blob, _unanswered(answer)) for blob in some)
            else:
                found.readings.update((some[each.unit], each) for each in answer.blobs)
                found.failure = found.failure or answer.failure
        if not found.failure and all(isinstance(answer, Unanswered) for _, answer in answers):
            found.failure = await self._trouble(material)

    async def _trouble(self, material: Material) -> str | None:
        """Why the reader does not even answer when asked for nothing; None when it does."""
        answer = await self._ask(material, (), LEAST_S)
        return answer.why if isinstance(answer, Unanswered) else None

    async def _ask(
        self, material: Material, blobs: Sequence[_Blob], seconds: float
    ) -> Reading | Unanswered:
        request = Request(
            units=tuple(
                Unit(file=str(material.root / blob.file), language=blob.language or None)
                for blob in blobs
            ),
            pack=str(self._pack.folder),
            core=str(self._engines.semgrep_core),
            seconds=seconds,
        )
        wall = PATIENCE * seconds + MARGIN_S
        job = self._engines.reader_job(
            NAME,
            asdict(request),
            seen=(material.root, self._pack.folder),
            limits=Limits(wall_s=wall, cpu_s=int(seconds + MARGIN_S)),
        )
        answer = answer_of(await self._box.run(job))
        return answer if isinstance(answer, Unanswered) else self._checked(answer, len(blobs))

    def _checked(self, answer: bytes, asked: int) -> Reading | Unanswered:
        """The answer, if it is one and speaks of the blobs and rules it was given, each once."""
        try:
            reading = _ANSWER.validate_json(answer)
        except ValidationError:
            return Unanswered("its reader's answer is not of its form", timed_out=False)
        units = sorted(blob.unit for blob in reading.blobs)
        if units != list(range(asked)) or not all(map(self._is_ours, reading.blobs)):
            return Unanswered("its reader's answer names what was not asked", timed_out=False)
        return reading

    def _sightings(self, wanted: Mapping[Target, _Blob], found: _Found) -> Iterator[Sighting]:
        for target, blob in wanted.items():
            yield from sightings(target, found.readings[blob].matches, self._pack.rules)


def _blob(target: Target) -> _Blob:
    return _Blob(target.blob, language_of(target.path) or "", target.file)


def _state(found: _Found) -> ScannerState:
    return Completed() if found.failure is None else Failed(found.failure)


def _lasting(readings: Mapping[str, BlobReading]) -> Iterator[tuple[str, str]]:
    """Key and text of what another run would find as well; the number of a request is left out."""
    for key, reading in readings.items():
        if reading.lasting:
            yield key, _READING.dump_json(replace(reading, unit=0)).decode()


def _unanswered(answer: Unanswered) -> BlobReading:
    reason = GapReason.TIMEOUT if answer.timed_out else GapReason.ENGINE
    gap = Unread(
        grade=GapClass.UNREADABLE, reason=reason, why=f"It was not analysed: {answer.why}."[:300]
    )
    return BlobReading(
        unit=0, language=None, scanned=False, lasting=False, matches=(), unread=(gap,)
    )


def _gaps(wanted: Mapping[Target, _Blob], found: _Found) -> Iterator[Gap]:
    for target, blob in wanted.items():
        for unread in found.readings[blob].unread:
            yield Gap(
                scanner=NAME,
                side=target.side,
                path=target.path,
                grade=unread.grade,
                reason=unread.reason,
                why=unread.why,
                line=unread.line,
                end_line=unread.end_line,
            )


def _analysed(wanted: Mapping[Target, _Blob], found: _Found) -> Iterable[tuple[Side, str]]:
    return (
        (target.side, target.path)
        for target, blob in wanted.items()
        if found.readings[blob].scanned
    )
