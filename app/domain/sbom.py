"""The difference between two inventories of packages, and what one audit says of its SBOM."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.change import Change
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


def sbom(components: Iterable[Component], change: Change) -> Sbom:
    """The SBOM of the head among ``components`` of both sides.

    A manifest that ``change`` leaves alone is read on the head only, and is the same on the base. A
    plain folder has no base to differ from.
    """
    every = tuple(components)
    head = {component.purl: component for component in every if component.side is Side.HEAD}
    base = {component.purl for component in every if _is_on_base(component, change)}
    has_base = change.merge_base is not None
    return Sbom(
        components=tuple(head[purl] for purl in sorted(head)),
        added=tuple(sorted(head.keys() - base)) if has_base else (),
        removed=tuple(sorted(base - head.keys())) if has_base else (),
    )


def _is_on_base(component: Component, change: Change) -> bool:
    return component.side is Side.BASE or change.file(component.manifest) is None
