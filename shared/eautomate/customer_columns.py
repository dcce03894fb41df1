"""Columns of customers, employees and their properties (reference eautomate.md 2, 3)."""

from datetime import tzinfo
from typing import Any

from sqlalchemy import Column

from shared.eautomate.columns import bit, key, made, only, saved, user, whole, words

ADDRESS_WIDTHS = {"Attn": 64, "Address": 64, "City": 32, "State": 16, "Zip": 16, "Country": 16}


def customer_columns(zone: tzinfo) -> list[Column[Any]]:
    """``ARCustomers``."""
    return [
        key("CustomerID"),
        whole("BillToID"),
        whole("LocationID"),
        words("CustomerNumber", 32),
        words("CustomerName", 128),
        *(words(name, width) for name, width in ADDRESS_WIDTHS.items()),
        words("Phone1", 32),
        words("Fax", 32),
        words("Email", 64),
        words("WebSite", 64),
        bit("Prospect"),
        whole("SalesRepID"),
        whole("CustomerTypeID"),
        bit("Hold"),
        whole("OnHoldCodeID"),
        bit("Active"),
        whole("BranchID", False),
        whole("TerritoryID"),
        bit("CompanyCustomer"),
        whole("ShTrackingConfigID"),
        *saved(zone),
        *only("contracts", _billing_columns()),
    ]


def _billing_columns() -> list[Column[Any]]:
    return [
        whole("TermID"),
        whole("TaxCodeID"),
        bit("Taxable"),
        bit("UseBillToAddress"),
        *bill_to_columns(),
    ]


def bill_to_columns() -> list[Column[Any]]:
    """The address an invoice goes to, as customers and contracts carry it."""
    return [words(f"BillTo{name}", width) for name, width in ADDRESS_WIDTHS.items()]


def agent_columns(zone: tzinfo) -> list[Column[Any]]:
    """``ShAgents``."""
    return [
        key("AgentID"),
        words("AgentNumber", 15),
        words("LastName", 20),
        words("FirstName", 15),
        words("PrefFullName", 50),
        words("Email", 255),
        whole("BranchID", False),
        user("UserID", nullable=True),
        bit("Active"),
        whole("ShTrackingConfigID"),
        *saved(zone),
    ]


def property_columns(owner: str, zone: tzinfo) -> list[Column[Any]]:
    """Values of one kind of record."""
    return [
        whole(owner, False),
        whole("ShAttributeID", False),
        whole("IDVal"),
        words("TextVal", 1024, nullable=True),
        bit("Required"),
        *made(zone),
    ]
