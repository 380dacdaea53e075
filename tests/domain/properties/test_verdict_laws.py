"""Laws of the verdict: neither order nor number of findings ever changes an outcome."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.facts import Level
from app.domain.finding import Finding
from app.domain.lens import Lens
from app.domain.policy import Policy
from app.domain.verdict import Outcome, decide
from tests.builders import a_finding, a_sighting, an_unread_file, code_facts


def finding(severity: int, traced: bool, lens: Lens, path: str) -> Finding:
    facts = code_facts(severity=Decimal(severity), traced=traced, likelihood=Level.MEDIUM)
    return a_finding(a_sighting(path=path, facts=facts, lens=lens))


paths = st.sampled_from(["a.py", "b.py", "tests/c.py"])
code = st.builds(finding, st.integers(0, 10), st.booleans(), st.sampled_from(Lens), paths)
unread = st.builds(lambda path: a_finding(an_unread_file(path=path)), paths)
findings = st.lists(code | unread, max_size=6)


@given(findings, st.randoms())
def test_the_order_of_findings_changes_nothing(items, random):
    shuffled = list(items)
    random.shuffle(shuffled)
    assert decide(tuple(items), (), Policy()) == decide(tuple(shuffled), (), Policy())


@given(findings, st.integers(2, 5))
def test_the_number_of_findings_never_changes_the_outcome(items, times):
    once = decide(tuple(items), (), Policy())
    many = decide(tuple(items) * times, (), Policy())
    assert (once.outcome, once.risk, once.tier) == (many.outcome, many.risk, many.tier)


@given(findings, code | unread)
def test_one_more_finding_never_turns_a_block_into_a_pass(items, more):
    before = decide(tuple(items), (), Policy()).outcome
    after = decide((*items, more), (), Policy()).outcome
    rank = [Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.BLOCK]
    assert rank.index(after) >= rank.index(before)
