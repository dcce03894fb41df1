"""The tables of a connector: one set a service, named after it; services that share a database keep apart."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, SmallInteger, String, Table, Text

from shared.store.lease import lease_table
from shared.store.types import UtcTime


@dataclass(frozen=True, slots=True)
class ConnectorTables:
    """The tables of one connector.

    Attributes:
        records: one row a record ever published; a deleted one keeps it, so its sequence goes on rising.
        positions: how far each entity has been read.
        source: one row: the epoch of sequences, and which database they belong to.
        lease: which replica polls.
    """

    service: str
    metadata: MetaData
    records: Table
    positions: Table
    source: Table
    lease: Table


def connector_tables(service: str) -> ConnectorTables:
    """Tables of the connector with this service name."""
    metadata = MetaData()
    return ConnectorTables(
        service=service,
        metadata=metadata,
        records=Table(f"{service}_record", metadata, *record_columns(), *record_indexes(service)),
        positions=Table(f"{service}_position", metadata, *position_columns()),
        source=Table(f"{service}_source", metadata, *source_columns()),
        lease=lease_table(metadata, service),
    )


def record_columns() -> list[Column[object]]:
    """``published_hash`` is of what the broker acknowledged; ``counter`` of what may have been sent."""
    return [
        Column("entity", String(40), primary_key=True),
        Column("key", String(100), primary_key=True),
        Column("order_key", String(100), nullable=False),
        Column("epoch", BigInteger, nullable=False),
        Column("counter", BigInteger, nullable=False),
        Column("published_hash", String(64), nullable=True),
        # The source's own mark of the record (a stamp, or a digest of what moves no stamp).
        Column("stamp", String(64), nullable=True),
        Column("deleted", Boolean, nullable=False),
        # Whether the record's children must be read again.
        Column("children_due", Boolean, nullable=False),
        Column("published_at", UtcTime, nullable=True),
    ]


def record_indexes(service: str) -> list[Index]:
    """For the children of a record, and for records whose children are due."""
    return [
        Index(f"{service}_record_order", "entity", "order_key"),
        Index(f"{service}_record_due", "entity", "children_due"),
    ]


def position_columns() -> list[Column[object]]:
    """``lease_epoch`` tells who saved it, for people."""
    return [
        Column("entity", String(40), primary_key=True),
        Column("position", Text, nullable=False),
        Column("lease_epoch", BigInteger, nullable=False),
        Column("saved_at", UtcTime, nullable=False),
    ]


def source_columns() -> list[Column[object]]:
    """One row, ``id`` 1."""
    return [
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("epoch", BigInteger, nullable=False),
        Column("identity", String(200), nullable=True),
    ]
