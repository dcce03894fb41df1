"""E-automate's service calls, as they travel.

Moments are UTC (e-automate stores the dealer's local time). Money, rates, hours and quantities are Decimal.
"""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.events.records import Record


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class CallLabor(_Part):
    """A labour record of a call (``SCCallLabors``)."""

    call_labor_id: int
    technician_id: int
    technician_number: str = ""
    activity_code: str = ""
    dispatched: datetime | None = None
    arrived: datetime | None = None
    departed: datetime | None = None
    travel_hours: Decimal = Decimal()
    labor_hours: Decimal = Decimal()
    labor_rate: Decimal = Decimal()
    overtime_rate: Decimal = Decimal()
    labor_override: Decimal | None = None
    """The amount charged whatever the bill code says; None lets e-automate compute it."""
    remarks: str = ""
    notes: str = ""


class CallMaterial(_Part):
    """A material of a call (``SCCallMaterials``)."""

    call_material_id: int
    item_id: int
    item: str = ""
    description: str = ""
    quantity: Decimal = Decimal()
    price: Decimal = Decimal()
    cost: Decimal = Decimal()


class Call(Record):
    """A service call (``SCCalls``) with its labour and materials."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "eautomate"
    ENTITY: ClassVar[str] = "call"

    call_id: int
    number: str
    status: str
    """Code without its padding: ``P``, ``H``, ``S``, ``D``, ``C``, ``OKB``, ``I`` ..."""
    customer_id: int
    customer_number: str = ""
    customer_name: str = ""
    bill_to_id: int | None = None
    contract_id: int | None = None
    contract_number: str = ""
    equipment_id: int | None = None
    item_id: int | None = None
    item: str = ""
    call_type: str | None = None
    bill_code: str | None = None
    priority: str | None = None
    on_hold_code: str | None = None
    """Kept when a call is released: ``status`` alone tells whether it is on hold."""
    technician_id: int | None = None
    technician_number: str = ""
    branch_id: int | None = None
    branch: str | None = None
    territory: str | None = None
    date: datetime | None = None
    close_date: datetime | None = None
    caller: str = ""
    description: str = ""
    location: str = ""
    notes: str = ""
    work_order_remarks: str = ""
    po_number: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone1: str = ""
    invoice_id: int | None = None
    """Of the invoice that billed it; None while it is not invoiced."""
    tracking_key: str = ""
    external_id: str = ""
    locks: int = 0
    labors: tuple[CallLabor, ...] = ()
    """By ``CallLaborID``."""
    materials: tuple[CallMaterial, ...] = ()
    """By ``CallMaterialID``."""
    children_stamp: str = ""
    """Moves when labour or material does: their rows are not the call's."""
    row_version: str = ""
    """``[timestamp]`` of the call's row as 16 hex digits."""

    @property
    def subject(self) -> str:
        """``CallID``."""
        return str(self.call_id)

    def volatile(self) -> set[str]:
        """The row version moves with every no-op save, the children's too; a lock is no content."""
        return {"row_version", "children_stamp", "locks"}
