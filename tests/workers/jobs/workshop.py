"""A worker's resources with a real store on SQLite, a queue in memory and small scanners of our own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.lens import Lens
from app.domain.marker import MarkerKey
from app.domain.policy import Policy
from app.domain.scan import Material, ScanReport, Target
from app.github.client import GitHubClient
from app.github.connection import Connection
from app.github.threads import ReviewThreads
from app.store.audits import Audits
from app.store.deliveries import Deliveries, NewDelivery
from app.store.engine import Database
from app.store.migrate import upgrade
from app.store.posts import Posts
from app.store.repositories import Repositories
from demo.box import GitHubBox
from tests.app.test_settings import PRIVATE_KEY
from tests.app.web.service import RememberedQueue, settings
from tests.builders import a_report
from tests.workers.jobs.publishing import LoopbackPages, Time
from workers.box.limits import LimitsBox
from workers.fetch.git import Git
from workers.fetch.source import Egress
from workers.publishing.context import PublishContext
from workers.resources import Bench, Resources
from workers.scanners.engines import Engines
from workers.scanners.scanner import Scanner


async def nothing_happens() -> None:
    """What a scan does meanwhile."""


@dataclass(slots=True)
class FoundNothing:
    """A scanner that reads everything and finds nothing; ``meanwhile`` happens while it scans."""

    meanwhile: Callable[[], Awaitable[None]] = nothing_happens
    scans: int = 0
    name: str = "code"
    lenses: frozenset[Lens] = frozenset({Lens.SECURITY})

    def wants(self, target: Target) -> bool:
        return True

    async def scan(self, material: Material) -> ScanReport:
        self.scans += 1
        await self.meanwhile()
        read = frozenset((target.side, target.path) for target in material.targets)
        return a_report(self.name, analysed=read)


class OwnScanners(Bench):
    """A bench without engines."""

    def __init__(self, scanner: Scanner, **values: Any) -> None:
        super().__init__(**values)
        object.__setattr__(self, "own", (scanner,))

    async def scanners(self, *, remember: bool = True) -> tuple[Scanner, ...]:
        own: tuple[Scanner, ...] = object.__getattribute__(self, "own")
        return own


@dataclass(slots=True)
class Workshop:
    """What jobs are given, and what they left behind."""

    resources: Resources
    queue: RememberedQueue
    time: Time = field(default_factory=Time)

    async def receive(self, *deliveries: NewDelivery) -> None:
        """Record deliveries as the receiver does."""
        await self.resources.deliveries.add(deliveries)

    def woken(self) -> Sequence[str]:
        """The ids of the jobs that wait."""
        return tuple(self.queue.jobs)


@asynccontextmanager
async def workshop(
    folder: Path, *, github: GitHubBox | None = None, scanner: Scanner | None = None
) -> AsyncIterator[Workshop]:
    """Resources over a fresh store in ``folder``; without ``github`` nothing answers there."""
    url = f"sqlite+aiosqlite:///{folder}/audit.db"
    await upgrade(url)
    database, time, queue = Database.open(url), Time(), RememberedQueue()
    async with GitHubClient(_connection(github), sleep=time.sleep) as client:
        values = _stores(database) | {
            "settings": settings(AUDIT_GIT_URL=github.base_url if github else "http://127.0.0.1:1"),
            "queue": queue,
            "client": client,
            "git": Git(LimitsBox(), Egress()),
            "bench": _bench(folder / "data", scanner or FoundNothing()),
            "policy": Policy(),
            "clock": time,
        }
        publishing = _publishing(client, values["repositories"], database, time)
        yield Workshop(Resources(**values, publishing=publishing), queue, time)
    await database.close()


def _stores(database: Database) -> dict[str, Any]:
    return {
        "database": database,
        "deliveries": Deliveries(database),
        "repositories": Repositories(database),
        "audits": Audits(database),
    }


def _connection(github: GitHubBox | None) -> Connection:
    if github is None:
        return Connection(base_url="http://127.0.0.1:1", app_id=1, private_key=PRIVATE_KEY)
    return Connection(
        base_url=github.base_url,
        app_id=github.world.app.id,
        private_key=github.private_key,
        spacing_s=0.0,
    )


def _bench(data: Path, scanner: Scanner) -> OwnScanners:
    return OwnScanners(
        scanner,
        engines=Engines(data / "no-engines"),
        box=LimitsBox(),
        data=data,
        advisories=None,
        secret_key=None,
    )


def _publishing(
    client: GitHubClient, repositories: Repositories, database: Database, time: Time
) -> PublishContext:
    return PublishContext(
        client=client,
        threads=ReviewThreads(client),
        posts=Posts(database),
        heads=repositories,
        pages=LoopbackPages(),
        marker_key=MarkerKey(b"server key"),
        clock=time,
        sleep=time.sleep,
    )
