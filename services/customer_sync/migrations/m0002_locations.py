"""What was applied and intended, for locations as well as for customers.

What is applied gets the kind of link into its key, and sites know their company. The tables are filled anew:
no engine of ours changes a primary key in place. Keys have names of their own, for PostgreSQL keeps the old
table's until it is dropped.
"""

import sqlalchemy as sa
from alembic import op

revision = "customer_sync_0002"
down_revision = "customer_sync_0001"
branch_labels = None
depends_on = None

APPLIED, INTENT, DUE = "customer_sync_applied", "customer_sync_intent", "customer_sync_intent_due"
CUSTOMERS, CREATE_COMPANY = "customer-company", "create company"

_BEFORE_APPLIED = sa.table(
    f"{APPLIED}_before",
    *(
        sa.column(name)
        for name in ("customer", "claimed", "sequence", "generation", "configuration", "company_id")
    ),
    *(sa.column(name) for name in ("kind", "subject", "target_id")),
)
_BEFORE_INTENT = sa.table(
    f"{INTENT}_before",
    *(sa.column(name) for name in ("customer", "subject", "action", "generation", "reference")),
    *(sa.column(name) for name in ("attempted_at", "due_at", "target")),
)


def upgrade() -> None:
    """Fill the tables anew."""
    _set_aside()
    applied = op.create_table(
        APPLIED,
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        *_progress(),
        sa.Column("target_id", sa.BigInteger, nullable=True),
        sa.Column("parent_target_id", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("kind", "subject", name=f"{APPLIED}_key"),
    )
    intent = op.create_table(
        INTENT,
        sa.Column("subject", sa.String(20), nullable=False),
        *_attempt(),
        sa.Column("within", sa.BigInteger, nullable=True),
        sa.Column("order_key", sa.String(20), nullable=True),
        sa.PrimaryKeyConstraint("subject", "action", "generation", name=f"{INTENT}_key"),
    )
    old = _BEFORE_APPLIED.c
    same = [old.claimed, old.sequence, old.generation, old.configuration]
    rows = sa.select(sa.literal(CUSTOMERS), old.customer, *same, old.company_id)
    names = ["kind", "subject", *(column.name for column in same), "target_id"]
    op.execute(sa.insert(applied).from_select(names, rows))
    was = _BEFORE_INTENT.c
    kept = [was.action, was.generation, was.reference, was.attempted_at, was.due_at, was.target]
    names = ["subject", *(column.name for column in kept)]
    op.execute(sa.insert(intent).from_select(names, sa.select(was.customer, *kept)))
    _done()


def downgrade() -> None:
    """Customers only, as before; what was applied to locations is forgotten."""
    _set_aside()
    applied = op.create_table(
        APPLIED,
        sa.Column("customer", sa.String(20), primary_key=True),
        *_progress(),
        sa.Column("company_id", sa.BigInteger, nullable=True),
    )
    intent = op.create_table(
        INTENT,
        sa.Column("customer", sa.String(20), nullable=False),
        *_attempt(),
        sa.PrimaryKeyConstraint("customer", "action", "generation", name=f"{INTENT}_pkey"),
    )
    old = _BEFORE_APPLIED.c
    same = [old.claimed, old.sequence, old.generation, old.configuration]
    rows = sa.select(old.subject, *same, old.target_id).where(old.kind == CUSTOMERS)
    names = ["customer", *(column.name for column in same), "company_id"]
    op.execute(sa.insert(applied).from_select(names, rows))
    was = _BEFORE_INTENT.c
    kept = [was.action, was.generation, was.reference, was.attempted_at, was.due_at, was.target]
    names = ["customer", *(column.name for column in kept)]
    companies = sa.select(was.subject, *kept).where(was.action == CREATE_COMPANY)
    op.execute(sa.insert(intent).from_select(names, companies))
    _done()


def _progress() -> list[sa.Column[object]]:
    return [
        sa.Column("claimed", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("configuration", sa.String(64), nullable=True),
    ]


def _attempt() -> list[sa.Column[object]]:
    return [
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("attempted_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float, nullable=False),
        sa.Column("target", sa.String(20), nullable=True),
    ]


def _set_aside() -> None:
    op.drop_index(DUE, INTENT)
    for table in (APPLIED, INTENT):
        op.rename_table(table, f"{table}_before")


def _done() -> None:
    for table in (APPLIED, INTENT):
        op.drop_table(f"{table}_before")
    op.create_index(DUE, INTENT, ["target", "due_at"])
