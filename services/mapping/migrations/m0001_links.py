"""Links, their history, the outbox and the publisher's lease."""

import sqlalchemy as sa
from alembic import op

from shared.store.lease import lease_columns
from shared.store.types import BigId, UtcTime

revision = "mapping_0001"
down_revision = None
branch_labels = None
depends_on = None


def _made() -> list[sa.Column[object]]:
    return [
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("left_key", sa.String(100), nullable=False),
        sa.Column("right_key", sa.String(100), nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("order_key", sa.String(100), nullable=True),
    ]


def upgrade() -> None:
    """Create the tables and the one row of the revision counter."""
    counter = op.create_table(
        "mapping_revision",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(counter, [{"id": 1, "value": 0}])
    op.create_table(
        "mapping_link",
        sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
        *_made(),
        sa.UniqueConstraint("kind", "left_key", name="mapping_link_left"),
        sa.UniqueConstraint("kind", "right_key", name="mapping_link_right"),
    )
    op.create_table(
        "mapping_ended",
        sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
        *_made(),
        sa.Column("ended_by", sa.String(100), nullable=False),
        sa.Column("ended_why", sa.String(500), nullable=False),
        sa.Column("ended_at", UtcTime, nullable=False),
        sa.Column("ended_by_hand", sa.Boolean, nullable=False),
        sa.Column("ended_revision", sa.BigInteger, nullable=False, unique=True),
    )
    op.create_index("mapping_ended_left", "mapping_ended", ["kind", "left_key"])
    op.create_index("mapping_ended_right", "mapping_ended", ["kind", "right_key"])
    op.create_table(
        "mapping_outbox",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("target", sa.String(60), nullable=False),
        sa.Column("message_key", sa.String(160), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("sent_at", UtcTime, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("mapping_outbox_unsent", "mapping_outbox", ["sent_at", "id"])
    op.create_table("mapping_lease", *lease_columns())


def downgrade() -> None:
    """Drop everything; links are lost."""
    for table in ("mapping_lease", "mapping_outbox", "mapping_ended", "mapping_link", "mapping_revision"):
        op.drop_table(table)
