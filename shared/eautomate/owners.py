"""Records that carry custom properties: customers and employees, told apart by names only."""

from dataclasses import dataclass

from sqlalchemy import Table

from shared.eautomate.tables import Tables


@dataclass(frozen=True, slots=True)
class Owner:
    """A kind of record with custom properties.

    Attributes:
        kind: what people call it.
        table: its rows; they carry ``ShTrackingConfigID``, who saved them when, and a rowversion.
        key: name of the key, in ``properties`` too.
        number: name of the column people know a record by.
        properties: its values.
        names: the properties Tandem reads, sorted.
    """

    kind: str
    table: Table
    key: str
    number: str
    properties: Table
    names: tuple[str, ...]


def customer_owner(tables: Tables) -> Owner:
    """Customers and locations."""
    names = tables.profile.properties.of_customers()
    return Owner(
        "customer", tables.customers, "CustomerID", "CustomerNumber", tables.customer_properties, names
    )


def agent_owner(tables: Tables) -> Owner:
    """Employees."""
    names = (tables.profile.properties.member_id,)
    return Owner("employee", tables.agents, "AgentID", "AgentNumber", tables.agent_properties, names)
