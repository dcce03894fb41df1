"""Tickets that settle, and those that were taken."""

import sqlalchemy as sa
from alembic import op

revision = "service_sync_0001"
down_revision = None
branch_labels = None
depends_on = None

TICKET = "service_sync_ticket"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        TICKET,
        sa.Column("subject", sa.String(40), primary_key=True),
        sa.Column("ticket_id", sa.BigInteger, nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Float, nullable=False),
        sa.Column("sent_at", sa.Float, nullable=False),
        sa.Column("taken_at", sa.Float, nullable=True),
        sa.Column("customer_id", sa.BigInteger, nullable=True),
        sa.Column("call_number", sa.String(32), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
    )
    op.create_index(f"{TICKET}_due", TICKET, ["stage", "due_at"])
    op.create_index(f"{TICKET}_ticket", TICKET, ["ticket_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table(TICKET)
