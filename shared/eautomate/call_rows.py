"""What the port gives and takes about service calls, beside the records of ``shared.events.calls``.

Moments carry their zone; e-automate keeps the dealer's local time in ticks of 1/300 s.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypedDict


@dataclass(frozen=True, slots=True)
class CallType:
    """A call type (``SCCallTypes``).

    Attributes:
        duration: estimated, in minutes.
        priority_id: of a new call; None where the type has none.
        activity_code_id: of its labour, unless it is given another.
    """

    id: int
    code: str
    description: str
    active: bool
    duration: int
    priority_id: int | None
    activity_code_id: int


@dataclass(frozen=True, slots=True)
class CallStatus:
    """A status a call may have (``SCCallStatuses``)."""

    code: str
    description: str
    open: bool


@dataclass(frozen=True, slots=True)
class Period:
    """An accounting period: first and last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class CallWrite:
    """Ledger: how the last write left a call, read in its own transaction.

    Attributes:
        record: for which it was written, e.g. ``ticket/60211``.
        generation, sequence: what it was written under.
        row_version: 16 hex digits.
        content: ``Call.content_hash``, labour and materials included.
    """

    call_id: int
    record: str
    generation: int
    sequence: int
    row_version: str
    content: str


class CallFields(TypedDict, total=False):
    """Columns of a call; only what is given is written, None empties the column.

    Name, address, telephone, branch, territory and payer are the customer's unless they are given.
    """

    customer_id: int
    """The customer or location."""
    bill_to_id: int
    contract_id: int | None
    use_contract_info: bool
    """Of a new call: whether it has a contract, unless it is given."""
    equipment_id: int | None
    item_id: int | None
    call_type_id: int
    bill_code_id: int
    priority_id: int | None
    """Of a new call: the call type's, unless it is given."""
    technician_id: int | None
    branch_id: int
    territory_id: int | None
    status: str
    """Of a new call: pending, unless it is given."""
    on_hold_code_id: int | None
    date: datetime
    """Of a new call: now, unless it is given."""
    req_date: datetime | None
    est_start_date: datetime | None
    close_date: datetime | None
    duration: int
    """Minutes; of a new call those of its type, unless they are given."""
    caller: str
    description: str
    """Cut to what the column holds in this release, 255 or 2,048 characters."""
    location: str
    notes: str
    work_order_remarks: str
    po_number: str
    phone1: str
    misc_charge: Decimal
    misc_description: str
    tracking_key: str
    external_id: str


class LaborFields(TypedDict, total=False):
    """Columns of a labour record of a call; hours are decimal hours."""

    technician_id: int
    activity_code_id: int
    dispatched: datetime | None
    """When it is not given, as ``arrived``: no travel."""
    arrived: datetime | None
    departed: datetime | None
    travel_hours: Decimal
    labor_hours: Decimal
    labor_rate: Decimal
    overtime_rate: Decimal
    labor_override: Decimal | None
    """The amount charged whatever the bill code says."""
    billable_mileage: Decimal
    tax_as: int
    assist: bool
    remarks: str
    notes: str


class MaterialFields(TypedDict, total=False):
    """Columns of a material of a call."""

    item_id: int
    quantity: Decimal
    description: str
    """The item's, unless it is given."""
    price: Decimal
    cost: Decimal
    serial_number: str
    usage_status_id: int
    warehouse_id: int
    bin_id: int | None


NoteField = Literal["notes", "work_order_remarks"]
"""Texts of a call that grow; remarks are printed on its invoice."""
