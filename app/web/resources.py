"""What the web process works with, opened once and closed once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.queue import Queue
from app.settings import Settings
from app.store.audits import Audits
from app.store.deliveries import Deliveries
from app.store.engine import Database
from app.web.metrics import WebMetrics


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebResources:
    """The web process's dependencies; whoever made them closes them."""

    settings: Settings
    database: Database
    deliveries: Deliveries
    audits: Audits
    queue: Queue
    metrics: WebMetrics = field(default_factory=WebMetrics)
    clock: Callable[[], datetime] = utc_now

    async def close(self) -> None:
        """Let go of the queue and the database."""
        await self.queue.close()
        await self.database.close()
