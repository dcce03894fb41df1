"""The dealer of the demo: some sixty customers, some of them known to ConnectWise already."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.simulator.eautomate.seed import Shares, seed

CUSTOMERS = 60
LOCATIONS = 4
BY_COMPANY_ID = slice(4, 60, 9)
BY_ACCOUNT_ID = slice(5, 60, 14)


@dataclass(frozen=True, slots=True)
class Row:
    """One head office as e-automate's tables have it."""

    customer_id: int
    number: str
    name: str
    city: str
    phone: str
    recid: str
    special: str
    """Why no company is expected: ``inactive``, ``prospect`` ...; empty when one is."""


def seed_eautomate(path: Path) -> None:
    """Fill e-automate: every customer can hold the RecID."""
    seed(
        path,
        CUSTOMERS,
        LOCATIONS,
        shares=Shares(configured=1.0, never=0.02, held=0.0, inactive=0.04, prospects=0.03),
    )


def seed_connectwise(control: httpx.Client, path: Path) -> None:
    """Companies the dealer's technicians made years ago: some by Company ID, some by Account ID."""
    active = [row for row in head_offices(path) if not row.special]
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


def head_offices(path: Path) -> list[Row]:
    """Every head office with the RecID it holds, by number."""
    statement = """
        SELECT customer.*, rec.TextVal AS RecID, allowed.TextVal AS Allowed
        FROM ARCustomers AS customer
        LEFT JOIN ARCustomerCustomProperties AS rec ON rec.CustomerID = customer.CustomerID
             AND rec.ShAttributeID = (SELECT ShAttributeID FROM ShAttributes WHERE AttributeName = 'ZCJ_CW_CompanyID')
        LEFT JOIN ARCustomerCustomProperties AS allowed ON allowed.CustomerID = customer.CustomerID
             AND allowed.ShAttributeID = (SELECT ShAttributeID FROM ShAttributes WHERE AttributeName = 'ZCJ_SyncToCW')
        WHERE customer.LocationID IS NULL OR customer.LocationID = customer.CustomerID
        ORDER BY customer.CustomerNumber
    """
    with closing(sqlite3.connect(path, timeout=30)) as file:
        file.row_factory = sqlite3.Row
        return [
            Row(
                row["CustomerID"], row["CustomerNumber"], row["CustomerName"], row["City"], row["Phone1"],
                row["RecID"] or "", _special(row),
            )
            for row in file.execute(statement)
        ]  # fmt: skip


def _special(row: Any) -> str:
    if not row["Active"]:
        return "inactive"
    if row["Prospect"]:
        return "prospect"
    if row["CompanyCustomer"]:
        return "the dealer"
    if (row["Allowed"] or "").casefold() == "no":
        return "sync off"
    return ""
