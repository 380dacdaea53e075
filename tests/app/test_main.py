"""The web application as a deployment opens it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.main import application
from app.settings import SettingsError
from app.store.audits import Audits
from app.store.engine import Database
from app.store.migrate import upgrade
from app.web.webhook import WEBHOOK_PATH
from tests.app.web.service import (
    RememberedQueue,
    Service,
    a_database,
    a_post,
    resources,
    serving,
    settings,
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await a_database(tmp_path)
    yield opened
    await opened.close()


async def test_a_deployment_takes_deliveries_and_closes_what_it_opened(tmp_path: Path) -> None:
    chosen = settings(AUDIT_DATA_DIR=str(tmp_path), AUDIT_REDIS_URL="redis://127.0.0.1:1")
    await upgrade(chosen.database_url)
    app = application(chosen)
    transport = httpx.ASGITransport(app=app)
    post = a_post()

    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://audit.example") as client,
    ):
        answer = await client.post(WEBHOOK_PATH, content=post.body, headers=post.all_headers())

    assert answer.status_code == 202
    # WAL files are gone only when every connection was closed.
    assert [path.name for path in tmp_path.iterdir()] == ["audit.db"]


def test_without_redis_the_start_stops_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"AUDIT_REDIS_URL is missing: set it to .*audit serve"):
        application(settings())


async def test_an_audit_that_is_not_recorded_has_no_page(database: Database) -> None:
    async with serving(resources(database, RememberedQueue())) as service:
        assert (await service.client.get("/runs/no-such-audit")).status_code == 404


async def test_pages_say_so_when_the_database_is_away(tmp_path: Path) -> None:
    away = Database.open(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/audit.db")
    opened = resources(away, RememberedQueue(), audits=Audits(away))
    async with serving(opened) as service:
        answer = await service.client.get("/runs/some-audit")
    assert answer.status_code == 503
    assert answer.json() == {"message": "The database does not answer now: try again in a moment."}


async def test_no_page_describes_the_interface(database: Database) -> None:
    async with serving(resources(database, RememberedQueue())) as service:
        for path in ("/docs", "/redoc", "/openapi.json"):
            assert (await service.client.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/runs/x", "/metrics", "/readyz", "/webhook/", "/webhook/x"])
async def test_local_mode_shows_its_pages_to_this_machine_only(
    database: Database, path: str
) -> None:
    local = resources(database, RememberedQueue(), settings=settings(AUDIT_LOCAL_MODE="true"))
    async with serving(local, host="rebound.example") as service:
        assert (await service.client.get(path)).status_code == 403
    async with serving(local, host="127.0.0.1:8080") as service:
        assert (await service.client.get(path)).status_code != 403


async def test_local_mode_takes_deliveries_through_a_relay(database: Database) -> None:
    local = resources(database, RememberedQueue(), settings=settings(AUDIT_LOCAL_MODE="true"))
    async with serving(local, host="relay.example") as service:
        assert isinstance(service, Service)
        assert (await service.deliver(a_post())).status_code == 202
        assert (await service.deliver(a_post(secret="another"))).status_code == 401


async def test_a_deployment_serves_its_pages_under_its_own_name(database: Database) -> None:
    async with serving(resources(database, RememberedQueue()), host="audit.example") as service:
        assert (await service.client.get("/healthz")).status_code == 200
