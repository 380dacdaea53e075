"""Readings of blobs that were scanned before, by all that they depend on."""

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

logger = logging.getLogger(__name__)

MAX_ENTRIES: Final = 100_000
"""At about 1 KB each; the oldest go first."""

MAX_ENTRY: Final = 1 << 20
BATCH: Final = 500
WAIT_S: Final = 5.0


class ReadingCache(Protocol):
    """A bounded store of text by key. It may forget; what it gives is what was put."""

    def get(self, keys: Sequence[str]) -> Mapping[str, str]:
        """What is known under ``keys``."""

    def put(self, entries: Mapping[str, str]) -> None:
        """Keep ``entries``."""


class NoCache:
    """Remembers nothing."""

    def get(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def put(self, entries: Mapping[str, str]) -> None:
        """Forget ``entries``."""


class SqliteCache:
    """One SQLite file, shared by the workers of one machine.

    A cache that can't be read or written costs time only, so that is logged and no error.
    """

    def __init__(self, path: Path, *, max_entries: int = MAX_ENTRIES) -> None:
        self._path = path
        self._max_entries = max_entries

    def get(self, keys: Sequence[str]) -> Mapping[str, str]:
        """What is known under ``keys``."""
        found: dict[str, str] = {}
        with self._telling("read"), closing(self._open()) as connection:
            for start in range(0, len(keys), BATCH):
                some = keys[start : start + BATCH]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, reading FROM reading WHERE key IN ({marks})"  # noqa: S608
                found.update(connection.execute(query, some).fetchall())
        return found

    def put(self, entries: Mapping[str, str]) -> None:
        """Keep ``entries`` of up to 1 MiB each, and let the oldest go."""
        rows = [(key, text) for key, text in entries.items() if len(text) <= MAX_ENTRY]
        with self._telling("written"), closing(self._open()) as connection, connection:
            connection.executemany(
                "INSERT OR REPLACE INTO reading(key, reading) VALUES(?, ?)", rows
            )
            connection.execute(
                "DELETE FROM reading WHERE place <= (SELECT max(place) FROM reading) - ?",
                (self._max_entries,),
            )

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=WAIT_S)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS reading"
            "(place INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, reading TEXT)"
        )
        return connection

    @contextmanager
    def _telling(self, done: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            logger.warning("the cache of readings could not be %s: %s", done, error)
