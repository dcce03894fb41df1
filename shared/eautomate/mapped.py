"""The e-view "CW Mapped Customers" (spec/customers.md 5.8): one SELECT over the dealer's own tables and our ledger."""

from typing import Any

from sqlalchemy import Select, String, Subquery, and_, case, cast, func, literal, select
from sqlalchemy.dialects import mssql

from shared.eautomate.tables import Tables

PROCESS = "ID747"
COMPANY_KIND, SITE_KIND = "company RecID", "site RecID"
TITLE = "CW Mapped Customers"
PUSHED = (
    "LastPush (UTC): when Tandem last wrote for the record here; `tandem links customers` knows later pushes"
)


def mapped_customers(tables: Tables) -> Select[Any]:
    """Every customer and location with its mapping; no order, as a view has none.

    ``LastPush`` is when Tandem last wrote for the record in e-automate, which it does when it links or unlinks;
    ``tandem links customers`` knows later pushes too.
    """
    own, types, branches = tables.customers, tables.customer_types, tables.branches
    parents = own.alias("parent")
    names = tables.profile.properties
    company, site, sync = (
        _property(tables, name, alias)
        for name, alias in (
            (names.company_id, "company"),
            (names.site_id, "site"),
            (names.sync_to_cw, "sync"),
        )
    )
    ledger = tables.applied.alias("ledger")
    record = literal("customer/") + cast(own.c.CustomerID, String(20))
    location = and_(own.c.LocationID.is_not(None), own.c.LocationID != own.c.CustomerID)
    held = case((location, site.c.value), else_=company.c.value)
    joined = (
        own.outerjoin(parents, and_(parents.c.CustomerID == own.c.LocationID, location))
        .outerjoin(types, types.c.CustomerTypeID == own.c.CustomerTypeID)
        .outerjoin(branches, branches.c.BranchID == own.c.BranchID)
    )
    for values in (company, site, sync):
        joined = joined.outerjoin(values, values.c.owner == own.c.CustomerID)
    joined = joined.outerjoin(ledger, and_(ledger.c.process == PROCESS, ledger.c.record == record))
    return select(
        own.c.CustomerNumber.label("CustomerNumber"),
        own.c.CustomerName.label("CustomerName"),
        parents.c.CustomerNumber.label("ParentNumber"),
        own.c.Active.label("Active"),
        branches.c.BranchNumber.label("Branch"),
        types.c.CustomerType.label("CustomerType"),
        company.c.value.label("CompanyID"),
        site.c.value.label("SiteAddressRecID"),
        sync.c.value.label("SyncToCW"),
        case((held.is_not(None), literal("Y")), else_=literal("N")).label("Mapped"),
        case((location, literal(SITE_KIND)), else_=literal(COMPANY_KIND)).label("IdKind"),
        ledger.c.applied_at.label("LastPush"),
    ).select_from(joined)


def mapped_customers_sql(tables: Tables) -> str:
    """The same as T-SQL, to be pasted into an e-view.

    Args:
        tables: of SQL Server, not of the stand-in.
    """
    dialect = mssql.dialect()  # type: ignore[no-untyped-call]
    statement = mapped_customers(tables).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return f"-- {TITLE}\n-- {PUSHED}\n{statement};\n"


def _property(tables: Tables, name: str, alias: str) -> Subquery:
    """One property of every customer that has a value: (owner, value); blanks are none."""
    values, attributes, entries = tables.customer_properties, tables.attributes, tables.list_values
    joined = values.join(attributes, attributes.c.ShAttributeID == values.c.ShAttributeID)
    plain = func.nullif(func.ltrim(func.rtrim(values.c.TextVal)), "")
    if tables.profile.list_values:
        joined = joined.outerjoin(entries, entries.c.ListValueID == values.c.IDVal)
        plain = func.coalesce(plain, entries.c.Value)
    found = (
        select(values.c.CustomerID.label("owner"), plain.label("value"))
        .select_from(joined)
        .where(attributes.c.AttributeName == name, plain.is_not(None))
    )
    return found.subquery(alias)
