"""Laws of publishing: said once is said, whatever happened before."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.audit import Audit
from app.domain.finding import FindingState
from app.domain.publication import Answer, Post, Raise, Stage
from app.domain.scan import CodeIdentity
from tests.builders import a_sighting, an_audit
from tests.domain.publications import a_situation, carried_out, plan

states = st.sampled_from(FindingState)
audits = st.dictionaries(st.integers(0, 4), states, max_size=5)
"""Which of five places have a finding, and how each stands with the people who decide."""
pushes = st.lists(st.tuples(audits, st.booleans()), min_size=1, max_size=6)
"""Audits of one pull request one after another, each with whether it is a draft then."""


def audit_of(places: dict[int, FindingState]) -> Audit:
    audit = an_audit(
        *(
            a_sighting(line=40 + place, identity=CodeIdentity(f"run({place})", "search", None))
            for place in places
        )
    )
    stated = {f"run({place})": state for place, state in places.items()}
    return replace(
        audit,
        findings=tuple(
            replace(finding, state=state, blocking=state is FindingState.OPEN)
            for finding in audit.findings
            for state in [stated[finding.sighting.identity.text]]  # type: ignore[union-attr]
        ),
    )


def published(posts: tuple[Post, ...], audit: Audit, *, draft: bool) -> tuple[Post, ...]:
    return carried_out(posts, plan(audit, a_situation(audit, *posts, draft=draft), audit.id))


@given(pushes)
def test_publishing_the_same_audit_twice_writes_nothing_the_second_time(
    history: list[tuple[dict[int, FindingState], bool]],
) -> None:
    posts: tuple[Post, ...] = ()
    for places, draft in history:
        audit = audit_of(places)
        posts = published(posts, audit, draft=draft)
        assert plan(audit, a_situation(audit, *posts, draft=draft), audit.id) == ()


@given(pushes)
def test_a_finding_never_gets_two_comments(
    history: list[tuple[dict[int, FindingState], bool]],
) -> None:
    posts: tuple[Post, ...] = ()
    raised: Counter[str] = Counter()
    for places, draft in history:
        audit = audit_of(places)
        writes = plan(audit, a_situation(audit, *posts, draft=draft), audit.id)
        for write in writes:
            if isinstance(write, Raise):
                raised.update(finding.fingerprint for finding in write.findings)
        posts = carried_out(posts, writes)
    assert all(count == 1 for count in raised.values())


@given(pushes)
def test_a_thread_is_never_told_the_same_twice_in_a_row(
    history: list[tuple[dict[int, FindingState], bool]],
) -> None:
    posts: tuple[Post, ...] = ()
    last: dict[str, Stage] = {}
    for places, draft in history:
        audit = audit_of(places)
        writes = plan(audit, a_situation(audit, *posts, draft=draft), audit.id)
        for write in writes:
            if isinstance(write, Answer):
                for fingerprint in write.fingerprints:
                    assert last.get(fingerprint) is not write.stage
                    last[fingerprint] = write.stage
        posts = carried_out(posts, writes)
