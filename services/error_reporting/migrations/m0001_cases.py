"""What is known of records, kept letters, what wakes them, positions and the lease of who wakes."""

import sqlalchemy as sa
from alembic import op

from shared.store.lease import lease_columns
from shared.store.types import UtcTime

revision = "error_reporting_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("record", "letter", "waits", "trigger", "setting", "position", "lock", "lease")


def upgrade() -> None:
    """Create the tables and the one row that is locked."""
    lock = op.create_table(
        "error_reporting_lock", sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False)
    )
    op.bulk_insert(lock, [{"id": 1}])
    op.create_table(
        "error_reporting_record",
        sa.Column("agent", sa.String(60), primary_key=True),
        sa.Column("record", sa.String(300), primary_key=True),
        sa.Column("number", sa.String(10), nullable=False),
        sa.Column("process", sa.String(60), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("label_key", sa.String(200), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("ignored", sa.Boolean, nullable=False),
        sa.Column("sendable", sa.Boolean, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("failed_at", UtcTime, nullable=True),
        sa.Column("first_failed_at", UtcTime, nullable=True),
        sa.Column("retry_since", UtcTime, nullable=True),
        sa.Column("asked_at", UtcTime, nullable=True),
        sa.Column("asked_done_at", UtcTime, nullable=True),
        sa.Column("due_at", UtcTime, nullable=True),
        sa.Column("woken_for", UtcTime, nullable=True),
        sa.Column("woken_at", UtcTime, nullable=True),
        sa.Column("woken_by", sa.String(300), nullable=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("error_reporting_record_due", "error_reporting_record", ["is_open", "due_at"])
    op.create_index("error_reporting_record_number", "error_reporting_record", ["number"])
    op.create_index("error_reporting_record_label", "error_reporting_record", ["label_key"])
    op.create_table(
        "error_reporting_letter",
        sa.Column("agent", sa.String(60), primary_key=True),
        sa.Column("record", sa.String(300), primary_key=True),
        sa.Column("command", sa.Boolean, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=True),
        sa.Column("value", sa.LargeBinary, nullable=True),
        sa.Column("headers", sa.Text, nullable=False),
    )
    op.create_table(
        "error_reporting_waits",
        sa.Column("agent", sa.String(60), primary_key=True),
        sa.Column("record", sa.String(300), primary_key=True),
        sa.Column("trigger", sa.String(300), primary_key=True),
        sa.Column("handled_at", UtcTime, nullable=True),
    )
    op.create_index("error_reporting_waits_trigger", "error_reporting_waits", ["trigger"])
    op.create_table(
        "error_reporting_trigger",
        sa.Column("trigger", sa.String(300), primary_key=True),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("seen_at", UtcTime, nullable=False),
    )
    op.create_index("error_reporting_trigger_seen", "error_reporting_trigger", ["seen_at"])
    op.create_table(
        "error_reporting_setting",
        sa.Column("agent", sa.String(60), primary_key=True),
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    op.create_table(
        "error_reporting_position",
        sa.Column("topic", sa.String(255), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("next", sa.BigInteger, nullable=False),
    )
    op.create_table("error_reporting_lease", *lease_columns())


def downgrade() -> None:
    """Drop everything; cases are made again from the topics."""
    for table in TABLES:
        op.drop_table(f"error_reporting_{table}")
