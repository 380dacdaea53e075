"""pip-audit as a library: the second reader of Python requirement files and ``pylock.toml``.

It is given a copy of the pins alone (names and exact versions we have read ourselves), so there is no
include, path, address or option left for it to act on; ``disable_pip`` and ``no_deps`` keep it from
resolving anything. What it does not read as we do is said. Its modules are private: the release is
pinned. Importing it takes most of a second, so it is imported only when such a file is there.
"""

import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from app.domain.scan import GapReason
from workers.advisories.package_name import normalised
from workers.advisories.version_order import spelling
from workers.scanners.dependencies.manifests.manifest import Dependency, Unread

MAX_VERSIONS: Final = 8
"""Versions of one package in one file that are handed on; a real file has two or three, by marker."""

Pin = tuple[str, str]
"""Normalised name and version."""


def confirmed_requirements(dependencies: Iterable[Dependency]) -> list[Unread]:
    """The pins of a requirements file that pip-audit does not read as we did."""
    return _unconfirmed(dependencies, _requirements_text, "requirements.txt", _requirement_source)


def confirmed_lock(dependencies: Iterable[Dependency]) -> list[Unread]:
    """The packages of a ``pylock.toml`` that pip-audit does not read as we did."""
    return _unconfirmed(dependencies, _lock_text, "pylock.toml", _lock_source)


def _unconfirmed(
    dependencies: Iterable[Dependency],
    text_of: Callable[[list[Pin]], str],
    file_name: str,
    source_of: Callable[[Path], Any],
) -> list[Unread]:
    by_pin = {_pin(dependency): dependency for dependency in dependencies if _sound(dependency)}
    seen: set[Pin] = set()
    for layer in _layers(list(by_pin))[:MAX_VERSIONS]:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / file_name
            copy.write_text(text_of(layer))
            seen |= {_read_pin(found) for found in source_of(copy).collect()}
    return [
        Unread(
            dependency.line,
            dependency.end_line,
            GapReason.PARTIAL_PARSE,
            "pip-audit does not read it as we do",
        )
        for pin, dependency in by_pin.items()
        if pin not in seen
    ]


def _layers(pins: list[Pin]) -> list[list[Pin]]:
    """``pins`` in lists that name no package twice: markers may give one package several versions."""
    layers: list[dict[str, Pin]] = []
    count: dict[str, int] = {}
    for pin in pins:
        depth = count.get(pin[0], 0)
        count[pin[0]] = depth + 1
        if depth == len(layers):
            layers.append({})
        layers[depth][pin[0]] = pin
    return [list(layer.values()) for layer in layers]


def _sound(dependency: Dependency) -> bool:
    """Whether name and version are of PEP 508's and PEP 440's form; others are said elsewhere."""
    from packaging.utils import InvalidName, canonicalize_name
    from packaging.version import InvalidVersion, Version

    try:
        canonicalize_name(dependency.name, validate=True)
        Version(dependency.version)
    except (InvalidName, InvalidVersion):
        return False
    return True


def _pin(dependency: Dependency) -> Pin:
    return normalised("PyPI", dependency.name), spelling("PyPI", dependency.version)


def _read_pin(found: Any) -> Pin:
    return normalised("PyPI", found.name), spelling("PyPI", str(getattr(found, "version", "")))


def _requirements_text(pins: list[Pin]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in pins)


def _lock_text(pins: list[Pin]) -> str:
    entries = (
        f"[[packages]]\nname = {json.dumps(name)}\nversion = {json.dumps(version)}\n"
        for name, version in pins
    )
    return 'lock-version = "1.0"\ncreated-by = "audit"\n' + "".join(entries)


def _requirement_source(path: Path) -> Any:
    from pip_audit._dependency_source.requirement import RequirementSource

    return RequirementSource([path], disable_pip=True, no_deps=True)


def _lock_source(path: Path) -> Any:
    from pip_audit._dependency_source.pylock import PyLockSource

    return PyLockSource([path])
