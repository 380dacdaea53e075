"""Fetching the feeds from their publishers: only what changed, checked before it replaces anything.

Each feed is downloaded beside its place, resumed where a former download ended, checked for size and
shape, and renamed into place. A feed that fails leaves the one that is there, and says why.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from workers.advisories.feed import (
    BadEntry,
    FeedError,
    RawRecord,
    known_exploited,
    newest_scores,
    records,
    scores,
)

OSV_DUMPS: Final = "https://osv-vulnerabilities.storage.googleapis.com"
"""OSV's public dumps, one ``<Ecosystem>/all.zip`` each (google.github.io/osv.dev/data)."""
KEV_CATALOG: Final = (
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
)
EPSS_SCORES: Final = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"
"""FIRST's daily file; the address redirects to the file of the day (first.org/epss/data_stats)."""
ECOSYSTEMS: Final = ("PyPI", "npm", "Go")
STATE_FILE: Final = ".fetched.json"
LEAST_KEPT: Final = 0.5
"""A feed with fewer than half the entries of the one it would replace is taken for a broken one."""


class Shape(StrEnum):
    """What a feed must look like."""

    DUMP = "OSV dump"
    KEV = "KEV catalog"
    EPSS = "EPSS scores"


@dataclass(frozen=True, slots=True)
class Publisher:
    """One feed: its name, address, place below the folder, shape, and largest size in bytes."""

    name: str
    address: str
    place: str
    shape: Shape
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one download is; ``total`` is None when the publisher does not say."""

    name: str
    received: int
    total: int | None


class Result(StrEnum):
    """How fetching one feed ended."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The end of one feed; ``entries`` in the file now in place, ``why`` when it failed."""

    name: str
    result: Result
    entries: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was remembered of a feed's last download."""

    etag: str = ""
    last_modified: str = ""
    entries: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    """By feed name; written after each feed, so an interrupted update keeps what it has."""

    path: Path
    feeds: dict[str, _Known] = field(default_factory=dict)

    def remember(self, name: str, known: _Known) -> None:
        self.feeds[name] = known
        text = json.dumps({key: asdict(value) for key, value in self.feeds.items()}, indent=1)
        draft = self.path.with_suffix(".new")
        draft.write_text(text)
        draft.replace(self.path)


def publishers(
    osv: str = OSV_DUMPS,
    kev: str = KEV_CATALOG,
    epss: str = EPSS_SCORES,
    ecosystems: tuple[str, ...] = ECOSYSTEMS,
) -> tuple[Publisher, ...]:
    """The feeds at these addresses.

    Raises:
        ValueError: an address is neither https nor http to this machine.
    """
    for address in (osv, kev, epss):
        _require_safe(address)
    dumps = (
        Publisher(name, f"{osv.rstrip('/')}/{name}/all.zip", f"{name}/all.zip", Shape.DUMP, 4 << 30)
        for name in ecosystems
    )
    return (
        *dumps,
        Publisher("kev", kev, "kev/known_exploited_vulnerabilities.json", Shape.KEV, 64 << 20),
        Publisher("epss", epss, "epss/epss_scores-current.csv.gz", Shape.EPSS, 128 << 20),
    )


def update(
    feeds: tuple[Publisher, ...],
    folder: Path,
    *,
    client: httpx.Client,
    progress: Callable[[Progress], None],
) -> tuple[Fetched, ...]:
    """Fetch ``feeds`` into ``folder``, one after another; a failed one does not stop the rest."""
    folder.mkdir(parents=True, exist_ok=True)
    state = _read_state(folder / STATE_FILE)
    return tuple(_fetch(feed, folder, state, client, progress) for feed in feeds)


def _fetch(
    feed: Publisher,
    folder: Path,
    state: _State,
    client: httpx.Client,
    progress: Callable[[Progress], None],
) -> Fetched:
    place = folder / feed.place
    place.parent.mkdir(parents=True, exist_ok=True)
    known = state.feeds.get(feed.name, _Known()) if place.exists() else _Known()
    try:
        fresh = _download(feed, _part(place), known, client, progress)
        if fresh is None:
            return Fetched(feed.name, Result.UNCHANGED, known.entries)
        return _accept(feed, place, known, fresh, state)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        return Fetched(feed.name, Result.FAILED, known.entries, str(error) or type(error).__name__)


def _part(place: Path) -> Path:
    """Where a download grows; it keeps the suffix, by which compressed scores are known."""
    return place.with_name(f".part-{place.name}")


def _download(
    feed: Publisher,
    part: Path,
    known: _Known,
    client: httpx.Client,
    progress: Callable[[Progress], None],
) -> _Known | None:
    """Download to ``part``; None when the publisher has nothing newer.

    Raises:
        FeedError: it is larger than the feed may be, or the answer is none to this request.
        httpx.HTTPError: the download failed; what came so far stays for the next attempt.
    """
    mark = part.with_suffix(part.suffix + ".etag")
    headers = _conditions(part, mark, known)
    with client.stream("GET", feed.address, headers=headers, follow_redirects=True) as answer:
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            _drop(part)
            raise FeedError(f"{feed.name}: the publisher refuses to resume; run it again")
        answer.raise_for_status()
        _require_safe(str(answer.url))
        mark.write_text(answer.headers.get("ETag", ""))
        _receive(feed, part, answer, progress)
    mark.unlink(missing_ok=True)
    return _Known(answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""))


def _conditions(part: Path, mark: Path, known: _Known) -> dict[str, str]:
    """Resume a broken download of the same version, else ask only for a newer one."""
    headers = {"Accept-Encoding": "identity"}
    begun = mark.read_text() if part.exists() and mark.exists() else ""
    if begun and not begun.startswith("W/"):
        return {**headers, "Range": f"bytes={part.stat().st_size}-", "If-Range": begun}
    if known.etag:
        headers["If-None-Match"] = known.etag
    elif known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _receive(
    feed: Publisher, part: Path, answer: httpx.Response, progress: Callable[[Progress], None]
) -> None:
    resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
    received = part.stat().st_size if resumed else 0
    length = answer.headers.get("Content-Length", "")
    total = received + int(length) if length.isdecimal() else None
    with part.open("ab" if resumed else "wb") as stream:
        for piece in answer.iter_raw():
            received += len(piece)
            if received > feed.max_bytes:
                _drop(part)
                raise FeedError(f"{feed.name}: larger than {feed.max_bytes} bytes")
            stream.write(piece)
            progress(Progress(feed.name, received, total))


def _accept(feed: Publisher, place: Path, known: _Known, fresh: _Known, state: _State) -> Fetched:
    """Put a whole download in its place, unless it is not what it should be.

    Raises:
        FeedError: it is not of the feed's shape, or lost most of its entries.
    """
    part = _part(place)
    try:
        entries = _count(feed.shape, part)
        if entries < known.entries * LEAST_KEPT or not entries:
            why = f"{feed.name}: {entries} entries where there were {known.entries}"
            raise FeedError(f"{why}; the old file is kept")
    except FeedError:
        _drop(part)
        raise
    part.replace(place)
    state.remember(feed.name, _Known(fresh.etag, fresh.last_modified, entries))
    return Fetched(feed.name, Result.UPDATED, entries)


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    part.with_suffix(part.suffix + ".etag").unlink(missing_ok=True)


def _count(shape: Shape, path: Path) -> int:
    """The entries of a feed; a dump of which every tenth record is bad is none.

    Raises:
        FeedError: it is not of that shape.
    """
    match shape:
        case Shape.KEV:
            return len(known_exploited([path]).added)
        case Shape.EPSS:
            newest_scores([path])
            return sum(1 for _ in scores(path))
        case Shape.DUMP:
            return _count_records(path)


def _count_records(path: Path) -> int:
    good = bad = 0
    for record in records(path):
        match record:
            case RawRecord():
                good += 1
            case BadEntry():
                bad += 1
    if bad * 10 > good:
        raise FeedError(f"{path.parent.name}: {bad} of {good + bad} records are not of OSV's form")
    return good


def _require_safe(address: str) -> None:
    """https anywhere, http to this machine alone.

    Raises:
        ValueError: anything else.
    """
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise ValueError(f"not an https address: {address[:200]}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_state(path: Path) -> _State:
    """What was remembered; a missing or damaged file only means that everything is fetched anew."""
    try:
        values: dict[str, Any] = json.loads(path.read_text())
        return _State(path, {name: _Known(**value) for name, value in values.items()})
    except (OSError, ValueError, TypeError, AttributeError):
        return _State(path, {})
