"""Which invoice brings time over, with which row each time entry came, and whether a call has ConnectWise's amounts."""

import json

import sqlalchemy as sa
from alembic import op

revision = "service_sync_0002"
down_revision = "service_sync_0001"
branch_labels = None
depends_on = None

TICKET, ENTRY = "service_sync_ticket", "service_sync_entry"


def upgrade() -> None:
    """Add the columns, and note the time of what was taken before."""
    op.add_column(TICKET, sa.Column("invoice_id", sa.BigInteger, nullable=True))
    op.add_column(TICKET, sa.Column("invoice_number", sa.String(50), nullable=False, server_default=""))
    op.add_column(TICKET, sa.Column("invoice_place", sa.String(20), nullable=False, server_default=""))
    op.add_column(TICKET, sa.Column("overridden", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(f"{TICKET}_invoice", TICKET, ["invoice_id"])
    entries = op.create_table(
        ENTRY,
        sa.Column("entry_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("subject", sa.String(40), nullable=False),
    )
    op.create_index(f"{ENTRY}_subject", ENTRY, ["subject"])
    rows = sa.table(TICKET, sa.column("subject"), sa.column("content"), sa.column("taken_at"))
    held: dict[int, str] = {}
    for subject, content in op.get_bind().execute(
        sa.select(rows.c.subject, rows.c.content).where(rows.c.taken_at.is_not(None))
    ):
        held |= {int(entry["id"]): subject for entry in json.loads(content).get("time", ())}
    if held:
        op.bulk_insert(entries, [{"entry_id": key, "subject": subject} for key, subject in held.items()])


def downgrade() -> None:
    """Drop them."""
    op.drop_table(ENTRY)
    op.drop_index(f"{TICKET}_invoice", TICKET)
    with op.batch_alter_table(TICKET) as table:
        for name in ("overridden", "invoice_place", "invoice_number", "invoice_id"):
            table.drop_column(name)
