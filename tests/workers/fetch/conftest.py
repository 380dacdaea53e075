"""A repository with one pull request, its server, and git in the strongest box of this machine."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.change import Change, Repository
from tests.workers.fetch.origin import Origin, Server, new_origin, serving
from workers.box.choose import strongest_box
from workers.fetch.git import Git
from workers.fetch.reader import Reader
from workers.fetch.remote import fetch_change
from workers.fetch.source import Source, Wanted

TOKEN = "".join(("installation", "-", "token", "-", "of", "-", "test"))


@pytest.fixture
async def git() -> Git:
    return Git(await strongest_box())


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    (tmp_path / "served").mkdir()
    return new_origin(tmp_path / "served" / "shop.git")


@pytest.fixture
def server(tmp_path: Path, origin: Origin) -> Iterator[Server]:
    with serving(origin.path.parent, TOKEN) as server:
        yield server


@dataclass
class Fetcher:
    """Fetches from the server and closes what it opened."""

    git: Git
    server: Server
    cache: Path
    readers: list[Reader] = field(default_factory=list)

    async def __call__(
        self, base: str, head: str, *, commits: int = 1, token: str | None = TOKEN, number: int = 7
    ) -> tuple[Change, Reader]:
        source = Source(url=self.server.url("shop.git"), token=token)
        wanted = Wanted(
            repository=Repository(host="127.0.0.1", id=1, full_name="shop/app"),
            base_branch="main",
            head=head,
            merge_base=base,
            commits=commits,
            number=number,
        )
        change, reader = await fetch_change(self.git, source, wanted, self.cache)
        self.readers.append(reader)
        return change, reader


@pytest.fixture
def fetch(git: Git, server: Server, tmp_path: Path) -> Iterator[Fetcher]:
    fetcher = Fetcher(git, server, tmp_path / "cache")
    yield fetcher
    for reader in fetcher.readers:
        reader.close()
