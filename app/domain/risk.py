"""Risk is severity × exploitability; its tier is what the gate looks at."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never

from app.domain.exploitability import Exploitability, is_known_exploited
from app.domain.facts import (
    CodeFacts,
    CoverageFacts,
    DependencyFacts,
    Facts,
    Reach,
    SecretFacts,
    SecretKind,
    WorkflowFacts,
)
from app.domain.role import FileRole
from app.domain.severity import UNKNOWN_SEVERITY, WORD_SCORES, one_decimal


class Tier(StrEnum):
    """P0 (worst) to P3; `rank` orders them."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"

    @property
    def rank(self) -> int:
        """0 for P0 to 3 for P3."""
        return int(self.value[1])

    def at_least(self, other: "Tier") -> bool:
        """Whether this tier is as grave as ``other`` or graver."""
        return self.rank <= other.rank


SECRET_SEVERITY: Final = {
    SecretKind.CLOUD_KEY: Decimal("9.0"),
    SecretKind.PRIVATE_KEY: Decimal("9.0"),
    SecretKind.PROVIDER_TOKEN: Decimal("8.0"),
    SecretKind.URL_PASSWORD: Decimal("8.0"),
    SecretKind.GENERIC: Decimal("7.0"),
    SecretKind.CLOUD_KEY_ID: Decimal("6.5"),
}
TIER_LIMITS: Final = (
    (Decimal("9.0"), Tier.P0),
    (Decimal("6.0"), Tier.P1),
    (Decimal("3.0"), Tier.P2),
)


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity 0.0–10.0; ``known`` is False where the cautious value stands in."""

    value: Decimal
    known: bool = True


@dataclass(frozen=True, slots=True)
class Risk:
    """``value`` 0.0–10.0 with one decimal, and its tier."""

    value: Decimal
    tier: Tier


def severity_of(facts: Facts) -> Severity:
    """The severity that ``facts`` give, rounded to one decimal; 0 for coverage."""
    match facts:
        case CodeFacts() | WorkflowFacts():
            return Severity(one_decimal(facts.severity))
        case SecretFacts():
            return Severity(SECRET_SEVERITY[facts.kind])
        case DependencyFacts():
            return _advisory_severity(facts)
        case CoverageFacts():
            return Severity(Decimal("0.0"))
        case _:
            assert_never(facts)


def _advisory_severity(facts: DependencyFacts) -> Severity:
    if facts.score is not None:
        return Severity(one_decimal(facts.score))
    if facts.word is not None and facts.word.lower() in WORD_SCORES:
        return Severity(WORD_SCORES[facts.word.lower()])
    return Severity(UNKNOWN_SEVERITY, known=False)


def tier_of_risk(value: Decimal) -> Tier:
    """P0 from 9, P1 from 6, P2 from 3, else P3, on the risk with one decimal."""
    return next((tier for limit, tier in TIER_LIMITS if value >= limit), Tier.P3)


def risk_of(
    severity: Severity, exploited: Exploitability, facts: Facts, role: FileRole, *, soft: bool
) -> Risk:
    """Severity × exploitability, and the tier after the rules that override the product.

    Known exploited is P0 (at least P2 when development-only, test, example or docs); a soft rule is
    never above P2.
    """
    value = one_decimal(severity.value * exploited.value)
    tier = tier_of_risk(value)
    if is_known_exploited(facts, role):
        tier = Tier.P0
    elif (
        isinstance(facts, DependencyFacts) and facts.known_exploited and not tier.at_least(Tier.P2)
    ):
        tier = Tier.P2
    if soft and tier.at_least(Tier.P1):
        tier = Tier.P2
    return Risk(value, tier)


def is_development(facts: Facts) -> bool:
    """Whether this is a dependency that only development uses."""
    return isinstance(facts, DependencyFacts) and facts.reach is Reach.DEVELOPMENT
