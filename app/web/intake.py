"""Recording deliveries durably and waking a worker for them.

On SQLite one writer gathers what arrives and commits it together: a commit that waits for the disk
costs the same for one row as for a hundred. PostgreSQL does this by itself.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from app.store.deliveries import Deliveries, NewDelivery, Receipt
from app.store.engine import StoreUnavailable
from app.web.batches import Batches

log = structlog.stdlib.get_logger(__name__)

WRITE_LIMIT_S: Final = 8.0
"""Below the 10 s after which GitHub hangs up: a clear 503 is better than silence."""
MAX_BATCH: Final = 200
"""Rows in one transaction."""


class NotRecorded(Exception):  # noqa: N818 - named for what happened
    """The delivery is not durable: the forge must be told, so that it can be sent again."""


class Recorder(Protocol):
    """Makes a delivery durable."""

    async def record(self, delivery: NewDelivery) -> Receipt:
        """What the arrival means, once it is durable; raises `NotRecorded`."""

    async def close(self) -> None:
        """Finish what was begun."""


def recorder(deliveries: Deliveries, *, gather: bool) -> Recorder:
    """The recorder for a database: gathering commits on SQLite, plain elsewhere."""
    return GroupCommit(deliveries) if gather else OneByOne(deliveries)


class OneByOne:
    """Each delivery in a transaction of its own."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    async def record(self, delivery: NewDelivery) -> Receipt:
        """Write it; raises `NotRecorded` when that fails or takes longer than `WRITE_LIMIT_S`."""
        try:
            async with asyncio.timeout(WRITE_LIMIT_S):
                return (await self._deliveries.add([delivery]))[delivery.id]
        except Exception as error:
            raise NotRecorded(_words(error)) from error

    async def close(self) -> None:
        """Nothing is left behind."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    delivery: NewDelivery
    receipt: asyncio.Future[Receipt]


class GroupCommit:
    """Deliveries that arrive while the disk is busy share the next transaction."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._batches = Batches(self._write, most=MAX_BATCH)

    async def record(self, delivery: NewDelivery) -> Receipt:
        """Write it with its neighbours; raises `NotRecorded`, also after `WRITE_LIMIT_S`."""
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._batches.put(_Waiting(delivery, receipt))
        try:
            async with asyncio.timeout(WRITE_LIMIT_S):
                return await receipt
        except TimeoutError as error:
            raise NotRecorded("the database is too slow") from error

    async def close(self) -> None:
        """Write what is waiting."""
        await self._batches.drain()

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            receipts = await self._deliveries.add([waiting.delivery for waiting in batch])
        except StoreUnavailable as error:
            for waiting in batch:
                _fail(waiting, error)
        except Exception as error:
            # One bad row must not fail its neighbours.
            log.warning("batch_refused", rows=len(batch), reason=_words(error))
            for waiting in batch:
                await self._write_alone(waiting)
        else:
            _resolve(batch, receipts)

    async def _write_alone(self, waiting: _Waiting) -> None:
        try:
            receipts = await self._deliveries.add([waiting.delivery])
        except Exception as error:
            _fail(waiting, error)
        else:
            _resolve([waiting], receipts)


def _resolve(batch: list[_Waiting], receipts: dict[str, Receipt]) -> None:
    """Give each its receipt; the second of one id in a batch is a duplicate of the first."""
    seen: set[str] = set()
    for waiting in batch:
        id_ = waiting.delivery.id
        receipt = Receipt.DUPLICATE if id_ in seen else receipts[id_]
        seen.add(id_)
        if not waiting.receipt.done():
            waiting.receipt.set_result(receipt)


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.receipt.done():
        waiting.receipt.set_exception(NotRecorded(_words(error)))


def _words(error: Exception) -> str:
    """What failed, for the log; a driver's error may quote the row, so only ours is repeated."""
    return str(error) if isinstance(error, StoreUnavailable) else type(error).__name__
