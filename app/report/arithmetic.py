"""How a finding's risk is worked out, in figures that a reader can work out again."""

from decimal import Decimal

from app.domain.exploitability import KNOWN_EXPLOITED_FLOOR, Factor, is_known_exploited
from app.domain.facts import DependencyFacts
from app.domain.finding import Finding
from app.domain.lens import Category
from app.domain.risk import tier_of_risk
from app.domain.severity import severity_word


def product(finding: Finding) -> str:
    """Severity × exploitability: ``9.8 × 0.95``."""
    return f"{finding.severity.value} × {finding.exploitability.value:.2f}"


def has_risk(finding: Finding) -> bool:
    """Whether the finding has a risk at all; of what was not read nothing is known."""
    return finding.category is not Category.COVERAGE


def severity_words(finding: Finding) -> str:
    """``9.8, critical``, and whether that is known."""
    known = "" if finding.severity.known else ", not known: the cautious value"
    return f"{finding.severity.value}, {severity_word(finding.severity.value)}{known}"


def factor_product(finding: Finding) -> str:
    """The factors of its exploitability: ``0.95 × 1.00 × 1.00 × 0.90``."""
    return " × ".join(f"{factor.value:.2f}" for factor in finding.exploitability.factors)


def factor_words(factor: Factor) -> str:
    """``an untrusted value was traced … (likelihood 0.95)``."""
    known = "" if factor.known else ", not known: the cautious value"
    return f"{factor.evidence} ({factor.name} {factor.value:.2f}{known})"


def remark(finding: Finding) -> str | None:
    """Why exploitability or tier is not what the plain product says; None when it is."""
    facts = finding.sighting.facts
    if is_known_exploited(facts, finding.role):
        raised = _plain_product(finding) < KNOWN_EXPLOITED_FLOOR
        floor = f"exploitability is at least {KNOWN_EXPLOITED_FLOOR:.2f}, and " if raised else ""
        return f"known to be exploited: {floor}the tier is P0 whatever the risk"
    if finding.tier is tier_of_risk(finding.risk.value):
        return None
    if isinstance(facts, DependencyFacts) and facts.known_exploited:
        return "known to be exploited, though not in what ships: at least P2"
    return "a soft rule: never above P2"


def _plain_product(finding: Finding) -> Decimal:
    value = Decimal(1)
    for factor in finding.exploitability.factors:
        value *= factor.value
    return value
