"""Whether the process lives, and whether it can do its work.

A lost Redis does not make the web unready: deliveries are recorded without it and queued later,
while taking the process out of service would lose them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from app.queue import Queue, QueueUnavailable
from app.store.engine import Database, StoreUnavailable

log = structlog.stdlib.get_logger(__name__)

CHECK_LIMIT_S: Final = 2.0
OK: Final = "ok"


def health_routes(database: Database, queue: Queue) -> APIRouter:
    """``/healthz`` for the process itself, ``/readyz`` for what it stands on."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        sql, redis = await asyncio.gather(
            _state(database.ping, "The database does not answer: deliveries are refused with 503."),
            _state(queue.ping, "Redis does not answer: deliveries are recorded and wait."),
        )
        status = "unready" if sql != OK else "degraded" if redis != OK else "ready"
        answer = {"status": status, "database": sql, "redis": redis}
        return JSONResponse(answer, status_code=503 if sql != OK else 200)

    return router


async def _state(ping: Callable[[], Awaitable[None]], problem: str) -> str:
    """`OK`, or the problem for the caller; the driver's own words go to the log only."""
    try:
        async with asyncio.timeout(CHECK_LIMIT_S):
            await ping()
    except (StoreUnavailable, QueueUnavailable, TimeoutError) as error:
        log.warning("not_ready", problem=problem, reason=str(error) or "no answer in time")
        return problem
    return OK
