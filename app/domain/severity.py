"""How much harm a finding does if it happens: 0.0 to 10.0, and the words for it."""

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

TENTH: Final = Decimal("0.1")
UNKNOWN_SEVERITY: Final = Decimal("7.5")
"""What an advisory without any severity counts as; listed as unknown on the page."""

WORD_SCORES: Final[dict[str, Decimal]] = {
    "critical": Decimal("9.5"),
    "high": Decimal("8.0"),
    "moderate": Decimal("5.5"),
    "medium": Decimal("5.5"),
    "low": Decimal("2.5"),
}
"""The middle of each band of the CVSS v3.1 qualitative scale, for sources that give only a word."""


class SeverityWord(StrEnum):
    """The band a severity lies in (CVSS v3.1 specification, section 5)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


def severity_word(value: Decimal) -> SeverityWord:
    """The band of ``value``: critical ≥ 9, high ≥ 7, medium ≥ 4, low > 0, none."""
    if value >= 9:
        return SeverityWord.CRITICAL
    if value >= 7:
        return SeverityWord.HIGH
    if value >= 4:
        return SeverityWord.MEDIUM
    return SeverityWord.LOW if value > 0 else SeverityWord.NONE


def one_decimal(value: Decimal) -> Decimal:
    """``value`` rounded half up to one decimal, as every severity and risk is shown."""
    return value.quantize(TENTH, rounding=ROUND_HALF_UP)
