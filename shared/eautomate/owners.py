"""Kinds of records, told apart by names only; customers and employees carry custom properties."""

from dataclasses import dataclass

from sqlalchemy import Table

from shared.eautomate.tables import Tables


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    Attributes:
        kind: what people call it.
        table: its rows; they carry who saved them when, and a rowversion.
        key: name of the key.
        number: name of the column people know a record by.
    """

    kind: str
    table: Table
    key: str
    number: str


@dataclass(frozen=True)
class Owner(Kind):
    """A kind of record with custom properties; its rows carry ``ShTrackingConfigID``.

    Attributes:
        properties: its values, under the same key.
        names: the properties Tandem reads, sorted.
    """

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


def contract_kind(tables: Tables) -> Kind:
    """Contracts."""
    return Kind("contract", tables.contracts, "ContractID", "ContractNumber")


def invoice_kind(tables: Tables) -> Kind:
    """Invoices."""
    return Kind("invoice", tables.invoices, "InvoiceID", "InvoiceNumber")


def item_kind(tables: Tables) -> Kind:
    """Items."""
    return Kind("item", tables.items, "ItemID", "Item")


def call_kind(tables: Tables) -> Kind:
    """Service calls."""
    return Kind("call", tables.calls, "CallID", "CallNumber")
