"""One flaw, one id: records that name each other as aliases are the same flaw.

Aliases are symmetric and transitive (OSV schema, field ``aliases``), so the groups are the connected
parts of the graph they make. The name of a group is its *canonical* id: a CVE if it has one, else a
GHSA, else any other; among equals the smallest by the numbers in it. So the same set of records gives
the same names in whatever order it is read.
"""

import re
from collections.abc import Iterable
from typing import Final

_PARTS: Final = re.compile(r"(\d+)")
_RANKS: Final = ("CVE-", "GHSA-")


def preference(identifier: str) -> tuple[int, list[tuple[bool, int, str]]]:
    """Sorts ids by how well they name a flaw, the best first."""
    rank = next((i for i, mark in enumerate(_RANKS) if identifier.startswith(mark)), len(_RANKS))
    parts = [
        (part.isdigit(), int(part) if part.isdigit() else 0, part)
        for part in _PARTS.split(identifier)
    ]
    return rank, parts


def canonical(identifiers: Iterable[str]) -> str:
    """The best of ``identifiers``, of which there is at least one."""
    return min(identifiers, key=preference)


class AliasGroups:
    """Groups of ids that mean the same flaw (union-find with path halving)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def join(self, identifier: str, aliases: Iterable[str]) -> None:
        """Take in that ``identifier`` and each of ``aliases`` mean the same flaw."""
        root = self._root(identifier)
        for alias in aliases:
            self._parent[self._root(alias)] = root

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Canonical id to all ids of its group, the best first."""
        members: dict[str, list[str]] = {}
        for identifier in list(self._parent):
            members.setdefault(self._root(identifier), []).append(identifier)
        ordered = (tuple(sorted(group, key=preference)) for group in members.values())
        return {group[0]: group for group in ordered}

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._parent

    def _root(self, identifier: str) -> str:
        parent = self._parent
        parent.setdefault(identifier, identifier)
        while parent[identifier] != identifier:
            parent[identifier] = parent[parent[identifier]]
            identifier = parent[identifier]
        return identifier
