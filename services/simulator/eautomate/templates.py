"""Contract and item templates as a dealer keeps them for ConnectWise's agreements (spec/agreements.md 6.4).

Templates are contracts of the dealership's own customer that never bill, and items nobody sells.
"""

import sqlite3
from dataclasses import dataclass

from services.simulator.eautomate import codes, contract_codes
from services.simulator.eautomate.codes import insert
from services.simulator.eautomate.series import next_key

SERVICE_ITEM = "CW-SERVICE"


@dataclass(frozen=True, slots=True)
class Template:
    """A contract template: which codes the contracts made from it carry."""

    major: str
    contract_code: int
    bill_code: int
    report_group: int
    deposit: bool = False


CONTRACTS = (
    Template("**CW Managed Services", codes.IT, contract_codes.MANAGED, 2),
    Template("**CW Backup", codes.IT_BACKUP, contract_codes.BACKUP, 2),
    Template("**CW Co-Managed IT", codes.IT, contract_codes.MANAGED, 3),
    Template("**CW Block Time", codes.IT, contract_codes.BLOCK_TIME, 2, deposit=True),
    Template("**CW Default", codes.TEMPLATE, contract_codes.FULL, 1),
)

_MSP, _BACKUP = contract_codes.MANAGED, contract_codes.BACKUP
_ITEMS = (
    ("**CWBase Managed Services", "Managed services", _MSP, 3, 2),
    ("**CWBase Backup", "Backup", _BACKUP, 3, 2),
    ("**CWBase Co-Managed IT", "Co-managed IT", _MSP, 3, 2),
    ("**CWBase Default", "Agreement", _MSP, 1, 2),
    ("**CW Agreement Seat", "Template: agreement seats", _MSP, 1, 2),
    ("**CW Backup Storage", "Template: backup storage", _BACKUP, 4, 2),
    ("**CW Software Subscription", "Template: subscriptions", _MSP, 1, 3),
    ("**CW Labor", "Template: labour", _MSP, 2, 2),
    (SERVICE_ITEM, "IT service", _MSP, 1, 2),
)
"""Number, description, what it sells, unit, category."""


def insert_items(file: sqlite3.Connection) -> None:
    """The item templates and the standard serviceable item."""
    rows = [
        (number, description, 1, sold, category, unit, sold, 2, sold)
        for number, description, sold, unit, category in _ITEMS
    ]
    columns = (
        "Item, Description, ServiceableAsItem, ExpenseCodeID, CategoryID, UMID, SalesCodeID, ServiceCodeID,"
        " BaseDistributionCodeID"
    )
    insert(file, "ICItems", columns, rows)


def insert_contracts(file: sqlite3.Connection, customer: int, start: str, user: str) -> None:
    """The contract templates of the dealership's own customer: billing cycle blank, Bill off.

    Args:
        start: stored ``datetime``.
    """
    rows = [
        (
            next_key(file),
            f"{template.major}-01",
            template.major,
            "01",
            customer,
            customer,
            template.contract_code,
            template.bill_code,
            template.bill_code,
            contract_codes.EXEMPT,
            1,
            start,
            start,
            1,
            0,
            template.report_group,
            int(template.deposit),
            int(template.deposit),
            user,
            user,
            start,
            start,
        )
        for template in CONTRACTS
    ]
    columns = (
        "ContractID, ContractNumber, ContractMajor, ContractMinor, CustomerID, BillToID, ContractCodeID, BillCodeID,"
        " BaseDistributionCodeID, TaxCodeID, Taxable, StartDate, Activated, SumIndividualBaseRates, Bill,"
        " ReportDefinitionGroupID, TimeBlockBased, BSABillForServices, CreatorID, UpdatorID, CreateDate, LastUpdate"
    )
    insert(file, "SCContracts", columns, rows)
