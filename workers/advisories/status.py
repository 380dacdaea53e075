"""How old and how large the advisory data is, and whether it is too old to rest on."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from workers.advisories.feed import date_of
from workers.advisories.index import Index, Metadata, Source

MAX_AGE: Final = timedelta(days=7)
"""A week: OSV and EPSS change daily, KEV several times a week."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source: ``newest`` is the day of its newest part (None unknown), ``age`` in days."""

    source: Source
    newest: date | None
    age: int | None
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisoryStatus:
    """What an index holds, as `audit advisories status` shows it."""

    path: Path
    metadata: Metadata
    sources: tuple[SourceStatus, ...]

    @property
    def stale(self) -> bool:
        """Whether any source is older than the limit."""
        return any(source.stale for source in self.sources)


def advisory_status(path: Path, today: date, max_age: timedelta = MAX_AGE) -> AdvisoryStatus:
    """The status of the index at ``path``.

    Raises:
        IndexFileError: there is no such index.
    """
    with Index.open(path) as index:
        metadata = index.metadata
    sources = tuple(source_status(source, today, max_age) for source in metadata.sources)
    return AdvisoryStatus(path=path, metadata=metadata, sources=sources)


def source_status(source: Source, today: date, max_age: timedelta = MAX_AGE) -> SourceStatus:
    """The age of one source. A date in the future (some records have one) counts as unknown there."""
    days = (date_of(source.modified), date_of(source.published))
    newest = max((day for day in days if day is not None and day <= today), default=None)
    age = None if newest is None else (today - newest).days
    return SourceStatus(source, newest, age, age is None or age > max_age.days)
