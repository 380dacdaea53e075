"""What each delivery makes of the store and which audits it asks for, on a real SQLite database."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.queue import QueueUnavailable, RetryLater
from app.store.audits import AuditRequest, AuditState
from app.store.deliveries import Delivery, NewDelivery, Receipt
from app.store.engine import StoreUnavailable
from tests.workers.jobs.deliveries import (
    FIRST,
    INSTALLATION,
    REPOSITORY,
    SECOND,
    THIRD,
    a_delivery,
    a_pull_event,
    an_installation_event,
)
from tests.workers.jobs.workshop import Workshop, workshop
from workers.jobs.delivery import MAX_ATTEMPTS, process_delivery


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    async with workshop(tmp_path) as made:
        yield made


async def process(shop: Workshop, delivery: NewDelivery) -> Delivery:
    await process_delivery(shop.resources, {"delivery_id": delivery.id})
    processed = await shop.resources.deliveries.load(delivery.id)
    assert processed is not None
    return processed


async def tell(shop: Workshop, payload: Any, event: str = "pull_request") -> list[AuditRequest]:
    """Receive and process one event; the audits it asked for, of which each was woken."""
    delivery = a_delivery(payload, event)
    await shop.receive(delivery)
    before = set(shop.woken())
    processed = await process(shop, delivery)
    assert (processed.processed_at, processed.error) == (shop.time.now, None)
    woken = [id_ for id_ in shop.woken() if id_ not in before]
    found = [await shop.resources.audits.find(id_.removeprefix("audit:")) for id_ in woken]
    return [request for request in found if request is not None]


async def state_of(shop: Workshop, request: AuditRequest) -> AuditState:
    found = await shop.resources.audits.find(request.id)
    assert found is not None
    return found.state


async def test_an_opened_pull_request_asks_for_one_audit_of_its_head(shop: Workshop) -> None:
    (request,) = await tell(shop, a_pull_event("opened"))

    assert (request.repository_id, request.number, request.installation_id) == (7, 5, 3)
    assert (request.head_sha, request.base_ref) == (FIRST, "main")
    assert request.state is AuditState.QUEUED


async def test_the_repository_and_the_pull_request_are_remembered(shop: Workshop) -> None:
    await tell(shop, a_pull_event("opened", minute=3))

    repository = await shop.resources.repositories.repository(7)
    pull = await shop.resources.repositories.pull(7, 5)
    assert repository is not None
    assert (repository.full_name, repository.default_branch, repository.private) == (
        "shop/app",
        "main",
        True,
    )
    assert pull is not None
    assert (pull.author_id, pull.draft, pull.updated_at.minute) == (11, False, 3)


async def test_a_push_supersedes_the_audit_of_the_head_before(shop: Workshop) -> None:
    (old,) = await tell(shop, a_pull_event("opened"))
    (new,) = await tell(shop, a_pull_event("synchronize", head=SECOND, minute=1))

    assert await state_of(shop, old) is AuditState.SUPERSEDED
    assert (new.head_sha, new.sequence) == (SECOND, old.sequence + 1)


async def test_a_push_that_arrives_late_takes_nothing_back(shop: Workshop) -> None:
    (newest,) = await tell(shop, a_pull_event("synchronize", head=THIRD, minute=2))

    assert await tell(shop, a_pull_event("synchronize", head=SECOND, minute=1)) == []
    assert await tell(shop, a_pull_event("opened", head=FIRST, minute=0)) == []
    assert await state_of(shop, newest) is AuditState.QUEUED


async def test_a_late_closing_told_first_keeps_a_push_from_being_audited(shop: Workshop) -> None:
    await tell(shop, a_pull_event("closed", state="closed", head=SECOND, minute=2))

    assert await tell(shop, a_pull_event("synchronize", head=SECOND, minute=1)) == []


@pytest.mark.parametrize("action", ["closed", "edited", "labeled", "converted_to_draft", "novel"])
async def test_what_changes_no_line_asks_for_nothing(shop: Workshop, action: str) -> None:
    state = "closed" if action == "closed" else "open"

    assert await tell(shop, a_pull_event(action, state=state)) == []
    pull = await shop.resources.repositories.pull(7, 5)
    assert pull is not None
    assert pull.state == state


async def test_a_draft_is_audited_and_being_ready_asks_again_once_that_ended(
    shop: Workshop,
) -> None:
    (draft,) = await tell(shop, a_pull_event("opened", draft=True))
    assert await tell(shop, a_pull_event("ready_for_review", minute=1)) == []

    await shop.resources.audits.fail(draft.id, "it ended", shop.time.now)
    (ready,) = await tell(shop, a_pull_event("ready_for_review", minute=2))
    assert ready.head_sha == draft.head_sha


async def test_another_title_changes_nothing_and_another_base_is_audited(shop: Workshop) -> None:
    (first,) = await tell(shop, a_pull_event("opened"))
    retitled = a_pull_event("edited", minute=1, changes={"title": {"from": "Serach"}})
    retargeted = a_pull_event(
        "edited", minute=2, base="release", changes={"base": {"ref": {"from": "main"}}}
    )

    assert await tell(shop, retitled) == []
    (second,) = await tell(shop, retargeted)
    assert (second.head_sha, second.base_ref) == (FIRST, "release")
    assert await state_of(shop, first) is AuditState.SUPERSEDED


@pytest.mark.parametrize("event", ["check_run", "check_suite"])
async def test_a_rerun_audits_each_open_pull_request_with_the_head(
    shop: Workshop, event: str
) -> None:
    (first,) = await tell(shop, a_pull_event("opened"))
    await shop.resources.audits.fail(first.id, "it ended", shop.time.now)
    check = {"id": 1, "head_sha": FIRST, "name": "Pragmatic Audit", "status": "completed"}
    payload = {
        "action": "rerequested",
        event: check | {"app": {"id": 1}, "pull_requests": []},
        "repository": REPOSITORY,
        "installation": INSTALLATION,
    }

    (again,) = await tell(shop, payload, event)
    assert (again.number, again.head_sha, again.sequence) == (5, FIRST, 2)


async def test_a_rerun_in_a_repository_nobody_spoke_of_asks_for_nothing(shop: Workshop) -> None:
    payload = {
        "action": "rerequested",
        "check_suite": {"id": 1, "head_sha": FIRST, "app": {"id": 1}},
        "repository": REPOSITORY,
        "installation": INSTALLATION,
    }

    assert await tell(shop, payload, "check_suite") == []


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("created", "active"),
        ("suspend", "suspended"),
        ("unsuspend", "active"),
        ("deleted", "removed"),
    ],
)
async def test_what_becomes_of_an_installation_is_remembered(
    shop: Workshop, action: str, state: str
) -> None:
    assert await tell(shop, an_installation_event(action), "installation") == []

    assert await shop.resources.repositories.installation_state(3) == state


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("meteor_shower", b"\x00 not even JSON"),
        ("pull_request", json.dumps(a_pull_event() | {"installation": None}).encode()),
    ],
)
async def test_an_event_that_is_not_for_us_is_acknowledged(
    shop: Workshop, event: str, payload: bytes
) -> None:
    assert await tell(shop, payload, event) == []


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"action": "opened"}',
        b"[" * 100_000,
        b'{"number": ' + b"9" * 5_000 + b"}",
        json.dumps(a_pull_event() | {"repository": {"id": 1 << 63, "full_name": "a/b"}}).encode(),
        json.dumps(a_pull_event(base="\ud800")).encode(),
    ],
    ids="empty cut list no-text no-pull deep long-number no-id lone-surrogate".split(),
)
async def test_a_payload_that_cannot_be_read_fails_at_once(shop: Workshop, payload: bytes) -> None:
    delivery = a_delivery(payload)
    await shop.receive(delivery)

    processed = await process(shop, delivery)

    assert processed.processed_at == shop.time.now
    assert processed.attempts == 1
    assert processed.error
    assert len(processed.error) < 500
    assert shop.woken() == ()


async def test_a_failed_delivery_that_is_sent_again_is_processed_again(shop: Workshop) -> None:
    broken = a_delivery(b"{")
    await shop.receive(broken)
    await process(shop, broken)

    assert await shop.resources.deliveries.add([broken]) == {broken.id: Receipt.AGAIN}
    opened = await shop.resources.deliveries.load(broken.id)
    assert opened is not None
    assert (opened.processed_at, opened.error, opened.attempts) == (None, None, 0)
    assert (await process(shop, broken)).attempts == 1


async def test_a_delivery_is_processed_once(shop: Workshop) -> None:
    delivery = a_delivery(a_pull_event())
    await shop.receive(delivery)
    first = await process(shop, delivery)
    shop.queue.jobs.clear()

    assert await shop.resources.deliveries.add([delivery]) == {delivery.id: Receipt.DUPLICATE}
    assert await process(shop, delivery) == first
    assert shop.woken() == ()


async def test_a_wake_up_without_a_delivery_is_nothing(shop: Workshop) -> None:
    await process_delivery(shop.resources, {"delivery_id": "never seen"})

    assert shop.woken() == ()


class NoQueue:
    """Redis is away."""

    async def enqueue(self, job: object) -> None:
        raise QueueUnavailable("nobody there")


async def test_without_a_queue_the_audit_waits_for_the_sweeper(shop: Workshop) -> None:
    delivery = a_delivery(a_pull_event())
    await shop.receive(delivery)
    without = replace(shop.resources, queue=NoQueue())

    await process_delivery(without, {"delivery_id": delivery.id})

    processed = await shop.resources.deliveries.load(delivery.id)
    assert processed is not None
    assert processed.processed_at == shop.time.now
    later = shop.time.now.replace(hour=23)
    assert len(await shop.resources.audits.forgotten(later)) == 1


class NoRepositories:
    """A part of the store that fails in the middle of a delivery."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def repository(self, id_: int) -> None:
        raise self._error


@pytest.mark.parametrize(
    "error", [StoreUnavailable("the server is restarting"), ZeroDivisionError("in our code")]
)
async def test_a_failure_is_tried_again_until_it_is_the_fifth(
    shop: Workshop, error: Exception
) -> None:
    delivery = a_delivery(a_pull_event())
    await shop.receive(delivery)
    failing = replace(shop.resources, repositories=NoRepositories(error))
    for _attempt in range(MAX_ATTEMPTS - 1):
        with pytest.raises(RetryLater):
            await process_delivery(failing, {"delivery_id": delivery.id})
    await process_delivery(failing, {"delivery_id": delivery.id})

    processed = await shop.resources.deliveries.load(delivery.id)
    assert processed is not None
    assert processed.processed_at == shop.time.now
    assert processed.attempts == MAX_ATTEMPTS
    assert processed.error
    assert "in our code" not in processed.error


async def test_a_delivery_that_ends_its_worker_each_time_is_given_up(shop: Workshop) -> None:
    delivery = a_delivery(a_pull_event())
    await shop.receive(delivery)
    for _killed in range(MAX_ATTEMPTS):
        await shop.resources.deliveries.count_attempt(delivery.id)

    processed = await process(shop, delivery)

    assert processed.error == "its worker ended in each of 5 attempts"
    assert shop.woken() == ()
