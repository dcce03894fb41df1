"""The invented tenant's words of billing on its first day: statuses, cycles, agreement types, catalog."""

from decimal import Decimal

from services.simulator.connectwise.entities.catalog import ITEM
from services.simulator.connectwise.fields import Record

_TYPE: Record = {
    "employeeCompRate": "Hourly",
    "employeeCompNotExceed": "Billing",
    "invoicingCycle": "CalendarYear",
    "billTime": "Billable",
    "billExpenses": "Billable",
    "billProducts": "Billable",
    "applicationUnits": "Hours",
    "applicationCycle": "CalendarMonth",
    "billingCycle": 2,
    "billingTerms": 4,
    "taxableFlag": True,
    "billableTimeInvoiceFlag": True,
    "billableExpenseInvoiceFlag": True,
    "billableProductInvoiceFlag": True,
    "prefixSuffixOption": "Suffix",
}


def _item(place: int, line: str) -> Record:
    identifier, description, kind, below, group, price, cost, unit, taxed = (
        part.strip() for part in line.split("|")
    )
    return {
        "id": ITEM.first_id - 1 + place,
        "identifier": identifier,
        "description": description,
        "customerDescription": description,
        "type": int(kind),
        "subcategory": int(below),
        "category": {41: 7, 42: 8, 43: 8, 44: 9, 45: 10}[int(below)],
        "productClass": group,
        "price": Decimal(price),
        "cost": Decimal(cost),
        "unitOfMeasure": int(unit),
        "taxableFlag": taxed == "tax",
        "connectWiseID": f"5f0e2b7c-1d3a-4c58-9e60-7a4b3c2d{place:04d}",
    }


# identifier | description | product type | subcategory | class | price | cost | unit | taxed
_CATALOG = """
MS-SEAT | Managed seat | 1 | 42 | Agreement | 39.50 | 11.20 | 1 | tax
MS-SERVER | Managed server | 1 | 42 | Agreement | 145.00 | 38.00 | 1 | tax
MS-NETWORK | Managed network device | 1 | 42 | Agreement | 25.00 | 6.50 | 3 | tax
COM-USER | Co-managed user | 1 | 43 | Agreement | 18.75 | 5.10 | 1 | tax
BKP-100GB | Backup storage, 100 GB | 2 | 44 | Agreement | 12.00 | 4.40 | 1 | tax
BKP-SERVER | Server backup | 2 | 44 | Agreement | 85.00 | 31.00 | 1 | tax
SUB-MAIL | Mailbox subscription | 3 | 45 | NonInventory | 12.50 | 10.00 | 3 | tax
SUB-OFFICE | Office suite subscription | 3 | 45 | NonInventory | 22.00 | 17.60 | 3 | tax
SUB-EDR | Endpoint protection subscription | 3 | 45 | NonInventory | 4.25 | 2.10 | 3 | tax
LAB-REMOTE | Remote labor | 4 | 43 | Service | 150.00 | 48.00 | 2 | free
LAB-ONSITE | On-site labor | 4 | 43 | Service | 185.00 | 52.00 | 2 | free
SW-24P-POE | 24-port PoE switch | 5 | 41 | Inventory | 389.00 | 251.00 | 1 | tax
FW-60 | Firewall 60 | 5 | 41 | Inventory | 640.00 | 455.00 | 1 | tax
ONB-KIT | Onboarding bundle | 5 | 41 | Bundle | 499.00 | 210.00 | 1 | tax
"""


def _numbered(*rows: Record, first: int = 1) -> list[Record]:
    return [{"id": first + place, "defaultFlag": place == 0, **row} for place, row in enumerate(rows)]


BILLING: dict[str, list[Record]] = {
    "billingStatus": _numbered(
        {"name": "New", "sortOrder": 1},
        {"name": "Approved", "sortOrder": 2},
        {"name": "Sent", "sortOrder": 3, "sentFlag": True},
        {"name": "Closed", "sortOrder": 4, "closedFlag": True},
        {"name": "Paid", "sortOrder": 5, "closedFlag": True},
    ),
    "billingCycle": _numbered(
        {"identifier": "M", "name": "Monthly", "billingOptions": "Monthly"},
        {"identifier": "Q", "name": "Quarterly", "billingOptions": "Quarterly"},
        {"identifier": "SA", "name": "Semi-Annual", "billingOptions": "SemiAnnual"},
        {"identifier": "Y", "name": "Yearly", "billingOptions": "Yearly"},
        {"identifier": "BW", "name": "BiWeekly", "billingOptions": "BiWeekly"},
        {"identifier": "NR", "name": "Not Recurring", "billingOptions": "NotRecurring"},
        first=2,
    ),
    "emailTemplate": _numbered({"name": "Invoice by email"}),
    "billingSetup": [
        {
            "id": 1,
            "location": 11,
            "remitName": "Central Office",
            "payableName": "Northgate Managed IT",
            "invoiceTitle": "Invoice",
            "emailTemplate": 1,
        }
    ],
    "agreementType": _numbered(
        {**_TYPE, "name": "Managed Services", "prorateFlag": True, "integrationXRef": "REV-MS"},
        {**_TYPE, "name": "Backup"},
        {**_TYPE, "name": "Co-Managed IT", "prorateFlag": True},
        {
            **_TYPE,
            "name": "Block Time",
            "prePaymentFlag": True,
            "oneTimeFlag": True,
            "billOneTimeFlag": True,
            "coverAgreementTimeFlag": True,
        },
        {
            **_TYPE,
            "name": "Recurring Block",
            "prePaymentFlag": True,
            "coverAgreementTimeFlag": True,
            "carryOverUnusedFlag": True,
            "applicationLimit": Decimal(10),
        },
        first=6,
    ),
    "productType": _numbered(
        {"name": "Agreement Seat", "typeXref": "Service"},
        {"name": "Backup Storage", "typeXref": "Service"},
        {"name": "Software Subscription", "typeXref": "NonInventoryPart"},
        {"name": "Labor", "typeXref": "Service"},
        {"name": "Hardware", "typeXref": "InventoryPart"},
    ),
    "productCategory": _numbered(
        {"name": "Network", "integrationXref": "CAT-NET"},
        {"name": "Managed Services"},
        {"name": "Backup"},
        {"name": "Software"},
        first=7,
    ),
    "productSubCategory": _numbered(
        {"name": "Switches", "category": 7},
        {"name": "Managed", "category": 8},
        {"name": "Co-Managed", "category": 8},
        {"name": "Cloud Backup", "category": 9},
        {"name": "Subscriptions", "category": 10},
        first=41,
    ),
    "unitOfMeasure": _numbered({"name": "Each"}, {"name": "Hour"}, {"name": "EA"}),
    "catalogItem": [_item(place, line) for place, line in enumerate(_CATALOG.strip().splitlines(), start=1)],
}
