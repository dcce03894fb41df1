"""Tables and columns the port uses, under the names of reference eautomate.md 10.

A column's key is its documented name, its name the one of the profile. Only columns that are read or written
are listed, so that the probe demands nothing else. ``info["seen"]`` marks tables whose nullability is known,
``info["areas"]`` (of a table, or of one column) who needs it, ``info["optional"]`` tables that may be missing.
"""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.sql.elements import quoted_name

from shared.eautomate import call_columns, contract_columns, customer_columns
from shared.eautomate.areas import AREAS, Area
from shared.eautomate.columns import bit, code, key, named_code, only, row_version, whole, words
from shared.eautomate.errors import ProfileError
from shared.eautomate.ledger_tables import LedgerTables, standin_database
from shared.eautomate.profile import NumberSeries, Profile, TableNames
from shared.eautomate.types import varchar

PRODUCT = "dbo"
CALLED: tuple[Area, ...] = ("customers", "calls")


@dataclass(frozen=True)
class Tables:
    """One dealer's tables. ``standin`` tells the SQLite stand-in from SQL Server, ``zone`` is the server's."""

    profile: Profile
    zone: tzinfo
    standin: bool
    ledger_schema: str
    product: MetaData
    ledger: MetaData
    customers: Table
    customer_types: Table
    branches: Table
    hold_codes: Table
    territories: Table
    agents: Table
    sales_reps: Table
    technicians: Table
    attributes: Table
    list_values: Table
    configurations: Table
    configuration_attributes: Table
    customer_properties: Table
    agent_properties: Table
    contracts: Table
    contract_codes: Table
    bill_codes: Table
    bill_groups: Table
    contract_statuses: Table
    distribution_codes: Table
    billing_cycles: Table
    contract_details: Table
    meter_groups: Table
    items: Table
    inventory_codes: Table
    expense_codes: Table
    sales_codes: Table
    service_codes: Table
    categories: Table
    units: Table
    invoices: Table
    billings: Table
    billed: Table
    receipts: Table
    receipt_details: Table
    calls: Table
    call_labors: Table
    call_materials: Table
    call_types: Table
    call_statuses: Table
    activity_codes: Table
    priorities: Table
    periods: Table
    number_series: Table
    applied: Table
    created: Table
    noted_lines: Table
    noted_periods: Table
    noted_writes: Table
    noted_calls: Table
    standin_database: Table


class _Product:
    """Builds product tables under the profile's names."""

    def __init__(self, profile: Profile, metadata: MetaData) -> None:
        self.profile = profile
        self.metadata = metadata

    def table(
        self,
        name: str,
        *columns: Column[Any],
        areas: tuple[Area, ...] = ("customers",),
        seen: bool = False,
        inserts: bool = False,
        optional: bool = False,
    ) -> Table:
        names = self.profile.tables.get(name, TableNames())
        known = {column.key for column in columns}
        unknown = (set(names.columns) | set(names.widths)) - known
        if unknown:
            raise ProfileError(f"the profile names columns of {name} Tandem does not use: {sorted(unknown)}")
        for column in columns:
            column.name = quoted_name(
                names.columns.get(column.key, column.name), getattr(column.name, "quote", None)
            )
            if column.key in names.widths:
                column.type = varchar(names.widths[column.key])
        # Product tables may have triggers: OUTPUT without INTO fails on those (error 334).
        return Table(
            names.name or name,
            self.metadata,
            *columns,
            implicit_returning=False,
            info={
                "logical": name,
                "seen": seen,
                "inserts": inserts,
                "areas": frozenset(areas),
                "optional": optional,
            },
        )

    def of_contracts(self, name: str, *columns: Column[Any], seen: bool = False) -> Table:
        """A table only the contracts' area uses."""
        return self.table(name, *columns, areas=("contracts",), seen=seen)

    def of_calls(self, name: str, *columns: Column[Any], optional: bool = False) -> Table:
        """A table only the calls' area uses."""
        return self.table(name, *columns, areas=("calls",), optional=optional)


def build_tables(
    profile: Profile | None = None,
    ledger_schema: str = "tandem",
    zone: tzinfo = UTC,
    standin: bool = False,
) -> Tables:
    """Definitions for one database.

    Args:
        zone: zone of the server's ``datetime`` columns.
        standin: SQLite: the ledger's schema becomes a prefix; ``dbo`` is dropped by the engine.

    Raises:
        ProfileError: the profile names a table or column that is not used.
    """
    profile = profile or Profile()
    product, ledger = MetaData(schema=PRODUCT), MetaData(schema=None if standin else ledger_schema)
    build = _Product(profile, product)
    own = LedgerTables(ledger, f"{ledger_schema}_" if standin else "")
    tables = Tables(
        profile=profile,
        zone=zone,
        standin=standin,
        ledger_schema=ledger_schema,
        product=product,
        ledger=ledger,
        **_customers(build, zone),
        **_properties(build, zone),
        **_contracts(build, zone),
        **_items(build, zone),
        **_invoices(build, zone),
        **_calls(build, zone),
        number_series=_number_series(profile.number_series, standin),
        applied=own.applied(),
        created=own.created(),
        noted_lines=own.contract_lines(),
        noted_periods=own.contract_periods(),
        noted_writes=own.contract_writes(),
        noted_calls=own.call_writes(),
        standin_database=standin_database(),
    )
    unknown = set(profile.tables) - {table.info["logical"] for table in product.tables.values()}
    if unknown:
        raise ProfileError(f"the profile names tables Tandem does not use: {sorted(unknown)}")
    return tables


def _customers(build: _Product, zone: tzinfo) -> dict[str, Table]:
    table, called = build.table, CALLED
    return {
        "customers": table("ARCustomers", *customer_columns.customer_columns(zone), areas=AREAS, seen=True),
        "customer_types": table("ARCustomerTypes", *code("CustomerType")),
        "branches": table(
            "GLBranches",
            key("BranchID"),
            words("BranchNumber", 15),
            words("BranchName", 50),
            bit("Active"),
            areas=called,
        ),
        "hold_codes": table(
            "ShOnHoldCodes", *code("OnHoldCode"), *only("calls", [whole("TypeID", False)]), areas=called
        ),
        "territories": table("ShTerritories", *code("Territory"), areas=called),
        "agents": table("ShAgents", *customer_columns.agent_columns(zone), areas=called),
        "sales_reps": table("ARSalesReps", key("SalesRepID"), bit("Active")),
        "technicians": table("SCTechnicians", key("TechnicianID"), bit("Active")),
    }


def _properties(build: _Product, zone: tzinfo) -> dict[str, Table]:
    table, values = build.table, customer_columns.property_columns
    return {
        "attributes": table("ShAttributes", key("ShAttributeID"), words("AttributeName", 64)),
        "list_values": table(
            "ShAttributeListValues", key("ListValueID"), whole("ShAttributeID", False), words("Value", 255)
        ),
        "configurations": table("ShTrackingConfigs", key("ShTrackingConfigID"), words("TrackingConfig", 64)),
        "configuration_attributes": table(
            "ShTrackingConfigAttributes",
            whole("ShTrackingConfigID", False),
            whole("ShAttributeID", False),
            bit("Required"),
        ),
        "customer_properties": table(
            "ARCustomerCustomProperties", *values("CustomerID", zone), seen=True, inserts=True
        ),
        "agent_properties": table("ShAgentCustomProperties", *values("AgentID", zone), inserts=True),
    }


def _contracts(build: _Product, zone: tzinfo) -> dict[str, Table]:
    table, columns = build.of_contracts, contract_columns
    return {
        "contracts": build.table("SCContracts", *columns.contract_columns(zone), areas=AREAS, seen=True),
        "contract_codes": build.table(
            "SCContractCodes", *code("ContractCode"), areas=("customers", "contracts")
        ),
        "bill_codes": build.table("SCBillCodes", *code("BillCode"), areas=("contracts", "calls")),
        "bill_groups": table("SCBillGroups", *code("BillGroup")),
        "contract_statuses": table("SCContractStatuses", *code("ContractStatus")),
        "distribution_codes": table("SCDistributionCodes", *code("DistributionCode")),
        "billing_cycles": table("SCBillingCycles", *columns.cycle_columns(), seen=True),
        "contract_details": table("SCContractDetails", *columns.line_columns(zone)),
        "meter_groups": table(
            "SCContractMeterGroups", key("ContractMeterGroupID"), whole("ContractID", False), row_version()
        ),
    }


def _items(build: _Product, zone: tzinfo) -> dict[str, Table]:
    table = build.of_contracts
    return {
        "items": build.table("ICItems", *contract_columns.item_columns(zone), areas=("contracts", "calls")),
        "inventory_codes": table("ICInventoryCodes", *code("InventoryCode")),
        "expense_codes": table("ShExpenseCodes", *code("ExpenseCode")),
        "sales_codes": table("ShSalesCodes", *code("SalesCode")),
        "service_codes": table("ShServiceCodes", *code("ServiceCode")),
        "categories": table("ICCategories", *code("Category")),
        "units": table("ICUnits", key("UMID"), *named_code("UM")),
    }


def _invoices(build: _Product, zone: tzinfo) -> dict[str, Table]:
    table, columns = build.of_contracts, contract_columns
    return {
        "invoices": table("ARInvoices", *columns.invoice_columns(zone)),
        "billings": table("SCBilling", key("InvoiceID")),
        "billed": table("SCBillingContracts", *columns.billed_columns()),
        "receipts": table("ARReceipts", *columns.receipt_columns()),
        "receipt_details": table("ARReceiptDetails", *columns.receipt_detail_columns()),
    }


def _calls(build: _Product, zone: tzinfo) -> dict[str, Table]:
    table, columns = build.of_calls, call_columns
    return {
        "calls": table("SCCalls", *columns.call_columns(zone)),
        "call_labors": table("SCCallLabors", *columns.labor_columns(zone)),
        "call_materials": table("SCCallMaterials", *columns.material_columns(zone)),
        "call_types": table("SCCallTypes", *columns.call_type_columns()),
        "call_statuses": table("SCCallStatuses", *columns.call_status_columns(), optional=True),
        "activity_codes": table("SCActivityCodes", *code("ActivityCode")),
        "priorities": table("SCPriorities", *code("Priority")),
        "periods": table("GLPeriods", *columns.period_columns(), optional=True),
    }


def _number_series(names: NumberSeries, standin: bool) -> Table:
    return Table(
        f"{names.owner}_{names.table}" if standin else names.table,
        MetaData(schema=None if standin else names.owner),
        Column(names.series, varchar(30), key="Series"),
        Column(names.prefix, varchar(10), key="Prefix"),
        Column(names.next_no, Integer, key="NextNo"),
        Column(names.width, Integer, key="Width"),
        implicit_returning=False,
        info={"logical": "NumberSeries", "optional": True},
    )
