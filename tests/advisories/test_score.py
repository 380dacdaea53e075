"""Which of several vectors counts."""

from decimal import Decimal

import pytest

from workers.advisories.score import best_score

V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"
V30 = "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V31_LOW = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


@pytest.mark.parametrize(
    ("vector", "score"), [(V2, "7.5"), (V30, "8.6"), (V31, "9.8"), (V4, "9.3")]
)
def test_every_version_of_cvss_has_its_score(vector: str, score: str) -> None:
    found = best_score([vector])
    assert found is not None
    assert (found.value, found.vector) == (Decimal(score), vector)


@pytest.mark.parametrize(
    ("vectors", "chosen"),
    [([V31, V4], V4), ([V2, V30], V30), ([V31_LOW, V31], V31), ([V30, V31_LOW], V31_LOW)],
)
def test_the_newest_version_wins_then_the_highest_score(vectors: list[str], chosen: str) -> None:
    for order in (vectors, vectors[::-1]):
        found = best_score(order)
        assert found is not None
        assert found.vector == chosen


@pytest.mark.parametrize("vector", ["", "CVSS:3.1/", "CVSS:9.9/AV:N", "hello", "A" * 100_000])
def test_what_is_no_vector_is_no_score(vector: str) -> None:
    assert best_score([vector]) is None
