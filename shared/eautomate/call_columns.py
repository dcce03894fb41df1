"""Columns of service calls, their labour and materials, and what they are classed by (reference eautomate.md 5)."""

from datetime import tzinfo
from typing import Any

from sqlalchemy import Column

from shared.eautomate.columns import (
    bit,
    day,
    key,
    letters,
    made,
    moment,
    money,
    named_code,
    optional,
    rate,
    saved,
    texts,
    whole,
    words,
)


def call_columns(zone: tzinfo) -> list[Column[Any]]:
    """``SCCalls``. How wide ``Description``, ``Notes`` and ``WorkOrderRemarks`` are differs by release."""
    return [
        key("CallID", identity=True),
        words("CallNumber", 32),
        words("WorkOrderNumber", 32),
        moment("Date", zone),
        moment("ReqDate", zone, nullable=True),
        moment("EstStartDate", zone, nullable=True),
        whole("Duration"),
        letters("Status", 3),
        whole("OnHoldCodeID"),
        whole("CustomerID", False),
        whole("BillToID"),
        whole("ContractID"),
        bit("UseContractInfo"),
        whole("EquipmentID"),
        whole("ItemID"),
        whole("CallTypeID"),
        whole("BillCodeID"),
        whole("PriorityID"),
        whole("TechnicianID"),
        whole("TerritoryID"),
        whole("BranchID"),
        words("Caller", 255),
        texts("Description"),
        words("Location", 128),
        texts("Notes"),
        texts("WorkOrderRemarks"),
        words("PONumber", 15),
        moment("CloseDate", zone, nullable=True),
        money("MiscCharge"),
        words("MiscDescription", 255),
        whole("InvoiceID"),
        words("TrackingKey", 64),
        words("ExternalID", 64),
        words("CustomerName", 128),
        words("Address", 64),
        words("City", 32),
        words("State", 16),
        words("Zip", 16),
        words("Phone1", 32),
        whole("Locks", False),
        *made(zone),
        *saved(zone),
    ]


def labor_columns(zone: tzinfo) -> list[Column[Any]]:
    """``SCCallLabors``. Nobody has seen for sure whether it has audit columns and a rowversion."""
    return [
        key("CallLaborID", identity=True),
        whole("CallID", False),
        whole("TechnicianID", False),
        whole("ActivityCodeID", False),
        moment("DispatchDate", zone, nullable=True),
        moment("ArrivalDate", zone, nullable=True),
        moment("DepartureDate", zone, nullable=True),
        rate("TravelHours"),
        rate("LaborHours"),
        money("LaborRate"),
        money("OvertimeRate"),
        money("LaborOverride", nullable=True),
        rate("BillableMileage"),
        whole("TaxAs"),
        bit("Assist"),
        words("Remarks", 1024),
        words("Notes", 1024),
        *optional([*made(zone), *saved(zone)]),
    ]


def material_columns(zone: tzinfo) -> list[Column[Any]]:
    """``SCCallMaterials``; its audit columns are as uncertain as those of labour."""
    return [
        key("CallMaterialID", identity=True),
        whole("CallID", False),
        whole("ItemID", False),
        rate("Quantity"),
        whole("UsageStatusID", False),
        words("SerialNumber", 30),
        words("Description", 255),
        money("Price"),
        money("Cost"),
        whole("WarehouseID"),
        whole("BinID"),
        *optional([*made(zone), *saved(zone)]),
    ]


def call_type_columns() -> list[Column[Any]]:
    """``SCCallTypes``."""
    return [
        key("CallTypeID"),
        *named_code("CallType"),
        whole("EstDuration", False),
        whole("PriorityID"),
        whole("ActivityCodeID", False),
    ]


def call_status_columns() -> list[Column[Any]]:
    """``SCCallStatuses``: a table nobody has seen."""
    return [letters("Status", 3), words("Description", 50), bit("IsOpen")]


def period_columns() -> list[Column[Any]]:
    """``GLPeriods``: accounting periods; a table nobody has seen."""
    return [day("StartDate", False), day("EndDate", False), bit("Closed")]
