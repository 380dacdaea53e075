"""Writing to bare repositories without a work tree: new ones, commits, merges, copies between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from demo.git.program import git, git_line

# GitHub lets a client fetch any object by its hash and leave blobs out.
# Our own references are not GitHub's: nobody who fetches sees them.
SERVED: Final = """
[uploadpack]
    allowFilter = true
    allowAnySHA1InWant = true
    allowReachableSHA1InWant = true
    hideRefs = refs/box
[http]
    receivepack = false
[gc]
    auto = 0
"""


@dataclass(frozen=True, slots=True)
class Author:
    """Who a commit is by."""

    name: str
    email: str

    def environment(self) -> dict[str, str]:
        """The variables git takes it from."""
        return {
            "GIT_AUTHOR_NAME": self.name,
            "GIT_AUTHOR_EMAIL": self.email,
            "GIT_COMMITTER_NAME": self.name,
            "GIT_COMMITTER_EMAIL": self.email,
        }


def existing(folder: Path) -> Path:
    """The folder, made if there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def configure(repository: Path) -> None:
    """What a client may do, in git's own file: one write in place of a process for each line."""
    with (repository / "config").open("a", encoding="utf-8") as config:
        config.write(SERVED)


def address(repository: Path) -> str:
    """How git is told of another repository on this disk."""
    return str(repository.absolute())


async def create_bare(path: Path, branch: str) -> None:
    """A new empty bare repository whose HEAD is `branch`."""
    parent = existing(path.parent)
    await git(parent, "init", "--quiet", "--bare", f"--initial-branch={branch}", path.name)
    configure(path)


async def copy_branches(source: Path, target: Path) -> None:
    """All branches and tags of another repository on this disk."""
    await git(
        target,
        "fetch",
        "--quiet",
        "--no-write-fetch-head",
        address(source),
        "+refs/heads/*:refs/heads/*",
        "+refs/tags/*:refs/tags/*",
    )


async def copy_commit(source: Path, revision: str, target: Path) -> str:
    """One commit with its history into another repository; its hash there."""
    sha = await git_line(source, "rev-parse", "--verify", f"{revision}^{{commit}}")
    name = f"refs/box/incoming/{sha}"
    await git(source, "push", "--quiet", "--no-verify", address(target), f"+{sha}:{name}")
    return sha


async def set_reference(repository: Path, ref: str, sha: str | None) -> None:
    """Point a full reference at a commit, or delete it."""
    if sha is None:
        await git(repository, "update-ref", "-d", ref)
    else:
        await git(repository, "update-ref", ref, sha)


async def commit_files(
    repository: Path,
    parent: str | None,
    files: Mapping[str, str | bytes | None],
    message: str,
    author: Author,
) -> str:
    """A commit that writes the files over the parent's; None deletes one. Its hash.

    One process however many files: `fast-import` takes them all on its standard input.
    """
    name = f"{author.name} <{author.email}> now".encode()
    stream = [
        b"commit refs/box/written\nmark :1\n",
        b"author %b\ncommitter %b\n" % (name, name),
        _data(message.encode()),
        f"from {parent}\n".encode() if parent else b"",
        *(_file(path, content) for path, content in files.items()),
        b"get-mark :1\ndone\n",
    ]
    options = ("--quiet", "--force", "--done", "--date-format=now")
    output = await git(repository, "fast-import", *options, stdin=b"".join(stream))
    return output.decode().strip()


async def commit_tree(
    repository: Path, tree: str, parents: tuple[str, ...], message: str, author: Author
) -> str:
    """A commit of a tree. Its hash."""
    options = [option for parent in parents for option in ("-p", parent)]
    output = await git(
        repository,
        "commit-tree",
        tree,
        *options,
        stdin=message.encode(),
        env=author.environment(),
    )
    return output.decode().strip()


async def merge(repository: Path, base: str, head: str, message: str, author: Author) -> str:
    """A merge commit of the two. Raises GitError on a conflict."""
    tree = await git_line(repository, "merge-tree", "--write-tree", base, head)
    return await commit_tree(repository, tree, (base, head), message, author)


def _file(path: str, content: str | bytes | None) -> bytes:
    raw = path.encode(errors="surrogateescape")
    quoted = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    if content is None:
        return b'D "%b"\n' % quoted
    data = content.encode() if isinstance(content, str) else content
    return b'M 100644 inline "%b"\n' % quoted + _data(data)


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)
