"""Builds the web application; its lifespan closes what was opened for it.

Nothing connects before it is used, so the web starts, and says what is wrong on ``/readyz``, while the
database or Redis is away.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.requests import Request

from app.queue import ArqQueue
from app.settings import Settings, SettingsError
from app.store.audits import Audits
from app.store.deliveries import Deliveries
from app.store.engine import Database, StoreUnavailable
from app.store.figures import Figures
from app.web.health import health_routes
from app.web.intake import Recorder, recorder
from app.web.local_mode import LocalPages
from app.web.metrics import metrics_routes
from app.web.pages.runs import run_pages
from app.web.resources import WebResources
from app.web.wakeups import WakeUps
from app.web.webhook import WEBHOOK_PATH, Receiver

DISTRIBUTION = "pragmatic-audit"


def application(settings: Settings) -> FastAPI:
    """The web application of a deployment; raises `SettingsError` when no Redis is named."""
    return create_app(open_resources(settings))


def open_resources(settings: Settings) -> WebResources:
    """What ``settings`` name, not yet connected. The database has its tables already (`audit db upgrade`)."""
    if not settings.redis_url:
        raise SettingsError(
            "AUDIT_REDIS_URL is missing: set it to redis://host:6379/0, or run `audit serve`, which "
            "brings a server of its own."
        )
    # Durable: its 202 is a promise that outlives a power cut.
    database = Database.open(settings.database_url, durable=True)
    return WebResources(
        settings=settings,
        database=database,
        deliveries=Deliveries(database),
        audits=Audits(database),
        queue=ArqQueue.open(settings.redis_url),
    )


def create_app(resources: WebResources) -> FastAPI:
    """The routes over ``resources``, which are closed when the server ends."""
    wake_ups = WakeUps(resources.queue, resources.deliveries, resources.metrics, resources.clock)
    records = recorder(resources.deliveries, gather=resources.database.is_sqlite)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await records.close()
        await wake_ups.close()
        await resources.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    receiver = _receiver(resources, records, wake_ups)
    app.add_api_route(WEBHOOK_PATH, receiver.receive, methods=["POST"])
    _add_pages(app, resources)
    return app


def _receiver(resources: WebResources, records: Recorder, wake_ups: WakeUps) -> Receiver:
    settings = resources.settings
    secrets = (settings.webhook_secret, settings.webhook_secret_previous)
    return Receiver(
        app_id=settings.app_id,
        secrets=tuple(secret.get_secret_value().encode() for secret in secrets if secret),
        recorder=records,
        wake_ups=wake_ups,
        metrics=resources.metrics,
        clock=resources.clock,
    )


def _add_pages(app: FastAPI, resources: WebResources) -> None:
    figures, clock = Figures(resources.database), resources.clock
    app.include_router(health_routes(resources.database, resources.queue, figures, clock))
    app.include_router(metrics_routes(resources.metrics, resources.queue, figures, clock))
    audits = resources.audits
    app.include_router(run_pages(audits.load, audits.sbom, version=version(DISTRIBUTION)))
    app.add_exception_handler(StoreUnavailable, _store_unavailable)
    if resources.settings.local_mode:
        app.add_middleware(LocalPages)


async def _store_unavailable(_request: Request, _error: Exception) -> JSONResponse:
    message = "The database does not answer now: try again in a moment."
    return JSONResponse({"message": message}, status_code=503)
