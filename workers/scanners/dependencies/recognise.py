"""Which reader reads a path, by its name alone."""

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Final, cast

from workers.scanners.dependencies.manifests.manifest import Reader

_REQUIREMENTS: Final = re.compile(
    r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.txt|requirements/[^/]+\.txt",
    re.I,
)
_PYLOCK: Final = re.compile(r"pylock(?:\.[^.]+)?\.toml")
_READERS: Final = "workers.scanners.dependencies.manifests"


@dataclass(frozen=True, slots=True)
class Format:
    """A manifest format: what people call it, its OSV ecosystem, and its reader's ``module:function``.

    ``place`` is None for a format that is known and not read yet.
    """

    kind: str
    ecosystem: str
    place: str | None

    def reader(self) -> Reader:
        """Its reader, imported only now."""
        module, _, function = (self.place or "").partition(":")
        return cast(Reader, getattr(import_module(f"{_READERS}.{module}"), function))


REQUIREMENTS: Final = Format("requirements file", "PyPI", "requirements:read")
_PYLOCK_FORMAT: Final = Format("pylock.toml", "PyPI", "pylock:read")
_BY_NAME: Final[dict[str, Format]] = {
    "poetry.lock": Format("poetry.lock", "PyPI", "poetry:read"),
    "uv.lock": Format("uv.lock", "PyPI", "uv:read"),
    "Pipfile.lock": Format("Pipfile.lock", "PyPI", "pipfile:read"),
    "pyproject.toml": Format("pyproject.toml", "PyPI", "pyproject:read"),
    "package-lock.json": Format("package-lock.json", "npm", "npm_lock:read"),
    "npm-shrinkwrap.json": Format("npm-shrinkwrap.json", "npm", "npm_lock:read"),
    "go.mod": Format("go.mod", "Go", "go_mod:read"),
    "go.sum": Format("go.sum", "Go", "go_mod:read_sum"),
    "pdm.lock": Format("pdm.lock", "PyPI", None),
    "yarn.lock": Format("yarn.lock", "npm", None),
    "pnpm-lock.yaml": Format("pnpm-lock.yaml", "npm", None),
    "bun.lock": Format("bun.lock", "npm", None),
    "bun.lockb": Format("bun.lockb", "npm", None),
    "Gemfile.lock": Format("Gemfile.lock", "RubyGems", None),
    "Cargo.lock": Format("Cargo.lock", "crates.io", None),
    "composer.lock": Format("composer.lock", "Packagist", None),
    "packages.lock.json": Format("packages.lock.json", "NuGet", None),
    "gradle.lockfile": Format("gradle.lockfile", "Maven", None),
}


def recognised(path: str) -> Format | None:
    """The format of the manifest at ``path``; None for any other file."""
    folder, _, name = path.rpartition("/")
    if name in _BY_NAME:
        return _BY_NAME[name]
    if _PYLOCK.fullmatch(name):
        return _PYLOCK_FORMAT
    nested = f"{folder.rpartition('/')[2]}/{name}"
    if _REQUIREMENTS.fullmatch(name) or _REQUIREMENTS.fullmatch(nested):
        return REQUIREMENTS
    return None
