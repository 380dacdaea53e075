"""The index: whole or not there, found again without reading, equal for equal feeds."""

import os
from datetime import date
from pathlib import Path

import pytest

from tests.advisories.records import affected, index_of, record, write_dump, write_feeds
from workers.advisories.feed import FeedError
from workers.advisories.index import Index, IndexFileError, ensure_index
from workers.advisories.status import advisory_status


def test_an_index_tells_what_it_was_built_from(tmp_path: Path) -> None:
    index = index_of(tmp_path, record(), kev=["CVE-1"], epss={"CVE-1": 0.5, "CVE-2": 0.1})
    counts = {source.name: source.records for source in index.metadata.sources}
    assert counts == {"PyPI": 1, "kev": 1, "epss": 2}
    assert index.metadata.ecosystems == {"PyPI"}
    assert (index.metadata.kev, index.metadata.epss) == ("2026-01-03", "2026-01-04")


def test_records_of_one_flaw_are_one_flaw(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        record("PYSEC-1", aliases=["CVE-2020-1"], published="2020-05-01T00:00:00Z"),
        record("GHSA-a", aliases=["CVE-2020-1"], published="2020-04-01T00:00:00Z", summary="bad"),
        kev=["CVE-2020-1"],
        epss={"CVE-2020-1": 0.25},
    )
    flaw = index.flaws(["CVE-2020-1"])["CVE-2020-1"]
    assert flaw.ids == ("CVE-2020-1", "GHSA-a", "PYSEC-1")
    assert (flaw.published, flaw.summary) == ("2020-04-01T00:00:00Z", "bad")
    assert (flaw.known_exploited, flaw.epss) == (True, 0.25)
    assert index.canonical("PYSEC-1") == index.canonical("GHSA-a") == "CVE-2020-1"


def test_severities_weaknesses_and_words_are_gathered_from_every_record(tmp_path: Path) -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    index = index_of(
        tmp_path,
        record("PYSEC-1", aliases=["GHSA-a"], severity=[{"type": "CVSS_V3", "score": vector}]),
        record("GHSA-a", database_specific={"severity": "CRITICAL", "cwe_ids": ["CWE-94"]}),
    )
    flaw = index.flaws(["GHSA-a"])["GHSA-a"]
    assert (flaw.vectors, flaw.words, flaw.cwe) == ((vector,), ("critical",), ("CWE-94",))


def test_a_withdrawn_record_affects_nothing_and_is_remembered(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        record("PYSEC-1", aliases=["CVE-1", "CVE-2"], withdrawn="2024-01-01T00:00:00Z"),
        record("PYSEC-2", affected("other", ranges=[["introduced=0"]]), aliases=["CVE-1"]),
    )
    assert index.entries("PyPI", ["left-pad"]) == {}
    assert index.withdrawn("PYSEC-1") == "2024-01-01T00:00:00Z"
    assert index.flaws(["CVE-1"])["CVE-1"].ids == ("CVE-1", "PYSEC-2")


def test_names_are_found_as_the_registry_compares_them(tmp_path: Path) -> None:
    index = index_of(tmp_path, record("PYSEC-1", affected("Foo.Bar", ranges=[["introduced=0"]])))
    assert set(index.entries("PyPI", ["foo_bar", "baz"])) == {"foo-bar"}


def test_unchanged_feeds_are_not_read_again(tmp_path: Path) -> None:
    feeds = write_feeds(tmp_path / "feeds", record())
    first = ensure_index(feeds, tmp_path / "cache")
    before = first.stat()
    again = ensure_index(feeds, tmp_path / "cache")
    assert again == first
    assert again.stat().st_ino == before.st_ino


def test_a_changed_feed_gives_another_index_and_the_version_follows_the_content(
    tmp_path: Path,
) -> None:
    feeds = write_feeds(tmp_path / "feeds", record())
    first = ensure_index(feeds, tmp_path / "cache")
    os.utime(feeds / "PyPI" / "all.zip", (1, 1))
    touched = ensure_index(feeds, tmp_path / "cache")
    write_dump(feeds, "PyPI", [record("PYSEC-9")])
    changed = ensure_index(feeds, tmp_path / "cache")
    versions = []
    for path in (first, touched, changed):
        with Index.open(path) as index:
            versions.append(index.metadata.version)
    assert len({first, touched, changed}) == 3
    assert versions[0] == versions[1] != versions[2]


def test_a_feed_that_cannot_be_read_leaves_no_index(tmp_path: Path) -> None:
    feeds = write_feeds(tmp_path / "feeds", record())
    (feeds / "epss" / "scores.csv").write_text("an error page")
    with pytest.raises(FeedError):
        ensure_index(feeds, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_old_indexes_are_dropped_in_the_end(tmp_path: Path) -> None:
    feeds = write_feeds(tmp_path / "feeds", record())
    for second in range(6):
        os.utime(feeds / "PyPI" / "all.zip", (second, second))
        newest = ensure_index(feeds, tmp_path / "cache")
    left = list((tmp_path / "cache").iterdir())
    assert newest in left
    assert len(left) == 3


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all, but long enough to look at" * 40]
)
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.sqlite").write_bytes(content)
    with pytest.raises(IndexFileError, match="not an advisory index"):
        Index.open(tmp_path / "x.sqlite")


def test_the_status_tells_ages_and_what_is_too_old(tmp_path: Path) -> None:
    feeds = write_feeds(
        tmp_path / "feeds",
        record(modified="2099-01-01T00:00:00Z", published="2026-01-01T00:00:00Z"),
    )
    path = ensure_index(feeds, tmp_path / "cache")
    status = advisory_status(path, date(2026, 1, 11))
    ages = {source.source.name: (source.age, source.stale) for source in status.sources}
    assert ages == {"PyPI": (10, True), "kev": (8, True), "epss": (7, False)}
    assert status.stale
