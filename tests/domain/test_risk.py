"""What experts expect of the ranking, as one table, and the rules that override the product."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.facts import (
    Level,
    Reach,
    SecretFacts,
    SecretKind,
    SecretShape,
    WorkflowFacts,
)
from app.domain.finding import Finding
from app.domain.lens import Lens
from app.domain.risk import Tier
from app.domain.severity import SeverityWord, severity_word
from tests.builders import (
    TODAY,
    a_finding,
    a_secret,
    a_sighting,
    a_vulnerable_package,
    code_facts,
    dependency_facts,
)

DAYS_OLD = date(2026, 1, 1)


def exploited(**differences: object) -> Finding:
    facts = dependency_facts(known_exploited=True, **differences)
    return a_finding(a_vulnerable_package(facts=facts))


EXPECTED = [
    pytest.param(
        a_vulnerable_package(facts=dependency_facts(known_exploited=True)),
        "9.8", Tier.P0, id="known-exploited direct dependency",
    ),
    pytest.param(
        a_sighting(facts=code_facts(severity=Decimal("9.0"))),
        "8.6", Tier.P1, id="SQL injection traced from a request",
    ),
    pytest.param(
        a_sighting(facts=code_facts(severity=Decimal("7.2"))),
        "6.8", Tier.P1, id="reflected XSS traced",
    ),
    pytest.param(
        a_secret(
            path="tests/test_login.py",
            facts=SecretFacts(kind=SecretKind.CLOUD_KEY, shape=SecretShape.VALID),
        ),
        "7.2", Tier.P1, id="a valid cloud key in a test file",
    ),
    pytest.param(
        a_sighting(
            facts=code_facts(
                severity=Decimal("5.0"),
                likelihood=Level.MEDIUM,
                confidence=Level.MEDIUM,
                traced=False,
            )
        ),
        "2.7", Tier.P3, id="MD5 for a checksum with medium confidence",
    ),
    pytest.param(
        a_vulnerable_package(
            facts=dependency_facts(score=Decimal("7.5"), reach=Reach.DEVELOPMENT)
        ),
        "1.1", Tier.P3, id="development-only dependency, CVSS 7.5, EPSS 0.0004",
    ),
    pytest.param(
        a_vulnerable_package(facts=dependency_facts(published=DAYS_OLD)),
        "7.8", Tier.P1, id="CVSS 9.8, remote, days old",
    ),
    pytest.param(
        a_vulnerable_package(facts=dependency_facts()),
        "4.9", Tier.P2, id="the same flaw years old with negligible EPSS",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sighting", "risk", "tier"), EXPECTED)
def test_ranks_as_experts_expect(sighting, risk, tier):
    finding = a_finding(sighting)
    assert (str(finding.risk.value), finding.tier) == (risk, tier)


def test_risk_can_be_recomputed_from_what_is_shown():
    finding = a_finding()
    product = finding.severity.value * finding.exploitability.value
    assert finding.risk.value == product.quantize(Decimal("0.1"), rounding="ROUND_HALF_UP")


def test_known_exploited_is_at_least_nine_tenths_exploitable():
    assert exploited(reach=Reach.NOT_IMPORTED).exploitability.value == Decimal("0.9")


def test_known_exploited_development_dependency_is_at_least_p2():
    finding = exploited(reach=Reach.DEVELOPMENT, score=Decimal("2.0"))
    assert finding.tier is Tier.P2


def test_known_exploited_with_modest_severity_is_p0():
    finding = exploited(score=Decimal("4.7"))
    assert (finding.tier, finding.risk.value) == (Tier.P0, Decimal("4.7"))


def test_a_soft_rule_is_never_above_p2():
    finding = a_finding(a_sighting(lens=Lens.PERFORMANCE, soft=True))
    assert finding.tier is Tier.P2


def test_an_advisory_without_any_severity_counts_as_unknown_high():
    facts = dependency_facts(score=None, word=None)
    severity = a_finding(a_vulnerable_package(facts=facts)).severity
    assert (severity.value, severity.known) == (Decimal("7.5"), False)


def test_the_sources_word_stands_in_for_a_score():
    facts = dependency_facts(score=None, word="MODERATE")
    assert a_finding(a_vulnerable_package(facts=facts)).severity.value == Decimal("5.5")


def test_epss_nobody_knows_is_listed_as_unknown():
    facts = dependency_facts(epss=None)
    finding = a_finding(a_vulnerable_package(facts=facts))
    assert finding.exploitability.unknown == ("likelihood", "reach")


def test_an_unproven_local_flaw_keeps_the_local_floor():
    facts = dependency_facts(vector="CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H")
    factor = a_finding(a_vulnerable_package(facts=facts)).exploitability.factors[0]
    assert factor.value == Decimal("0.25")


def test_a_workflow_rule_is_graded_by_its_own_words():
    facts = WorkflowFacts(severity=Decimal("8.0"), likelihood=Level.HIGH, confidence=Level.HIGH)
    assert a_finding(a_sighting(facts=facts)).risk.value == Decimal("7.2")


@pytest.mark.parametrize(
    ("value", "word"),
    [("9.0", "critical"), ("8.9", "high"), ("4.0", "medium"), ("0.1", "low"), ("0.0", "none")],
)
def test_severity_has_words(value, word):
    assert severity_word(Decimal(value)) == SeverityWord(word)


def test_today_is_what_makes_an_advisory_young():
    facts = dependency_facts(published=TODAY)
    later = a_finding(a_vulnerable_package(facts=facts), today=date(2026, 3, 1))
    assert a_finding(a_vulnerable_package(facts=facts)).risk.value > later.risk.value
