"""An index over the ends of audits: figures of the last hour must not read the whole table."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_finished_at", ["finished_at"], unique=False)
