"""Writing to bare repositories without a work tree: new ones, commits, merges, copies between them."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.git.program import git, git_line

# GitHub lets a client fetch any object by its hash and leave blobs out.
SERVED: Mapping[str, str] = {
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowReachableSHA1InWant": "true",
    "http.receivepack": "false",
    "gc.auto": "0",
}


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


def address(repository: Path) -> str:
    """How git is told of another repository on this disk."""
    return str(repository.absolute())


async def create_bare(path: Path, branch: str) -> None:
    """A new empty bare repository whose HEAD is `branch`."""
    parent = existing(path.parent)
    await git(parent, "init", "--quiet", "--bare", f"--initial-branch={branch}", path.name)
    for name, value in SERVED.items():
        await git(path, "config", name, value)


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
    """A commit that writes the files over the parent's; None deletes one. Its hash."""
    with tempfile.TemporaryDirectory(dir=repository) as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        if parent is not None:
            await git(repository, "read-tree", parent, env=index)
        entries = [await _index_entry(repository, *item) for item in files.items()]
        await git(
            repository, "update-index", "-z", "--index-info", stdin=b"".join(entries), env=index
        )
        tree = (await git(repository, "write-tree", env=index)).decode().strip()
    return await commit_tree(repository, tree, (parent,) if parent else (), message, author)


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


async def _index_entry(repository: Path, path: str, content: str | bytes | None) -> bytes:
    name = path.encode(errors="surrogateescape")
    if content is None:
        return b"0 " + b"0" * 40 + b"\t" + name + b"\0"
    data = content.encode() if isinstance(content, str) else content
    sha = await git_line(repository, "hash-object", "-w", "--stdin", stdin=data)
    return f"100644 {sha}\t".encode() + name + b"\0"
