"""What stood in companies and sites before they were written, until an outcome told it."""

import sqlalchemy as sa
from alembic import op

revision = "customer_sync_0003"
down_revision = "customer_sync_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "customer_sync_overwritten",
        sa.Column("record", sa.String(60), primary_key=True),
        sa.Column("target", sa.String(60), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("writes", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop it; what it holds is told by no outcome then."""
    op.drop_table("customer_sync_overwritten")
