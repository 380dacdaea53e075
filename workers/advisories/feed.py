"""Reading a folder shaped as the public dumps: ``<Ecosystem>/all.zip``, ``kev/*.json``, ``epss/*.csv[.gz]``.

Streaming and bounded: no archive member, line or document is held beyond the limits here, whatever
the archive claims about itself.
"""

import csv
import gzip
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Final

from workers.advisories.record import Advisory, RecordError, parse

MAX_RECORD_BYTES: Final = 16 << 20
"""One OSV record; the largest public ones (long version lists) are a few MB."""
MAX_RECORDS: Final = 2_000_000
MAX_DUMP_BYTES: Final = 16 << 30
"""Of one unpacked dump; npm's public one unpacks to about 1 GB."""
MAX_KEV_BYTES: Final = 64 << 20
MAX_EPSS_BYTES: Final = 512 << 20
MAX_LINE: Final = 1000
NOT_ECOSYSTEMS: Final = frozenset({"kev", "epss"})


class FeedError(ValueError):
    """A feed that cannot be read as what it should be; the message names its file and the trouble."""


@dataclass(frozen=True, slots=True)
class BadEntry:
    """One record of a dump that is left out: ``name`` in the archive, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record of a dump with the bytes it was read from."""

    advisory: Advisory
    data: bytes


@dataclass(frozen=True, slots=True)
class KnownExploited:
    """CISA's catalog: its release date (or None) and its CVEs with the date each was added."""

    released: date | None
    added: dict[str, str]


@dataclass(frozen=True, slots=True)
class FeedFolder:
    """What a folder holds: dumps by ecosystem, KEV and EPSS files, in order of name."""

    dumps: dict[str, Path]
    kev: tuple[Path, ...]
    epss: tuple[Path, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of every feed."""
        return (*self.dumps.values(), *self.kev, *self.epss)


def find_feeds(folder: Path) -> FeedFolder:
    """The feeds below ``folder``.

    Raises:
        FeedError: the folder is not there, or has no dump at all.
    """
    archives = sorted(folder.glob("*/all.zip")) if folder.is_dir() else []
    dumps = {path.parent.name: path for path in archives if path.parent.name not in NOT_ECOSYSTEMS}
    if not dumps:
        raise FeedError(f"no <Ecosystem>/all.zip below {folder}")
    epss = (*folder.glob("epss/*.csv"), *folder.glob("epss/*.csv.gz"))
    return FeedFolder(dumps, tuple(sorted(folder.glob("kev/*.json"))), tuple(sorted(epss)))


def records(archive: Path) -> Iterator[RawRecord | BadEntry]:
    """The records of one dump, one at a time; a bad one does not stop the rest.

    Raises:
        FeedError: it is not a zip archive, or one past the limits.
    """
    try:
        with zipfile.ZipFile(archive) as dump:
            yield from _entries(dump, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise FeedError(f"{archive}: not a readable zip archive ({error})") from error


def known_exploited(paths: Iterable[Path]) -> KnownExploited:
    """The catalog in the newest of ``paths`` by its release date; an empty one without paths.

    Raises:
        FeedError: a file is not such a catalog.
    """
    catalogs = [_catalog(path) for path in paths]
    return max(
        catalogs,
        key=lambda catalog: catalog.released or date.min,
        default=KnownExploited(None, {}),
    )


def newest_scores(paths: Iterable[Path]) -> tuple[Path, date | None] | None:
    """The EPSS file with the newest score date, and that date; None without paths.

    Raises:
        FeedError: a file does not begin as FIRST's do.
    """
    dated = [(path, _score_date(path)) for path in paths]
    return max(dated, key=lambda pair: (pair[1] or date.min, pair[0].name), default=None)


def scores(path: Path) -> Iterator[tuple[str, float]]:
    """CVE and probability (0–1) of each line of an EPSS file.

    Raises:
        FeedError: it is not laid out as FIRST's daily file, or is past the limits.
    """
    with _text_of(path) as text:
        rows = csv.reader(_bounded_lines(text, path))
        header = next((row for row in rows if row and not row[0].startswith("#")), [])
        if header[:2] != ["cve", "epss"]:
            raise FeedError(f"{path}: no line cve,epss,percentile")
        for row in rows:
            yield _score(row, path)


def _entries(dump: zipfile.ZipFile, archive: Path) -> Iterator[RawRecord | BadEntry]:
    infos = [info for info in dump.infolist() if info.filename.endswith(".json")]
    if len(infos) > MAX_RECORDS or sum(info.file_size for info in infos) > MAX_DUMP_BYTES:
        raise FeedError(f"{archive}: more than {MAX_RECORDS} records or {MAX_DUMP_BYTES} bytes")
    for info in infos:
        yield _entry(dump, info)


def _entry(dump: zipfile.ZipFile, info: zipfile.ZipInfo) -> RawRecord | BadEntry:
    """One record. A member cannot yield more bytes than are asked for, whatever its header says."""
    if info.file_size > MAX_RECORD_BYTES:
        return BadEntry(info.filename, "larger than a record may be")
    with dump.open(info) as member:
        data = member.read(MAX_RECORD_BYTES + 1)
    try:
        return RawRecord(parse(data), data)
    except RecordError as error:
        return BadEntry(info.filename, str(error))


def _catalog(path: Path) -> KnownExploited:
    if path.stat().st_size > MAX_KEV_BYTES:
        raise FeedError(f"{path}: larger than {MAX_KEV_BYTES} bytes")
    try:
        document = json.loads(path.read_bytes())
        flaws = document["vulnerabilities"]
        added = {flaw["cveID"]: str(flaw.get("dateAdded", "")) for flaw in flaws}
        released = date_of(document.get("dateReleased", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FeedError(f"{path}: not a catalog of known exploited vulnerabilities") from error
    if not all(isinstance(cve, str) for cve in added):
        raise FeedError(f"{path}: a cveID that is not text")
    return KnownExploited(released, added)


def date_of(text: str) -> date | None:
    """The day of an ISO 8601 date or time; None where the text is none."""
    try:
        return datetime.fromisoformat(text).date()
    except (ValueError, TypeError):
        return None


def _score_date(path: Path) -> date | None:
    """From the comment ``#model_version:…,score_date:2026-08-16T00:00:00+0000``."""
    with _text_of(path) as text:
        first = next(_bounded_lines(text, path), "")
    found = first.partition("score_date:")[2].strip()
    return date_of(found[:10]) if found else None


@contextmanager
def _text_of(path: Path) -> Iterator[IO[str]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="ascii", errors="replace", newline="") as text:
            yield text
    else:
        with path.open("rt", encoding="ascii", errors="replace", newline="") as text:
            yield text


def _bounded_lines(text: IO[str], path: Path) -> Iterator[str]:
    """The lines of ``text``; a line or a total past the limit is a bad feed, not a full memory."""
    total = 0
    try:
        while line := text.readline(MAX_LINE):
            total += len(line)
            if total > MAX_EPSS_BYTES or len(line) == MAX_LINE:
                raise FeedError(f"{path}: longer than a file of EPSS scores may be")
            yield line
    except (OSError, EOFError, zlib.error) as error:
        raise FeedError(f"{path}: not readable ({error})") from error


def _score(row: list[str], path: Path) -> tuple[str, float]:
    try:
        cve, score = row[0], float(row[1])
    except (IndexError, ValueError) as error:
        raise FeedError(f"{path}: not a score: {','.join(row)[:80]!r}") from error
    if not (cve.startswith("CVE-") and 0 <= score <= 1):
        raise FeedError(f"{path}: not a score: {','.join(row)[:80]!r}")
    return cve, score
