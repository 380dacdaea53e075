"""The protocol every scanner keeps."""

from typing import Protocol

from app.domain.lens import Lens
from app.domain.scan import Material, ScanReport, Target


class Scanner(Protocol):
    """Turns material into a report.

    `scan` never raises for what it read: trouble with one file is a gap, trouble of the engine is
    `Failed`. It parses nothing in its own process: whatever reads targets' bytes runs boxed.
    """

    @property
    def name(self) -> str:
        """Its name in reports: ``code``, ``secrets``, ``dependencies``, ``workflows``."""

    @property
    def lenses(self) -> frozenset[Lens]:
        """The lenses its findings can be of."""

    def wants(self, target: Target) -> bool:
        """Whether this target is for this scanner, by its path alone."""

    async def scan(self, material: Material) -> ScanReport:
        """Read the wanted targets of ``material``."""
