"""The dealer of the demo: some two hundred customers, some of them known to ConnectWise already."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.simulator.eautomate.seed import Shares, seed

CUSTOMERS = 195
LOCATIONS = 40
BY_COMPANY_ID = slice(4, CUSTOMERS, 5)
BY_ACCOUNT_ID = slice(6, CUSTOMERS, 20)
"""Which customers ConnectWise knows, and by what; no customer is in both."""


@dataclass(frozen=True, slots=True)
class Row:
    """One customer or location as e-automate's tables have it.

    Attributes:
        recid: of its company, or of its site.
        parent: the parent's number, empty for a head office.
        special: why nothing is expected in ConnectWise: ``inactive``, ``prospect`` ...; empty when something is.
    """

    customer_id: int
    number: str
    name: str
    city: str
    phone: str
    recid: str
    parent: str
    special: str


def seed_eautomate(path: Path) -> None:
    """Fill e-automate: every customer can hold the RecID."""
    seed(
        path,
        CUSTOMERS,
        LOCATIONS,
        shares=Shares(configured=1.0, never=0.02, held=0.02, inactive=0.04, prospects=0.03),
    )


def seed_connectwise(control: httpx.Client, path: Path) -> None:
    """Companies the dealer's technicians made years ago: some by Company ID, some by Account ID."""
    active = [row for row in customers(path) if not row.special and not row.parent]
    known = [
        {"identifier": row.number, "name": row.name.upper()[:50], "city": row.city, "addressLine1": "unknown"}
        for row in active[BY_COMPANY_ID]
    ]
    known += [
        {
            "identifier": f"OLD{place:02}",
            "accountNumber": row.number,
            "name": row.name,
            "addressLine1": "unknown",
        }
        for place, row in enumerate(active[BY_ACCOUNT_ID])
    ]
    control.post("/seed", json={"company": known}).raise_for_status()


def customers(path: Path) -> list[Row]:
    """Every customer and location with the RecID it holds, by number."""
    statement = """
        SELECT customer.*, company.TextVal AS CompanyRecID, site.TextVal AS SiteRecID, allowed.TextVal AS Allowed,
               parent.CustomerNumber AS ParentNumber, parent.Active AS ParentActive, parent.Prospect AS ParentProspect,
               parent.CompanyCustomer AS ParentDealer, parent_allowed.TextVal AS ParentAllowed
        FROM ARCustomers AS customer
        LEFT JOIN ARCustomers AS parent
             ON parent.CustomerID = customer.LocationID AND customer.LocationID <> customer.CustomerID
        LEFT JOIN Held AS company ON company.CustomerID = customer.CustomerID AND company.Name = 'ZCJ_CW_CompanyID'
        LEFT JOIN Held AS site ON site.CustomerID = customer.CustomerID AND site.Name = 'ZCJ_CW_SiteAddressRecID'
        LEFT JOIN Held AS allowed ON allowed.CustomerID = customer.CustomerID AND allowed.Name = 'ZCJ_SyncToCW'
        LEFT JOIN Held AS parent_allowed
             ON parent_allowed.CustomerID = parent.CustomerID AND parent_allowed.Name = 'ZCJ_SyncToCW'
        ORDER BY customer.CustomerNumber
    """
    held = """
        WITH Held AS (
            SELECT value.CustomerID, attribute.AttributeName AS Name, value.TextVal
            FROM ARCustomerCustomProperties AS value
            JOIN ShAttributes AS attribute ON attribute.ShAttributeID = value.ShAttributeID
        )
    """
    with closing(sqlite3.connect(path, timeout=30)) as file:
        file.row_factory = sqlite3.Row
        return [
            Row(
                row["CustomerID"], row["CustomerNumber"], row["CustomerName"], row["City"], row["Phone1"],
                (row["SiteRecID"] if row["ParentNumber"] else row["CompanyRecID"]) or "",
                row["ParentNumber"] or "", _special(row),
            )
            for row in file.execute(held + statement)
        ]  # fmt: skip


def _special(row: Any) -> str:
    if row["ParentNumber"]:
        own = _state(row["Active"], row["Prospect"], row["CompanyCustomer"], row["Allowed"])
        parents = _state(
            row["ParentActive"], row["ParentProspect"], row["ParentDealer"], row["ParentAllowed"]
        )
        return own or (f"parent: {parents}" if parents else "")
    return _state(row["Active"], row["Prospect"], row["CompanyCustomer"], row["Allowed"])


def _state(active: int, prospect: int, dealer: int, allowed: str | None) -> str:
    if not active:
        return "inactive"
    if prospect:
        return "prospect"
    if dealer:
        return "the dealer"
    if (allowed or "").casefold() == "no":
        return "sync off"
    return ""
