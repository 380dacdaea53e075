"""Reading feeds: streaming, bounded, and clear about what is wrong."""

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.advisories.records import record, write_dump, write_feeds
from workers.advisories import feed
from workers.advisories.feed import BadEntry, FeedError, RawRecord


def test_a_folder_of_feeds_is_found_by_its_layout(tmp_path: Path) -> None:
    write_feeds(tmp_path, record())
    found = feed.find_feeds(tmp_path)
    assert set(found.dumps) == {"PyPI"}
    assert len(found.kev) == len(found.epss) == 1


def test_a_folder_without_a_dump_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"no <Ecosystem>/all\.zip"):
        feed.find_feeds(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "data",
    [b"not json", b"[]", b'{"id": 7}', b'{"id": ""}', b'{"id": "X", "affected": {}}', b"[" * 100_000,
     b'{"id": "X", "affected": [{"ranges": [{"type": "SEMVER", "events": [{"begun": "1"}]}]}]}',
     b'{"id": "X", "aliases": ["\\ud800"]}', b'{"id": "two words"}'],
)  # fmt: skip
def test_a_bad_record_is_named_and_the_rest_is_read(tmp_path: Path, data: bytes) -> None:
    place = write_dump(tmp_path, "PyPI", [record("PYSEC-1")])
    with zipfile.ZipFile(place, "a") as dump:
        dump.writestr("bad.json", data)
        dump.writestr("PYSEC-2.json", json.dumps(record("PYSEC-2")))
    found = list(feed.records(place))
    assert [entry.advisory.id for entry in found if isinstance(entry, RawRecord)] == [
        "PYSEC-1",
        "PYSEC-2",
    ]
    assert [entry.name for entry in found if isinstance(entry, BadEntry)] == ["bad.json"]


def test_a_record_that_unpacks_past_the_limit_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_RECORD_BYTES", 10_000)
    place = write_dump(tmp_path, "PyPI", [record("PYSEC-1", details="x" * 1_000_000)])
    assert [type(entry) for entry in feed.records(place)] == [BadEntry]


def test_an_archive_that_unpacks_past_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_DUMP_BYTES", 1000)
    place = write_dump(tmp_path, "PyPI", [record(f"PYSEC-{n}") for n in range(20)])
    with pytest.raises(FeedError, match="more than"):
        list(feed.records(place))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", b"<html>an error page</html>"])
def test_what_is_no_archive_is_a_bad_feed(tmp_path: Path, data: bytes) -> None:
    place = tmp_path / "all.zip"
    place.write_bytes(data)
    with pytest.raises(FeedError, match="not a readable zip archive"):
        list(feed.records(place))


def test_the_newest_catalog_of_exploited_flaws_counts(tmp_path: Path) -> None:
    for name, day, cve in (("a.json", "2026-02-01", "CVE-2"), ("b.json", "2025-01-01", "CVE-1")):
        flaws = [{"cveID": cve, "dateAdded": "2020-01-01"}]
        (tmp_path / name).write_text(json.dumps({"dateReleased": day, "vulnerabilities": flaws}))
    found = feed.known_exploited(sorted(tmp_path.glob("*.json")))
    assert (found.released, set(found.added)) == (date(2026, 2, 1), {"CVE-2"})


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"vulnerabilities": [1]}', '{"vulnerabilities": [{"cveID": 1}]}']
)
def test_what_is_no_catalog_is_a_bad_feed(tmp_path: Path, text: str) -> None:
    (tmp_path / "kev.json").write_text(text)
    with pytest.raises(FeedError):
        feed.known_exploited([tmp_path / "kev.json"])


def test_scores_are_read_packed_and_plain(tmp_path: Path) -> None:
    text = "#model_version:v1,score_date:2026-08-16T00:00:00Z\ncve,epss,percentile\nCVE-1,0.5,0.9\n"
    (tmp_path / "plain.csv").write_text(text)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(text.encode()))
    for path in tmp_path.iterdir():
        assert list(feed.scores(path)) == [("CVE-1", 0.5)]
        assert feed.newest_scores([path]) == (path, date(2026, 8, 16))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n",
        "cve,epss,percentile\nCVE-1,2.0,1\n",
        "cve,epss\nCVE-1,nan,1\n",
        "cve,epss\n" + "x" * 5000,
    ],
)
def test_what_are_no_scores_is_a_bad_feed(tmp_path: Path, text: str) -> None:
    (tmp_path / "epss.csv").write_text(text)
    with pytest.raises(FeedError):
        list(feed.scores(tmp_path / "epss.csv"))


def test_scores_that_unpack_past_the_limit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_EPSS_BYTES", 10_000)
    text = "cve,epss,percentile\n" + "CVE-1,0.5,0.9\n" * 10_000
    (tmp_path / "epss.csv.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(FeedError, match="longer"):
        list(feed.scores(tmp_path / "epss.csv.gz"))
