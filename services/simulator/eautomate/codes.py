"""Code tables, attributes and configurations a fresh dealer's database holds."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from services.simulator.eautomate import call_codes, contract_codes

COMPANY_ID, SITE_ID, SYNC, MEMBER_ID, OTHER = 2001, 2002, 2006, 2014, 2021
CONFIGURATION, PLAIN_CONFIGURATION, EMPLOYEES = 1, 2, 3
YES, NO = 1, 2
COPIER, COPIER_BLOCK, IT, IT_BACKUP, TEMPLATE = 1, 2, 3, 4, 5

TABLES: dict[str, tuple[str, Sequence[tuple[Any, ...]]]] = {
    "CoUsers": (
        "UserID, Username",
        [("JSMITH", "Jo Smith"), ("AMILLER", "Ana Miller"), ("TANDEM", "Integration")],
    ),
    "ARCustomerTypes": (
        "CustomerTypeID, CustomerType, Description",
        [(1, "MSP", "Managed services"), (2, "ITC", "IT contract"), (3, "COP", "Copier only")],
    ),
    "SCContractCodes": (
        "ContractCodeID, ContractCode, Description",
        [
            (COPIER, "CPC", "Cost per copy"),
            (COPIER_BLOCK, "BLOCK", "Block of copies"),
            (IT, "MIT", "Managed IT"),
            (IT_BACKUP, "BKUP", "Backup"),
            (TEMPLATE, "CWTMPL", "Template, never billed"),
        ],
    ),
    "GLBranches": ("BranchID, BranchNumber, BranchName", [(1, "1", "Head office"), (2, "2", "Lakeside")]),
    "ShOnHoldCodes": (
        "OnHoldCodeID, OnHoldCode, Description, TypeID, SystemCode",
        [
            (1, "CH", "Credit hold", 1, 1),
            (2, "WP", "Waiting for parts", 2, 1),
            (3, "PA", "Parts available", 2, 1),
            (4, "BadSync", "Synchronisation failed", 1, 1),
            (5, "WAuth", "Waiting for authorisation", 2, 1),
            (6, "CWREV", "ConnectWise review", 2, 0),
            (7, "ITEMERR", "Item not found", 3, 0),
            (8, "CWMOVED", "Worked on in ConnectWise", 2, 0),
        ],
    ),
    "ShTerms": (
        "TermID, Term, Description, DiscountRate, DiscountPeriod, DuePeriod",
        [(1, "Net 30", "30 days", 0, 0, 30), (2, "2% Net 10", "2 % in 10 days", 2, 10, 30)],
    ),
    "ShTerritories": (
        "TerritoryID, Territory, Description",
        [(1, "NORTH", "Northern counties"), (2, "SOUTH", "Southern counties")],
    ),
    "ShAttributes": (
        "ShAttributeID, AttributeName, DataTypeID",
        [
            (COMPANY_ID, "ZCJ_CW_CompanyID", 1),
            (SITE_ID, "ZCJ_CW_SiteAddressRecID", 1),
            (SYNC, "ZCJ_SyncToCW", 2),
            (MEMBER_ID, "ZCJ_CW_MemberID", 1),
            (OTHER, "Delivery notes", 1),
        ],
    ),
    "ShAttributeListValues": (
        "ListValueID, ShAttributeID, Value",
        [(YES, SYNC, "Yes"), (NO, SYNC, "No")],
    ),
    "ShTrackingConfigs": (
        "ShTrackingConfigID, TrackingConfig, TrackingGroup",
        [
            (CONFIGURATION, "ConnectWise", "Customers"),
            (PLAIN_CONFIGURATION, "Deliveries", "Customers"),
            (EMPLOYEES, "ConnectWise staff", "Employees"),
        ],
    ),
    "ShTrackingConfigAttributes": (
        "ShTrackingConfigID, ShAttributeID",
        [
            (CONFIGURATION, COMPANY_ID),
            (CONFIGURATION, SITE_ID),
            (CONFIGURATION, SYNC),
            (PLAIN_CONFIGURATION, OTHER),
            (EMPLOYEES, MEMBER_ID),
        ],
    ),
    **contract_codes.TABLES,
    **call_codes.TABLES,
}


def insert(file: sqlite3.Connection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows; the names come from this package."""
    marks = ", ".join("?" * len(columns.split(",")))
    file.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608


def insert_codes(file: sqlite3.Connection) -> None:
    """Fill every code table."""
    for table, (columns, rows) in TABLES.items():
        insert(file, table, columns, rows)
