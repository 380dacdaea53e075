"""Whether the process lives, and whether it can do its work.

A lost Redis does not make the web unready: deliveries are recorded without it and queued later,
while taking the process out of service would lose them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from app.queue import Queue, QueueUnavailable
from app.store.engine import Database, StoreUnavailable
from app.store.figures import Figures

log = structlog.stdlib.get_logger(__name__)

CHECK_LIMIT_S: Final = 2.0
LAG_LIMIT_S: Final = 120.0
"""A sweep queues within 75 s what Redis lost, so a delivery that waits longer waits for a worker."""
OK: Final = "ok"


def health_routes(
    database: Database, queue: Queue, figures: Figures, clock: Callable[[], datetime]
) -> APIRouter:
    """``/healthz`` for the process itself, ``/readyz`` for what it stands on."""
    router = APIRouter(include_in_schema=False)

    async def no_lag() -> None:
        lag = await figures.delivery_lag_s(clock())
        if lag > LAG_LIMIT_S:
            raise _Lagging(f"the oldest delivery has waited {lag:.0f} s")

    @router.get("/healthz")
    async def alive() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        sql, redis, lag = await asyncio.gather(
            _state(database.ping, "The database does not answer: deliveries are refused with 503."),
            _state(queue.ping, "Redis does not answer: deliveries are recorded and wait."),
            _state(no_lag, "Deliveries wait for minutes: is a worker running?"),
        )
        status = "unready" if sql != OK else "ready" if redis == lag == OK else "degraded"
        waiting = lag if sql == OK else "Not known without the database."
        answer = {"status": status, "database": sql, "redis": redis, "deliveries": waiting}
        return JSONResponse(answer, status_code=503 if sql != OK else 200)

    return router


class _Lagging(Exception):  # noqa: N818 - a state that is told
    """Deliveries wait longer than they do with a worker."""


async def _state(ping: Callable[[], Awaitable[None]], problem: str) -> str:
    """`OK`, or the problem for the caller; the driver's own words go to the log only."""
    try:
        async with asyncio.timeout(CHECK_LIMIT_S):
            await ping()
    except (StoreUnavailable, QueueUnavailable, TimeoutError, _Lagging) as error:
        log.warning("not_ready", problem=problem, reason=str(error) or "no answer in time")
        return problem
    return OK
