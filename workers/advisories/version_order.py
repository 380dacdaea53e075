"""One function that puts versions of any ecosystem in order: packaging for PyPI, univers for others.

Places of one ecosystem compare with each other by ``<`` and ``==``; those of different ones are never
compared. What is not a version of its ecosystem has no place in the order and gives None.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Protocol, cast

MAX_LENGTH: Final = 256
"""Characters; longer than any released version, short enough for every parser behind this."""
_CACHED: Final = 1 << 17
"""Distinct versions kept parsed; all of PyPI's advisories list about 33,000."""

_SEMVER: Final = re.compile(
    r"[vV]?(?P<core>[0-9]+(?:\.[0-9]+){0,2})"
    r"(?P<pre>-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
    r"(?:\+[0-9A-Za-z.-]+)?"
)

_PLAIN: Final = re.compile(r"(?:0|[1-9][0-9]{0,15})(?:\.(?:0|[1-9][0-9]{0,15})){0,10}")
_LAST_ZEROS: Final = re.compile(r"(?:\.0)+$")


class Place(Protocol):
    """Where a version stands in its ecosystem's order."""

    def __lt__(self, other: Any, /) -> bool:
        """Whether this comes before ``other``."""


@lru_cache(maxsize=_CACHED)
def place_of(ecosystem: str, text: str) -> Place | None:
    """The place of version ``text`` in the order of ``ecosystem``; None if it has none."""
    reader = _READERS.get(ecosystem)
    if reader is None or len(text) > MAX_LENGTH or not text.isascii():
        return None
    return reader(text.strip())


def can_order(ecosystem: str) -> bool:
    """Whether versions of ``ecosystem`` can be put in order at all."""
    return ecosystem in _READERS


@lru_cache(maxsize=_CACHED)
def spelling(ecosystem: str, text: str) -> str:
    """One text for all versions that are equal in the order; others are only equal to themselves."""
    if ecosystem == "PyPI":
        return _python_text(text)
    return _semantic_text(text) or text if ecosystem in _SEMANTIC else text


def public_part(ecosystem: str, text: str) -> str:
    """A PEP 440 version without its local label (``1.0+cu118`` is ``1.0``); any other as it is."""
    if ecosystem != "PyPI":
        return text
    public, _, label = text.partition("+")
    return public if label else text


def has_label(ecosystem: str, text: str) -> bool:
    """Whether ``text`` is a PEP 440 version with a local label."""
    return ecosystem == "PyPI" and "+" in text


def _python(text: str) -> Place | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None


def _python_text(text: str) -> str:
    """As `packaging.utils.canonicalize_version`; plain numbers, nine in ten, need no parser for it."""
    from packaging.utils import canonicalize_version

    if _PLAIN.fullmatch(text):
        return _LAST_ZEROS.sub("", text)
    return canonicalize_version(text) if len(text) <= MAX_LENGTH else text


def _semantic(text: str) -> Place | None:
    """Semantic versioning 2.0; the key is the precedence of its item 11."""
    from univers.versions import InvalidVersion, SemverVersion

    plain = _semantic_text(text)
    if plain is None:
        return None
    try:
        return cast(Place, SemverVersion(plain).value.precedence_key)
    except (InvalidVersion, ValueError):
        return None


def _semantic_text(text: str) -> str | None:
    """Core and pre-release, build metadata left out: it takes no part in the order (item 10).

    ``+incompatible`` of Go is such metadata. Missing minor and patch numbers count as 0.
    """
    found = _SEMVER.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return None
    numbers = [str(int(number)) for number in found["core"].split(".")]
    return ".".join([*numbers, "0", "0"][:3]) + (found["pre"] or "")


def _by(class_name: str) -> Callable[[str], Place | None]:
    return lambda text: _univers(class_name, text)


def _univers(class_name: str, text: str) -> Place | None:
    from univers import versions

    try:
        return cast(Place, getattr(versions, class_name)(text))
    except (versions.InvalidVersion, ValueError, TypeError):
        return None


_SEMANTIC: Final = frozenset({"npm", "Go", "crates.io"})
_READERS: Final[dict[str, Callable[[str], Place | None]]] = {
    "PyPI": _python,
    **dict.fromkeys(_SEMANTIC, _semantic),
    "Maven": _by("MavenVersion"),
    "RubyGems": _by("RubygemsVersion"),
    "NuGet": _by("NugetVersion"),
    "Packagist": _by("ComposerVersion"),
}
