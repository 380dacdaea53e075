"""What a worker holds open while it runs: opened once, closed once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from app.domain.change import Repository
from app.domain.marker import MarkerKey
from app.domain.policy import Policy
from app.github.client import GitHubClient
from app.github.connection import CLONING, Access, Connection
from app.github.threads import ReviewThreads
from app.queue import ArqQueue, Queue
from app.report.links import Links
from app.settings import Settings
from app.store.audits import Audits
from app.store.deliveries import Deliveries
from app.store.engine import Database
from app.store.posts import Posts
from app.store.repositories import Repositories
from workers.bench import Bench
from workers.box.choose import strongest_box
from workers.box.job import Box, Tier
from workers.fetch.git import Git
from workers.fetch.source import Egress, Source
from workers.publishing.context import PublishContext
from workers.scanners.engines import Engines


class WeakBoxError(RuntimeError):
    """Only resource limits are to be had here, and the operator has not said that this is enough."""


@dataclass(frozen=True, slots=True)
class ServerPages:
    """Addresses below the server's public one."""

    public_url: str

    def of(self, audit_id: str) -> Links:
        """Where one audit's page and documents are."""
        page = f"{self.public_url.rstrip('/')}/runs/{audit_id}"
        return Links(run_page=page, sbom=f"{page}/sbom.json", sarif=f"{page}.sarif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The clients and stores of one worker."""

    settings: Settings
    database: Database
    deliveries: Deliveries
    repositories: Repositories
    audits: Audits
    queue: Queue
    client: GitHubClient
    publishing: PublishContext
    git: Git
    bench: Bench
    policy: Policy
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def host(self) -> str:
        """The GitHub host's name, part of every audit's key."""
        return urlsplit(self.settings.git_url).netloc

    async def source(self, installation_id: int, repository: Repository) -> Source:
        """Where git reads a repository, with a token that can read it and nothing else."""
        token = await self.client.git_token(Access(installation_id, repository, CLONING))
        url = f"{self.settings.git_url.rstrip('/')}/{repository.full_name}.git"
        return Source(url=url, token=token.text)

    async def close(self) -> None:
        """Close clients and stores."""
        await self.client.aclose()
        await self.queue.close()
        await self.database.close()


async def chosen_box(*, allow_weak: bool) -> Box:
    """The strongest box of this machine. Raises `WeakBoxError` when that is too weak."""
    box = await strongest_box()
    if box.tier is Tier.LIMITS and not allow_weak:
        raise WeakBoxError(
            "Scanners can't be isolated here: install bubblewrap, allow user namespaces, "
            "or set AUDIT_ALLOW_WEAK_BOX=true to go on with resource limits alone."
        )
    return box


async def open_resources(settings: Settings) -> Resources:
    """Open everything. Raises `WeakBoxError`, `EngineMissingError` and `FeedError`."""
    box = await chosen_box(allow_weak=settings.allow_weak_box)
    key = settings.secret_key.get_secret_value().encode()
    data = settings.data_dir.resolve()
    bench = Bench(
        engines=Engines(settings.scanners_dir),
        box=box,
        data=data,
        advisories=settings.advisories_dir,
        secret_key=key,
    )
    await bench.scanners()  # a missing engine or a broken feed stops the start, not the first audit
    database = Database.open(settings.database_url)
    client = GitHubClient(_connection(settings))
    repositories = Repositories(database)
    return Resources(
        settings=settings,
        database=database,
        deliveries=Deliveries(database),
        repositories=repositories,
        audits=Audits(database),
        queue=ArqQueue.open(settings.redis_url),
        client=client,
        publishing=PublishContext(
            client=client,
            threads=ReviewThreads(client),
            posts=Posts(database),
            heads=repositories,
            pages=ServerPages(settings.public_url),
            marker_key=MarkerKey(key),
        ),
        git=Git(box, Egress(ca_bundle=settings.ca_bundle)),
        bench=bench,
        policy=Policy(),
    )


def _connection(settings: Settings) -> Connection:
    return Connection(
        base_url=settings.github_url,
        app_id=settings.app_id,
        private_key=settings.private_key.get_secret_value(),
        spacing_s=settings.write_spacing_s,
        ca_bundle=settings.ca_bundle,
    )
