"""The first version of a connector's tables, as migrations create it.

Frozen: a later change of ``tables`` is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

from shared.store.types import UtcTime


def create_0001(service: str) -> None:
    """Create the tables of one connector."""
    op.create_table(
        f"{service}_record",
        sa.Column("entity", sa.String(40), primary_key=True),
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("order_key", sa.String(100), nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("published_hash", sa.String(64), nullable=True),
        sa.Column("stamp", sa.String(64), nullable=True),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("children_due", sa.Boolean, nullable=False),
        sa.Column("published_at", UtcTime, nullable=True),
    )
    op.create_index(f"{service}_record_order", f"{service}_record", ["entity", "order_key"])
    op.create_index(f"{service}_record_due", f"{service}_record", ["entity", "children_due"])
    op.create_table(
        f"{service}_position",
        sa.Column("entity", sa.String(40), primary_key=True),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("lease_epoch", sa.BigInteger, nullable=False),
        sa.Column("saved_at", UtcTime, nullable=False),
    )
    op.create_table(
        f"{service}_source",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("identity", sa.String(200), nullable=True),
    )
    op.create_table(
        f"{service}_lease",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
    )


def drop_0001(service: str) -> None:
    """Drop them; every record is published anew after the next upgrade, with a higher epoch."""
    for table in ("lease", "source", "position", "record"):
        op.drop_table(f"{service}_{table}")
