"""Laws of risk: more harm or more evidence never lowers it, and the unknown is never the safe case."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.exploitability import exploitability
from app.domain.facts import DependencyFacts, Reach, SecretFacts, SecretKind, SecretShape
from app.domain.risk import Risk, risk_of, severity_of
from app.domain.role import FileRole
from tests.builders import code_facts

TODAY = date(2026, 1, 5)
scores = st.decimals(min_value=0, max_value=10, places=1)
probabilities = st.decimals(min_value=0, max_value=1, places=4)
roles = st.sampled_from(FileRole)
vectors = st.sampled_from(
    [
        None,
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N",
        "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "AV:N/AC:L/Au:N/C:P/I:P/A:P",
    ]
)
dependencies = st.builds(
    DependencyFacts,
    score=st.none() | scores,
    vector=vectors,
    word=st.none() | st.sampled_from(["low", "moderate", "high", "critical"]),
    epss=st.none() | probabilities,
    known_exploited=st.booleans(),
    published=st.none() | st.dates(date(2000, 1, 1), TODAY),
    reach=st.sampled_from(Reach),
    reach_evidence=st.just(""),
    about=st.just("dependency"),
)


def risk(facts: DependencyFacts, role: FileRole) -> Risk:
    return risk_of(severity_of(facts), exploitability(facts, role, TODAY), facts, role, soft=False)


def not_lower(high: Risk, low: Risk) -> bool:
    return high.value >= low.value and high.tier.at_least(low.tier)


@given(dependencies, roles, scores, scores)
def test_more_severe_never_lowers_risk(facts, role, one, other):
    low, high = sorted((one, other))
    assert not_lower(risk(replace(facts, score=high), role), risk(replace(facts, score=low), role))


@given(dependencies, roles, probabilities, probabilities)
def test_a_higher_epss_never_lowers_risk(facts, role, one, other):
    low, high = sorted((one, other))
    assert not_lower(risk(replace(facts, epss=high), role), risk(replace(facts, epss=low), role))


@given(dependencies, roles)
def test_entering_kev_never_lowers_risk(facts, role):
    known, unknown = (replace(facts, known_exploited=seen) for seen in (True, False))
    assert not_lower(risk(known, role), risk(unknown, role))


@given(dependencies, roles, st.sampled_from(Reach))
def test_unknown_reach_is_never_below_a_known_one(facts, role, reach):
    unknown = replace(facts, reach=Reach.UNKNOWN)
    assert not_lower(risk(unknown, role), risk(replace(facts, reach=reach), role))


@given(dependencies, roles)
def test_unknown_epss_is_never_below_a_negligible_one(facts, role):
    unknown, safe = (replace(facts, epss=epss) for epss in (None, Decimal("0.0001")))
    assert not_lower(risk(unknown, role), risk(safe, role))


@given(dependencies, roles)
def test_no_vector_is_never_below_a_local_one(facts, role):
    unknown, local = (replace(facts, vector=vector) for vector in (None, "CVSS:3.1/AV:L/AC:L"))
    assert not_lower(risk(unknown, role), risk(local, role))


@given(dependencies)
def test_a_shipped_manifest_is_never_below_a_test_one(facts):
    assert not_lower(risk(facts, FileRole.SHIPPED), risk(facts, FileRole.SUPPORT))


@given(dependencies, roles)
def test_exploitability_and_risk_stay_in_their_ranges(facts, role):
    exploited = exploitability(facts, role, TODAY)
    assert Decimal("0.01") <= exploited.value <= 1
    assert 0 <= risk(facts, role).value <= 10
    assert all(0 < factor.value <= 1 for factor in exploited.factors)


@given(scores, roles)
def test_a_trace_never_lowers_a_code_finding(severity, role):
    traced, plain = (code_facts(severity=severity, traced=seen) for seen in (True, False))
    assert exploitability(traced, role, TODAY).value >= exploitability(plain, role, TODAY).value


@given(st.sampled_from(SecretKind), roles)
def test_a_surer_form_never_lowers_a_secret(kind, role):
    order = [SecretShape.PLACEHOLDER, SecretShape.GENERIC, SecretShape.TYPED, SecretShape.VALID]
    values = [
        exploitability(SecretFacts(kind=kind, shape=shape), role, TODAY).value for shape in order
    ]
    assert values == sorted(values)
