"""The change of a user's own repository: commits, index, working tree, and plain folders."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.change import Change, FileKind, FileStatus
from app.domain.diff import Hunk
from app.domain.scan import GapReason, Side
from tests.workers.fetch.origin import QUIET
from workers.fetch.folder import blob_id, folder_change
from workers.fetch.git import Git
from workers.fetch.local import INDEX, WORKING_TREE, Scope, local_change
from workers.fetch.problem import Missing
from workers.fetch.reader import Reader
from workers.fetch.request import changed_requests, unread_kinds

pytestmark = pytest.mark.integration


class User:
    """A repository with a working tree."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments], env=QUIET, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def write(self, name: str | bytes, data: bytes) -> None:
        path = Path(os.fsdecode(os.path.join(os.fsencode(self.path), os.fsencode(name))))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def commit(self, **files: bytes) -> str:
        for name, data in files.items():
            self.write(f"{name}.py", data)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "work")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def user(tmp_path: Path) -> User:
    user = User(tmp_path / "mine")
    user.commit(a=b"one\ntwo\n", b=b"b\n")
    return user


@pytest.fixture
def opened() -> Iterator[list[Reader]]:
    readers: list[Reader] = []
    yield readers
    for reader in readers:
        reader.close()


def told(change: Change) -> dict[str, tuple[FileStatus, FileKind]]:
    return {file.path: (file.status, file.kind) for file in change.files}


async def test_the_working_tree_holds_what_is_edited_added_and_deleted(
    user: User, git: Git, opened: list[Reader], tmp_path: Path
) -> None:
    user.write("a.py", b"one\nTWO\n")
    (user.path / "b.py").unlink()
    user.write("new/c.py", b"c\n")
    user.write(b'odd \n"\xff.py', b"odd\n")
    user.write(".gitignore", b"*.log\n")
    user.write("x.log", b"ignored\n")

    change, reader = await local_change(git, user.path, Scope())
    opened.append(reader)

    assert {path: status for path, (status, _) in told(change).items()} == {
        "a.py": FileStatus.MODIFIED,
        "b.py": FileStatus.DELETED,
        "new/c.py": FileStatus.ADDED,
        'odd \n"\udcff.py': FileStatus.ADDED,
        ".gitignore": FileStatus.ADDED,
    }
    edited = change.file("a.py")
    assert edited is not None
    assert edited.hunks == (Hunk(2, 1, 2, 1),)
    assert change.head == WORKING_TREE
    assert [gap.why for gap in reader.gaps] == [
        "1 untracked files and folders are ignored by .gitignore and not read."
    ]
    (tmp_path / "m").mkdir()
    written = await reader.write_material(changed_requests(change), tmp_path / "m")
    texts = {
        (target.side, target.path): written.material.file_of(target).read_bytes()
        for target in written.material.targets
    }
    assert texts[Side.HEAD, "a.py"] == b"one\nTWO\n"
    assert texts[Side.BASE, "a.py"] == b"one\ntwo\n"
    assert {entry.path for entry in await reader.list_tree(change.head)} == set(told(change)) - {
        "b.py"
    }


async def test_nothing_of_the_users_configuration_runs_and_nothing_is_written(
    user: User, git: Git, opened: list[Reader], tmp_path: Path
) -> None:
    mark = tmp_path / "ran"
    trap = f"sh -c 'touch {mark}; cat'"
    user.write(".gitattributes", b"*.py filter=trap diff=trap\n")
    for key in ("filter.trap.clean", "diff.trap.textconv", "diff.trap.command", "core.fsmonitor"):
        user.git("config", key, trap)
    user.write("a.py", b"edited\n")
    before = {path: path.stat().st_mtime_ns for path in (user.path / ".git").rglob("*")}

    change, reader = await local_change(git, user.path, Scope())
    opened.append(reader)

    assert set(told(change)) == {"a.py", ".gitattributes"}
    assert not mark.exists()
    assert {path: path.stat().st_mtime_ns for path in (user.path / ".git").rglob("*")} == before


async def test_links_and_special_files_in_place_of_tracked_ones_are_named(
    user: User, git: Git, opened: list[Reader]
) -> None:
    (user.path / "a.py").unlink()
    os.mkfifo(user.path / "a.py")
    (user.path / "b.py").unlink()
    (user.path / "b.py").symlink_to("/dev/zero")

    change, reader = await local_change(git, user.path, Scope())
    opened.append(reader)

    assert told(change) == {
        "a.py": (FileStatus.MODIFIED, FileKind.SPECIAL),
        "b.py": (FileStatus.MODIFIED, FileKind.LINK),
    }


async def test_staged_takes_the_index_and_not_the_working_tree(
    user: User, git: Git, opened: list[Reader]
) -> None:
    user.write("a.py", b"staged\n")
    user.git("add", "a.py")
    user.write("a.py", b"edited since\n")
    user.write("untracked.py", b"u\n")

    change, reader = await local_change(git, user.path, Scope(staged=True))
    opened.append(reader)

    assert set(told(change)) == {"a.py"}
    assert change.head == INDEX
    blob = change.files[0].blob
    assert blob is not None
    assert await reader.blob(blob) == b"staged\n"


async def test_a_branch_is_compared_from_where_it_left_its_base(
    user: User, git: Git, opened: list[Reader]
) -> None:
    user.git("checkout", "-q", "-b", "work")
    first = user.commit(c=b"leaked\n")
    second = user.commit(c=b"clean\n")
    user.git("checkout", "-q", "main")
    user.commit(d=b"on main\n")

    change, reader = await local_change(git, user.path, Scope(base="main", head="work"))
    opened.append(reader)

    assert set(told(change)) == {"c.py"}
    assert (change.head, change.commits) == (second, (second, first))
    assert [(request.path, request.commit) for request in await reader.history()] == [
        ("c.py", first)
    ]


async def test_a_linked_working_tree_is_read_as_well(
    user: User, git: Git, opened: list[Reader], tmp_path: Path
) -> None:
    user.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "a.py").write_bytes(b"other\n")

    change, reader = await local_change(git, tmp_path / "side", Scope(base="main"))
    opened.append(reader)

    assert set(told(change)) == {"a.py"}


async def test_a_name_that_is_none_and_a_folder_without_git_are_told(
    user: User, git: Git, tmp_path: Path
) -> None:
    with pytest.raises(Missing, match="no commit called '--output=x'"):
        await local_change(git, user.path, Scope(base="--output=x"))
    (tmp_path / "plain").mkdir()
    with pytest.raises(Missing, match="in no git repository"):
        await local_change(git, tmp_path / "plain", Scope())


async def test_a_plain_folder_is_read_whole(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    for inner in (".venv", "node_modules/x", ".git", "src"):
        (folder / inner).mkdir(parents=True)
        (folder / inner / "f.py").write_bytes(b"1\n2")
    (folder / "link").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(".")
    os.mkfifo(folder / "fifo.py")
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.py")).write_bytes(b"")

    change, reader = await folder_change(folder)
    (tmp_path / "m").mkdir()
    written = await reader.write_material(changed_requests(change), tmp_path / "m")

    assert told(change) == {
        ".venv/f.py": (FileStatus.ADDED, FileKind.REGULAR),
        "node_modules/x/f.py": (FileStatus.ADDED, FileKind.REGULAR),
        "src/f.py": (FileStatus.ADDED, FileKind.REGULAR),
        "bad\udcff.py": (FileStatus.ADDED, FileKind.REGULAR),
        "link": (FileStatus.ADDED, FileKind.LINK),
        "loop": (FileStatus.ADDED, FileKind.LINK),
        "fifo.py": (FileStatus.ADDED, FileKind.SPECIAL),
    }
    read = change.file("src/f.py")
    assert read is not None
    assert read.hunks == (Hunk(0, 0, 1, 2),)
    assert {gap.path: gap.reason for gap in (*reader.gaps, *unread_kinds(change))} == {
        ".git": GapReason.EXCLUDED,
        "link": GapReason.LINK,
        "loop": GapReason.LINK,
        "fifo.py": GapReason.SPECIAL,
    }
    assert {target.file for target in written.material.targets} == {"0001.py", "0002.py"}


async def test_a_file_that_is_too_large_or_changes_meanwhile_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.fetch.disk.MAX_BLOB", 100)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "large.py").write_bytes(b"x" * 101)
    (tmp_path / "plain" / "moving.py").write_bytes(b"before")

    change, reader = await folder_change(tmp_path / "plain")
    (tmp_path / "plain" / "moving.py").write_bytes(b"after")
    (tmp_path / "m").mkdir()
    written = await reader.write_material(changed_requests(change), tmp_path / "m")

    assert [(gap.path, gap.reason) for gap in reader.gaps] == [("large.py", GapReason.TOO_LARGE)]
    assert [gap.path for gap in written.gaps] == ["moving.py"]
    assert written.material.targets == ()


def test_blob_ids_are_those_of_git() -> None:
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
