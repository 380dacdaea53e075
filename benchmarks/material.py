"""A real repository: the sources of packages that are installed here anyway, and a change of five files."""

import subprocess
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath

PACKAGES = (
    *("sqlalchemy", "pydantic", "rich", "fastapi", "starlette", "httpx", "typer", "redis"),
    *("alembic", "jinja2", "hypothesis", "mypy"),
)
SUFFIXES = frozenset({".py", ".pyi"})
PINNED = ("SQLAlchemy", "pydantic", "rich", "fastapi", "starlette", "httpx", "redis", "alembic")
PYTHON_FILES = ("rich/text.py", "starlette/routing.py", "httpx/_models.py")
"""Below the size that our code engine reads (256 KB): both sides read the same."""
MORE_PYTHON_FILES = ("alembic/config.py", "starlette/requests.py")
ADDED = (
    "\n\ndef total_of(values):\n    return sum(value for value in values if value is not None)\n"
)
WORKFLOW = """\
name: tests
on: [push]
permissions:
  contents: read
jobs:
  tests:
    runs-on: ubuntu-24.04
    steps:
      - run: python -m pytest
"""
AUTHOR = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@localhost")


@dataclass(frozen=True, slots=True)
class RealRepository:
    """A bare repository with the branch `main`, and how many files its tree has."""

    path: Path
    files: int


def site_packages() -> Path:
    """Where the packages of this environment are."""
    return Path(sysconfig.get_path("purelib"))


def requirements(extra: str = "") -> str:
    """A requirements file of what is installed here."""
    return "".join(f"{name}=={version(name)}\n" for name in PINNED) + extra


def mixed_change() -> dict[str, str | bytes | None]:
    """Five files that give each scanner work: three modules, requirements and a workflow."""
    return {
        **_edited(PYTHON_FILES),
        "requirements.txt": requirements(f"click=={version('click')}\n"),
        ".github/workflows/tests.yml": WORKFLOW.replace("[push]", "[push, pull_request]"),
    }


def code_change() -> dict[str, str]:
    """Five modules."""
    return _edited(PYTHON_FILES + MORE_PYTHON_FILES)


def _edited(paths: Sequence[str]) -> dict[str, str]:
    return {path: (site_packages() / path).read_text("utf-8") + ADDED for path in paths}


def build(path: Path, at_least: int = 0) -> RealRepository:
    """The repository at ``path``; copies under folders of their own until it has ``at_least`` files.

    The copies share blobs with the original, but each of their folders holds one file that others do
    not have: every tree is another one and has to be read.
    """
    _git(path.parent, "init", "-q", "--bare", "--initial-branch=main", str(path))
    blobs = dict(_sources(path))
    folders = _folders(blobs)
    copies = max(0, -(-(at_least - len(blobs)) // (len(blobs) + len(folders))))
    entries = [*blobs.items(), *_own_files(path), *_copied(path, blobs, copies)]
    lines = "".join(f"100644 {blob}\t{name}\n" for name, blob in entries)
    _git(path, "update-index", "--index-info", stdin=lines)
    commit = _git(path, *AUTHOR, "commit-tree", "-m", "Begin", _git(path, "write-tree"))
    _git(path, "update-ref", "refs/heads/main", commit)
    return RealRepository(path, len(entries))


def _sources(repository: Path) -> Iterator[tuple[str, str]]:
    """Path and blob of each source file."""
    site = site_packages()
    files = sorted(
        file
        for package in PACKAGES
        for file in (site / package).rglob("*")
        if file.suffix in SUFFIXES and file.is_file()
    )
    told = _git(repository, "hash-object", "-w", "--stdin-paths", stdin="\n".join(map(str, files)))
    for file, blob in zip(files, told.split(), strict=True):
        yield file.relative_to(site).as_posix(), blob


def _own_files(repository: Path) -> Iterator[tuple[str, str]]:
    texts = {"requirements.txt": requirements(), ".github/workflows/tests.yml": WORKFLOW}
    for name, text in texts.items():
        yield name, _git(repository, "hash-object", "-w", "--stdin", stdin=text)


def _copied(repository: Path, blobs: dict[str, str], copies: int) -> Iterator[tuple[str, str]]:
    folders = _folders(blobs)
    for number in range(copies):
        mark = _git(repository, "hash-object", "-w", "--stdin", stdin=f"copy {number}\n")
        top = f"copy{number:03d}"
        yield from ((f"{top}/{name}", blob) for name, blob in blobs.items())
        yield from ((f"{top}/{folder}/COPY", mark) for folder in folders)


def _folders(names: Iterable[str]) -> set[PurePosixPath]:
    """Every folder that holds one of the files, the top left out."""
    return {folder for name in names for folder in PurePosixPath(name).parents if folder.name}


def _git(cwd: Path, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        ("git", *arguments), cwd=cwd, input=stdin, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
