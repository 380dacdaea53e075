"""Audits: one at a time a pull request, the newest wins, the state only moves forward."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.audit import Audit
from app.store.audits import AuditRequest, Audits, AuditState, AuditWish
from app.store.engine import Database
from app.store.tables import ALIAS, AUDIT, FINDING
from tests.app.store.stored import A_HEAD, B_HEAD, a_wish, at
from tests.builders import NOW, a_secret, a_sighting, an_audit


@pytest.fixture
def audits(database: Database) -> Audits:
    return Audits(database)


async def asked(audits: Audits, wish: AuditWish) -> AuditRequest:
    request = await audits.request(wish, NOW)
    assert request is not None
    return request


def audit_of(request: AuditRequest, *sightings: Any) -> Audit:
    return replace(an_audit(*sightings), id=request.id)


async def recorded(audits: Audits, wish: AuditWish, *sightings: Any) -> tuple[AuditRequest, Audit]:
    request = await asked(audits, wish)
    await audits.begin(request.id, at(1))
    audit = audit_of(request, *sightings)
    assert await audits.record(request.id, audit, b'{"bomFormat": "CycloneDX"}', at(2))
    return request, audit


async def state_of(audits: Audits, request: AuditRequest) -> AuditState:
    found = await audits.find(request.id)
    assert found is not None
    return found.state


async def test_an_audit_goes_from_request_to_end(audits: Audits) -> None:
    request = await asked(audits, a_wish())
    assert (request.state, request.sequence, request.attempts) == (AuditState.QUEUED, 1, 0)
    begun = await audits.begin(request.id, at(1))
    assert begun is not None
    assert (begun.state, begun.attempts) == (AuditState.RUNNING, 1)
    audit = audit_of(request)
    assert await audits.record(request.id, audit, b"{}", at(2))
    assert await audits.finish(request.id, at(3))

    assert await state_of(audits, request) is AuditState.FINISHED
    assert await audits.load(request.id) == audit
    assert await audits.sbom(request.id) == b"{}"


async def test_the_whole_audit_comes_back_odd_names_included(audits: Audits) -> None:
    odd = a_sighting(path="shop/\udcff\u202e\x00.py")
    request, audit = await recorded(audits, a_wish(), odd, a_secret())

    assert await audits.load(request.id) == audit


async def test_findings_are_there_to_be_asked_for(audits: Audits, database: Database) -> None:
    request, audit = await recorded(audits, a_wish(), a_sighting(), a_secret())
    async with database.read() as connection:
        rows = (await connection.execute(select(FINDING).order_by(FINDING.c.rule))).all()
        (row,) = (await connection.execute(select(AUDIT))).all()

    by_rule = {finding.sighting.rule: finding for finding in audit.findings}
    assert [row.rule for row in rows] == sorted(by_rule)
    assert [row.risk for row in rows] == [by_rule[row.rule].risk.value for row in rows]
    assert {row.audit_id for row in rows} == {request.id}
    assert (row.outcome, row.tier) == (audit.verdict.outcome, audit.verdict.tier)
    assert row.risk == audit.verdict.risk
    assert isinstance(row.risk, Decimal)


async def test_aliases_are_kept_once(audits: Audits, database: Database) -> None:
    for head in (A_HEAD, B_HEAD):
        request = await asked(audits, a_wish(head))
        await audits.begin(request.id, at(1))
        audit = replace(audit_of(request), aliases=(("1" * 64, "2" * 64),))
        assert await audits.record(request.id, audit, b"{}", at(2))
    async with database.read() as connection:
        rows = (await connection.execute(select(ALIAS))).all()

    assert [(row.old_fingerprint, row.new_fingerprint) for row in rows] == [("1" * 64, "2" * 64)]


async def test_the_same_wish_again_joins_what_there_is(audits: Audits) -> None:
    await asked(audits, a_wish())

    assert await audits.request(a_wish(), at(1)) is None
    assert await audits.request(a_wish(again=True), at(1)) is None


async def test_a_rerun_of_a_finished_audit_is_a_new_one(audits: Audits) -> None:
    first, _ = await recorded(audits, a_wish())
    await audits.finish(first.id, at(3))
    assert await audits.request(a_wish(), at(4)) is None
    second = await asked(audits, a_wish(again=True))

    assert second.sequence == first.sequence + 1
    assert await state_of(audits, first) is AuditState.FINISHED


@pytest.mark.parametrize(
    "newer", [a_wish(B_HEAD), a_wish(base_ref="release")], ids=["push", "retarget"]
)
async def test_a_newer_push_or_base_supersedes_what_is_open(
    audits: Audits, newer: AuditWish
) -> None:
    older = await asked(audits, a_wish())
    await audits.begin(older.id, at(1))
    await asked(audits, newer)

    assert await state_of(audits, older) is AuditState.SUPERSEDED
    assert not await audits.heartbeat(older.id, at(2))
    assert not await audits.record(older.id, audit_of(older), b"{}", at(2))
    assert await audits.load(older.id) is None
    assert await audits.begin(older.id, at(3)) is None


async def test_a_push_back_to_an_earlier_head_is_the_newest(audits: Audits) -> None:
    first = await asked(audits, a_wish(A_HEAD))
    second = await asked(audits, a_wish(B_HEAD))
    third = await asked(audits, a_wish(A_HEAD))

    states = [await state_of(audits, each) for each in (first, second, third)]
    assert states == [AuditState.SUPERSEDED, AuditState.SUPERSEDED, AuditState.QUEUED]


async def test_pull_requests_do_not_supersede_each_other(audits: Audits) -> None:
    one = await asked(audits, a_wish(number=1))
    await asked(audits, a_wish(B_HEAD, number=2))
    await asked(audits, a_wish(B_HEAD, repository_id=8, number=1))

    assert await state_of(audits, one) is AuditState.QUEUED


async def test_merge_groups_have_no_number_and_stand_side_by_side(audits: Audits) -> None:
    one = await asked(audits, a_wish(A_HEAD, number=0))
    await asked(audits, a_wish(B_HEAD, number=0))

    assert await state_of(audits, one) is AuditState.QUEUED
    assert await audits.request(a_wish(A_HEAD, number=0), at(1)) is None


async def test_the_same_wish_at_once_is_one_audit(audits: Audits) -> None:
    requests = await asyncio.gather(*(audits.request(a_wish(), NOW) for _ in range(8)))

    assert len([each for each in requests if each is not None]) == 1


async def test_of_pushes_told_at_once_exactly_one_stays_open(audits: Audits) -> None:
    heads = [f"{n:040x}" for n in range(8)]
    requests = await asyncio.gather(*(audits.request(a_wish(head), NOW) for head in heads))

    made = [each for each in requests if each is not None]
    states = {each.sequence: await state_of(audits, each) for each in made}
    assert sorted(states) == list(range(1, 9))
    assert states.pop(8) is AuditState.QUEUED
    assert set(states.values()) == {AuditState.SUPERSEDED}


async def test_a_restarted_attempt_counts_and_keeps_what_was_recorded(audits: Audits) -> None:
    request, audit = await recorded(audits, a_wish())
    again = await audits.begin(request.id, at(9))

    assert again is not None
    assert (again.state, again.attempts) == (AuditState.RECORDED, 2)
    assert not await audits.record(request.id, audit_of(request), b"another", at(10))
    assert await audits.sbom(request.id) == b'{"bomFormat": "CycloneDX"}'
    assert await audits.load(request.id) == audit


async def test_an_attempt_that_only_waited_is_taken_back(audits: Audits) -> None:
    request = await asked(audits, a_wish())
    await audits.begin(request.id, at(1))
    await audits.begin(request.id, at(2))
    await audits.forgive(request.id)
    await audits.forgive(request.id)
    await audits.forgive(request.id)

    waiting = await audits.find(request.id)
    assert waiting is not None
    assert (waiting.state, waiting.attempts) == (AuditState.RUNNING, 0)


async def test_nothing_is_written_of_a_result_that_came_too_late(
    audits: Audits, database: Database
) -> None:
    late = await asked(audits, a_wish(A_HEAD))
    await audits.begin(late.id, at(1))
    await asked(audits, a_wish(B_HEAD))

    assert not await audits.heartbeat(late.id, at(2))
    assert not await audits.record(late.id, audit_of(late, a_sighting()), b"{}", at(3))
    assert await audits.load(late.id) is None
    assert await audits.sbom(late.id) is None
    async with database.read() as connection:
        assert (await connection.execute(select(FINDING))).all() == []


async def test_of_twenty_wishes_at_once_sequences_rise_and_one_stays_open(
    audits: Audits, database: Database
) -> None:
    heads = [f"{number:040x}" for number in range(20)]
    await asyncio.gather(*(audits.request(a_wish(head), NOW) for head in heads))

    async with database.read() as connection:
        rows = (await connection.execute(select(AUDIT.c.sequence, AUDIT.c.state))).all()
    states = [state for _, state in sorted(rows)]
    assert sorted(sequence for sequence, _ in rows) == list(range(1, 21))
    assert states == ["superseded"] * 19 + ["queued"]


async def test_what_has_ended_stays_ended(audits: Audits) -> None:
    failed = await asked(audits, a_wish())
    assert await audits.fail(failed.id, "the repository is gone", at(1))

    assert not await audits.supersede(failed.id, at(2))
    assert not await audits.finish(failed.id, at(2))
    assert await audits.begin(failed.id, at(2)) is None
    assert await state_of(audits, failed) is AuditState.FAILED


async def test_an_audit_is_not_finished_before_it_is_recorded(audits: Audits) -> None:
    request = await asked(audits, a_wish())
    await audits.begin(request.id, at(1))

    assert not await audits.finish(request.id, at(2))
    assert await state_of(audits, request) is AuditState.RUNNING


async def test_open_audits_that_are_silent_are_forgotten_ones(audits: Audits) -> None:
    never_begun = await asked(audits, a_wish(number=1))
    silent = await asked(audits, a_wish(number=2))
    beating = await asked(audits, a_wish(number=3))
    ended = await asked(audits, a_wish(number=4))
    await audits.begin(silent.id, at(1))
    await audits.begin(beating.id, at(1))
    assert await audits.heartbeat(beating.id, at(50))
    await audits.fail(ended.id, "no", at(1))

    assert set(await audits.forgotten(at(45))) == {never_begun.id, silent.id}
    assert await audits.forgotten(NOW) == ()
    assert len(await audits.forgotten(at(45), limit=1)) == 1


async def test_the_audit_before_is_the_last_recorded_one_of_the_same_pull_request(
    audits: Audits,
) -> None:
    first, audit = await recorded(audits, a_wish(A_HEAD), a_sighting())
    await audits.finish(first.id, at(3))
    await asked(audits, a_wish("c" * 40))  # superseded before it was recorded
    newest = await asked(audits, a_wish(B_HEAD))
    other = await asked(audits, a_wish(B_HEAD, number=13))

    assert await audits.previous(newest) == audit
    assert await audits.previous(first) is None
    assert await audits.previous(other) is None


async def test_unknown_ids_are_none(audits: Audits) -> None:
    assert await audits.find("never") is None
    assert await audits.begin("never", NOW) is None
    assert await audits.load("never") is None
    assert await audits.sbom("never") is None
    assert not await audits.heartbeat("never", NOW)
