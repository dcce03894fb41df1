"""From fields to columns: checked, and only where they differ from what is stored."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Row, Table

from shared.eautomate.columns import is_as_wide_as_found
from shared.eautomate.schema_reader import Shape
from shared.eautomate.types import LocalDateTime
from shared.eautomate.values import cut, storable, storable_amount, text

CONTRACT = {
    "customer_id": "CustomerID",
    "bill_to_id": "BillToID",
    "branch_id": "BranchID",
    "sales_rep_id": "SalesRepID",
    "term_id": "TermID",
    "tax_code_id": "TaxCodeID",
    "taxable": "Taxable",
    "start_date": "StartDate",
    "exp_date": "ExpDate",
    "activated": "Activated",
    "terminated": "Terminated",
    "active": "Active",
    "bill": "Bill",
    "group_invoices": "GroupInvoices",
    "billing_cycle_id": "BaseBillingCycleID",
    "base_next_billing_date": "BaseNextBillingDate",
    "base_billed_thru_date": "BaseBilledThruDate",
    "base_billing_start_date": "BaseBillingStartDate",
    "base_rate": "BaseRate",
    "sum_individual_base_rates": "SumIndividualBaseRates",
    "po_number": "PONumber",
    "remarks": "Remarks",
    "message": "Message",
    "acknowledge": "MessReqAcknowledgment",
}
"""``ContractFields`` by column of ``SCContracts``."""

LINE = {
    "item_id": "ItemID",
    "description": "Description",
    "quantity": "Quantity",
    "unit_base_rate": "UnitBaseRate",
    "location_id": "LocationID",
    "start_date": "StartDate",
    "end_date": "EndDate",
    "bill_start_date": "BillStartDate",
    "bill_end_date": "BillEndDate",
    "base_billed_thru_date": "BaseBilledThruDate",
    "tax_code_id": "TaxCodeID",
    "taxable": "Taxable",
}
"""``LineFields`` by column of ``SCContractDetails``."""

CALL = {
    "customer_id": "CustomerID",
    "bill_to_id": "BillToID",
    "contract_id": "ContractID",
    "use_contract_info": "UseContractInfo",
    "equipment_id": "EquipmentID",
    "item_id": "ItemID",
    "call_type_id": "CallTypeID",
    "bill_code_id": "BillCodeID",
    "priority_id": "PriorityID",
    "technician_id": "TechnicianID",
    "branch_id": "BranchID",
    "territory_id": "TerritoryID",
    "status": "Status",
    "on_hold_code_id": "OnHoldCodeID",
    "date": "Date",
    "req_date": "ReqDate",
    "est_start_date": "EstStartDate",
    "close_date": "CloseDate",
    "duration": "Duration",
    "caller": "Caller",
    "description": "Description",
    "location": "Location",
    "notes": "Notes",
    "work_order_remarks": "WorkOrderRemarks",
    "po_number": "PONumber",
    "phone1": "Phone1",
    "misc_charge": "MiscCharge",
    "misc_description": "MiscDescription",
    "tracking_key": "TrackingKey",
    "external_id": "ExternalID",
}
"""``CallFields`` by column of ``SCCalls``."""

LABOR = {
    "technician_id": "TechnicianID",
    "activity_code_id": "ActivityCodeID",
    "dispatched": "DispatchDate",
    "arrived": "ArrivalDate",
    "departed": "DepartureDate",
    "travel_hours": "TravelHours",
    "labor_hours": "LaborHours",
    "labor_rate": "LaborRate",
    "overtime_rate": "OvertimeRate",
    "labor_override": "LaborOverride",
    "billable_mileage": "BillableMileage",
    "tax_as": "TaxAs",
    "assist": "Assist",
    "remarks": "Remarks",
    "notes": "Notes",
}
"""``LaborFields`` by column of ``SCCallLabors``."""

MATERIAL = {
    "item_id": "ItemID",
    "quantity": "Quantity",
    "description": "Description",
    "price": "Price",
    "cost": "Cost",
    "serial_number": "SerialNumber",
    "usage_status_id": "UsageStatusID",
    "warehouse_id": "WarehouseID",
    "bin_id": "BinID",
}
"""``MaterialFields`` by column of ``SCCallMaterials``."""


def columns(
    table: Table, shape: Shape, names: Mapping[str, str], fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Values by documented column name, as the database will hold them; a column it lacks is left out.

    Text whose width differs by release is cut to what the column holds here.

    Raises:
        NotStorable, ValueTooLong: a column cannot hold its value.
    """
    return {
        names[field]: _checked(table.c[names[field]], shape, value)
        for field, value in fields.items()
        if shape.has(table.c[names[field]])
    }


def differing(row: Row[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not what the row holds; its labels are the documented names."""
    return {name: value for name, value in values.items() if not _same(row._mapping[name], value)}


def _checked(column: Column[Any], shape: Shape, value: Any) -> Any:
    if isinstance(value, str):
        width = shape.width(column) if is_as_wide_as_found(column) else None
        return storable(column, value if width is None else cut(value, width))
    if isinstance(value, Decimal):
        return storable_amount(column, value)
    if isinstance(value, datetime) and isinstance(column.type, LocalDateTime):
        return column.type.stored(value)
    return value


def _same(stored: Any, value: Any) -> bool:
    if isinstance(value, str):
        return stored is not None and text(stored) == text(value)
    if isinstance(value, bool):
        return stored is not None and bool(stored) == value
    return bool(stored == value)
