"""Who asks for whom: parents of each package, and what only development groups lead to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

MAX_PARENTS: Final = 5
"""Parents named per package; more help nobody."""


@dataclass(frozen=True, slots=True)
class Graph:
    """``edges``: each package to those it asks for; ``main`` and ``development``: what the project asks for."""

    edges: Mapping[str, tuple[str, ...]]
    main: frozenset[str]
    development: frozenset[str]

    def parents(self) -> dict[str, tuple[str, ...]]:
        """Each package to those that ask for it, in order of name, at most `MAX_PARENTS`."""
        found: dict[str, set[str]] = {}
        for parent, children in self.edges.items():
            for child in children:
                found.setdefault(child, set()).add(parent)
        return {child: tuple(sorted(names)[:MAX_PARENTS]) for child, names in found.items()}

    def only_development(self) -> frozenset[str]:
        """What development groups lead to and the rest of the project does not."""
        return self._reached(self.development) - self._reached(self.main)

    def _reached(self, roots: Iterable[str]) -> frozenset[str]:
        seen = set(roots)
        waiting = list(seen)
        while waiting:
            fresh = set(self.edges.get(waiting.pop(), ())) - seen
            seen |= fresh
            waiting.extend(fresh)
        return frozenset(seen)
