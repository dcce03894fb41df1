"""What was applied, what is intended, and the companies as last seen."""

import sqlalchemy as sa
from alembic import op

revision = "customer_sync_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "customer_sync_applied",
        sa.Column("customer", sa.String(20), primary_key=True),
        sa.Column("claimed", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("configuration", sa.String(64), nullable=True),
        sa.Column("company_id", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "customer_sync_intent",
        sa.Column("customer", sa.String(20), primary_key=True),
        sa.Column("action", sa.String(20), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("attempted_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float, nullable=False),
        sa.Column("target", sa.String(20), nullable=True),
    )
    op.create_index("customer_sync_intent_due", "customer_sync_intent", ["target", "due_at"])
    op.create_table(
        "customer_sync_company",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("identifier_key", sa.String(60), nullable=False),
        sa.Column("account_key", sa.String(60), nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("last_updated", sa.String(30), nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
    )
    op.create_index("customer_sync_company_identifier", "customer_sync_company", ["identifier_key"])
    op.create_index("customer_sync_company_account", "customer_sync_company", ["account_key"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("customer_sync_company", "customer_sync_intent", "customer_sync_applied"):
        op.drop_table(table)
