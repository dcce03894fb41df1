"""The tables of the mapping service, which is the only one to touch them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.store.lease import lease_table
from shared.store.types import BigId, UtcTime

METADATA = MetaData()

REVISION = Table(
    "mapping_revision",
    METADATA,
    # One row. Its lock puts all writers in line, so links commit in the order of their revisions.
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
)


def _made() -> list[Column[object]]:
    return [
        Column("kind", String(40), nullable=False),
        Column("left_key", String(100), nullable=False),
        Column("right_key", String(100), nullable=False),
        Column("how", String(20), nullable=False),
        Column("made_by", String(100), nullable=False),
        Column("why", String(500), nullable=False),
        Column("made_at", UtcTime, nullable=False),
        Column("generation", Integer, nullable=False),
        Column("order_key", String(100), nullable=True),
    ]


LINK = Table(
    "mapping_link",
    METADATA,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    *_made(),
    UniqueConstraint("kind", "left_key", name="mapping_link_left"),
    UniqueConstraint("kind", "right_key", name="mapping_link_right"),
)

ENDED = Table(
    "mapping_ended",
    METADATA,
    # The revision the link was made with; its end has one of its own.
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    *_made(),
    Column("ended_by", String(100), nullable=False),
    Column("ended_why", String(500), nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    Column("ended_by_hand", Boolean, nullable=False),
    Column("ended_revision", BigInteger, nullable=False, unique=True),
    Index("mapping_ended_left", "kind", "left_key"),
    Index("mapping_ended_right", "kind", "right_key"),
)

OUTBOX = Table(
    "mapping_outbox",
    METADATA,
    Column("id", BigId, primary_key=True, autoincrement=True),
    # "links", or the agent whose redo topic gets the message.
    Column("target", String(60), nullable=False),
    Column("message_key", String(160), nullable=False),
    Column("value", Text, nullable=False),
    Column("headers", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime, nullable=True),
    Index("mapping_outbox_unsent", "sent_at", "id"),
    # Ids of deleted rows must not come again: the order of the outbox is the order of its ids.
    sqlite_autoincrement=True,
)

LEASE = lease_table(METADATA, "mapping")
