"""Invoices as last seen and applied, and payments that are intended."""

import sqlalchemy as sa
from alembic import op

revision = "agreement_sync_0001"
down_revision = None
branch_labels = None
depends_on = None

INVOICE, INTENT = "agreement_sync_invoice", "agreement_sync_intent"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        INVOICE,
        sa.Column("invoice_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("agreement_id", sa.BigInteger, nullable=True),
        sa.Column("number", sa.String(30), nullable=False),
        sa.Column("number_key", sa.String(30), nullable=False),
        sa.Column("type", sa.String(30), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("claimed", sa.BigInteger, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
    )
    op.create_index(f"{INVOICE}_agreement", INVOICE, ["agreement_id", "day"])
    op.create_index(f"{INVOICE}_number", INVOICE, ["number_key"])
    op.create_table(
        INTENT,
        sa.Column("subject", sa.String(20), primary_key=True),
        sa.Column("action", sa.String(20), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("within", sa.BigInteger, nullable=True),
        sa.Column("order_key", sa.String(20), nullable=True),
        sa.Column("attempted_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float, nullable=False),
        sa.Column("target", sa.String(20), nullable=True),
    )
    op.create_index(f"{INTENT}_due", INTENT, ["target", "due_at"])


def downgrade() -> None:
    """Drop the tables."""
    for table in (INTENT, INVOICE):
        op.drop_table(table)
