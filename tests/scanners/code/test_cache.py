"""The cache of readings is bounded, and its trouble costs time only."""

import logging
from pathlib import Path

import pytest

from workers.scanners.code.cache import MAX_ENTRY, SqliteCache


def test_what_was_put_is_given(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "below" / "c.sqlite")
    cache.put({"a": "1", "b": "2"})
    assert cache.get(["a", "b", "c"]) == {"a": "1", "b": "2"}
    cache.put({"a": "3"})
    assert SqliteCache(tmp_path / "below" / "c.sqlite").get(["a"]) == {"a": "3"}


def test_many_keys_are_asked_for_at_once(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "c.sqlite")
    entries = {str(number): "x" for number in range(1200)}
    cache.put(entries)
    assert cache.get(list(entries)) == entries


def test_the_oldest_entries_go_first(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "c.sqlite", max_entries=3)
    for number in range(5):
        cache.put({str(number): "x"})
    assert sorted(cache.get([str(number) for number in range(5)])) == ["2", "3", "4"]


def test_a_huge_entry_is_not_kept(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "c.sqlite")
    cache.put({"a": "x" * (MAX_ENTRY + 1)})
    assert cache.get(["a"]) == {}


def test_a_broken_file_is_logged_and_remembers_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "c.sqlite").write_bytes(b"no database" * 100)
    cache = SqliteCache(tmp_path / "c.sqlite")
    with caplog.at_level(logging.WARNING):
        cache.put({"a": "1"})
        assert cache.get(["a"]) == {}
    assert "could not be written" in caplog.text
