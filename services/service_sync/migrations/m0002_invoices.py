"""Of time that an invoice brings over: which invoice; and whether the call has ConnectWise's amounts."""

import sqlalchemy as sa
from alembic import op

revision = "service_sync_0002"
down_revision = "service_sync_0001"
branch_labels = None
depends_on = None

TICKET = "service_sync_ticket"


def upgrade() -> None:
    """Add the columns."""
    op.add_column(TICKET, sa.Column("invoice_id", sa.BigInteger, nullable=True))
    op.add_column(TICKET, sa.Column("invoice_number", sa.String(50), nullable=False, server_default=""))
    op.add_column(TICKET, sa.Column("invoice_place", sa.String(20), nullable=False, server_default=""))
    op.add_column(TICKET, sa.Column("overridden", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(f"{TICKET}_invoice", TICKET, ["invoice_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index(f"{TICKET}_invoice", TICKET)
    with op.batch_alter_table(TICKET) as table:
        for name in ("overridden", "invoice_place", "invoice_number", "invoice_id"):
            table.drop_column(name)
