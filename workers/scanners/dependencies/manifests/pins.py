"""Which one version a version specifier allows, if it allows only one."""

import re
from typing import Final

_EXACT: Final = re.compile(r"\s*===?\s*([^\s,*]+)\s*")


def exact_version(specifiers: str) -> str | None:
    """The version of the one ``==`` or ``===`` clause without a wildcard (PEP 440); None without one.

    Further clauses (``==1.2,!=1.3``) can only forbid what the pin does not name.
    """
    pins = [found[1] for part in specifiers.split(",") if (found := _EXACT.fullmatch(part))]
    return pins[0] if len(set(pins)) == 1 else None
