"""Fetching from publishers: only what changed, never something broken, never half a file."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.advisories.records import Json, record
from workers.advisories.index import Index, ensure_index
from workers.advisories.update import Progress, Publisher, Result, Shape, publishers, update

Answerer = Callable[[httpx.Request], httpx.Response]
ADDRESS = "http://127.0.0.1:1"
FEEDS = publishers(ADDRESS, f"{ADDRESS}/kev.json", f"{ADDRESS}/epss.csv.gz", ("PyPI",))
DUMP = FEEDS[:1]


def dump_of(*records: Json) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as dump:
        for entry in records:
            dump.writestr(f"{entry['id']}.json", json.dumps(entry))
    return buffer.getvalue()


def bodies() -> dict[str, bytes]:
    kev = {"dateReleased": "2026-01-03", "vulnerabilities": [{"cveID": "CVE-1", "dateAdded": ""}]}
    epss = "#model_version:v1,score_date:2026-01-04T00:00:00Z\ncve,epss,percentile\nCVE-1,0.5,0.9\n"
    return {
        "/PyPI/all.zip": dump_of(record()),
        "/kev.json": json.dumps(kev).encode(),
        "/epss.csv.gz": gzip.compress(epss.encode()),
    }


def streamed(body: bytes, etag: str = '"1"', status: int = 200) -> httpx.Response:
    headers = {"ETag": etag, "Content-Length": str(len(body))}
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def run(
    answer: Answerer, folder: Path, feeds: tuple[Publisher, ...] = FEEDS
) -> list[tuple[str, Result, str]]:
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        ends = update(feeds, folder, client=client, progress=lambda _: None)
    return [(end.name, end.result, end.why) for end in ends]


def serving(body: bytes, etag: str = '"1"') -> Answerer:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers.get("If-None-Match") == etag:
            return httpx.Response(304)
        return streamed(body, etag)

    return answer


def test_every_feed_arrives_and_can_be_indexed(tmp_path: Path) -> None:
    known = bodies()
    ends = run(lambda request: streamed(known[request.url.path]), tmp_path)
    assert ends == [(name, Result.UPDATED, "") for name in ("PyPI", "kev", "epss")]
    with Index.open(ensure_index(tmp_path, tmp_path / "cache")) as index:
        assert {source.name: source.records for source in index.metadata.sources} == {
            "PyPI": 1, "kev": 1, "epss": 1,
        }  # fmt: skip


def test_what_did_not_change_is_not_fetched_again(tmp_path: Path) -> None:
    answer = serving(dump_of(record()))
    assert run(answer, tmp_path, DUMP)[0][1] is Result.UPDATED
    assert run(answer, tmp_path, DUMP)[0][1] is Result.UNCHANGED


def test_a_lost_file_is_fetched_anew_although_the_publisher_has_nothing_newer(
    tmp_path: Path,
) -> None:
    answer = serving(dump_of(record()))
    run(answer, tmp_path, DUMP)
    (tmp_path / "PyPI" / "all.zip").unlink()
    assert run(answer, tmp_path, DUMP)[0][1] is Result.UPDATED


def test_a_broken_download_is_resumed(tmp_path: Path) -> None:
    body = dump_of(*(record(f"PYSEC-{n}") for n in range(50)))
    asked: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Range"))
        if asked[-1] is None:
            return httpx.Response(200, headers={"ETag": '"1"'}, stream=Broken(body[:1000]))
        assert request.headers["If-Range"] == '"1"'
        return streamed(body[1000:], status=206)

    assert run(answer, tmp_path, DUMP)[0][1] is Result.FAILED
    assert run(answer, tmp_path, DUMP)[0][1] is Result.UPDATED
    assert asked == [None, "bytes=1000-"]
    assert (tmp_path / "PyPI" / "all.zip").read_bytes() == body


class Broken(httpx.SyncByteStream):
    """Gives some bytes, then loses the connection."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __iter__(self):  # type: ignore[no-untyped-def]
        yield self.data
        raise httpx.ReadError("connection lost")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>maintenance</html>", "not a readable zip archive"),
        (dump_of(), "0 entries"),
        (dump_of({"id": "X", "affected": 1}, {"id": "Y", "affected": 1}), "not of OSV's form"),
        (dump_of(record("PYSEC-1")), "the old file is kept"),
    ],
)
def test_a_broken_feed_never_replaces_a_good_one(tmp_path: Path, body: bytes, why: str) -> None:
    good = dump_of(*(record(f"PYSEC-{n}") for n in range(5)))
    run(serving(good, '"good"'), tmp_path, DUMP)
    ((_, result, said),) = run(serving(body, '"bad"'), tmp_path, DUMP)
    assert result is Result.FAILED
    assert why in said
    assert (tmp_path / "PyPI" / "all.zip").read_bytes() == good
    assert [path.name for path in (tmp_path / "PyPI").iterdir()] == ["all.zip"]


def test_a_feed_larger_than_it_may_be_is_not_kept(tmp_path: Path) -> None:
    small = Publisher("PyPI", f"{ADDRESS}/PyPI/all.zip", "PyPI/all.zip", Shape.DUMP, 100)
    ((_, result, why),) = run(serving(b"x" * 5000), tmp_path, (small,))
    assert (result, why) == (Result.FAILED, "PyPI: larger than 100 bytes")
    assert list((tmp_path / "PyPI").iterdir()) == []


def test_one_publisher_that_is_down_does_not_stop_the_others(tmp_path: Path) -> None:
    known = bodies()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/kev.json":
            return httpx.Response(503)
        return streamed(known[request.url.path])

    results = [result for _, result, _ in run(answer, tmp_path)]
    assert results == [Result.UPDATED, Result.FAILED, Result.UPDATED]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[Progress] = []
    body = dump_of(record())
    with httpx.Client(transport=httpx.MockTransport(serving(body))) as client:
        update(DUMP, tmp_path, client=client, progress=told.append)
    assert told[-1] == Progress("PyPI", len(body), len(body))


@pytest.mark.parametrize(
    "address", ["http://osv.example", "ftp://127.0.0.1/x", "file:///etc/passwd", ""]
)
def test_an_address_without_encryption_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not an https address"):
        publishers(osv=address)


def test_a_redirect_away_from_encryption_is_not_followed_to_the_end(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "127.0.0.1":
            return httpx.Response(302, headers={"Location": "http://elsewhere.example/all.zip"})
        return streamed(dump_of(record()))

    ((_, result, why),) = run(answer, tmp_path, DUMP)
    assert (result, why) == (
        Result.FAILED,
        "not an https address: http://elsewhere.example/all.zip",
    )
