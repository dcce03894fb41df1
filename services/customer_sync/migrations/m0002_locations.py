"""What was applied and intended, for locations as well as for customers.

What is applied gets the kind of link into its key, and sites know their company. The tables are filled anew
under other names: no engine of ours changes a primary key in place.
"""

import sqlalchemy as sa
from alembic import op

revision = "customer_sync_0002"
down_revision = "customer_sync_0001"
branch_labels = None
depends_on = None

APPLIED, INTENT = "customer_sync_applied", "customer_sync_intent"


def upgrade() -> None:
    """Fill the tables anew."""
    _set_aside()
    op.create_table(
        APPLIED,
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("subject", sa.String(20), primary_key=True),
        sa.Column("claimed", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("configuration", sa.String(64), nullable=True),
        sa.Column("target_id", sa.BigInteger, nullable=True),
        sa.Column("parent_target_id", sa.BigInteger, nullable=True),
    )
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
    same = "claimed, sequence, generation, configuration"
    op.execute(
        f"INSERT INTO {APPLIED} (kind, subject, {same}, target_id) "  # noqa: S608 - names are ours
        f"SELECT 'customer-company', customer, {same}, company_id FROM {APPLIED}_before"
    )
    same = "action, generation, reference, attempted_at, due_at, target"
    op.execute(
        f"INSERT INTO {INTENT} (subject, {same}) "  # noqa: S608 - names are ours
        f"SELECT customer, {same} FROM {INTENT}_before"
    )
    _done()


def downgrade() -> None:
    """Customers only, as before; what was applied to locations is forgotten."""
    _set_aside()
    op.create_table(
        APPLIED,
        sa.Column("customer", sa.String(20), primary_key=True),
        sa.Column("claimed", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("configuration", sa.String(64), nullable=True),
        sa.Column("company_id", sa.BigInteger, nullable=True),
    )
    op.create_table(
        INTENT,
        sa.Column("customer", sa.String(20), primary_key=True),
        sa.Column("action", sa.String(20), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("attempted_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float, nullable=False),
        sa.Column("target", sa.String(20), nullable=True),
    )
    same = "claimed, sequence, generation, configuration"
    op.execute(
        f"INSERT INTO {APPLIED} (customer, {same}, company_id) "  # noqa: S608 - names are ours
        f"SELECT subject, {same}, target_id FROM {APPLIED}_before WHERE kind = 'customer-company'"
    )
    same = "action, generation, reference, attempted_at, due_at, target"
    op.execute(
        f"INSERT INTO {INTENT} (customer, {same}) "  # noqa: S608 - names are ours
        f"SELECT subject, {same} FROM {INTENT}_before WHERE action = 'create company'"
    )
    _done()


def _set_aside() -> None:
    op.drop_index("customer_sync_intent_due", INTENT)
    for table in (APPLIED, INTENT):
        op.rename_table(table, f"{table}_before")
        if op.get_bind().dialect.name == "postgresql":
            # A primary key's name is unique in the schema, and stays with the table.
            op.execute(f"ALTER INDEX {table}_pkey RENAME TO {table}_before_pkey")


def _done() -> None:
    for table in (APPLIED, INTENT):
        op.drop_table(f"{table}_before")
    op.create_index("customer_sync_intent_due", INTENT, ["target", "due_at"])
