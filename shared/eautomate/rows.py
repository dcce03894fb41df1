"""Plain values the port gives back beside the records of ``shared.events.records``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.events.calls import Call
from shared.events.contracts import Contract, ContractInvoice
from shared.events.records import Agent, Customer, Record

R = TypeVar("R", bound=Record)

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
    key: int


@dataclass(frozen=True, slots=True)
class Changes(Generic[R]):
    """A page of changed records; ``next`` is None on the last one."""

    records: list[R]
    next: Keyset | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What may change on a record without moving its rowversion.

    Attributes:
        key: the record's.
        fields: values by field name of the record's model.
        row_version: 16 hex digits.
    """

    key: int
    fields: dict[str, Any]
    row_version: str


PROPERTY_FIELDS = ("configuration", "storable_properties", "properties")

BESIDE: dict[str, tuple[str, ...]] = {
    Customer.ENTITY: (
        *PROPERTY_FIELDS,
        "branch",
        "contract_types",
        "customer_type",
        "head_office",
        "on_hold_code",
        "sales_rep_name",
        "sales_rep_number",
        "territory",
    ),
    Agent.ENTITY: (*PROPERTY_FIELDS, "sales_rep", "technician"),
    Contract.ENTITY: (
        "children_stamp",
        "meter_groups",
        "bill_code",
        "bill_group",
        "bill_to_number",
        "billing_cycle",
        "contract_status",
        "contract_type",
        "customer_number",
        "distribution_code",
    ),
    ContractInvoice.ENTITY: ("children_stamp",),
    Call.ENTITY: (
        "children_stamp",
        "bill_code",
        "branch",
        "call_type",
        "contract_number",
        "customer_number",
        "item",
        "on_hold_code",
        "priority",
        "technician_number",
        "territory",
    ),
}
"""Fields of ``Beside`` by entity: they come from other rows than the record's own."""


@dataclass(frozen=True, slots=True)
class Code:
    """A row of a code table."""

    id: int
    code: str
    description: str
    active: bool


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
