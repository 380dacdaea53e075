"""Reads source files boxed: decodes them, runs the engine, finds what encloses each match."""

import json
import os
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.domain.scan import GapClass, GapReason
from workers.scanners.code.definitions import Definitions
from workers.scanners.code.engine import (
    PATIENCE,
    PER_FILE_S,
    START_S,
    Engine,
    Lost,
    Source,
    general_errors,
    suffix_of,
)
from workers.scanners.code.languages import Language, language_of_shebang
from workers.scanners.code.outcome import EngineOutcome, Place, RawMatch, Trouble
from workers.scanners.code.text import NotText, SourceText, source_text
from workers.scanners.code.wire import (
    MAX_MATCHES,
    BlobReading,
    Match,
    Reading,
    Request,
    Step,
    Unit,
    Unread,
)

MAX_BYTES: Final = 256 << 10
"""The largest file the engine is given: parsing time grows faster than size (240 KB take 6 s)."""

MAX_STEP: Final = 200
MAX_SUGGESTION: Final = 500
MAX_UNREAD: Final = 50
"""Unread ranges told of one file; more make all of it unread."""

ROUNDS: Final = ((100_000, START_S), (8, 3.0), (1, 3.0), (1, START_S))
"""Files a run, and seconds that a run may take beside those per file, one round after the other."""

NOTHING_WRONG: Final = b"pass\n"


@dataclass(frozen=True, slots=True)
class _Readable:
    """One decoded file, written where the engine finds it."""

    unit: int
    source: Source
    text: SourceText


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Answer one `wire.Request` (as JSON values) with one `wire.Reading` (as JSON values)."""
    asked = Request(**{**request, "units": tuple(Unit(**unit) for unit in request["units"])})
    with tempfile.TemporaryDirectory() as folder:
        return asdict(_Run(asked, Path(folder)).reading())


class _Run:
    """One request: its files, its rules and the time that is left."""

    def __init__(self, request: Request, folder: Path) -> None:
        self._request = request
        self._folder = folder
        self._began = time.monotonic()
        self._version = ""

    def reading(self) -> Reading:
        """Read all that was asked for."""
        opened = [self._opened(number) for number in range(len(self._request.units))]
        readable = [each for each in opened if isinstance(each, _Readable)]
        settled = [each for each in opened if isinstance(each, BlobReading)]
        engine = self._engine({each.source.language for each in readable})
        found = list(self._scanned(engine, readable)) if readable else []
        failure = self._failure(engine, found)
        return Reading(engine=self._version, blobs=(*settled, *found), failure=failure)

    def _opened(self, number: int) -> _Readable | BlobReading:
        unit = self._request.units[number]
        data = _bytes_of(Path(unit.file))
        language = Language(unit.language) if unit.language else language_of_shebang(data)
        if language is None or not _rule_file(self._request, language).exists():
            return _out_of_scope(number, language)
        if len(data) > MAX_BYTES:
            why = f"The code engine reads files of up to {MAX_BYTES >> 10} KB."
            return _unread(number, language, GapReason.TOO_LARGE, why)
        text = source_text(data, language)
        if isinstance(text, NotText):
            return _unread(number, language, text.reason, text.why)
        return self._written(number, language, text)

    def _written(self, number: int, language: Language, text: SourceText) -> _Readable:
        given = Path(self._request.units[number].file)
        path = self._folder / f"{number:05d}{suffix_of(language, given.suffix)}"
        path.write_bytes(text.data)
        return _Readable(number, Source(str(path), language), text)

    def _engine(self, languages: Iterable[Language]) -> Engine:
        rules = self._folder / "rules.json"
        rules.write_text(json.dumps({"rules": list(_rules(self._request, languages))}))
        return Engine(Path(self._request.core), rules, self._folder)

    def _scanned(self, engine: Engine, files: Sequence[_Readable]) -> Iterator[BlobReading]:
        """Scan all files in one run; what that gives nothing of, in ever smaller ones.

        Small files come first, and slow ones wait for the others, so that none hides another.
        """
        left = sorted(files, key=lambda file: len(file.text.data))
        why: dict[int, Lost] = {}
        for size, start_s in ROUNDS:
            lost: list[_Readable] = []
            for some in _chunks(left, size):
                outcome = self._outcome(engine, some, start_s)
                if isinstance(outcome, EngineOutcome):
                    yield from _readings(some, outcome)
                else:
                    lost += some
                    why.update((file.unit, outcome) for file in some)
            left = lost
        yield from (_lost(file, why[file.unit]) for file in left)

    def _outcome(
        self, engine: Engine, files: Sequence[_Readable], start_s: float
    ) -> EngineOutcome | Lost:
        left = self._request.seconds - self._spent()
        if left <= 0:
            return Lost("no time was left", timed_out=True)
        sources = [file.source for file in files]
        outcome = engine.run(sources, min(left, start_s + PER_FILE_S * len(files)))
        if isinstance(outcome, Lost):
            return outcome
        self._version = outcome.version
        if errors := general_errors(outcome, sources):
            return Lost(f"the engine complained: {errors[0]}", timed_out=False)
        return outcome

    def _spent(self) -> float:
        """Seconds of processor time the engine took, or a patient share of the wall clock."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        waited = (time.monotonic() - self._began) / PATIENCE
        return max(used.ru_utime + used.ru_stime, waited)

    def _failure(self, engine: Engine, found: Sequence[BlobReading]) -> str | None:
        """Why the engine does not work at all, when it can't even read a file of one word."""
        if not found or any(reading.lasting for reading in found):
            return None
        path = self._folder / "probe.py"
        path.write_bytes(NOTHING_WRONG)
        probe = [Source(str(path), Language.PYTHON)]
        outcome = engine.run(probe, START_S)
        if isinstance(outcome, Lost):
            return outcome.why
        return next(iter(general_errors(outcome, probe)), None)


def _chunks(files: Sequence[_Readable], size: int) -> Iterator[Sequence[_Readable]]:
    return (files[start : start + size] for start in range(0, len(files), size))


def _bytes_of(path: Path) -> bytes:
    """The first bytes of a file, one more than are read at most; a link is not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _rule_file(request: Request, language: Language) -> Path:
    return Path(request.pack) / f"{language}.json"


def _rules(request: Request, languages: Iterable[Language]) -> Iterator[Any]:
    """Every rule for ``languages``, once."""
    seen: set[str] = set()
    for language in sorted(languages):
        for rule in json.loads(_rule_file(request, language).read_bytes()):
            if rule["id"] not in seen:
                seen.add(rule["id"])
                yield rule


def _out_of_scope(number: int, language: Language | None) -> BlobReading:
    said = "no language" if language is None else f"{language}, for which there are no rules"
    why = f"Its first line names {said}."
    gap = Unread(grade=GapClass.NOT_IN_SCOPE, reason=GapReason.UNSUPPORTED, why=why)
    return _blob(number, language, gap, lasting=True)


def _unread(number: int, language: Language, reason: GapReason, why: str) -> BlobReading:
    gap = Unread(grade=GapClass.UNREADABLE, reason=reason, why=why)
    return _blob(number, language, gap, lasting=True)


def _lost(file: _Readable, lost: Lost) -> BlobReading:
    reason = GapReason.TIMEOUT if lost.timed_out else GapReason.ENGINE
    why = f"It was not analysed: {lost.why}."[:300]
    gap = Unread(grade=GapClass.UNREADABLE, reason=reason, why=why)
    return _blob(file.unit, file.source.language, gap, lasting=False)


def _blob(unit: int, language: Language | None, gap: Unread, *, lasting: bool) -> BlobReading:
    """The reading of a file that the engine said nothing of."""
    return BlobReading(
        unit=unit, language=language, scanned=False, lasting=lasting, matches=(), unread=(gap,)
    )


def _readings(files: Iterable[_Readable], outcome: EngineOutcome) -> Iterator[BlobReading]:
    for file in files:
        path = file.source.path
        if path not in outcome.scanned:
            yield _lost(file, Lost("the engine passed it over", timed_out=False))
            continue
        raw = [match for match in outcome.matches if match.place.path == path]
        troubles = [trouble for trouble in outcome.troubles if trouble.path == path]
        yield _read_blob(file, _distinct(raw), troubles)


def _read_blob(
    file: _Readable, raw: Sequence[RawMatch], troubles: Sequence[Trouble]
) -> BlobReading:
    unread = _unread_parts(file.text, troubles)
    if len(raw) > MAX_MATCHES:
        why = f"It has more than {MAX_MATCHES} matches; the rest was left out."
        too_many = Unread(grade=GapClass.UNREADABLE, reason=GapReason.TOO_LARGE, why=why)
        unread = (*unread, too_many)
    matches, is_whole = _matches(file, raw[:MAX_MATCHES])
    return BlobReading(
        unit=file.unit,
        language=file.source.language,
        scanned=all(part.grade is GapClass.PARTIAL for part in unread),
        lasting=is_whole and all(part.reason is not GapReason.TIMEOUT for part in unread),
        matches=matches,
        unread=unread,
    )


def _distinct(raw: Iterable[RawMatch]) -> list[RawMatch]:
    """One match a rule and range, that with the longest trace, in order of place."""
    best: dict[tuple[str, int, int], RawMatch] = {}
    for match in raw:
        key = (match.rule, match.place.start, match.place.end)
        if key not in best or len(match.trace) > len(best[key].trace):
            best[key] = match
    return sorted(best.values(), key=lambda match: (match.place.start, match.rule))


def _unread_parts(text: SourceText, troubles: Sequence[Trouble]) -> tuple[Unread, ...]:
    parts = tuple(
        Unread(
            grade=trouble.grade,
            reason=trouble.reason,
            why=trouble.why,
            line=text.line(trouble.line) if trouble.line else 0,
            end_line=text.line(trouble.end_line) if trouble.line else 0,
        )
        for trouble in troubles
    )
    whole = tuple(part for part in parts if part.grade is not GapClass.PARTIAL)
    if len(parts) > MAX_UNREAD and not whole:
        why = f"More than {MAX_UNREAD} parts of it could not be analysed."
        return (Unread(grade=GapClass.UNREADABLE, reason=parts[0].reason, why=why),)
    return tuple(dict.fromkeys(whole or parts))


def _matches(file: _Readable, raw: Sequence[RawMatch]) -> tuple[tuple[Match, ...], bool]:
    """The matches, and whether all that encloses them is known."""
    if not raw:
        return (), True
    definitions = Definitions(file.text.data, file.source.language)
    matches = tuple(_match(file.text, match, definitions) for match in raw)
    return matches, definitions.is_whole


def _match(text: SourceText, raw: RawMatch, definitions: Definitions) -> Match:
    around = definitions.around(raw.place.start, raw.place.end)
    return Match(
        rule=raw.rule,
        line=text.line(raw.place.line),
        end_line=text.line(raw.place.end_line),
        text=around.text,
        scope=around.scope,
        definition=around.definition,
        trace=tuple(
            Step(line=text.line(place.line), text=" ".join(said.split())[:MAX_STEP])
            for place, said in raw.trace
        ),
        replacement=_replacement(text, raw.place, raw.fix),
        ignored=raw.ignored,
    )


def _replacement(text: SourceText, place: Place, fix: str | None) -> str | None:
    """The whole line with ``fix`` in it, only where it is one plain line of the file itself."""
    if fix is None or not text.exact or place.line != place.end_line:
        return None
    first = text.data.rfind(b"\n", 0, place.start) + 1
    last = text.data.find(b"\n", place.end)
    rest = text.data[place.end : last if last >= 0 else len(text.data)].rstrip(b"\r")
    line = text.data[first : place.start].decode() + fix + rest.decode()
    plain = line.replace("\t", " ").isprintable()
    return line if plain and len(line) <= MAX_SUGGESTION else None
