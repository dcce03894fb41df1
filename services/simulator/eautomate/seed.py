"""Fills a stand-in with an invented dealer: the same numbers give the same data."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from services.simulator.eautomate import codes, names
from services.simulator.eautomate.database import create, transaction
from services.simulator.eautomate.schema.variant import Variant
from services.simulator.eautomate.seed_calls import insert_calls
from services.simulator.eautomate.seed_contracts import insert_contracts

_BEGINNING = datetime(2019, 1, 2, 8, 0, tzinfo=UTC).replace(tzinfo=None)

_CUSTOMER_COLUMNS = (
    "CustomerID, BillToID, LocationID, CustomerNumber, CustomerName, Attn, Address, City, State, Zip, Phone1,"
    " Fax, Email, WebSite, TermID, SalesRepID, CustomerTypeID, BranchID, TechnicianID, TerritoryID, Hold,"
    " OnHoldCodeID, Active, Prospect, CompanyCustomer, ShTrackingConfigID, CreatorID, UpdatorID, CreateDate,"
    " LastUpdate"
)


@dataclass(frozen=True, slots=True)
class Shares:
    """Which part of the customers is special, each 0..1."""

    configured: float = 0.8
    never: float = 0.02
    held: float = 0.03
    inactive: float = 0.05
    prospects: float = 0.02


def seed(
    path: Path,
    customers: int = 50,
    locations: int = 20,
    *,
    agents: int = 12,
    contracts: int | None = None,
    calls: int | None = None,
    random_seed: int = 1,
    shares: Shares | None = None,
    like: Variant | None = None,
) -> None:
    """Make the file if there is none, and fill it; one transaction.

    Args:
        customers: head offices, the dealership's own included.
        locations: further addresses, spread over the head offices.
        agents: employees; each is a technician, a sales rep or both.
        contracts: ordinary contracts, spread over the head offices; none to two for each of them unless told.
        calls: service calls; one for every third contract unless told.
        random_seed: another seed, another dealer.
        like: what a file that is made looks like where the reference leaves it open.

    Raises:
        ValueError: the file holds customers already.
    """
    if not path.exists():
        create(path, like)
    random = Random(random_seed)  # noqa: S311 - invented data
    with transaction(path) as file:
        if file.execute("SELECT 1 FROM ARCustomers LIMIT 1").fetchone():
            raise ValueError(f"{path} holds customers already")
        if not file.execute("SELECT 1 FROM ShAttributes LIMIT 1").fetchone():
            codes.insert_codes(file)
        _agents(file, random, agents)
        reps = [row[0] for row in file.execute("SELECT SalesRepID FROM ARSalesReps")]
        rows = _Dealer(random, reps, shares or Shares()).customers(customers, locations)
        codes.insert(file, "ARCustomers", _CUSTOMER_COLUMNS, rows)
        _properties(file, random, shares or Shares())
        # Contracts draw from dice of their own: customers stay as they were without them.
        dice = Random(f"contracts {random_seed}")  # noqa: S311 - invented data
        insert_contracts(file, path, dice, _BEGINNING, contracts)
        dice = Random(f"calls {random_seed}")  # noqa: S311 - invented data
        insert_calls(file, path, dice, _BEGINNING, calls)


def _agents(file: sqlite3.Connection, random: Random, count: int) -> None:
    for index in range(1, count + 1):
        first, last = random.choice(names.PEOPLE_FIRST), random.choice(names.PEOPLE_LAST)
        row = (
            index,
            f"E{index:03d}",
            last,
            first,
            f"{first} {last}",
            f"e{index:03d}@dealer.example",
            1 + index % 2,
            None,
            codes.EMPLOYEES if index % 6 else None,
        )
        codes.insert(
            file,
            "ShAgents",
            "AgentID, AgentNumber, LastName, FirstName, PrefFullName, Email, BranchID, UserID,"
            " ShTrackingConfigID",
            [row],
        )
        if index % 3 != 1:
            codes.insert(file, "SCTechnicians", "TechnicianID, TerritoryID", [(index, 1 + index % 2)])
        if index % 3 != 2:
            codes.insert(file, "ARSalesReps", "SalesRepID", [(index,)])


@dataclass(frozen=True, slots=True)
class _Dealer:
    """Draws rows of ARCustomers."""

    random: Random
    reps: list[int]
    shares: Shares

    def customers(self, customers: int, locations: int) -> Iterator[tuple[Any, ...]]:
        """Head offices first, then locations spread over them."""
        used: dict[str, int] = {}
        heads: list[tuple[str, str]] = []
        for key in range(1, customers + 1):
            name = "Tri-County Office Systems" if key == 1 else names.company(self.random)
            begin = names.initials(name)
            used[begin] = used.get(begin, -1) + 1
            number = f"{begin}{used[begin]:02d}"
            heads.append((number, name))
            yield self._row(key, key, number, name)
        for index in range(locations):
            owner = 1 + index % customers
            number, name = heads[owner - 1]
            city = self.random.choice(names.PLACES)[0]
            code = f"{number}-{city[:3].upper()}{index // customers or ''}"
            yield self._row(customers + 1 + index, owner, code, f"{name} - {city}")

    def _row(self, key: int, owner: int, number: str, name: str) -> tuple[Any, ...]:
        random, shares = self.random, self.shares
        city, state, zip_code = random.choice(names.PLACES)
        domain = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())[:40]
        saved = _BEGINNING + timedelta(minutes=random.randint(0, 3_000_000))
        held = random.random() < shares.held
        return (
            key,
            owner,
            owner,
            number,
            name[:128],
            "",
            names.street(random),
            city,
            state,
            zip_code,
            names.phone(random),
            names.phone(random) if random.random() < 0.5 else "",
            f"office@{domain}.example" if random.random() < 0.22 else "",
            f"www.{domain}.example" if random.random() < 0.6 else "",
            1 + (random.random() < 0.1),
            random.choice(self.reps) if self.reps and random.random() < 0.81 else None,
            random.choices((1, 2, 3, None), (30, 20, 36, 14))[0],
            1 + (random.random() < 0.4),
            None,
            random.choices((1, 2, None), (40, 30, 30))[0],
            int(held),
            1 if held else None,
            int(key == 1 or random.random() >= shares.inactive),
            int(key != 1 and random.random() < shares.prospects),
            int(key == 1),
            codes.CONFIGURATION if random.random() < shares.configured else random.choice((None, 2)),
            "JSMITH",
            "AMILLER",
            f"{_BEGINNING:%Y-%m-%d %H:%M:%S}.000000",
            f"{saved:%Y-%m-%d %H:%M:%S}.000000",
        )


def _properties(file: sqlite3.Connection, random: Random, shares: Shares) -> None:
    """Half of the configured customers show empty rows; some say No, some say Yes."""
    configured = file.execute(
        "SELECT CustomerID FROM ARCustomers WHERE ShTrackingConfigID = ?", (codes.CONFIGURATION,)
    )
    rows: list[tuple[Any, ...]] = []
    for (customer,) in configured.fetchall():
        dice = random.random()
        if dice < shares.never:
            rows.append((customer, codes.SYNC, "No", codes.NO))
        elif dice < 0.1:
            rows.append((customer, codes.SYNC, "Yes", codes.YES))
        elif dice < 0.5:
            rows += [(customer, codes.COMPANY_ID, None, None), (customer, codes.SITE_ID, None, None)]
    columns = "CustomerID, ShAttributeID, TextVal, IDVal"
    codes.insert(file, "ARCustomerCustomProperties", columns, rows)
