"""How severe a flaw is by the best vector its records carry.

The vector of the highest CVSS version wins (4.0 over 3.1 over 3.0 over 2.0), as FIRST's own advice is
that a newer version replaces an older one; among vectors of one version the highest base score does,
since records that disagree leave the cautious one standing. Scores are the `cvss` library's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MAX_VECTOR: Final = 500
_V4_MARK: Final = "CVSS:4.0/"
_V3_MARKS: Final = ("CVSS:3.1/", "CVSS:3.0/")


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """A base score 0.0–10.0 of a vector; ``version`` is the CVSS version it is of."""

    version: Decimal
    value: Decimal
    vector: str


def best_score(vectors: Iterable[str]) -> Score | None:
    """The score that counts among ``vectors``; None when none of them can be read."""
    scores = [score for vector in vectors if (score := score_of(vector)) is not None]
    return max(scores, default=None)


def score_of(vector: str) -> Score | None:
    """The base score of one CVSS v2, v3.x or v4.0 vector; None when it is not one."""
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    if len(vector) > MAX_VECTOR:
        return None
    try:
        if vector.startswith(_V4_MARK):
            return Score(Decimal("4.0"), Decimal(str(CVSS4(vector).base_score)), vector)
        if vector.startswith(_V3_MARKS):
            return Score(Decimal(vector[5:8]), Decimal(str(CVSS3(vector).base_score)), vector)
        return Score(Decimal("2.0"), Decimal(str(CVSS2(vector).base_score)), vector)
    except CVSSError:
        return None
