"""SELECTs over contracts, their lines and meter groups, and items. None reads NOLOCK: it decides writes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, func, null, select, true

from shared.eautomate.like import ESCAPE, beginning
from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables

OWN = (
    "ContractID ContractNumber ContractMajor ContractMinor CustomerID BillToID ReportDefinitionGroupID BranchID"
    " SalesRepID TermID TaxCodeID StartDate ExpDate Activated Terminated Active Bill Billed BaseRate"
    " BaseNextBillingDate BaseLastBillingDate BaseBilledThruDate BaseBillingStartDate SumIndividualBaseRates"
    " TimeBlockBased PONumber Remarks Message MessReqAcknowledgment Locks timestamp"
)
LINE = (
    "ContractDetailID ContractID ItemID EquipmentID Description Quantity UnitBaseRate BaseRate LocationID"
    " StartDate EndDate BillStartDate BillEndDate BaseBilledThruDate"
)


def contract_rows(tables: Tables, shape: Shape) -> Select[Any]:
    """Contracts with the codes they point to; the labels are what ``contracts.py`` reads."""
    return _with_codes(tables, selected(tables.contracts, OWN, shape))


def bare_contract_rows(tables: Tables) -> Select[Any]:
    """Contracts by id and rowversion, with the codes they point to."""
    own = tables.contracts
    return _with_codes(tables, [own.c.ContractID.label("ContractID"), own.c.timestamp.label("timestamp")])


def _with_codes(tables: Tables, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    own, customers, payers = tables.contracts, tables.customers, tables.customers.alias("payer")
    codes: tuple[tuple[Table, str, str], ...] = (
        (tables.contract_codes, "ContractCodeID", "ContractCode"),
        (tables.bill_codes, "BillCodeID", "BillCode"),
        (tables.bill_groups, "BillGroupID", "BillGroup"),
        (tables.contract_statuses, "ContractStatusID", "ContractStatus"),
    )
    joined: FromClause = own.outerjoin(customers, customers.c.CustomerID == own.c.CustomerID).outerjoin(
        payers, payers.c.CustomerID == own.c.BillToID
    )
    for table, key, _ in codes:
        joined = joined.outerjoin(table, table.c[key] == own.c[key])
    distributions, cycles = tables.distribution_codes, tables.billing_cycles
    joined = joined.outerjoin(
        distributions, distributions.c.DistributionCodeID == own.c.BaseDistributionCodeID
    ).outerjoin(cycles, cycles.c.BillingCycleID == own.c.BaseBillingCycleID)
    return select(
        *columns,
        *(table.c[code].label(code) for table, _, code in codes),
        distributions.c.DistributionCode.label("DistributionCode"),
        cycles.c.BillingCycle.label("BillingCycle"),
        customers.c.CustomerNumber.label("CustomerNumber"),
        payers.c.CustomerNumber.label("BillToNumber"),
    ).select_from(joined)


def by_major(tables: Tables, rows: Select[Any], majors: Sequence[str]) -> Select[Any]:
    """Contracts with these majors, of any customer."""
    own = tables.contracts.c
    return rows.where(own.ContractMajor.in_(majors)).order_by(own.ContractID)


def starting(tables: Tables, rows: Select[Any], prefix: str) -> Select[Any]:
    """Contracts whose major begins with the text."""
    own = tables.contracts.c
    return rows.where(own.ContractMajor.like(beginning(prefix), escape=ESCAPE)).order_by(own.ContractID)


def holding(tables: Tables, rows: Select[Any], item_id: int, customer_ids: Sequence[int]) -> Select[Any]:
    """Active contracts of customers that have the item on a line."""
    own, lines = tables.contracts.c, tables.contract_details.c
    on_a_line = select(lines.ContractID).where(lines.ItemID == item_id)
    return rows.where(
        own.CustomerID.in_(customer_ids), own.Active == true(), own.ContractID.in_(on_a_line)
    ).order_by(own.ContractID)


def line_rows(tables: Tables) -> Select[Any]:
    """Contract lines with their items' numbers, by id; the caller says which."""
    own, items = tables.contract_details, tables.items
    return (
        select(*(own.c[name].label(name) for name in LINE.split()), items.c.Item.label("Item"))
        .select_from(own.outerjoin(items, items.c.ItemID == own.c.ItemID))
        .order_by(own.c.ContractDetailID)
    )


def meter_groups(tables: Tables) -> Select[Any]:
    """(ContractID, meter groups)."""
    own = tables.meter_groups.c
    return select(own.ContractID, func.count()).group_by(own.ContractID)


def item_rows(tables: Tables) -> Select[Any]:
    """Items with the codes they point to; the labels are what ``items.py`` reads."""
    own = tables.items
    codes: tuple[tuple[Table, str, str], ...] = (
        (tables.inventory_codes, "InventoryCodeID", "InventoryCode"),
        (tables.expense_codes, "ExpenseCodeID", "ExpenseCode"),
        (tables.sales_codes, "SalesCodeID", "SalesCode"),
        (tables.service_codes, "ServiceCodeID", "ServiceCode"),
        (tables.categories, "CategoryID", "Category"),
        (tables.units, "UMID", "UM"),
    )
    joined: FromClause = own
    for table, key, _ in codes:
        joined = joined.outerjoin(table, table.c[key] == own.c[key])
    distributions = tables.distribution_codes
    joined = joined.outerjoin(
        distributions, distributions.c.DistributionCodeID == own.c.BaseDistributionCodeID
    )
    names = "ItemID Item Description Active ServiceableAsItem timestamp"
    return select(
        *(own.c[name].label(name) for name in names.split()),
        *(table.c[code].label(code) for table, _, code in codes),
        distributions.c.DistributionCode.label("DistributionCode"),
    ).select_from(joined)


def billing_cycles(tables: Tables) -> Select[Any]:
    """All billing cycles by id."""
    own = tables.billing_cycles.c
    return select(own.BillingCycleID, own.BillingCycle, own.Days, own.Months, own.Years, own.Active).order_by(
        own.BillingCycleID
    )


def customer_billing(tables: Tables, customer_ids: Sequence[int]) -> Select[Any]:
    """What a new contract takes from its customer."""
    own = tables.customers.c
    return select(own.CustomerID, own.BranchID, own.SalesRepID, own.TermID, own.TaxCodeID, own.Taxable).where(
        own.CustomerID.in_(customer_ids)
    )


def selected(table: Table, names: str, shape: Shape) -> list[ColumnElement[Any]]:
    """Columns under their documented names; one the database lacks is NULL."""
    return [_there(table.c[name], shape).label(name) for name in names.split()]


def _there(column: Column[Any], shape: Shape) -> ColumnElement[Any]:
    return column if shape.has(column) else null()
