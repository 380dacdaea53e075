"""Package names as each ecosystem compares them."""

import re
from typing import Final

_RUNS: Final = re.compile(r"[-_.]+")


def ecosystem_of(name: str) -> str:
    """OSV's ecosystem without its release suffix (``Debian:12`` is ``Debian``)."""
    return name.partition(":")[0]


def normalised(ecosystem: str, name: str) -> str:
    """``name`` as its registry compares it.

    PyPI: PEP 503. NuGet and Packagist: without case. npm, Go and the rest compare exactly.
    """
    match ecosystem:
        case "PyPI":
            return _RUNS.sub("-", name).lower()
        case "NuGet" | "Packagist":
            return name.lower()
        case _:
            return name
