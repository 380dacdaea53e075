"""Every answer of the receiver, and what it leaves in the record and the queue."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.queue import ArqQueue, JobName
from app.store.deliveries import Deliveries
from app.store.engine import Database
from app.web import body as body_module
from app.web.body import MAX_BODY
from app.web.webhook import WEBHOOK_PATH
from tests.app.web.service import (
    SECRET,
    Post,
    RememberedQueue,
    Service,
    a_post,
    resources,
    serving,
    signature,
    with_previous_secret,
)
from tests.builders import NOW


async def recorded(service: Service) -> int:
    async with service.resources.database.read() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM delivery"))).scalar_one())


async def settled(queue: RememberedQueue, jobs: int) -> None:
    """Wait until the wake-ups, which come after the answer, are there."""
    async with asyncio.timeout(10):
        while len(queue.jobs) < jobs:
            await asyncio.sleep(0.005)


async def refused(service: Service, post: Post, status: int) -> str:
    answer = await service.deliver(post)
    assert answer.status_code == status
    assert await recorded(service) == 0
    message: str = answer.json()["message"]
    assert message.endswith(".")
    return message


async def test_a_delivery_is_recorded_answered_and_a_worker_woken(
    service: Service, queue: RememberedQueue
) -> None:
    post = a_post()

    answer = await service.deliver(post)

    assert answer.status_code == 202
    assert answer.json() == {"message": "Recorded; a worker takes it from here."}
    delivery = await service.resources.deliveries.load(post.id)
    assert delivery is not None
    assert (delivery.event, delivery.action, delivery.payload) == (
        "pull_request",
        "opened",
        post.body,
    )
    await settled(queue, 1)
    job = queue.jobs[f"delivery:{post.id}"]
    assert (job.name, job.payload) == (JobName.DELIVERY, {"delivery_id": post.id})


async def test_what_was_queued_is_marked_so_that_the_sweeper_leaves_it_alone(
    database: Database, queue: RememberedQueue
) -> None:
    async with serving(resources(database, queue)) as service:
        await service.deliver(a_post())
    assert await Deliveries(database).forgotten(NOW) == ()


async def test_the_same_delivery_twice_is_recorded_and_run_once(
    service: Service, queue: RememberedQueue
) -> None:
    post = a_post()
    await service.deliver(post)

    second = await service.deliver(post)

    assert second.status_code == 202
    assert second.json()["message"] == "This delivery is recorded already."
    assert await recorded(service) == 1
    await settled(queue, 1)
    assert len(queue.jobs) == 1


async def test_the_same_delivery_twice_at_once_is_recorded_once(service: Service) -> None:
    post = a_post()
    answers = await asyncio.gather(*(service.deliver(post) for _ in range(5)))
    messages = [answer.json()["message"] for answer in answers]
    assert messages.count("Recorded; a worker takes it from here.") == 1
    assert messages.count("This delivery is recorded already.") == 4


async def test_a_redelivery_of_one_that_failed_runs_again(
    service: Service, queue: RememberedQueue
) -> None:
    post = a_post()
    await service.deliver(post)
    await settled(queue, 1)
    queue.jobs.clear()
    await service.resources.deliveries.fail(post.id, "the fetch failed", NOW)

    answer = await service.deliver(post)

    assert answer.status_code == 202
    assert answer.json()["message"] == "This delivery failed before and runs again."
    await settled(queue, 1)


@pytest.mark.parametrize("header", ["X-GitHub-Event", "X-GitHub-Delivery"])
async def test_a_missing_header_is_named(service: Service, header: str) -> None:
    message = await refused(service, a_post(without=(header,)), 400)
    assert header in message


@pytest.mark.parametrize(
    "id_",
    ["", "short", "-" * 36, "a" * 65, "../../../etc/passwd", "a b c d e f g h", "' OR 1=1 --"],
)
async def test_a_delivery_id_that_is_no_guid_is_refused(service: Service, id_: str) -> None:
    assert "GUID" in await refused(service, a_post(id=id_), 400)


@pytest.mark.parametrize("event", ["", "pull request", "Pull_Request", "x" * 65, "a/../b"])
async def test_an_event_name_that_is_none_is_refused(service: Service, event: str) -> None:
    assert "X-GitHub-Event" in await refused(service, a_post(event=event), 400)


@pytest.mark.parametrize(
    "media_type", ["application/x-www-form-urlencoded", "text/plain", "application/jsonx", ""]
)
async def test_another_content_type_is_refused_with_the_remedy(
    service: Service, media_type: str
) -> None:
    post = a_post(headers={"Content-Type": media_type})
    assert "Choose application/json" in await refused(service, post, 415)


async def test_json_with_a_charset_is_json(service: Service) -> None:
    post = a_post(headers={"Content-Type": "application/json; charset=utf-8"})
    assert (await service.deliver(post)).status_code == 202


async def test_an_unsigned_delivery_is_refused_with_the_remedy(service: Service) -> None:
    post = a_post(without=("X-Hub-Signature-256",))
    assert "set a secret" in await refused(service, post, 401)


@pytest.mark.parametrize(
    "post",
    [
        a_post(secret="not the secret"),
        a_post(headers={"X-Hub-Signature-256": signature(b"another body", SECRET)}),
        a_post(headers={"X-Hub-Signature-256": "sha1=" + "0" * 40}),
        a_post(headers={"X-Hub-Signature-256": "sha256="}),
    ],
    ids=["other-secret", "other-body", "old-scheme", "empty"],
)
async def test_a_wrong_signature_is_refused(service: Service, post: Post) -> None:
    assert "webhook secret" in await refused(service, post, 401)


async def test_the_former_secret_holds_while_it_is_changed(
    database: Database, queue: RememberedQueue
) -> None:
    changing = with_previous_secret("the former secret")
    async with serving(resources(database, queue, settings=changing)) as service:
        assert (await service.deliver(a_post(secret="the former secret"))).status_code == 202
        assert (await service.deliver(a_post())).status_code == 202
        assert (await service.deliver(a_post(secret="any other"))).status_code == 401


async def test_a_hook_of_something_else_is_refused(service: Service) -> None:
    post = a_post(headers={"X-GitHub-Hook-Installation-Target-ID": "999"})
    assert "another app" in await refused(service, post, 400)


async def test_a_sender_that_names_no_target_is_served(service: Service) -> None:
    post = a_post(without=("X-GitHub-Hook-Installation-Target-ID",))
    assert (await service.deliver(post)).status_code == 202


async def test_a_ping_is_answered_and_not_recorded(service: Service) -> None:
    message = await refused(
        service, a_post({"zen": "Keep it logically awesome."}, event="ping"), 200
    )
    assert message.startswith("Pong")


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("star", {"action": "created"}),
        ("pull_request", {"action": "enqueued"}),
        ("pull_request", {}),
        ("pull_request", {"action": ["opened"]}),
        ("pull_request", {"action": "\ud800"}),
    ],
)
async def test_what_is_not_known_is_acknowledged_counted_and_not_recorded(
    service: Service, event: str, payload: dict[str, Any]
) -> None:
    message = await refused(service, a_post(payload, event=event), 202)
    assert "not known" in message
    label = event if event == "pull_request" else "other"
    expected = f'audit_deliveries_total{{event="{label}",outcome="unknown"}} 1.0'
    assert expected in await service.figures()


async def test_what_nothing_follows_from_is_acknowledged_and_not_recorded(
    service: Service,
) -> None:
    message = await refused(service, a_post({"action": "completed"}, event="check_run"), 202)
    assert message == "Nothing follows from this event and action."


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"payload=%7B%7D", b"\xff\xfe{}", b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5_000],
    ids=["empty", "cut", "form", "bytes", "deep-list", "deep-object", "endless-number"],
)
async def test_a_body_that_is_no_json_is_refused(service: Service, body: bytes) -> None:
    assert "not valid JSON" in await refused(service, a_post(body=body), 400)


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"opened"'])
async def test_a_body_that_is_no_object_is_refused(service: Service, body: bytes) -> None:
    assert "not a JSON object" in await refused(service, a_post(body=body), 400)


@pytest.mark.parametrize("part", ["installation", "repository"])
@pytest.mark.parametrize("id_", [None, "7", 7.5, True, 0, -1, 1 << 63, [7]])
async def test_an_id_that_fits_no_column_is_refused(
    service: Service, part: str, id_: object
) -> None:
    post = a_post({"action": "opened", part: {"id": id_}})
    assert f"{part}.id" in await refused(service, post, 400)


async def chunks(size: int, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * size


async def test_an_honest_length_over_the_limit_is_refused_before_the_body_is_read(
    service: Service,
) -> None:
    sent_chunks: list[bytes] = []

    async def sent() -> AsyncIterator[bytes]:
        async for chunk in chunks(1 << 20, 26):
            sent_chunks.append(chunk)
            yield chunk

    headers = a_post().all_headers() | {"Content-Length": str(MAX_BODY + 1)}
    answer = await service.client.post(WEBHOOK_PATH, content=sent(), headers=headers)
    assert answer.status_code == 413
    assert sent_chunks == []


@pytest.mark.parametrize("length", [None, "10", "-1", "ten"])
async def test_a_lying_length_does_not_get_a_larger_body_in(
    service: Service, length: str | None
) -> None:
    headers = a_post().all_headers() | ({"Content-Length": length} if length else {})
    answer = await service.client.post(WEBHOOK_PATH, content=chunks(1 << 20, 26), headers=headers)
    assert answer.status_code == 413
    assert "25 MB" in answer.json()["message"]


async def test_a_body_of_the_largest_size_is_taken(service: Service) -> None:
    start, end = b'{"action":"opened","filler":"', b'"}'
    body = start + b"x" * (MAX_BODY - len(start) - len(end)) + end
    assert len(body) == MAX_BODY
    assert (await service.deliver(a_post(body=body))).status_code == 202


async def test_a_body_that_never_ends_is_given_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    monkeypatch.setattr(body_module, "BODY_LIMIT_S", 0.05)
    answer = await service.client.post(
        WEBHOOK_PATH, content=dripping(), headers=a_post().all_headers()
    )
    assert answer.status_code == 408


async def test_only_post_is_served(service: Service) -> None:
    assert (await service.client.get(WEBHOOK_PATH)).status_code == 405


async def test_a_hundred_at_once_are_recorded_in_few_transactions(
    database: Database, queue: RememberedQueue
) -> None:
    counting = CountedDeliveries(database)
    async with serving(resources(database, queue, deliveries=counting)) as service:
        answers = await asyncio.gather(*(service.deliver(a_post()) for _ in range(100)))
        assert [answer.status_code for answer in answers] == [202] * 100
        assert await recorded(service) == 100
    assert sum(counting.batches) == 100
    assert len(counting.batches) <= 20
    assert len(queue.jobs) == 100


class CountedDeliveries(Deliveries):
    """The real ones, remembering how many rows each transaction had."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.batches: list[int] = []

    async def add(self, batch: Any) -> Any:
        self.batches.append(len(batch))
        return await super().add(batch)


async def test_without_a_database_the_forge_is_told_to_come_again(
    tmp_path: Path, queue: RememberedQueue
) -> None:
    away = Database.open(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/audit.db")
    async with serving(resources(away, queue)) as service:
        answer = await service.deliver(a_post())
        figures = await service.figures()
    assert answer.status_code == 503
    assert "redeliver" in answer.json()["message"]
    assert 'outcome="not_recorded"} 1.0' in figures
    assert queue.jobs == {}


async def test_a_database_without_tables_is_a_503_too(
    tmp_path: Path, queue: RememberedQueue
) -> None:
    empty = Database.open(f"sqlite+aiosqlite:///{tmp_path}/empty.db")
    async with serving(resources(empty, queue)) as service:
        assert (await service.deliver(a_post())).status_code == 503


async def test_without_redis_a_delivery_is_recorded_and_left_to_the_sweeper(
    database: Database, closed_port: int
) -> None:
    away = ArqQueue.open(f"redis://127.0.0.1:{closed_port}")
    post = a_post()
    opened = resources(database, away)
    async with serving(opened) as service:
        answer = await service.deliver(post)
        assert answer.status_code == 202
    assert await Deliveries(database).forgotten(NOW) == (post.id,)
    missed = opened.metrics.registry.get_sample_value("audit_wake_ups_missed_total")
    assert missed == 1.0


async def test_nothing_about_the_payload_or_the_secret_is_in_an_answer(service: Service) -> None:
    marked = {"action": "opened", "installation": {"id": "confidential"}}
    for post in (a_post(marked), a_post(marked, secret="other")):
        answer = await service.deliver(post)
        assert "confidential" not in answer.text
        assert SECRET not in answer.text
        assert json.loads(answer.text).keys() == {"message"}


async def test_an_action_that_is_no_word_is_none(service: Service) -> None:
    post = a_post({"action": 5, "installation": {"id": 3}, "repository": {"id": 7}}, event="push")
    assert (await service.deliver(post)).status_code == 202
    delivery = await service.resources.deliveries.load(post.id)
    assert delivery is not None
    assert delivery.action is None
