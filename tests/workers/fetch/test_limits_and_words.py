"""Addresses, failures, the cache and the material's limits, without a server."""

import os
from pathlib import Path

import pytest

from app.domain.change import Repository
from app.domain.scan import GapReason, Side
from workers.box.job import Exited, Killed
from workers.fetch.cache import Cache
from workers.fetch.git import remote_options, token_environment
from workers.fetch.material import allotted, gaps_of, material_of
from workers.fetch.problem import Broken, FetchError, Hostile, Missing, TooLarge, Unreachable
from workers.fetch.reader import Request
from workers.fetch.refusal import problem_of
from workers.fetch.source import Source, Wanted


@pytest.mark.parametrize(
    "url",
    [
        "http://github.example/a.git",
        "https://user:pass@github.example/a.git",
        "ssh://github.example/a.git",
        "file:///etc",
        "ext::sh -c id",
        "--upload-pack=id",
        "http://127.0.0.1.example/a.git",
    ],
)
def test_an_address_that_is_not_https_or_holds_credentials_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a clone address"):
        Source(url=url)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:80"])
def test_http_is_for_loopback(host: str) -> None:
    assert Source(url=f"http://{host}/a.git").origin == f"http://{host}/"


@pytest.mark.parametrize(
    "commit", ["main", "-x" * 20, "a" * 39, "a" * 41, "A" * 40, "a" * 40 + "\n"]
)
def test_a_commit_is_wanted_by_its_full_id(commit: str) -> None:
    repository = Repository(host="github.com", id=1, full_name="a/b")
    with pytest.raises(ValueError, match="full object id"):
        Wanted(repository=repository, base_branch="main", head=commit, merge_base="a" * 40)


def test_the_token_is_scoped_to_the_host_and_in_no_argument() -> None:
    token = "-".join(("made", "up"))
    source = Source(url="https://github.example/a/b.git", token=token)

    environment = token_environment(source)

    assert environment["GIT_CONFIG_KEY_0"] == "http.https://github.example/.extraHeader"
    assert environment["GIT_CONFIG_VALUE_0"].startswith("Authorization: Basic ")
    assert not any(token in option or "extraHeader" in option for option in remote_options(source))
    assert token not in repr(source)


@pytest.mark.parametrize(
    ("stderr", "problem"),
    [
        (b"fatal: fsck error in packed object", Hostile),
        (b"fatal: remote error: upload-pack: not our ref 00", Missing),
        (b"error: index-pack died of signal 25", TooLarge),
        (b"fatal: Authentication failed for 'https://x/'", Unreachable),
        (b"fatal: unable to access 'https://h/': Could not resolve host: h", Unreachable),
        (b"remote: fsck error in packed object\nfatal: early EOF", Unreachable),
        (b"something else", Broken),
    ],
)
def test_the_end_of_a_fetch_is_one_problem(stderr: bytes, problem: type[FetchError]) -> None:
    found = problem_of(Exited(128, b"", stderr, 0.1))

    assert type(found) is problem
    assert "https://" not in str(found)


def test_a_fetch_that_was_ended_is_slow_large_or_broken() -> None:
    assert isinstance(problem_of(Killed("ran longer than 180 s", 180.0)), Unreachable)
    assert isinstance(problem_of(Killed("wrote more than 9 bytes", 1.0)), TooLarge)
    assert isinstance(problem_of(Killed("crashed (signal 11)", 1.0)), Broken)


async def test_the_cache_drops_the_least_recently_used_and_never_one_in_use(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", most=1)
    slots = [
        cache.slot(Repository(host="github.com", id=number, full_name="a/b")) for number in range(3)
    ]
    locks = []
    for age, slot in enumerate(slots):
        slot.path.mkdir()
        lock = await slot.use()
        os.utime(lock, (1000 + age, 1000 + age))
        locks.append(lock)
    os.close(locks[1])
    os.close(locks[2])

    cache.evict()

    assert [slot.path.exists() for slot in slots] == [True, False, True]
    os.close(locks[0])
    cache.evict()
    assert [slot.path.exists() for slot in slots] == [False, False, True]


async def test_what_a_killed_fetch_left_is_cleared_away(tmp_path: Path) -> None:
    slot = Cache(tmp_path).slot(Repository(host="../evil", id=1, full_name="a/b"))
    packs = slot.path / "objects" / "pack"
    packs.mkdir(parents=True)
    (slot.path / "shallow.lock").touch()
    (packs / "tmp_pack_x").touch()

    async with slot.fetching():
        left = [path.name for path in slot.path.rglob("*") if path.is_file()]

    assert left == []
    assert slot.path.parent == tmp_path


def test_what_is_over_the_limits_of_a_material_is_named_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.fetch.material.MAX_MATERIAL", 10)
    monkeypatch.setattr("workers.fetch.material.MAX_BLOB", 8)
    requests = [
        Request(side=Side.HEAD, path=path, blob=blob)
        for path, blob in (
            ("a.PY", "1"),
            ("same.py", "1"),
            ("same.js", "1"),
            ("b.weird suffix", "2"),
            ("huge.py", "3"),
            ("absent.py", "4"),
            ("full.py", "5"),
        )
    ]

    fates = list(allotted(requests, {"1": 3, "2": 4, "3": 9, "5": 1}))

    assert [(target.path, target.file) for target in material_of(tmp_path, fates).targets] == [
        ("a.PY", "0001.py"),
        ("same.py", "0001.py"),
        ("same.js", "0002.js"),
        ("b.weird suffix", "0003.txt"),
    ]
    assert [(gap.path, gap.reason) for gap in gaps_of(fates)] == [
        ("huge.py", GapReason.TOO_LARGE),
        ("absent.py", GapReason.TOO_LARGE),
        ("full.py", GapReason.TOO_LARGE),
    ]
