"""Reading a bare repository: commits, trees, blobs, references."""

import re
from dataclasses import dataclass
from pathlib import Path

from demo.git.program import GitError, git, git_line

FULL_SHA = re.compile(r"[0-9a-f]{40}")
# hash, tree, parents, author (name, email, date), committer (same), raw message
FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made a commit and when (ISO 8601 with offset)."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """An entry of a tree. `size` in bytes, None for all but blobs."""

    mode: str
    kind: str
    sha: str
    size: int | None
    path: str


async def resolve(repository: Path, name: str, kind: str = "commit") -> str | None:
    """The full hash of a branch, tag, reference or hash; None if the repository has no such thing."""
    if name.startswith("-") or ".." in name or "@{" in name or ":" in name:
        return None
    branches = (f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}")
    for candidate in (name,) if FULL_SHA.fullmatch(name) else (*branches, name):
        try:
            return await git_line(
                repository, "rev-parse", "--verify", "--quiet", f"{candidate}^{{{kind}}}"
            )
        except GitError:
            continue
    return None


async def knows_commit(repository: Path, sha: str) -> bool:
    """Whether that very commit is in the repository."""
    if not FULL_SHA.fullmatch(sha):
        return False
    try:
        return await git_line(repository, "cat-file", "-t", sha) == "commit"
    except GitError:
        return False


async def reference(repository: Path, ref: str) -> str | None:
    """The object a full reference (`refs/heads/main`) points to; None if there is none."""
    try:
        return await git_line(repository, "rev-parse", "--verify", "--quiet", ref)
    except GitError:
        return None


async def merge_base(repository: Path, one: str, other: str) -> str:
    """The best common ancestor. Raises GitError when the two have no history in common."""
    return await git_line(repository, "merge-base", one, other)


async def is_ancestor(repository: Path, older: str, newer: str) -> bool:
    """Whether `newer` contains `older`."""
    try:
        await git(repository, "merge-base", "--is-ancestor", older, newer)
    except GitError:
        return False
    return True


async def log(repository: Path, wanted: str, limit: int = 250) -> tuple[Commit, ...]:
    """Commits of a revision range, oldest first; 250 is the limit of GitHub's commit lists."""
    options = ("--reverse", "--topo-order", "-z", f"--format={FORMAT}")
    output = await git(repository, "log", *options, wanted, "--")
    fields = output.decode(errors="replace").removesuffix("\0").split("\0")
    records = [fields[start : start + 10] for start in range(0, len(fields) - 9, 10)]
    return tuple(_commit(record) for record in records[:limit])


async def read_commit(repository: Path, sha: str) -> Commit:
    """One commit, by its full hash."""
    output = await git(repository, "show", "-s", "-z", f"--format={FORMAT}", sha, "--")
    return _commit(output.decode(errors="replace").removesuffix("\0").split("\0"))


async def tree(repository: Path, treeish: str, recursive: bool = False) -> tuple[TreeEntry, ...]:
    """The entries of a tree."""
    options = ("-z", "-l", "-t", "-r") if recursive else ("-z", "-l")
    output = await git(repository, "ls-tree", *options, treeish)
    return tuple(_entry(line) for line in output.decode(errors="replace").split("\0") if line)


async def blob(repository: Path, sha: str) -> bytes:
    """A blob's bytes. Raises GitError."""
    return await git(repository, "cat-file", "blob", sha)


def _commit(fields: list[str]) -> Commit:
    sha, tree_sha, parents = fields[0].strip(), fields[1], tuple(fields[2].split())
    author, committer = Signature(*fields[3:6]), Signature(*fields[6:9])
    return Commit(sha, tree_sha, parents, author, committer, fields[9].rstrip("\n"))


def _entry(line: str) -> TreeEntry:
    head, path = line.split("\t", 1)
    mode, kind, sha, size = head.split()
    return TreeEntry(mode, kind, sha, None if size == "-" else int(size), path)
