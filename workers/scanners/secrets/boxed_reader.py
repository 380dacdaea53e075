"""Searches files for secrets, boxed; what is found is hashed here, so no value leaves the box."""

import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from app.domain.scan import GapClass, GapReason
from workers.scanners.code.text import BOMS, utf8_or_latin1
from workers.scanners.secrets import betterleaks, own, typed_plugins
from workers.scanners.secrets.candidate import Candidate, Lines
from workers.scanners.secrets.judgement import judged
from workers.scanners.secrets.wire import (
    MAX_BYTES,
    MAX_SECRETS,
    FileReading,
    Reading,
    Request,
    Unread,
)

SAMPLE: Final = 65_536
MOST_ODD: Final = 0.3
"""The share of bytes that stand in no text above which a file is binary, as `git` and `grep` judge."""

WIDE_ZEROS: Final = 0.3
"""The share of NUL bytes at even or odd places that UTF-16 without a byte order mark has."""

MAX_CANDIDATES: Final = 3000
"""Stretches of one file that are judged; pairing takes the square of their number."""

MOST_AHEAD: Final = 32
"""Files whose candidates are held while the engine runs; the others' are found one by one after it."""

_ODD: Final = bytes(range(9)) + bytes(range(14, 27)) + bytes(range(28, 32)) + b"\x7f"


@dataclass(frozen=True, slots=True)
class Detected:
    """What the detectors that run in this process found in one file."""

    own: tuple[Candidate, ...]
    typed: tuple[Candidate, ...]


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Answer one `wire.Request` (as JSON values) with one `wire.Reading` (as JSON values)."""
    asked = Request(**{**request, "files": tuple(request["files"])})
    ends = time.monotonic() + asked.seconds
    with tempfile.TemporaryDirectory() as folder:
        texts = dict(_texts(asked, Path(folder)))
        with ThreadPoolExecutor(1) as beside:
            engine = beside.submit(
                betterleaks.findings_of, asked.betterleaks, Path(folder), ends - time.monotonic()
            )
            detected = {number: _detected(lines) for number, lines in _first_lines(texts)}
            found = engine.result()
        key = bytes.fromhex(asked.key)
        readings = (
            text
            if isinstance(text, FileReading)
            else _reading(
                number, text, _all(detected.get(number), found.get(_name(number), []), text), key
            )
            for number, text in texts.items()
        )
        return asdict(Reading(files=tuple(readings)))


def _first_lines(texts: Mapping[int, Lines | FileReading]) -> Iterator[tuple[int, Lines]]:
    """The texts that are read while the engine still runs."""
    lines = ((number, text) for number, text in texts.items() if isinstance(text, Lines))
    return islice(lines, MOST_AHEAD)


def _texts(asked: Request, folder: Path) -> Iterator[tuple[int, Lines | FileReading]]:
    """Each file's text, a copy of which is written for the engine, or why it has none."""
    for number, file in enumerate(asked.files):
        data = _bytes_of(Path(file))
        text = text_of(data)
        if len(data) > MAX_BYTES:
            why = f"Files of up to {MAX_BYTES >> 20} MiB are searched for secrets."
            yield number, _unread(number, GapClass.UNREADABLE, GapReason.TOO_LARGE, why)
        elif text is None:
            why = "It is binary."
            yield number, _unread(number, GapClass.NOT_IN_SCOPE, GapReason.BINARY, why)
        else:
            (folder / _name(number)).write_text(text, encoding="utf-8", newline="")
            yield number, Lines(text)


def _bytes_of(path: Path) -> bytes:
    """The bytes of a file, one more than are read at most; a link is not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _name(number: int) -> str:
    return f"{number:05d}.txt"


def text_of(data: bytes) -> str | None:
    """The text of ``data``, NUL bytes as spaces; None when it is binary."""
    for mark, codec in BOMS:
        if data.startswith(mark):
            return _whole(data[len(mark) :].decode(codec, "replace"))
    if (codec_name := _wide_codec(data[:SAMPLE])) is not None:
        return _whole(data.decode(codec_name, "replace"))
    return None if is_binary(data) else _whole(utf8_or_latin1(data))


def _whole(text: str) -> str:
    """``text`` as every reader can take it: no NUL, no lone surrogate."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _wide_codec(sample: bytes) -> str | None:
    """UTF-16 of mostly ASCII text by where its NUL bytes are."""
    half = len(sample) // 2
    if half == 0:
        return None
    if sample[1::2].count(0) > WIDE_ZEROS * 2 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[::2].count(0) > WIDE_ZEROS * 2 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def is_binary(data: bytes) -> bool:
    """Whether control bytes, and high ones where it is not UTF-8, are too many for a text.

    A single NUL byte does not make a binary: that would hide a secret from the search.
    """
    sample = data[:SAMPLE]
    control = len(sample) - len(sample.translate(None, _ODD))
    broken = sample.decode("utf-8", "replace").count("\ufffd")
    return control + broken > MOST_ODD * len(sample)


def _reading(number: int, lines: Lines, found: Iterable[Candidate], key: bytes) -> FileReading:
    candidates = sorted(islice(found, MAX_CANDIDATES + 1), key=_place)
    secrets = tuple(islice(judged(candidates[:MAX_CANDIDATES], lines, key), MAX_SECRETS + 1))
    if len(candidates) <= MAX_CANDIDATES and len(secrets) <= MAX_SECRETS:
        return FileReading(file=number, secrets=secrets, unread=None)
    why = f"More than {MAX_SECRETS} stretches look like secrets; the rest was left out."
    too_many = Unread(grade=GapClass.UNREADABLE, reason=GapReason.TOO_LARGE, why=why)
    return FileReading(file=number, secrets=secrets[:MAX_SECRETS], unread=too_many)


def _place(candidate: Candidate) -> tuple[int, int]:
    return candidate.start, candidate.end


def _detected(lines: Lines) -> Detected:
    """What the detectors in Python find, as much of it as is judged."""
    return Detected(
        own=tuple(islice(own.found_in(lines.text), MAX_CANDIDATES + 1)),
        typed=tuple(islice(typed_plugins.found_in(lines), MAX_CANDIDATES + 1)),
    )


def _all(
    detected: Detected | None, found: list[dict[str, Any]], lines: Lines
) -> Iterator[Candidate]:
    ours = detected or _detected(lines)
    yield from ours.own
    yield from betterleaks.candidates(found, lines)
    yield from ours.typed


def _unread(number: int, grade: GapClass, reason: GapReason, why: str) -> FileReading:
    return FileReading(file=number, secrets=(), unread=Unread(grade=grade, reason=reason, why=why))
