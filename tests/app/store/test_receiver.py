"""The receiver over both databases: recorded before its 202, and a clear 503 without a database."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.store.engine import Database
from app.store.migrate import upgrade
from tests.app.store.postgres import PostgresServer, on_postgres
from tests.app.store.stored import at
from tests.app.web.service import RememberedQueue, Service, a_post, resources, serving


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    async with serving(resources(database, RememberedQueue())) as running:
        yield running


async def test_a_delivery_is_recorded_as_it_came_and_once(service: Service) -> None:
    post = a_post()

    answers = await asyncio.gather(*(service.deliver(post) for _ in range(5)))

    assert [answer.status_code for answer in answers] == [202] * 5
    stored = await service.resources.deliveries.load(post.id)
    assert stored is not None
    assert (stored.event, stored.action, stored.payload) == ("pull_request", "opened", post.body)
    assert await service.resources.deliveries.forgotten(at(3600)) == (post.id,)


async def test_a_hundred_deliveries_at_once_are_all_recorded(service: Service) -> None:
    posts = [a_post() for _ in range(100)]

    answers = await asyncio.gather(*(service.deliver(post) for post in posts))

    assert {answer.status_code for answer in answers} == {202}
    ids = await service.resources.deliveries.forgotten(at(3600))
    assert set(ids) == {post.id for post in posts}


async def test_a_redelivery_of_a_failed_delivery_wakes_a_worker_again(service: Service) -> None:
    post = a_post()
    await service.deliver(post)
    await service.resources.deliveries.fail(post.id, "unreadable", at(3600))

    assert (await service.deliver(post)).status_code == 202
    stored = await service.resources.deliveries.load(post.id)
    assert stored is not None
    assert (stored.processed_at, stored.error) == (None, None)


@on_postgres
async def test_a_database_that_went_away_is_a_503(
    postgres: PostgresServer,
) -> None:
    url = postgres.an_empty_database()
    await upgrade(url)
    database = Database.open(url)
    async with serving(resources(database, RememberedQueue())) as service:
        assert (await service.deliver(a_post())).status_code == 202
        postgres.drop(url)
        refused = await service.deliver(a_post())
    await database.close()

    assert refused.status_code == 503
    assert "redeliver" in refused.json()["message"]


@on_postgres
async def test_a_restarted_server_costs_no_delivery(postgres: PostgresServer) -> None:
    url = postgres.an_empty_database()
    await upgrade(url)
    database = Database.open(url)
    async with serving(resources(database, RememberedQueue())) as service:
        await service.deliver(a_post())
        postgres.hang_up_on(url)
        answer = await service.deliver(a_post())
    await database.close()
    postgres.drop(url)

    assert answer.status_code == 202
