"""Audits from request to end. The state only moves forward, and the newest request of a pull
request supersedes the older ones."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.audit import Audit, key_of
from app.domain.finding import Finding
from app.store.engine import Database
from app.store.record import from_record, to_record
from app.store.tables import ALIAS, AUDIT, FINDING, SBOM


class AuditState(StrEnum):
    """How far an audit has come."""

    QUEUED = "queued"
    RUNNING = "running"
    RECORDED = "recorded"
    """Decided and in SQL; what is left is telling GitHub."""
    FINISHED = "finished"
    SUPERSEDED = "superseded"
    FAILED = "failed"


OPEN: Final = (AuditState.QUEUED, AuditState.RUNNING, AuditState.RECORDED)
REQUEST: Final = tuple(
    AUDIT.c[name]
    for name in (
        "id",
        "repository_id",
        "installation_id",
        "number",
        "head_sha",
        "base_ref",
        "sequence",
        "state",
        "attempts",
    )
)
"""The columns of a request, without the record, which may be megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """What is to be audited; ``number`` is 0 for a merge group. ``sequence`` orders one subject's."""

    id: str
    repository_id: int
    installation_id: int
    number: int
    head_sha: str
    base_ref: str
    sequence: int
    state: AuditState
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWish:
    """What somebody asks to be audited; ``again`` for a re-run of what has an audit already."""

    repository_id: int
    installation_id: int
    number: int
    head_sha: str
    base_ref: str
    again: bool = False


class Audits:
    """The audits in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def request(self, wish: AuditWish, now: datetime) -> AuditRequest | None:
        """Ask for an audit, superseding the subject's open ones of another head or base.

        None when the newest request is for the same head and base already, unless the wish is to
        run again and nothing is under way.
        """
        subject = _same_subject(wish)
        newest_first = select(*REQUEST).where(*subject).order_by(AUDIT.c.sequence.desc()).limit(1)
        async with self._database.write() as connection:
            await self._database.one_at_a_time(connection, f"{wish.repository_id}:{wish.number}")
            newest = (await connection.execute(newest_first)).first()
            if newest is not None and not _is_wanted(wish, newest):
                return None
            await connection.execute(
                update(AUDIT)
                .where(*subject, AUDIT.c.state.in_(OPEN))
                .values(state=str(AuditState.SUPERSEDED), finished_at=now)
            )
            values = _new_row(wish, newest.sequence + 1 if newest is not None else 1, now)
            await connection.execute(insert(AUDIT).values(**values))
        return _request(values)

    async def find(self, audit_id: str) -> AuditRequest | None:
        """The request of this id."""
        statement = select(*REQUEST).where(AUDIT.c.id == audit_id)
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).first()
        return _request(row._mapping) if row is not None else None

    async def begin(self, audit_id: str, now: datetime) -> AuditRequest | None:
        """Take an open audit up, counting the attempt; None when it has ended meanwhile."""
        is_queued = AUDIT.c.state == str(AuditState.QUEUED)
        statement = (
            update(AUDIT)
            .where(AUDIT.c.id == audit_id, AUDIT.c.state.in_(OPEN))
            .values(
                state=case((is_queued, str(AuditState.RUNNING)), else_=AUDIT.c.state),
                attempts=AUDIT.c.attempts + 1,
                started_at=func.coalesce(AUDIT.c.started_at, now),
                heartbeat_at=now,
            )
            .returning(*REQUEST)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(statement)).first()
        return _request(row._mapping) if row is not None else None

    async def forgive(self, audit_id: str) -> None:
        """Take an open audit's last attempt back: it ended in waiting, not in a failure."""
        statement = (
            update(AUDIT)
            .where(AUDIT.c.id == audit_id, AUDIT.c.state.in_(OPEN), AUDIT.c.attempts > 0)
            .values(attempts=AUDIT.c.attempts - 1)
        )
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def heartbeat(self, audit_id: str, now: datetime) -> bool:
        """Say that it is worked on; False when it was superseded or ended."""
        return await self._move(audit_id, OPEN, heartbeat_at=now)

    async def record(self, audit_id: str, audit: Audit, sbom: bytes, now: datetime) -> bool:
        """Record the decided audit with its findings, aliases and SBOM in one transaction.

        False, and nothing recorded, when it was superseded meanwhile.
        """
        async with self._database.write() as connection:
            row = (
                await connection.execute(
                    update(AUDIT)
                    .where(AUDIT.c.id == audit_id, AUDIT.c.state == str(AuditState.RUNNING))
                    .values(**_result(audit), recorded_at=now, heartbeat_at=now)
                    .returning(AUDIT.c.number)
                )
            ).first()
            if row is None:
                return False
            await connection.execute(
                update(AUDIT)
                .where(AUDIT.c.id == audit_id)
                .values(key_digest=key_of(audit, _subject(audit, row.number)).digest)
            )
            if audit.findings:
                await connection.execute(insert(FINDING), _finding_rows(audit))
            if audit.aliases:
                await connection.execute(self._insert(ALIAS), _alias_rows(audit))
            await connection.execute(
                insert(SBOM).values(
                    audit_id=audit_id, sha256=audit.sbom.sha256 or "", document=sbom
                )
            )
        return True

    async def finish(self, audit_id: str, now: datetime) -> bool:
        """Close it: everything is published."""
        return await self._move(
            audit_id,
            (AuditState.RECORDED,),
            state=str(AuditState.FINISHED),
            finished_at=now,
            error=None,
        )

    async def supersede(self, audit_id: str, now: datetime) -> bool:
        """Close it because a newer head is known."""
        return await self._move(audit_id, OPEN, state=str(AuditState.SUPERSEDED), finished_at=now)

    async def fail(self, audit_id: str, why: str, now: datetime) -> bool:
        """Close it as failed: no further attempt is made by itself."""
        return await self._move(
            audit_id, OPEN, state=str(AuditState.FAILED), finished_at=now, error=why
        )

    async def load(self, audit_id: str) -> Audit | None:
        """The recorded audit."""
        async with self._database.read() as connection:
            record = (
                await connection.execute(select(AUDIT.c.record).where(AUDIT.c.id == audit_id))
            ).scalar()
        return from_record(record) if record is not None else None

    async def sbom(self, audit_id: str) -> bytes | None:
        """The SBOM document of an audit."""
        async with self._database.read() as connection:
            return (
                await connection.execute(select(SBOM.c.document).where(SBOM.c.audit_id == audit_id))
            ).scalar()

    async def previous(self, request: AuditRequest) -> Audit | None:
        """The recorded audit of the same pull request before this one."""
        statement = (
            select(AUDIT.c.record)
            .where(
                AUDIT.c.repository_id == request.repository_id,
                AUDIT.c.number == request.number,
                AUDIT.c.sequence < request.sequence,
                AUDIT.c.record.is_not(None),
            )
            .order_by(AUDIT.c.sequence.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            record = (await connection.execute(statement)).scalar()
        return from_record(record) if record is not None and request.number else None

    async def forgotten(self, quiet_since: datetime, limit: int = 200) -> tuple[str, ...]:
        """Open audits that nobody has said a word about since ``quiet_since``."""
        statement = (
            select(AUDIT.c.id)
            .where(
                AUDIT.c.state.in_(OPEN),
                or_(
                    AUDIT.c.heartbeat_at < quiet_since,
                    AUDIT.c.heartbeat_at.is_(None) & (AUDIT.c.requested_at < quiet_since),
                ),
            )
            .order_by(AUDIT.c.requested_at)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple((await connection.execute(statement)).scalars())

    async def _move(self, audit_id: str, states: tuple[AuditState, ...], **values: Any) -> bool:
        async with self._database.write() as connection:
            moved = await connection.execute(
                update(AUDIT)
                .where(AUDIT.c.id == audit_id, AUDIT.c.state.in_(states))
                .values(**values)
            )
        return moved.rowcount == 1

    def _insert(self, table: Any) -> Any:
        """An insert that leaves rows that are there already as they are."""
        build = sqlite.insert if self._database.is_sqlite else postgresql.insert
        return build(table).on_conflict_do_nothing()


def _same_subject(wish: AuditWish) -> tuple[ColumnElement[bool], ...]:
    """The rows of the same pull request; of a merge group, which has no number, of the same head."""
    subject: tuple[ColumnElement[bool], ...] = (
        AUDIT.c.repository_id == wish.repository_id,
        AUDIT.c.number == wish.number,
    )
    return subject if wish.number else (*subject, AUDIT.c.head_sha == wish.head_sha)


def _is_wanted(wish: AuditWish, newest: Any) -> bool:
    if (newest.head_sha, newest.base_ref) != (wish.head_sha, wish.base_ref):
        return True
    return wish.again and newest.state not in OPEN


def _new_row(wish: AuditWish, sequence: int, now: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "repository_id": wish.repository_id,
        "installation_id": wish.installation_id,
        "number": wish.number,
        "head_sha": wish.head_sha,
        "base_ref": wish.base_ref,
        "sequence": sequence,
        "state": str(AuditState.QUEUED),
        "requested_at": now,
        "attempts": 0,
    }


def _request(row: Any) -> AuditRequest:
    return AuditRequest(
        id=row["id"],
        repository_id=row["repository_id"],
        installation_id=row["installation_id"],
        number=row["number"],
        head_sha=row["head_sha"],
        base_ref=row["base_ref"],
        sequence=row["sequence"],
        state=AuditState(row["state"]),
        attempts=row["attempts"],
    )


def _result(audit: Audit) -> dict[str, Any]:
    verdict = audit.verdict
    return {
        "state": str(AuditState.RECORDED),
        "outcome": str(verdict.outcome),
        "risk": verdict.risk,
        "tier": str(verdict.tier) if verdict.tier else None,
        "record": to_record(audit),
    }


def _subject(audit: Audit, number: int) -> str:
    return f"pr:{number}" if number else f"group:{audit.change.head}"


def _finding_rows(audit: Audit) -> list[dict[str, Any]]:
    return [_finding_row(audit.id, finding) for finding in audit.findings]


def _finding_row(audit_id: str, finding: Finding) -> dict[str, Any]:
    return {
        "audit_id": audit_id,
        "fingerprint": finding.fingerprint,
        "id": finding.id,
        "state": str(finding.state),
        "novelty": str(finding.novelty),
        "blocking": finding.blocking,
        "lens": str(finding.lens),
        "category": str(finding.category),
        "rule": finding.sighting.rule,
        "risk": finding.risk.value,
        "tier": str(finding.tier),
    }


def _alias_rows(audit: Audit) -> list[dict[str, Any]]:
    return [
        {
            "repository_id": audit.change.repository.id,
            "old_fingerprint": old,
            "new_fingerprint": new,
            "audit_id": audit.id,
        }
        for old, new in audit.aliases
    ]
