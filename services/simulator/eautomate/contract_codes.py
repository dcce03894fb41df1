"""Codes that contracts, items, equipment and invoices carry, and how the product bills by them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

MONTHLY, QUARTERLY, SEMI_ANNUAL, ANNUAL, ONE_TIME = 1, 2, 3, 4, 5
FULL, MANAGED, BACKUP, BLOCK_TIME, TIME_AND_MATERIAL = 1, 2, 3, 4, 5
EXEMPT, STATE, COUNTY = 1, 2, 3

TABLES: dict[str, tuple[str, Sequence[tuple[Any, ...]]]] = {
    "SCBillCodes": (
        "BillCodeID, BillCode, Description",
        [
            (FULL, "FULL", "All labour and parts covered"),
            (MANAGED, "MSP", "Managed services, labour covered"),
            (BACKUP, "BACKUP", "Backup, nothing covered"),
            (BLOCK_TIME, "DEPOSIT", "Draws the deposit down"),
            (TIME_AND_MATERIAL, "TM", "Time and material"),
        ],
    ),
    "SCBillGroups": (
        "BillGroupID, BillGroup, Description",
        [(1, "FIRST", "Billed on the first"), (2, "COPIERS", "Copier contracts")],
    ),
    "SCContractStatuses": (
        "ContractStatusID, ContractStatus, Description",
        [(1, "Active", "In force"), (2, "Pending", "Not begun"), (3, "Closed", "Over")],
    ),
    "SCTerminationCodes": (
        "TerminationCodeID, TerminationCode, Description",
        [
            (1, "CUST", "Customer asked for it"),
            (2, "REPLACED", "Replaced by another"),
            (3, "NONPAY", "Not paid"),
        ],
    ),
    "SCDistributionCodes": (
        "DistributionCodeID, DistributionCode, Description",
        [
            (1, "COPIER", "Copier contract revenue"),
            (MANAGED, "MSP", "Managed services revenue"),
            (BACKUP, "BACKUP", "Backup revenue"),
            (BLOCK_TIME, "DEPOSIT", "Deposits received"),
        ],
    ),
    "SCBillingCycles": (
        "BillingCycleID, BillingCycle, Description, Days, Months, Years, Active",
        [
            (MONTHLY, "Monthly", "Every month", 0, 1, 0, 1),
            (QUARTERLY, "Quarterly", "Every three months", 0, 3, 0, 1),
            (SEMI_ANNUAL, "Semi-Annual", "Every six months", 0, 6, 0, 1),
            (ANNUAL, "Annual", "Every year", 0, 0, 1, 1),
            (ONE_TIME, "One Time", "Once", 0, 0, 0, 1),
            (6, "4 Weeks", "Every 28 days", 28, 0, 0, 0),
        ],
    ),
    "ShTaxCodes": (
        "TaxCodeID, TaxCode, Description",
        [
            (EXEMPT, "EXEMPT", "No tax"),
            (STATE, "STATE", "State, 6 %"),
            (COUNTY, "COUNTY", "State and county, 7.25 %"),
        ],
    ),
    "ShSalesCodes": (
        "SalesCodeID, SalesCode, Description",
        [(1, "COPIER", "Copiers"), (MANAGED, "MSP", "Managed services"), (BACKUP, "BACKUP", "Backup")],
    ),
    "ShServiceCodes": (
        "ServiceCodeID, ServiceCode, Description",
        [(1, "FIELD", "Field service"), (2, "REMOTE", "Remote service")],
    ),
    "ICInventoryCodes": (
        "InventoryCodeID, InventoryCode, Description",
        [(1, "EQUIP", "Equipment"), (2, "SUPPLY", "Supplies")],
    ),
    "ShExpenseCodes": (
        "ExpenseCodeID, ExpenseCode, Description, GLID, DeptID",
        [
            (1, "LABOR", "Cost of labour", 5100, 1),
            (MANAGED, "MSP", "Cost of managed services", 5200, 2),
            (BACKUP, "BACKUP", "Cost of backup", 5210, 2),
        ],
    ),
    "ICCategories": (
        "CategoryID, Category, Description",
        [(1, "COPIER", "Copiers"), (2, "IT", "IT services"), (3, "SOFTWARE", "Software")],
    ),
    "ICUnits": (
        "UMID, UM, Description",
        [(1, "EA", "Each"), (2, "HR", "Hour"), (3, "MO", "Month"), (4, "GB", "Gigabyte")],
    ),
    "ICMakes": ("MakeID, Make, Description", [(1, "KESTREL", "Kestrel"), (2, "NORDEN", "Norden")]),
    "ICModels": (
        "ModelID, Model, Description, MakeID",
        [(1, "KX 3050", "Kestrel colour 30 ppm", 1), (2, "N 4400", "Norden mono 44 ppm", 2)],
    ),
}

TAX_RATES = {EXEMPT: Decimal(0), STATE: Decimal("0.06"), COUNTY: Decimal("0.0725")}
"""By tax code. Where the product keeps its rates is not public."""
