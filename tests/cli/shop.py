"""A user's machine: a git repository, a plain folder, advisories, and the `audit` command."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.advisories import write_dump
from tests.workers.fetch.origin import QUIET

CLEAN = b"def search(name):\n    return [name]\n"
FLAWED = b"""import os
from flask import Flask, request
app = Flask(__name__)

@app.route("/search")
def search():
    name = request.args["q"]
    os.system("grep " + name)
    return ""
"""
HOSTILE = b"a\x1b[31m\n|<b>`--only`\xff.py"
"""A file name that would colour the terminal, break lines and tables, and is not UTF-8."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of the command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its whole standard output as one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Shop:
    """``root`` holds everything, the user's cache included."""

    root: Path

    @property
    def repository(self) -> Path:
        """On branch main: a clean commit, a clean staged file, and flaws in the working tree."""
        return self.root / "repository"

    @property
    def folder(self) -> Path:
        """A folder without git with one flawed file and one manifest."""
        return self.root / "folder"

    @property
    def advisories(self) -> Path:
        """A dump of the demo's advisories."""
        return self.root / "advisories"

    def audit(self, *arguments: str | Path) -> Ran:
        """Run the command in the machine's own root, without colours and without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *map(str, arguments)],
            env=self._environment(),
            cwd=self.root,
            capture_output=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def scan(self, *arguments: str | Path) -> Ran:
        """A scan with the advisories at hand."""
        return self.audit("scan", *arguments, "--advisories", self.advisories)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "HOME": str(self.root),
            "XDG_CACHE_HOME": str(self.root / "cache"),
        }


def a_shop(root: Path) -> Shop:
    """The machine with everything on it."""
    shop = Shop(root)
    write_dump(shop.advisories)
    shop.folder.mkdir()
    (shop.folder / "app.py").write_bytes(FLAWED)
    (shop.folder / "requirements.txt").write_bytes(b"Jinja2==2.10\n")
    _make_repository(shop.repository)
    return shop


def _make_repository(path: Path) -> None:
    path.mkdir()
    _git(path, "init", "-q", "-b", "main")
    (path / "app.py").write_bytes(CLEAN)
    _git(path, "add", "-A")
    _git(path, "commit", "-q", "-m", "begin")
    (path / "more.py").write_bytes(CLEAN)
    _git(path, "add", "more.py")
    (path / "app.py").write_bytes(FLAWED)
    (path / "requirements.txt").write_bytes(b"Jinja2==2.10\n")
    Path(os.fsdecode(os.fsencode(path) + b"/" + HOSTILE)).write_bytes(FLAWED)


def _git(path: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(path), *arguments], env=QUIET, capture_output=True, check=True)
