"""Installations, repositories and pull requests as deliveries and the API told of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.store.engine import Database
from app.store.tables import INSTALLATION, PULL_REQUEST, REPOSITORY


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRepository:
    """A repository we are installed on; ``updated_at`` is when we last heard of it."""

    id: int
    installation_id: int
    full_name: str
    default_branch: str
    private: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPull:
    """A pull request; ``updated_at`` is GitHub's own time, which orders what we hear of it."""

    repository_id: int
    number: int
    head_sha: str
    base_ref: str
    state: str
    draft: bool
    author_id: int | None
    updated_at: datetime


class Repositories:
    """Installations, repositories and pull requests in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record_installation(self, id_: int, account: str, state: str, now: datetime) -> None:
        """Remember an installation and its state: active, suspended or removed."""
        values = {"id": id_, "account": account, "state": state, "updated_at": now}
        await self._upsert(INSTALLATION, values, ("id",))

    async def installation_state(self, id_: int) -> str | None:
        """The state of an installation, None when it was never heard of."""
        statement = select(INSTALLATION.c.state).where(INSTALLATION.c.id == id_)
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar()

    async def record_repository(self, repository: KnownRepository) -> None:
        """Remember a repository; its id stays through renames and transfers."""
        await self._upsert(REPOSITORY, _fields(repository), ("id",))

    async def repository(self, id_: int) -> KnownRepository | None:
        """The repository of this id."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(REPOSITORY).where(REPOSITORY.c.id == id_))
            ).first()
        return KnownRepository(**row._mapping) if row is not None else None

    async def record_pull(self, pull: KnownPull) -> None:
        """Remember a pull request's state, unless a later one is known already."""
        await self._upsert(PULL_REQUEST, _fields(pull), ("repository_id", "number"), newer=True)

    async def pull(self, repository_id: int, number: int) -> KnownPull | None:
        """What is known of a pull request."""
        statement = select(PULL_REQUEST).where(
            PULL_REQUEST.c.repository_id == repository_id, PULL_REQUEST.c.number == number
        )
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).first()
        return KnownPull(**row._mapping) if row is not None else None

    async def open_pulls(self, repository_id: int, head_sha: str) -> tuple[KnownPull, ...]:
        """The open pull requests with this head: check events of forks name none."""
        statement = select(PULL_REQUEST).where(
            PULL_REQUEST.c.repository_id == repository_id,
            PULL_REQUEST.c.head_sha == head_sha,
            PULL_REQUEST.c.state == "open",
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return tuple(KnownPull(**row._mapping) for row in rows)

    async def newer_head(self, repository_id: int, pr: int, head: str) -> str | None:
        """The head that superseded ``head``, None while it is the newest known."""
        pull = await self.pull(repository_id, pr)
        return pull.head_sha if pull is not None and pull.head_sha != head else None

    async def _upsert(
        self, table: Any, values: dict[str, Any], key: tuple[str, ...], *, newer: bool = False
    ) -> None:
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        statement = insert(table).values(**values)
        rest = {name: statement.excluded[name] for name in values if name not in key}
        later = table.c.updated_at <= statement.excluded["updated_at"] if newer else None
        async with self._database.write() as connection:
            await connection.execute(
                statement.on_conflict_do_update(index_elements=key, set_=rest, where=later)
            )


def _fields(value: KnownRepository | KnownPull) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
