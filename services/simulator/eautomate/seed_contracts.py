"""The contracts of an invented dealer: templates for ConnectWise, copiers billed now and then, IT contracts."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from services.simulator.eautomate import codes, contract_codes, templates
from services.simulator.eautomate.clerk import Clerk, stored
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.codes import insert
from services.simulator.eautomate.contract_lines import EQUIPMENT_LINE, ITEM_LINE

_IT_TYPES = (1, 2)
_NUMBER = 7000
_BILLED_MONTHS = 2

_CONTRACT_COLUMNS = (
    "ContractID, ContractNumber, ContractMajor, ContractMinor, CustomerID, BillToID, ContractCodeID, BillCodeID,"
    " BranchID, StartDate, Activated, Renewed, ExpDate, Terminated, BaseBillingCycleID, BaseBillingStartDate,"
    " BaseNextBillingDate, SumIndividualBaseRates, TermID, CreatorID, UpdatorID, CreateDate, LastUpdate"
)


@dataclass(frozen=True, slots=True)
class _Customer:
    key: int
    payer: int
    branch: int
    kind: int | None


def insert_contracts(
    file: sqlite3.Connection, path: Path, random: Random, now: datetime, count: int | None
) -> None:
    """Enter templates, contracts with their lines, and the invoices of some of them.

    Args:
        count: ordinary contracts; none to two a head office when not given.
    """
    rows = file.execute(
        "SELECT CustomerID, BillToID, BranchID, CustomerTypeID FROM ARCustomers"
        " WHERE LocationID = CustomerID ORDER BY CustomerID"
    ).fetchall()
    dealer, *customers = [_Customer(*row) for row in rows]
    templates.insert_items(file)
    templates.insert_contracts(file, dealer.key, stored(now), "JSMITH")
    insert(
        file,
        "ICItems",
        "Item, Description, ServiceableAsItem, ExpenseCodeID, CategoryID, UMID, SalesCodeID, ServiceCodeID,"
        " BaseDistributionCodeID",
        [
            ("MIT-FEE", "Managed IT, monthly", 1, 2, 2, 3, 2, 2, 2),
            ("BKUP-FEE", "Backup", 1, 3, 2, 3, 3, 2, 3),
        ],
    )
    made = list(_contracts(random, customers, count, now, first=len(templates.CONTRACTS) + 1))
    insert(file, "SCContracts", _CONTRACT_COLUMNS, made)
    _lines(file, random, made)
    number = "UPDATE ea_double_NumberSeries SET NextNo = ? WHERE Series = 'Contract'"
    file.execute(number, (_NUMBER + len(made) + 1,))
    _bill(Clerk(file, path, now), random, made)


def _contracts(
    random: Random, customers: Sequence[_Customer], count: int | None, now: datetime, first: int
) -> Iterator[tuple[Any, ...]]:
    """Customers of type MSP and ITC have IT contracts, the others copier ones; some are over."""
    for place, (customer, code) in enumerate(_wanted(random, customers, count)):
        start = (now + timedelta(days=random.randint(0, 700))).date()
        over = random.random() < 0.15
        expiry = start + timedelta(days=365) if over else None
        terminated = start + timedelta(days=200) if not over and random.random() < 0.05 else None
        major, begins = f"CN{_NUMBER + 1 + place}", start.replace(day=1)
        yield (
            first + place,
            f"{major}-01",
            major,
            "01",
            customer.key,
            customer.payer,
            code,
            contract_codes.MANAGED if code in IT_CODES else contract_codes.FULL,
            customer.branch,
            *(_stored_or_none(day) for day in (start, start, start, expiry, terminated)),
            random.choice((contract_codes.MONTHLY, contract_codes.MONTHLY, contract_codes.QUARTERLY)),
            stored(begins),
            stored(begins),
            1,
            1,
            "JSMITH",
            "AMILLER",
            stored(start),
            stored(start),
        )


IT_CODES = (codes.IT, codes.IT_BACKUP)


def _wanted(
    random: Random, customers: Sequence[_Customer], count: int | None
) -> Iterator[tuple[_Customer, int]]:
    if count is not None:
        for index in range(count if customers else 0):
            customer = customers[index % len(customers)]
            yield customer, random.choice(_offered(customer))
        return
    for customer in customers:
        for code in random.choices(_offered(customer), k=random.choice((0, 1, 1, 1, 2))):
            yield customer, code


def _offered(customer: _Customer) -> tuple[int, int]:
    return IT_CODES if customer.kind in _IT_TYPES else (codes.COPIER, codes.COPIER_BLOCK)


def _lines(file: sqlite3.Connection, random: Random, contracts: Sequence[tuple[Any, ...]]) -> None:
    """An item on an IT contract; one to three machines and a meter group on a copier contract."""
    items = dict(file.execute("SELECT Item, ItemID FROM ICItems").fetchall())
    equipment: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    groups: list[tuple[Any, ...]] = []
    for row in contracts:
        contract, customer, payer, code, branch, start = row[0], row[4], row[5], row[6], row[8], row[9]
        rate = f"{random.randint(40, 900)}.{random.choice(('00', '50', '95'))}"
        if code in IT_CODES:
            item = items["MIT-FEE" if code == codes.IT else "BKUP-FEE"]
            lines.append((contract, ITEM_LINE, None, item, random.randint(1, 12), rate, customer, start))
            continue
        for _ in range(random.randint(1, 3)):
            key = len(equipment) + 1
            place = (1 + key % 2, customer, payer, customer, branch, start, 1)
            equipment.append((key, f"EQ{100000 + key}", f"SN{random.randint(10**7, 10**8)}", *place))
            lines.append((contract, EQUIPMENT_LINE, key, None, 1, rate, customer, start))
        groups.append((contract, "Mono", "Black and white copies", random.randint(1, 40) * 500, 1))
    insert(
        file,
        "SCEquipments",
        "EquipmentID, EquipmentNumber, SerialNumber, ModelID, CustomerID, BillToID, LocationID, BranchID,"
        " InstallDate, IsMetered",
        equipment,
    )
    insert(
        file,
        "SCContractDetails",
        "ContractID, ContractDetailTypeID, EquipmentID, ItemID, Quantity, UnitBaseRate, LocationID, StartDate",
        lines,
    )
    file.execute("UPDATE SCContractDetails SET BaseRate = round(Quantity * UnitBaseRate, 2)")
    insert(
        file,
        "SCContractMeterGroups",
        "ContractID, ContractMeterGroup, Description, CoveredCopies, UseOverages",
        groups,
    )
    file.execute(
        "INSERT INTO SCContractMeterGroupOverages (ContractMeterGroupID, Rate)"
        " SELECT ContractMeterGroupID, '0.0125' FROM SCContractMeterGroups"
    )


def _bill(clerk: Client, random: Random, contracts: Sequence[tuple[Any, ...]]) -> None:
    """One contract in eight was billed, once or twice; half of the invoices are paid."""
    for row in contracts:
        if row[13] is not None or random.random() >= 0.125:
            continue
        for _ in range(random.randint(1, _BILLED_MONTHS)):
            due = date.fromisoformat(clerk.contract(row[1])["BaseNextBillingDate"][:10])
            invoice = clerk.bill(row[1], due)
            if random.random() < 0.5:
                clerk.receive(invoice, on=due + timedelta(days=20))


def _stored_or_none(moment: date | None) -> str | None:
    return None if moment is None else stored(moment)
