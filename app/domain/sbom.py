"""The difference between two inventories of packages, and what one audit says of its SBOM."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.scan import Component, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Sbom:
    """What the head is made of, and how that differs from the merge base.

    ``components`` are the head's, by package URL; ``added`` and ``removed`` package URLs against
    the base's same manifests. ``sha256`` is of the CycloneDX document, None until it is made.
    """

    components: tuple[Component, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    sha256: str | None = None


def sbom(components: Iterable[Component]) -> Sbom:
    """The SBOM of the head among ``components`` of both sides."""
    every = tuple(components)
    head = {component.purl: component for component in every if component.side is Side.HEAD}
    base = {component.purl for component in every if component.side is Side.BASE}
    return Sbom(
        components=tuple(head[purl] for purl in sorted(head)),
        added=tuple(sorted(head.keys() - base)),
        removed=tuple(sorted(base - head.keys())),
    )
