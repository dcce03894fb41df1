"""Plain values the port gives back beside ``shared.events.records.Customer``."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.records import Customer

START = bytes(8)
"""The lowest rowversion: a window from here holds every row."""


@dataclass(frozen=True, slots=True)
class RowVersionWindow:
    """Rows with ``low <= rowversion < high``; 8 bytes each, big-endian."""

    low: bytes
    high: bytes


@dataclass(frozen=True, slots=True)
class DatabaseIdentity:
    """Which database this is. It differs after a restore or on a copy: marks of another one mean nothing."""

    guid: str
    created: str

    def __str__(self) -> str:
        return f"{self.guid}@{self.created}"


@dataclass(frozen=True, slots=True)
class Keyset:
    """Where a page of changes ended."""

    row_version: bytes
    customer_id: int


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changed customers; ``next`` is None on the last one."""

    customers: list[Customer]
    next: Keyset | None


@dataclass(frozen=True, slots=True)
class CustomerProperties:
    """What may change on a customer without moving its rowversion."""

    customer_id: int
    configuration: str | None
    storable: tuple[str, ...]
    values: dict[str, str]
    row_version: str


@dataclass(frozen=True, slots=True)
class Code:
    """A row of a code table."""

    id: int
    code: str
    description: str
    active: bool


@dataclass(frozen=True, slots=True)
class Agent:
    """An employee: technician, sales rep or both. ``member_id`` is the ConnectWise RecID in the property."""

    agent_id: int
    number: str
    name: str
    email: str
    user_id: str | None
    active: bool
    sales_rep: bool
    member_id: str | None


@dataclass(frozen=True, slots=True)
class ChangeKey:
    """Which change of which record a process applies; generation first, then sequence, is the order."""

    process: str
    record: str
    sequence: int
    generation: int = 0

    def __str__(self) -> str:
        return f"{self.process} {self.record} sequence {self.sequence} of generation {self.generation}"


@dataclass(frozen=True, slots=True)
class Applied:
    """Ledger: the last change of a record a process applied. Time in UTC."""

    record: str
    generation: int
    sequence: int
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Created:
    """Ledger: a thing a process made for a record. Time in UTC."""

    record: str
    target_kind: str
    generation: int
    target_id: str
    created_at: datetime


def hex_version(row_version: bytes) -> str:
    """8 bytes as 16 hex digits, as ``Customer.row_version`` carries it."""
    return row_version.hex()
