"""A user's own repository, and a shadow of it in which git runs with our configuration alone.

The shadow is an empty repository that borrows the user's objects. Comparing through it means that
no filter, text conversion, monitor, hook or alias of the user's configuration can start, and that
nothing is ever written to the user's repository.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workers.fetch.git import Git, Place
from workers.fetch.problem import Broken, Missing

NO_CONVERSION: Final = "* -text -ident -filter !diff !eol !working-tree-encoding\n"
"""The strongest attributes file there is: bytes of the working tree are compared as they are."""

DEFAULT_BASES: Final = ("refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master")
MOST_ALTERNATES: Final = 16


@dataclass(frozen=True, slots=True)
class UserRepository:
    """Where a repository's parts are; ``work_tree`` is None for a bare one.

    ``git_dir`` holds HEAD and the index, ``common_dir`` objects and references; they differ in
    linked working trees.
    """

    git_dir: Path
    common_dir: Path
    work_tree: Path | None

    @property
    def objects(self) -> tuple[Path, ...]:
        """Its object folder and those it borrows from."""
        return tuple(dict.fromkeys(object_folders(self.common_dir / "objects")))

    @property
    def place(self) -> Place:
        """For resolving references: such commands start no program of the configuration."""
        return Place(git_dir=self.git_dir, objects=(self.common_dir, *self.objects))

    async def commit(self, git: Git, reference: str) -> str:
        """The commit that ``reference`` names. Raises `Missing`."""
        command = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        try:
            output = await git.read(self.place, *command, f"{reference}^{{commit}}")
        except Broken:
            raise Missing(f"There is no commit called {reference!r} here.") from None
        return output.decode("ascii").strip()

    async def default_base(self, git: Git) -> tuple[str, str]:
        """Name and commit of the default branch. Raises `Missing`."""
        for reference in DEFAULT_BASES:
            try:
                return reference, await self.commit(git, reference)
            except Missing:
                continue
        raise Missing("No default branch is known here; name the base.")

    async def merge_base(self, git: Git, base: str, head: str) -> str:
        """The best common ancestor. Raises `Missing` when the two share no history."""
        try:
            output = await git.read(self.place, "merge-base", base, head)
        except Broken:
            raise Missing("Base and head share no history here (is the clone shallow?).") from None
        return output.decode("ascii").split()[0]


def locate(path: Path) -> UserRepository:
    """The repository that ``path`` lies in. Raises `Missing`."""
    start = path.resolve()
    for folder in (start, *start.parents):
        if (git := folder / ".git").exists():
            git_dir = git if git.is_dir() else linked(git)
            return UserRepository(git_dir, common(git_dir), folder)
        if all((folder / part).exists() for part in ("HEAD", "objects", "refs")):
            return UserRepository(folder, folder, None)
    raise Missing("This folder is in no git repository; audit it whole with --all.")


def linked(file: Path) -> Path:
    """The folder a ``.git`` file names. Raises `Missing` when it names none."""
    text = file.read_text(errors="surrogateescape").strip()
    folder = (file.parent / text.removeprefix("gitdir: ")).resolve()
    if not text.startswith("gitdir: ") or not folder.is_dir():
        raise Missing("The .git file here leads to no repository.")
    return folder


def common(git_dir: Path) -> Path:
    """The folder that linked working trees share."""
    file = git_dir / "commondir"
    return (git_dir / file.read_text().strip()).resolve() if file.exists() else git_dir


def object_folders(objects: Path) -> Iterator[Path]:
    """An object folder and those its alternates name, as far as they exist."""
    queue = [objects]
    for _ in range(MOST_ALTERNATES):
        if not queue:
            return
        folder = queue.pop(0)
        yield folder
        file = folder / "info" / "alternates"
        lines = file.read_text(errors="surrogateescape").splitlines() if file.exists() else []
        queue += [path for line in lines if line and (path := (folder / line).resolve()).is_dir()]


async def make_shadow(git: Git, user: UserRepository, folder: Path) -> Place:
    """An empty repository in ``folder`` that borrows the user's objects and has a copy of the index."""
    output = await git.read(user.place, "rev-parse", "--show-object-format")
    place = Place(git_dir=folder, objects=user.objects, writable=True)
    form = output.decode("ascii").strip()
    await git.read(place, "init", "--quiet", "--bare", "--template=", f"--object-format={form}")
    alternates = "".join(f"{objects}\n" for objects in user.objects)
    info = folder / "info"
    info.mkdir(exist_ok=True)
    (folder / "objects" / "info" / "alternates").write_text(alternates, errors="surrogateescape")
    (info / "attributes").write_text(NO_CONVERSION)
    copy_if_there(user.common_dir / "info" / "exclude", info / "exclude")
    copy_if_there(user.common_dir / "shallow", folder / "shallow")
    copy_if_there(user.git_dir / "index", folder / "index")
    return place


def copy_if_there(source: Path, destination: Path) -> None:
    """Copy a file with its times: an index with another time would hide fresh edits."""
    if source.is_file():
        shutil.copy2(source, destination)
