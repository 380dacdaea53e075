"""The tables. Times are UTC with zone; documents are bytes, since names may hold lone surrogates."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    TypeDecorator,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """A UTC time: SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a time without zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """The stored time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("event", String(64), nullable=False),
    Column("action", String(64)),
    Column("installation_id", BigInteger),
    Column("repository_id", BigInteger),
    Column("payload", LargeBinary, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("enqueued_at", Utc),
    Column("processed_at", Utc),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
)
Index("ix_delivery_open", DELIVERY.c.processed_at, DELIVERY.c.enqueued_at)

INSTALLATION = Table(
    "installation",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("account", String(255), nullable=False),
    Column("state", String(16), nullable=False),
    Column("updated_at", Utc, nullable=False),
)

REPOSITORY = Table(
    "repository",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("full_name", String(512), nullable=False),
    Column("default_branch", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("updated_at", Utc, nullable=False),
)

PULL_REQUEST = Table(
    "pull_request",
    METADATA,
    Column("repository_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("head_sha", String(64), nullable=False),
    Column("base_ref", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("draft", Boolean, nullable=False),
    Column("author_id", BigInteger),
    Column("updated_at", Utc, nullable=False),
)
Index("ix_pull_request_head", PULL_REQUEST.c.repository_id, PULL_REQUEST.c.head_sha)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("head_sha", String(64), nullable=False),
    Column("base_ref", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("key_digest", String(64)),
    Column("outcome", String(16)),
    Column("risk", Numeric(4, 1)),
    Column("tier", String(2)),
    Column("record", LargeBinary),
    Column("requested_at", Utc, nullable=False),
    Column("started_at", Utc),
    Column("recorded_at", Utc),
    Column("finished_at", Utc),
    Column("heartbeat_at", Utc),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
)
Index("ix_audit_subject", AUDIT.c.repository_id, AUDIT.c.number, AUDIT.c.sequence)
Index("ix_audit_state", AUDIT.c.state, AUDIT.c.heartbeat_at)
Index("ix_audit_finished_at", AUDIT.c.finished_at)

FINDING = Table(
    "finding",
    METADATA,
    Column("audit_id", String(36), ForeignKey("audit.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("id", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("novelty", String(16), nullable=False),
    Column("blocking", Boolean, nullable=False),
    Column("lens", String(16), nullable=False),
    Column("category", String(16), nullable=False),
    Column("rule", Text, nullable=False),
    Column("risk", Numeric(4, 1), nullable=False),
    Column("tier", String(2), nullable=False),
)
Index("ix_finding_id", FINDING.c.id)

ALIAS = Table(
    "alias",
    METADATA,
    Column("repository_id", BigInteger, primary_key=True, autoincrement=False),
    Column("old_fingerprint", String(64), primary_key=True),
    Column("new_fingerprint", String(64), primary_key=True),
    Column("audit_id", String(36), nullable=False),
)

POST = Table(
    "post",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("key", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("external_id", Text),
    Column("digest", String(64), nullable=False),
    Column("changed_at", Utc, nullable=False),
)
Index(
    "uq_post_key",
    POST.c.repository_id,
    POST.c.number,
    POST.c.kind,
    POST.c.key,
    unique=True,
)

SBOM = Table(
    "sbom",
    METADATA,
    Column("audit_id", String(36), ForeignKey("audit.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("document", LargeBinary, nullable=False),
)
