"""From fields to columns: checked, and only where they differ from what is stored."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Table

from shared.eautomate.schema_reader import Shape
from shared.eautomate.values import storable, storable_amount, text

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


def columns(
    table: Table, shape: Shape, names: Mapping[str, str], fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Values by documented column name; a column the database lacks is left out.

    Raises:
        NotStorable, ValueTooLong: a column cannot hold its value.
    """
    return {
        names[field]: _checked(table, names[field], value)
        for field, value in fields.items()
        if shape.has(table.c[names[field]])
    }


def differing(row: Row[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not what the row holds; its labels are the documented names."""
    return {name: value for name, value in values.items() if not _same(row._mapping[name], value)}


def _checked(table: Table, name: str, value: Any) -> Any:
    if isinstance(value, str):
        return storable(table.c[name], value)
    if isinstance(value, Decimal):
        return storable_amount(table.c[name], value)
    return value


def _same(stored: Any, value: Any) -> bool:
    if isinstance(value, str):
        return stored is not None and text(stored) == text(value)
    if isinstance(value, bool):
        return stored is not None and bool(stored) == value
    return bool(stored == value)
