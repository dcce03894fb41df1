"""SELECTs over customers and employees, their codes, contracts and properties.

No statement reads NOLOCK: what is read decides writes.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from shared.eautomate.owners import Kind, Owner
from shared.eautomate.rows import Keyset
from shared.eautomate.tables import Tables


def customer_rows(tables: Tables) -> Select[Any]:
    """Customers with the codes they point to; the labels are what ``customers.py`` reads."""
    own, types, holds = tables.customers, tables.customer_types, tables.hold_codes
    branches, territories, reps = tables.branches, tables.territories, tables.agents
    joined = (
        own.outerjoin(types, own.c.CustomerTypeID == types.c.CustomerTypeID)
        .outerjoin(branches, own.c.BranchID == branches.c.BranchID)
        .outerjoin(holds, own.c.OnHoldCodeID == holds.c.OnHoldCodeID)
        .outerjoin(territories, own.c.TerritoryID == territories.c.TerritoryID)
        .outerjoin(reps, own.c.SalesRepID == reps.c.AgentID)
    )
    names = (
        "CustomerID BillToID LocationID CustomerNumber CustomerName Attn Address City State Zip Country"
        " Phone1 Fax Email WebSite Prospect Hold Active CompanyCustomer ShTrackingConfigID timestamp"
    )
    return select(
        *(own.c[name].label(name) for name in names.split()),
        types.c.CustomerType.label("CustomerType"),
        branches.c.BranchNumber.label("BranchNumber"),
        holds.c.OnHoldCode.label("OnHoldCode"),
        territories.c.Territory.label("Territory"),
        reps.c.AgentNumber.label("AgentNumber"),
        reps.c.PrefFullName.label("PrefFullName"),
        reps.c.FirstName.label("FirstName"),
        reps.c.LastName.label("LastName"),
    ).select_from(joined)


def bare_customer_rows(tables: Tables) -> Select[Any]:
    """Customers without a join: what else is needed is read as whole code tables."""
    own = tables.customers
    names = (
        "CustomerID LocationID ShTrackingConfigID timestamp CustomerTypeID BranchID OnHoldCodeID TerritoryID"
        " SalesRepID"
    )
    return select(*(own.c[name].label(name) for name in names.split()))


def agent_rows(tables: Tables) -> Select[Any]:
    """Employees; the labels are what ``agents.py`` reads."""
    own, reps, technicians = tables.agents, tables.sales_reps, tables.technicians
    names = (
        "AgentID AgentNumber LastName FirstName PrefFullName Email UserID Active ShTrackingConfigID timestamp"
    )
    return select(
        *(own.c[name].label(name) for name in names.split()),
        reps.c.Active.label("SalesRep"),
        technicians.c.Active.label("Technician"),
    ).select_from(
        own.outerjoin(reps, reps.c.SalesRepID == own.c.AgentID).outerjoin(
            technicians, technicians.c.TechnicianID == own.c.AgentID
        )
    )


def agent_names(tables: Tables) -> Select[Any]:
    """Employees without a join, by name only."""
    own = tables.agents.c
    return select(own.AgentID, own.AgentNumber, own.PrefFullName, own.FirstName, own.LastName)


def changed(
    rows: Select[Any], kind: Kind, low: bytes, high: bytes, after: Keyset | None, limit: int
) -> Select[Any]:
    """A page of the rowversion window ``[low, high)``, in its order."""
    stamp, key = kind.table.c.timestamp, kind.table.c[kind.key]
    start = low if after is None else max(low, after.row_version)
    statement = rows.where(stamp >= start, stamp < high)
    if after is not None:
        same = and_(stamp == after.row_version, key > after.key)
        statement = statement.where(or_(stamp > after.row_version, same))
    return statement.order_by(stamp, key).limit(limit)


def by_id(rows: Select[Any], kind: Kind, ids: Sequence[int]) -> Select[Any]:
    """Records by their ids; the caller keeps within the server's 2,100 parameters."""
    key = kind.table.c[kind.key]
    return rows.where(key.in_(ids)).order_by(key)


def by_number(rows: Select[Any], kind: Kind, numbers: Sequence[str]) -> Select[Any]:
    """Records with these numbers; the database's collation ignores case."""
    return rows.where(kind.table.c[kind.number].in_(numbers)).order_by(kind.table.c[kind.key])


def scan(rows: Select[Any], kind: Kind, after_id: int, limit: int) -> Select[Any]:
    """A page of all records by id."""
    key = kind.table.c[kind.key]
    return rows.where(key > after_id).order_by(key).limit(limit)


def locations(tables: Tables, parents: Sequence[int]) -> Select[Any]:
    """Locations of customers; a head office that points to itself is none."""
    own = tables.customers.c
    return (
        customer_rows(tables)
        .where(own.LocationID.in_(parents), own.LocationID != own.CustomerID)
        .order_by(own.CustomerID)
    )


def head_offices(tables: Tables, owner: Owner) -> Select[Any]:
    """Customers with what decides about their locations too; the caller says which."""
    own = tables.customers.c
    switch = (
        values(tables, owner)
        .where(tables.attributes.c.AttributeName == tables.profile.properties.sync_to_cw)
        .subquery("switch")
    )
    return select(
        own.CustomerID, own.Active, own.Prospect, own.CompanyCustomer, switch.c.value.label("Switch")
    ).select_from(tables.customers.outerjoin(switch, switch.c.owner == own.CustomerID))


def parents(tables: Tables) -> Select[Any]:
    """Ids of the customers that have locations."""
    own = tables.customers.alias("location").c
    return select(own.LocationID).where(own.LocationID != own.CustomerID).distinct()


def contract_types(tables: Tables, today: date) -> Select[Any]:
    """Types of the contracts that hold today, the server's day: (CustomerID, ContractCode), each pair once."""
    own, codes = tables.contracts.c, tables.contract_codes.c
    return (
        select(own.CustomerID, codes.ContractCode)
        .join_from(tables.contracts, tables.contract_codes, codes.ContractCodeID == own.ContractCodeID)
        .where(
            own.Active == true(),
            own.Terminated.is_(None),
            own.StartDate < today + timedelta(days=1),
            or_(own.ExpDate.is_(None), own.ExpDate >= today),
        )
        .distinct()
    )


def values(tables: Tables, owner: Owner) -> Select[Any]:
    """Values of the records' properties: (key, AttributeName, value).

    A drop-down's value is the list entry when the row carries no text.
    """
    own, attributes, entries = owner.properties, tables.attributes, tables.list_values
    joined = own.join(attributes, attributes.c.ShAttributeID == own.c.ShAttributeID)
    value: ColumnElement[Any] = own.c.TextVal
    if tables.profile.list_values:
        joined = joined.outerjoin(entries, entries.c.ListValueID == own.c.IDVal)
        value = func.coalesce(func.nullif(own.c.TextVal, ""), entries.c.Value)
    return (
        select(own.c[owner.key].label("owner"), attributes.c.AttributeName, value.label("value"))
        .select_from(joined)
        .where(attributes.c.AttributeName.in_(owner.names))
    )


def configurations(tables: Tables, owner: Owner) -> Select[Any]:
    """Configurations and which of the owner's properties each holds: one row a pair, None when none."""
    own, junction, attributes = tables.configurations, tables.configuration_attributes, tables.attributes
    held = (
        select(junction.c.ShTrackingConfigID, attributes.c.AttributeName)
        .join_from(junction, attributes, attributes.c.ShAttributeID == junction.c.ShAttributeID)
        .where(attributes.c.AttributeName.in_(owner.names))
        .subquery("held")
    )
    return select(own.c.ShTrackingConfigID, own.c.TrackingConfig, held.c.AttributeName).select_from(
        own.outerjoin(held, held.c.ShTrackingConfigID == own.c.ShTrackingConfigID)
    )
