"""Build the image and run it, without a container daemon: ``make image-check``.

debootstrap makes a stand-in for the base image, buildah builds the Dockerfile on it. The stand-in has the
distribution's Python in place of the pinned one: this proves the Dockerfile's steps and what comes out of
them, not the interpreter. Needs root, buildah, debootstrap and a package mirror (``DEBIAN_MIRROR``).
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.deploy.dockerfile import ROOT, base_image, instructions

TOOLS: Final = ("buildah", "debootstrap")
MIRROR: Final = "http://deb.debian.org/debian"
BUNDLE: Final = "etc/ssl/certs/ca-certificates.crt"
IMAGE: Final = "localhost/audit:check"
ISOLATION: Final = ("--isolation", "chroot")
CHECKS: Final = (
    ("the command starts", ("audit", "--help")),
    ("semgrep is in its own environment", ("/app/.venv-scanners/bin/semgrep", "--version")),
    ("git is there", ("git", "--version")),
    ("bubblewrap is there", ("bwrap", "--version")),
    ("unshare is there", ("unshare", "--version")),
    ("the process is not root", ("sh", "-c", "test $(id -u) = 10001")),
    ("it writes its data", ("sh", "-c", "touch /data/probe")),
    ("it can't write code", ("sh", "-c", "! touch /app/probe 2>/dev/null")),
    ("the schema is made", ("audit", "db", "upgrade")),
    ("no test is in it", ("sh", "-c", "test ! -e /app/tests -a ! -e /app/.git")),
)


class Buildah:
    """buildah with storage of its own below ``folder``, plain copies instead of overlays."""

    def __init__(self, folder: Path) -> None:
        places = ("--root", str(folder / "root"), "--runroot", str(folder / "run"))
        self._start = ("buildah", "--storage-driver", "vfs", *places)

    def __call__(self, *arguments: str) -> str:
        """What one buildah command says; its progress goes to stderr. Raises CalledProcessError."""
        done = subprocess.run(
            (*self._start, *arguments), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()


def missing() -> list[str]:
    """What this machine lacks."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    return lacking if lacking or os.geteuid() == 0 else ["root"]


def make_base(buildah: Buildah, folder: Path, name: str) -> None:
    """A stand-in called ``name``: a minimal system with Python, trusting what this machine trusts."""
    system = folder / "system"
    packages = "--include=python3,python3-venv,ca-certificates"
    mirror = os.environ.get("DEBIAN_MIRROR", MIRROR)
    subprocess.run(
        ("debootstrap", "--variant=minbase", packages, "bookworm", str(system), mirror),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (system / "usr/bin/python").symlink_to("python3")
    trust_as_here(system)
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, str(system), "/")
    for variable in ("PIP_CERT", "SSL_CERT_FILE"):
        buildah("config", "--env", f"{variable}=/{BUNDLE}", container)
    buildah("commit", "--quiet", container, name)


def trust_as_here(system: Path) -> None:
    """The build may go through a proxy whose authority only this machine's bundle has."""
    here = Path("/") / BUNDLE
    if here.exists():
        shutil.copyfile(here, system / BUNDLE)


def build(buildah: Buildah, base: str) -> str:
    """A container of the image built on ``base``; in docker's format, since OCI's has no health check."""
    options = ("--pull-never", *ISOLATION, "--format", "docker")
    buildah("bud", *options, "--build-arg", f"PYTHON_IMAGE={base}", "--tag", IMAGE, ".")
    return buildah("from", "--pull-never", IMAGE)


def holds(run: Callable[..., str], container: str, words: Sequence[str]) -> bool:
    """Whether a command ends well inside the container."""
    try:
        run("run", *ISOLATION, container, "--", *words)
    except subprocess.CalledProcessError:
        return False
    return True


def check(buildah: Buildah, container: str) -> int:
    """Run every check, say each one's end; how many failed."""
    failed = 0
    for title, words in CHECKS:
        good = holds(buildah, container, words)
        failed += not good
        print(f"{'ok     ' if good else 'FAILED '} {title}")
    return failed


def main() -> int:
    """Exit code 0 when all holds or this machine can't tell, 1 when something fails."""
    lacking = missing()
    if lacking:
        print(f"skipped: {'/'.join(lacking)} missing")
        return 0
    base = base_image(instructions((ROOT / "Dockerfile").read_text()))
    with tempfile.TemporaryDirectory(prefix="audit-image-") as name:
        folder = Path(name)
        buildah = Buildah(folder)
        make_base(buildah, folder, base)
        return 1 if check(buildah, build(buildah, base)) else 0


if __name__ == "__main__":
    sys.exit(main())
