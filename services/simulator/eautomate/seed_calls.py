"""The service calls of an invented dealer: copier calls with their machine, IT calls with the service item."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from services.simulator.eautomate import call_codes, names
from services.simulator.eautomate.call_rows import rates_of, status_code
from services.simulator.eautomate.charges import rate_for
from services.simulator.eautomate.clerk import Clerk, stored
from services.simulator.eautomate.codes import insert
from services.simulator.eautomate.contract_codes import TIME_AND_MATERIAL
from services.simulator.eautomate.contract_lines import ITEM_LINE
from services.simulator.eautomate.drafts import exact
from services.simulator.eautomate.seed_contracts import IT_CODES
from services.simulator.eautomate.templates import SERVICE_ITEM

_NUMBER = 1000
_CONTRACTS_A_CALL = 3
_UNCOVERED, _UNCOVERED_EACH = 2, 7
_PAID = timedelta(days=20)
_PART = ("KX-DRUM", "Drum unit KX 3050", 2, 1, 1, 41, 89)

_FLOW: tuple[str, ...] = (
    "P",
    "OKB",
    "I",
    "P",
    "H",
    "C",
    "S",
    "P",
    "I",
    "D",
    "P",
    "OKB",
    call_codes.CLEARED,
    "P",
    "I",
    "P",
)
_FLOW += (call_codes.CANCELED, "P", "OKB", "I")
"""One call after the other is in one of these statuses; two of them are known by their texts."""
_WORKED = {call_codes.COMPLETE, call_codes.CLEARED, call_codes.OK_TO_BILL, call_codes.INVOICED}

_COPIER_TYPES = (call_codes.CM, call_codes.CM, call_codes.PM, call_codes.INSTALL)
_IT_TYPES = (call_codes.IT_REMOTE, call_codes.IT_REMOTE, call_codes.IT_ONSITE, call_codes.NETWORK)
_ACTIVITIES = {call_codes.IT_REMOTE: call_codes.REMOTE, call_codes.NETWORK: call_codes.REMOTE}
_ACTIVITIES[call_codes.IT_ONSITE] = call_codes.ONSITE
_COPIER_TROUBLE = (
    "Paper jams in tray 2",
    "Streaks on copies",
    "Noise from the finisher",
    "Cannot scan to mail",
)
_IT_TROUBLE = ("Cannot open mail", "VPN drops every hour", "New user, starts Monday", "Printer not found")
_HOURS = ("0.5", "0.75", "1", "1.5", "2.25")

_CALL_COLUMNS = (
    "CallID, CallNumber, WorkOrderNumber, Date, Status, OnHoldCodeID, CustomerID, BillToID, ContractID,"
    " UseContractInfo, EquipmentID, ItemID, CallTypeID, BillCodeID, PriorityID, TechnicianID, TerritoryID, BranchID,"
    " Caller, Description, CloseDate, CancelCodeID, CustomerName, Address, City, State, Zip, Phone1, CreatorID,"
    " UpdatorID, CreateDate, LastUpdate"
)
_LABOR_COLUMNS = (
    "CallID, TechnicianID, ActivityCodeID, DispatchDate, ArrivalDate, DepartureDate, LaborHours, LaborRate,"
    " OvertimeRate"
)
_COVERED = """
    SELECT contract.ContractID, contract.CustomerID, contract.BillToID, contract.BillCodeID, contract.StartDate,
           contract.ContractCodeID, customer.TerritoryID, customer.BranchID, customer.CustomerName, customer.Address,
           customer.City, customer.State, customer.Zip, customer.Phone1, min(line.EquipmentID) AS EquipmentID
    FROM SCContracts AS contract
    JOIN ARCustomers AS customer ON customer.CustomerID = contract.CustomerID
    JOIN SCContractDetails AS line ON line.ContractID = contract.ContractID
    WHERE contract.Bill = 1 AND contract.Terminated IS NULL AND customer.Active = 1
    GROUP BY contract.ContractID ORDER BY contract.ContractID
"""


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that is drawn; its status is a code, or one of the two texts."""

    key: int
    contract: sqlite3.Row
    covered: bool
    status: str
    kind: int
    bill_code: int
    technician: int | None
    began: datetime
    closed: datetime | None

    @property
    def is_it(self) -> bool:
        """Whether it is for the service item; else it is for a machine."""
        return self.contract["ContractCodeID"] in IT_CODES


def insert_calls(
    file: sqlite3.Connection, path: Path, random: Random, now: datetime, count: int | None
) -> None:
    """Enter calls, open and past, with labour, some material, and the invoices of some.

    Args:
        count: calls; one for every third contract when not given.
    """
    insert(
        file,
        "ICItems",
        "Item, Description, InventoryCodeID, CategoryID, UMID, Cost, MSRP",
        [_PART],
    )
    contracts = file.execute(_COVERED).fetchall()
    technicians = [row[0] for row in file.execute("SELECT TechnicianID FROM SCTechnicians")]
    if not contracts or not technicians:
        return
    chosen = contracts[::_CONTRACTS_A_CALL]
    if count is not None:
        chosen = [contracts[place % len(contracts)] for place in range(count)]
    calls = [_drawn(random, place, row, technicians) for place, row in enumerate(chosen)]
    item = file.execute("SELECT ItemID FROM ICItems WHERE Item = ?", (SERVICE_ITEM,)).fetchone()[0]
    _hold_the_item(file, item, calls)
    insert(file, "SCCalls", _CALL_COLUMNS, _rows(file, random, calls, item))
    insert(file, "SCCallLabors", _LABOR_COLUMNS, _labors(file, random, calls))
    _materials(file, calls)
    series = "UPDATE ea_double_NumberSeries SET NextNo = ? WHERE Series = 'Call'"
    file.execute(series, (_NUMBER + len(calls) + 1,))
    _invoice(Clerk(file, path, now), calls)


def _drawn(random: Random, place: int, contract: sqlite3.Row, technicians: Sequence[int]) -> _Call:
    """The contract was in force when the call began; one call in so many goes to no contract all the same."""
    status = _FLOW[place % len(_FLOW)]
    start = datetime.fromisoformat(contract["StartDate"])
    began = start + timedelta(days=random.randint(5, 300), hours=random.randint(8, 15))
    covered = place % _UNCOVERED_EACH != _UNCOVERED
    waits = status in {call_codes.PENDING, call_codes.HELD}
    ended = status in _WORKED or status == call_codes.CANCELED
    return _Call(
        key=place + 1,
        contract=contract,
        covered=covered,
        status=status,
        kind=random.choice(_IT_TYPES if contract["ContractCodeID"] in IT_CODES else _COPIER_TYPES),
        bill_code=contract["BillCodeID"] if covered else TIME_AND_MATERIAL,
        technician=None if waits else random.choice(technicians),
        began=began,
        closed=began + timedelta(hours=random.randint(2, 60)) if ended else None,
    )


def _hold_the_item(file: sqlite3.Connection, item: int, calls: Sequence[_Call]) -> None:
    """An IT contract takes calls because it holds the service item, at no charge."""
    held = {call.contract["ContractID"]: call.contract for call in calls if call.is_it}
    insert(
        file,
        "SCContractDetails",
        "ContractID, ContractDetailTypeID, ItemID, Quantity, UnitBaseRate, BaseRate, LocationID, StartDate",
        [(key, ITEM_LINE, item, 1, 0, 0, row["CustomerID"], row["StartDate"]) for key, row in held.items()],
    )


def _rows(
    file: sqlite3.Connection, random: Random, calls: Sequence[_Call], item: int
) -> Iterator[tuple[Any, ...]]:
    texts = {text: status_code(file, text) for text in (call_codes.CLEARED, call_codes.CANCELED)}
    # What is to be invoiced is OK to invoice before.
    texts[call_codes.INVOICED] = call_codes.OK_TO_BILL
    for call in calls:
        row, number, began = call.contract, str(_NUMBER + call.key), stored(call.began)
        yield (
            call.key,
            number,
            number,
            began,
            texts.get(call.status, call.status),
            (5 if call.is_it else 2) if call.status == call_codes.HELD else None,
            row["CustomerID"],
            row["BillToID"],
            row["ContractID"] if call.covered else None,
            int(call.covered),
            None if call.is_it else row["EquipmentID"],
            item if call.is_it else None,
            call.kind,
            call.bill_code,
            call_codes.NORMAL,
            call.technician,
            row["TerritoryID"],
            row["BranchID"],
            f"{random.choice(names.PEOPLE_FIRST)} {random.choice(names.PEOPLE_LAST)}",
            random.choice(_IT_TROUBLE if call.is_it else _COPIER_TROUBLE),
            None if call.closed is None else stored(call.closed),
            1 if call.status == call_codes.CANCELED else None,
            *(row[name] for name in ("CustomerName", "Address", "City", "State", "Zip", "Phone1")),
            "JSMITH",
            "AMILLER",
            began,
            began if call.closed is None else stored(call.closed),
        )


def _labors(file: sqlite3.Connection, random: Random, calls: Sequence[_Call]) -> Iterator[tuple[Any, ...]]:
    """One or two visits to each call that was worked on."""
    rates = {code: rates_of(file, code) for code in {call.bill_code for call in calls}}
    for call in calls:
        if call.status not in _WORKED:
            continue
        activity = _ACTIVITIES.get(call.kind, call_codes.FIELD)
        rate = rate_for(rates[call.bill_code], activity)
        for visit in range(random.randint(1, 2)):
            hours = Decimal(random.choice(_HOURS))
            began = call.began + timedelta(hours=1 + 3 * visit)
            ended = began + timedelta(hours=float(hours))
            moments = (stored(began), stored(began), stored(ended))
            yield (
                call.key,
                call.technician,
                activity,
                *moments,
                str(hours),
                str(rate.rate),
                str(rate.overtime),
            )


def _materials(file: sqlite3.Connection, calls: Sequence[_Call]) -> None:
    """A part went into every other machine that was repaired."""
    item, _, _, _, _, cost, price = _PART
    key = file.execute("SELECT ItemID FROM ICItems WHERE Item = ?", (item,)).fetchone()[0]
    repaired = [call for call in calls if call.status in _WORKED and call.kind == call_codes.CM]
    insert(
        file,
        "SCCallMaterials",
        "CallID, ItemID, Quantity, UsageStatusID, Price, Cost",
        [(call.key, key, 1, call_codes.USED, price, cost) for call in repaired[::2]],
    )


def _invoice(clerk: Clerk, calls: Sequence[_Call]) -> None:
    """What is due on every other invoice is paid."""
    for place, call in enumerate(call for call in calls if call.status == call_codes.INVOICED):
        day: date = (call.closed or call.began).date()
        invoice = clerk.invoice_call(str(_NUMBER + call.key), day)
        if place % 2 == 0 and exact(clerk.invoice(invoice)["Due"]):
            clerk.receive(invoice, on=day + _PAID)
