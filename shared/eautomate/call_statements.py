"""SELECTs over service calls, their labour and materials. None reads NOLOCK: it decides writes."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import FromClause, Select, Table, func, or_, select, true

from shared.eautomate.like import ESCAPE, containing
from shared.eautomate.tables import Tables

OWN = (
    "CallID CallNumber Status CustomerID BillToID ContractID EquipmentID ItemID TechnicianID BranchID Date CloseDate"
    " Caller Description Location Notes WorkOrderRemarks PONumber CustomerName Address City State Zip Phone1"
    " InvoiceID TrackingKey ExternalID Locks timestamp"
)
BARE = "CallID timestamp"
LABOR = (
    "CallLaborID CallID TechnicianID ActivityCodeID DispatchDate ArrivalDate DepartureDate TravelHours LaborHours"
    " LaborRate OvertimeRate LaborOverride Remarks Notes"
)
MATERIAL = "CallMaterialID CallID ItemID Description Quantity Price Cost"


def call_rows(tables: Tables, names: str, since: date | None) -> Select[Any]:
    """Calls with the codes they point to; the labels are what ``calls.py`` reads.

    Args:
        names: columns of the call under their documented names.
        since: leave out what was closed before, for good.
    """
    own = tables.calls
    codes: tuple[tuple[Table, str, str, str], ...] = (
        (tables.customers, "CustomerID", "CustomerID", "CustomerNumber"),
        (tables.contracts, "ContractID", "ContractID", "ContractNumber"),
        (tables.items, "ItemID", "ItemID", "Item"),
        (tables.call_types, "CallTypeID", "CallTypeID", "CallType"),
        (tables.bill_codes, "BillCodeID", "BillCodeID", "BillCode"),
        (tables.priorities, "PriorityID", "PriorityID", "Priority"),
        (tables.hold_codes, "OnHoldCodeID", "OnHoldCodeID", "OnHoldCode"),
        (tables.agents, "TechnicianID", "AgentID", "AgentNumber"),
        (tables.branches, "BranchID", "BranchID", "BranchNumber"),
        (tables.territories, "TerritoryID", "TerritoryID", "Territory"),
    )
    joined: FromClause = own
    for table, ours, theirs, _ in codes:
        joined = joined.outerjoin(table, table.c[theirs] == own.c[ours])
    rows = select(
        *(own.c[name].label(name) for name in names.split()),
        *(table.c[code].label(code) for table, _, _, code in codes),
    ).select_from(joined)
    if since is None:
        return rows
    begun = datetime.combine(since, time(), tables.zone)
    closed = func.coalesce(own.c.CloseDate, own.c.Date)
    final = tables.profile.call_statuses.final_codes
    return rows.where(or_(own.c.Status.not_in(final), closed >= begun))


def open_calls(tables: Tables, rows: Select[Any], customer_ids: Sequence[int]) -> Select[Any]:
    """Calls of customers that are still to be worked on."""
    own, codes = tables.calls.c, tables.profile.call_statuses.open_codes
    return rows.where(own.CustomerID.in_(customer_ids), own.Status.in_(codes)).order_by(own.CallID)


def described(
    tables: Tables, rows: Select[Any], texts: Sequence[str], customer_ids: Sequence[int] | None = None
) -> Select[Any]:
    """Calls, of these customers or of all, with one of the texts anywhere in their description."""
    own = tables.calls.c
    found = rows.where(or_(*(own.Description.like(containing(text), escape=ESCAPE) for text in texts)))
    if customer_ids is not None:
        found = found.where(own.CustomerID.in_(customer_ids))
    return found.order_by(own.CallID)


def labor_rows(tables: Tables) -> Select[Any]:
    """Labour with its activity and technician, by id; the caller says of which calls."""
    own, activities, agents = tables.call_labors, tables.activity_codes, tables.agents
    return (
        select(
            *(own.c[name].label(name) for name in LABOR.split()),
            activities.c.ActivityCode.label("ActivityCode"),
            agents.c.AgentNumber.label("AgentNumber"),
        )
        .select_from(
            own.outerjoin(activities, activities.c.ActivityCodeID == own.c.ActivityCodeID).outerjoin(
                agents, agents.c.AgentID == own.c.TechnicianID
            )
        )
        .order_by(own.c.CallLaborID)
    )


def material_rows(tables: Tables) -> Select[Any]:
    """Materials with the numbers of their items, by id; the caller says of which calls."""
    own, items = tables.call_materials, tables.items
    return (
        select(*(own.c[name].label(name) for name in MATERIAL.split()), items.c.Item.label("Item"))
        .select_from(own.outerjoin(items, items.c.ItemID == own.c.ItemID))
        .order_by(own.c.CallMaterialID)
    )


def call_numbers(tables: Tables, call_ids: Sequence[int]) -> Select[Any]:
    """(CallID, CallNumber)."""
    own = tables.calls.c
    return select(own.CallID, own.CallNumber).where(own.CallID.in_(call_ids))


def call_types(tables: Tables) -> Select[Any]:
    """All call types by id."""
    own = tables.call_types.c
    return select(
        own.CallTypeID,
        own.CallType,
        own.Description,
        own.Active,
        own.EstDuration,
        own.PriorityID,
        own.ActivityCodeID,
    ).order_by(own.CallTypeID)


def call_statuses(tables: Tables) -> Select[Any]:
    """(Status, Description, IsOpen)."""
    own = tables.call_statuses.c
    return select(own.Status, own.Description, own.IsOpen).order_by(own.Status)


def closed_periods(tables: Tables) -> Select[Any]:
    """(first day, last day) of the closed accounting periods, the earliest first."""
    own = tables.periods.c
    return select(own.StartDate, own.EndDate).where(own.Closed == true()).order_by(own.StartDate)
