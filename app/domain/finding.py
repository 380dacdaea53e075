"""A finding: one problem with its identity, its risk and its place."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.exploitability import Exploitability
from app.domain.lens import Category, Lens
from app.domain.risk import Risk, Severity, Tier
from app.domain.role import FileRole
from app.domain.scan import Sighting


class FindingState(StrEnum):
    """Where a finding stands with the people who decide about it."""

    OPEN = "open"
    WAITING = "waiting"
    WAIVED = "waived"
    ROTATED = "rotated"


class Novelty(StrEnum):
    """Whether a change brings a finding in."""

    NEW = "new"
    """Not in the base by fingerprint."""
    RAISED = "raised"
    """In the base below the block level, and now at or above it."""
    EXISTING = "existing"
    """In the base already."""

    @property
    def is_new(self) -> bool:
        """Whether the gate counts it as new."""
        return self is not Novelty.EXISTING


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem.

    ``fingerprint`` is the full identity (64 hex digits), ``id`` what people type (`F-7K2QX9M`).
    ``aligned`` is False where its twin in the base could not be told: it then never counts as
    waived. ``alias_of`` is its fingerprint in the base where a rename or move changed it.
    """

    fingerprint: str
    id: str
    sighting: Sighting
    severity: Severity
    exploitability: Exploitability
    risk: Risk
    role: FileRole
    novelty: Novelty
    state: FindingState = FindingState.OPEN
    aligned: bool = True
    alias_of: str | None = None
    blocking: bool = False

    @property
    def tier(self) -> Tier:
        """The tier of its risk."""
        return self.risk.tier

    @property
    def category(self) -> Category:
        """What kind of thing it is about."""
        return self.sighting.category

    @property
    def lens(self) -> Lens:
        """The lens it was seen through."""
        return self.sighting.lens

    @property
    def path(self) -> str:
        """Where it is."""
        return self.sighting.path

    @property
    def line(self) -> int:
        """The first line, 0 for the whole file."""
        return self.sighting.line

    @property
    def is_new(self) -> bool:
        """Whether this change brings it in."""
        return self.novelty.is_new

    @property
    def order(self) -> tuple[int, Decimal, str, int, str]:
        """Sorts worst first, then by place: the same order on every page."""
        return (self.tier.rank, -self.risk.value, self.path, self.line, self.fingerprint)


def worst_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings in the order people read them."""
    return tuple(sorted(findings, key=lambda finding: finding.order))
