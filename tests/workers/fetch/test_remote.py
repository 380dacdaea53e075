"""A pull request fetched over smart HTTP from a real git server."""

import asyncio
import base64
import os
from pathlib import Path

import psutil
import pytest

from app.domain.change import FileKind, FileStatus
from app.domain.diff import Hunk
from app.domain.scan import GapReason, Side
from tests.workers.fetch.conftest import TOKEN, Fetcher
from tests.workers.fetch.origin import Origin, Server
from workers.fetch import bounds
from workers.fetch.problem import Hostile, Missing, TooLarge, Unreachable
from workers.fetch.request import changed_requests, unread_kinds

pytestmark = pytest.mark.integration

TEN_LINES = b"".join(b"line %d\n" % number for number in range(10))


def pull_request(origin: Origin, head: str) -> None:
    origin.branch("refs/pull/7/head", head)


async def test_a_modified_file_comes_with_both_blobs_and_its_hunks(
    origin: Origin, fetch: Fetcher
) -> None:
    base = origin.commit({"a.py": TEN_LINES, "same.py": b"x\n"})
    head = origin.commit({"a.py": b"new\n" + TEN_LINES[7:], "same.py": b"x\n"}, base)
    pull_request(origin, head)

    change, reader = await fetch(base, head)

    (file,) = change.files
    assert (file.path, file.status, file.kind) == ("a.py", FileStatus.MODIFIED, FileKind.REGULAR)
    assert file.hunks == (Hunk(1, 1, 1, 1),)
    assert file.blob is not None
    assert file.old_blob is not None
    assert await reader.blob(file.blob) == b"new\n" + TEN_LINES[7:]
    assert await reader.blob(file.old_blob) == TEN_LINES
    assert (change.head, change.merge_base, change.commits) == (head, base, (head,))


async def test_added_deleted_renamed_and_edited_files_are_told_apart(
    origin: Origin, fetch: Fetcher
) -> None:
    other = TEN_LINES.replace(b"line", b"row")
    base = origin.commit({"gone.py": b"bye\n", "moved.py": TEN_LINES, "edited.py": other})
    head = origin.commit(
        {"lib/moved.py": TEN_LINES, "lib/edited.py": other + b"more\n", "new.py": b"a\nb"}, base
    )
    pull_request(origin, head)

    change, _ = await fetch(base, head)

    assert {file.path: (file.status, file.hunks) for file in change.files} == {
        "gone.py": (FileStatus.DELETED, (Hunk(1, 1, 0, 0),)),
        "lib/moved.py": (FileStatus.RENAMED, ()),
        "lib/edited.py": (FileStatus.RENAMED, (Hunk(10, 0, 11, 1),)),
        "new.py": (FileStatus.ADDED, (Hunk(0, 0, 1, 2),)),
    }
    assert change.renames == {"moved.py": "lib/moved.py", "edited.py": "lib/edited.py"}


async def test_links_and_submodules_are_named_and_never_read(
    origin: Origin, fetch: Fetcher
) -> None:
    link = ("120000", origin.blob(b"/etc/passwd"))
    base = origin.commit({"was_file": TEN_LINES, "was_link": link})
    head = origin.commit(
        {"was_file": link, "was_link": TEN_LINES, "link": link, "lib": ("160000", "1" * 40)}, base
    )
    pull_request(origin, head)

    change, _ = await fetch(base, head)

    assert {file.path: (file.status, file.kind, file.hunks) for file in change.files} == {
        "was_file": (FileStatus.MODIFIED, FileKind.LINK, None),
        "was_link": (FileStatus.ADDED, FileKind.REGULAR, (Hunk(0, 0, 1, 10),)),
        "link": (FileStatus.ADDED, FileKind.LINK, None),
        "lib": (FileStatus.ADDED, FileKind.SUBMODULE, None),
    }
    assert {(request.side, request.path) for request in changed_requests(change)} == {
        (Side.BASE, "was_file"),
        (Side.HEAD, "was_link"),
    }
    assert {gap.path: gap.reason for gap in unread_kinds(change)} == {
        "was_file": GapReason.LINK,
        "link": GapReason.LINK,
        "lib": GapReason.SUBMODULE,
    }


HOSTILE_NAMES = (
    b"@@ -1 +1 @@",
    b"new\nline\n@@ -1,9 +1,9 @@\ndiff --git a b",
    b"quote'\".py",
    b"tab\there",
    b"bad-utf8-\xff.py",
    b"-dash",
    b"--output=x",
    b"*?[g]",
    b":(exclude)x",
    b" ",
    b"\\back\\slash",
)


async def test_hostile_names_come_through_and_forge_nothing(
    origin: Origin, fetch: Fetcher, tmp_path: Path
) -> None:
    text = b"@@ -5,5 +5,5 @@\ndiff --git a/x b/x\n"
    base = origin.commit(dict.fromkeys(HOSTILE_NAMES, text))
    head = origin.commit(dict.fromkeys(HOSTILE_NAMES, text + b"+++\r@@ -1 +1 @@\n"), base)
    pull_request(origin, head)

    change, reader = await fetch(base, head)
    (tmp_path / "material").mkdir()
    written = await reader.write_material(changed_requests(change), tmp_path / "material")

    assert {os.fsencode(file.path) for file in change.files} == set(HOSTILE_NAMES)
    assert all(file.hunks == (Hunk(2, 0, 3, 1),) for file in change.files)
    names = sorted(path.name for path in (tmp_path / "material").iterdir())
    assert names == ["0001.txt", "0002.txt", "0003.py", "0004.py"]
    assert written.gaps == ()


async def test_a_nul_byte_does_not_hide_which_lines_are_new(origin: Origin, fetch: Fetcher) -> None:
    base = origin.commit({"a.py": TEN_LINES})
    head = origin.commit({"a.py": b"\0\n" + TEN_LINES}, base)
    pull_request(origin, head)

    change, _ = await fetch(base, head)

    assert change.files[0].hunks == (Hunk(0, 0, 1, 1),)


async def test_what_stood_only_in_a_commit_between_is_history(
    origin: Origin, fetch: Fetcher, tmp_path: Path
) -> None:
    base = origin.commit({"a.py": TEN_LINES, "b.py": b"b\n"})
    first = origin.commit({"a.py": b"leaked\n" + TEN_LINES, "b.py": b"other\n"}, base)
    second = origin.commit({"a.py": b"clean\n" + TEN_LINES, "b.py": b"b\n"}, first)
    pull_request(origin, second)

    change, reader = await fetch(base, second, commits=2)
    history = await reader.history()
    (tmp_path / "m").mkdir()
    written = await reader.write_material(history, tmp_path / "m")

    assert [file.path for file in change.files] == ["a.py"]
    assert change.commits == (second, first)
    assert {(request.path, request.commit) for request in history} == {
        ("a.py", first),
        ("b.py", first),
    }
    texts = {written.material.file_of(target).read_bytes() for target in written.material.targets}
    assert texts == {b"leaked\n" + TEN_LINES, b"other\n"}


async def test_a_branch_that_merged_its_base_brings_only_its_own_commits(
    origin: Origin, fetch: Fetcher
) -> None:
    main = [origin.commit({"m.py": b"0\n"})]
    for number in range(1, 9):
        main.append(origin.commit({"m.py": b"%d\n" % number}, main[-1]))
    work = origin.commit({"m.py": b"2\n", "work.py": b"w\n"}, main[2])
    merge = origin.commit({"m.py": b"8\n", "work.py": b"w\n"}, work, main[8])
    pull_request(origin, merge)

    change, reader = await fetch(main[8], merge, commits=2)

    assert change.commits == (merge, work)
    assert change.commits_unread == 0
    assert await reader.history() == ()
    assert [file.path for file in change.files] == ["work.py"]


async def test_commits_beyond_the_limit_are_counted(
    origin: Origin, fetch: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.fetch.remote.MAX_COMMITS", 2)
    base = head = origin.commit({"a.py": b"0\n"})
    for number in range(1, 6):
        head = origin.commit({"a.py": b"%d\n" % number}, head)
    pull_request(origin, head)

    change, reader = await fetch(base, head, commits=5)

    assert len(change.commits) == 2
    assert change.commits_unread == 3
    assert [gap.reason for gap in reader.gaps] == [GapReason.HISTORY]


async def test_an_empty_pull_request_changes_nothing(origin: Origin, fetch: Fetcher) -> None:
    base = origin.commit({"a.py": b"x\n"})
    head = origin.commit({"a.py": b"x\n"}, base, message="empty")
    pull_request(origin, head)

    change, _ = await fetch(base, head)

    assert change.files == ()
    assert change.commits == (head,)


async def test_a_forced_push_to_unrelated_history_is_compared_all_the_same(
    origin: Origin, fetch: Fetcher
) -> None:
    base = origin.commit({"old.py": b"o\n"})
    orphan = origin.commit({"new.py": b"n\n"})
    pull_request(origin, orphan)

    change, _ = await fetch(base, orphan)

    assert {(file.path, file.status) for file in change.files} == {
        ("old.py", FileStatus.DELETED),
        ("new.py", FileStatus.ADDED),
    }
    assert change.commits == (orphan,)


async def test_a_thousand_files_take_one_request_for_their_blobs(
    origin: Origin, fetch: Fetcher, server: Server
) -> None:
    base = origin.commit({f"d/{n}.py": b"a = %d\n" % n for n in range(1000)})
    head = origin.commit({f"d/{n}.py": b"a = %d\nb = 1\n" % n for n in range(1000)}, base)
    pull_request(origin, head)

    change, _ = await fetch(base, head)

    assert len(change.files) == 1000
    assert all(file.hunks == (Hunk(1, 0, 2, 1),) for file in change.files)
    assert sum(method == "POST" for method, _, _ in server.requests) <= 4


async def test_the_same_change_again_needs_no_request(
    origin: Origin, fetch: Fetcher, server: Server
) -> None:
    base = origin.commit({"a.py": b"x\n"})
    head = origin.commit({"a.py": b"y\n"}, base)
    pull_request(origin, head)
    first, _ = await fetch(base, head)
    server.requests.clear()

    again, _ = await fetch(base, head)

    assert again == first
    assert server.requests == []


async def test_manifests_outside_the_change_are_fetched_when_asked_for(
    origin: Origin, fetch: Fetcher
) -> None:
    base = origin.commit({"a.py": b"x\n", "requirements.txt": b"flask==1.0\n"})
    head = origin.commit({"a.py": b"y\n", "requirements.txt": b"flask==1.0\n"}, base)
    pull_request(origin, head)

    _, reader = await fetch(base, head)
    tree = {entry.path: entry.id for entry in await reader.list_tree(head)}

    assert set(tree) == {"a.py", "requirements.txt"}
    assert await reader.blob(tree["requirements.txt"]) == b"flask==1.0\n"


async def test_a_blob_that_does_not_fit_costs_no_other_file(
    origin: Origin, fetch: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.fetch.git.MAX_PACK", 300_000)
    base = origin.commit({"a.py": b"x\n"})
    head = origin.commit(
        {"a.py": b"y\n", "huge.bin": os.urandom(900_000)}
        | {f"{n}.py": b"%d" % n for n in range(9)},
        base,
    )
    pull_request(origin, head)

    change, reader = await fetch(base, head)
    (tmp_path / "m").mkdir()
    written = await reader.write_material(changed_requests(change), tmp_path / "m")

    assert len(change.files) == 11
    huge = change.file("huge.bin")
    assert huge is not None
    assert huge.hunks is None
    assert [(gap.path, gap.reason) for gap in written.gaps] == [("huge.bin", GapReason.TOO_LARGE)]
    assert len(written.material.targets) == 11


async def test_a_token_is_needed_and_a_wrong_one_is_told_without_it(
    origin: Origin, fetch: Fetcher
) -> None:
    base = origin.commit({"a.py": b"x\n"})
    wrong = TOKEN[::-1]

    for token in (None, wrong):
        with pytest.raises(Unreachable) as problem:
            await fetch(base, base, token=token)
        assert str(problem.value) == "The remote did not accept the credentials."
        assert wrong not in repr(problem.value)


async def test_the_token_is_in_no_argument_and_no_file(
    origin: Origin, fetch: Fetcher, server: Server
) -> None:
    base = origin.commit({f"{n}.py": os.urandom(4000) for n in range(50)})
    head = origin.commit({f"{n}.py": os.urandom(4000) for n in range(50)}, base)
    pull_request(origin, head)
    seen: set[str] = set()

    fetching = asyncio.create_task(fetch(base, head))
    while not fetching.done():
        for process in psutil.process_iter(["cmdline"]):
            seen.update(process.info["cmdline"] or ())
        await asyncio.sleep(0.001)
    await fetching

    assert any("fetch" in part for part in seen)
    files = [path for path in fetch.cache.rglob("*") if path.is_file()]
    secrets = {TOKEN, base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()}
    assert not any(secret in part for part in seen for secret in secrets)
    assert not any(secret.encode() in path.read_bytes() for path in files for secret in secrets)
    assert all(admitted for _, _, admitted in server.requests)


async def test_a_tree_that_git_itself_refuses_is_hostile(origin: Origin, fetch: Fetcher) -> None:
    base = origin.commit({"a.py": b"x\n"})
    evil = origin.git("mktree", stdin=f"100644 blob {origin.blob(b'x')}\t.git\n".encode())
    head = origin.commit_tree(evil, base)
    pull_request(origin, head)

    with pytest.raises(Hostile) as problem:
        await fetch(base, head)

    assert str(problem.value) == "The repository holds objects that git's checks refuse."


async def test_trees_of_old_tools_are_not_hostile(origin: Origin, fetch: Fetcher) -> None:
    blob = bytes.fromhex(origin.blob(b"x\n"))
    inner = origin.git(
        "hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=b"100644 a.py\0" + blob
    )
    old = origin.git(
        "hash-object", "-t", "tree", "-w", "--literally", "--stdin",
        stdin=b"040000 src\0" + bytes.fromhex(inner),
    )  # fmt: skip
    base = origin.commit({"b.py": b"x\n"})
    head = origin.commit_tree(old, base)
    pull_request(origin, head)

    change, _ = await fetch(base, head)

    assert {file.path for file in change.files} == {"src/a.py"}


async def test_a_commit_that_is_not_there_is_missing(origin: Origin, fetch: Fetcher) -> None:
    base = origin.commit({"a.py": b"x\n"})
    pull_request(origin, base)

    with pytest.raises(Missing):
        await fetch(base, "a" * 40)


async def test_a_repository_that_is_not_there_is_missing_or_refused(
    origin: Origin, fetch: Fetcher, server: Server
) -> None:
    base = origin.commit({"a.py": b"x\n"})
    origin.path.rename(origin.path.with_name("elsewhere.git"))

    with pytest.raises(Missing, match="no such repository"):
        await fetch(base, base)


async def test_a_server_that_is_down_is_unreachable(origin: Origin, fetch: Fetcher) -> None:
    base = origin.commit({"a.py": b"x\n"})
    fetch.server.port = 1

    with pytest.raises(Unreachable, match="could not be reached"):
        await fetch(base, base)


async def test_a_damaged_cached_repository_is_started_again(origin: Origin, fetch: Fetcher) -> None:
    base = origin.commit({"a.py": b"x\n"})
    head = origin.commit({"a.py": b"y\n"}, base)
    pull_request(origin, head)
    _, reader = await fetch(base, head)
    reader.close()
    for path in fetch.cache.rglob("*.pack"):
        path.chmod(0o600)
        path.write_bytes(b"PACK damaged")

    change, _ = await fetch(base, head)

    assert [file.path for file in change.files] == ["a.py"]


async def test_two_fetches_into_one_repository_wait_for_each_other(
    origin: Origin, fetch: Fetcher
) -> None:
    base = origin.commit({"a.py": b"x\n"})
    heads = [origin.commit({"a.py": b"%d\n" % n}, base) for n in range(4)]
    for head in heads:
        origin.branch(f"refs/heads/{head}", head)

    results = await asyncio.gather(*(fetch(base, head) for head in heads))

    assert [change.head for change, _ in results] == heads
    assert all(len(change.files) == 1 for change, _ in results)


async def test_a_difference_of_too_many_files_is_one_clear_error(
    origin: Origin, fetch: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.fetch.raw_diff.MAX_ENTRIES", 5)
    base = origin.commit({"a.py": b"x\n"})
    head = origin.commit({f"{n}.py": b"x\n" for n in range(9)}, base)
    pull_request(origin, head)

    with pytest.raises(TooLarge, match="more than 5 files"):
        await fetch(base, head)


def test_the_limits_leave_room_for_the_readers() -> None:
    assert bounds.MAX_BLOB >= 16 << 20
    assert bounds.BATCH + bounds.MAX_BLOB < bounds.GIT_OUTPUT
