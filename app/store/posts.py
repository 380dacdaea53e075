"""What we posted on GitHub: the table of comment ids is the truth about our own posts."""

from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.publication import Post, PostKey, PostKind, PostState
from app.store.engine import Database
from app.store.tables import POST


class Posts:
    """One row for each (repository id, pull request, kind, key); a second one is impossible."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_pull_request(self, repository_id: int, pr: int) -> tuple[Post, ...]:
        """Every row of one pull request, in the order they were first intended."""
        statement = (
            select(POST)
            .where(POST.c.repository_id == repository_id, POST.c.number == pr)
            .order_by(POST.c.sequence)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return tuple(_post(row) for row in rows)

    async def intend(self, key: PostKey, now: datetime) -> bool:
        """Record the row as intended; False when there is one already, which stays as it is."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        statement = (
            insert(POST)
            .values(
                repository_id=key.repository_id,
                number=key.pr,
                kind=str(key.kind),
                key=key.key,
                state=str(PostState.INTENDED),
                digest="",
                changed_at=now,
            )
            .on_conflict_do_nothing(index_elements=["repository_id", "number", "kind", "key"])
            .returning(POST.c.sequence)
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement)).first() is not None

    async def settle(
        self, key: PostKey, state: PostState, external_id: str | None, digest: str, now: datetime
    ) -> None:
        """Replace what the row says."""
        statement = (
            update(POST)
            .where(*_is(key))
            .values(state=str(state), external_id=external_id, digest=digest, changed_at=now)
        )
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def withdraw(self, post: Post) -> bool:
        """Delete the row if it is still exactly ``post``; False when it changed meanwhile."""
        same_id = (
            POST.c.external_id.is_(None)
            if post.external_id is None
            else POST.c.external_id == post.external_id
        )
        statement = delete(POST).where(
            *_is(post.key),
            POST.c.state == str(post.state),
            POST.c.digest == post.digest,
            POST.c.changed_at == post.changed_at,
            same_id,
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount == 1


def _is(key: PostKey) -> tuple[ColumnElement[bool], ...]:
    return (
        POST.c.repository_id == key.repository_id,
        POST.c.number == key.pr,
        POST.c.kind == str(key.kind),
        POST.c.key == key.key,
    )


def _post(row: Row[tuple[object, ...]]) -> Post:
    return Post(
        key=PostKey(
            repository_id=row.repository_id,
            pr=row.number,
            kind=PostKind(row.kind),
            key=row.key,
        ),
        state=PostState(row.state),
        changed_at=row.changed_at,
        external_id=row.external_id,
        digest=row.digest,
    )
