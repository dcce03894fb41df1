"""SELECTs over customers, their codes and their properties.

No statement reads NOLOCK: what is read decides writes.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from shared.eautomate.rows import Keyset
from shared.eautomate.tables import Tables


def customer_rows(tables: Tables) -> Select[Any]:
    """Customers with the codes they point to; the labels are what ``customers.customer`` reads."""
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


def changed(tables: Tables, low: bytes, high: bytes, after: Keyset | None, limit: int) -> Select[Any]:
    """A page of the rowversion window ``[low, high)``, in its order."""
    own = tables.customers.c
    start = low if after is None else max(low, after.row_version)
    statement = customer_rows(tables).where(own.timestamp >= start, own.timestamp < high)
    if after is not None:
        same = and_(own.timestamp == after.row_version, own.CustomerID > after.customer_id)
        statement = statement.where(or_(own.timestamp > after.row_version, same))
    return statement.order_by(own.timestamp, own.CustomerID).limit(limit)


def by_id(tables: Tables, ids: Sequence[int]) -> Select[Any]:
    """Customers by their ids; the caller keeps within the server's 2,100 parameters."""
    own = tables.customers.c
    return customer_rows(tables).where(own.CustomerID.in_(ids)).order_by(own.CustomerID)


def by_number(tables: Tables, number: str) -> Select[Any]:
    """The customer with this number; the database's collation ignores case."""
    return customer_rows(tables).where(tables.customers.c.CustomerNumber == number)


def scan(tables: Tables, after_id: int, limit: int) -> Select[Any]:
    """A page of all customers by id."""
    own = tables.customers.c
    return customer_rows(tables).where(own.CustomerID > after_id).order_by(own.CustomerID).limit(limit)


def bare_scan(tables: Tables, after_id: int, limit: int) -> Select[Any]:
    """Like ``scan``: ids, configurations and rowversions only."""
    own = tables.customers.c
    return (
        select(own.CustomerID, own.ShTrackingConfigID, own.timestamp)
        .where(own.CustomerID > after_id)
        .order_by(own.CustomerID)
        .limit(limit)
    )


def customer_values(tables: Tables) -> Select[Any]:
    """Values of the customers' properties: (CustomerID, AttributeName, value)."""
    return _values(tables, "customer_properties", "CustomerID", tables.profile.properties.of_customers())


def agent_values(tables: Tables) -> Select[Any]:
    """Values of the employees' member property: (AgentID, AttributeName, value)."""
    return _values(tables, "agent_properties", "AgentID", (tables.profile.properties.member_id,))


def _values(tables: Tables, kind: str, owner: str, names: Sequence[str]) -> Select[Any]:
    """A drop-down's value is the list entry when the row carries no text."""
    values, attributes, entries = getattr(tables, kind), tables.attributes, tables.list_values
    joined = values.join(attributes, attributes.c.ShAttributeID == values.c.ShAttributeID)
    value = values.c.TextVal
    if tables.profile.list_values:
        joined = joined.outerjoin(entries, entries.c.ListValueID == values.c.IDVal)
        value = func.coalesce(func.nullif(values.c.TextVal, ""), entries.c.Value)
    return (
        select(values.c[owner].label("owner"), attributes.c.AttributeName, value.label("value"))
        .select_from(joined)
        .where(attributes.c.AttributeName.in_(names))
    )


def configurations(tables: Tables) -> Select[Any]:
    """Configurations and which of our customer properties each holds: one row a pair, None when none."""
    own, junction, attributes = tables.configurations, tables.configuration_attributes, tables.attributes
    names = tables.profile.properties.of_customers()
    held = (
        select(junction.c.ShTrackingConfigID, attributes.c.AttributeName)
        .join_from(junction, attributes, attributes.c.ShAttributeID == junction.c.ShAttributeID)
        .where(attributes.c.AttributeName.in_(names))
        .subquery("held")
    )
    return select(own.c.ShTrackingConfigID, own.c.TrackingConfig, held.c.AttributeName).select_from(
        own.outerjoin(held, held.c.ShTrackingConfigID == own.c.ShTrackingConfigID)
    )
