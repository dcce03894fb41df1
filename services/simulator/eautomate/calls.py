"""What people do with service calls: look, enter, open, press OK (reference eautomate.md 5)."""

import sqlite3
from datetime import datetime
from typing import Any

from services.simulator.eautomate import call_codes
from services.simulator.eautomate.call_rows import (
    LABORS,
    LIST,
    MATERIALS,
    changeable,
    children,
    contract_for,
    rates_of,
    technician_id,
)
from services.simulator.eautomate.charges import rate_for
from services.simulator.eautomate.contract_codes import TIME_AND_MATERIAL
from services.simulator.eautomate.desk import Desk, find, opened
from services.simulator.eautomate.series import next_number

_SNAPSHOT = ("CustomerName", "Address", "City", "State", "Zip", "Phone1")
_NOT_TYPED = {"Status", "InvoiceID"}


class Calls(Desk):
    """Service calls at a desk."""

    def call(self, number: str) -> dict[str, Any]:
        """The call's row as stored.

        Raises:
            LookupError: there is no such call.
        """
        with self._file() as file:
            return dict(opened(file, "SCCalls", number))

    def calls(
        self,
        customer: str | None = None,
        *,
        contract: str | None = None,
        status: str | None = None,
        open_only: bool = False,
    ) -> list[dict[str, Any]]:
        """Calls, the oldest first, with the numbers and codes of what they point to.

        Args:
            status: code of a call status, e.g. ``OKB``.
            open_only: leave out what is complete, invoiced or canceled.

        Raises:
            LookupError: no such customer or contract.
        """
        with self._file() as file:
            owner = None if customer is None else opened(file, "ARCustomers", customer)["CustomerID"]
            held = None if contract is None else opened(file, "SCContracts", contract)["ContractID"]
            wanted = {"customer": owner, "contract": held, "status": status, "open": int(open_only)}
            return [dict(row) for row in file.execute(LIST, wanted)]

    def call_labors(self, number: str) -> list[dict[str, Any]]:
        """Labour of a call as stored, with ``AgentNumber``, ``ActivityCode`` and ``Activity``.

        Raises:
            LookupError: there is no such call.
        """
        with self._file() as file:
            return children(file, LABORS, opened(file, "SCCalls", number)["CallID"])

    def call_materials(self, number: str) -> list[dict[str, Any]]:
        """Materials of a call as stored, with ``Item`` and ``Text``.

        Raises:
            LookupError: there is no such call.
        """
        with self._file() as file:
            return children(file, MATERIALS, opened(file, "SCCalls", number)["CallID"])

    def add_call(
        self,
        customer: str,
        kind: str,
        description: str,
        *,
        equipment: str | None = None,
        item: str | None = None,
        contract: str | None = None,
        bill_code: str | None = None,
        technician: str | None = None,
        on: datetime | None = None,
        **fields: Any,
    ) -> str:
        """Enter a call: pending, or on hold when the customer or who pays for it is; its number.

        Without a contract named, it is the one in force that holds the equipment or the item, if there is just
        one. The bill code is that of the contract's line, the contract, the equipment, or time and material.

        Args:
            customer: customer number, of a head office or a location.
            kind: call type, e.g. ``CM``.
            on: date of the call, now unless told otherwise.
            fields: further columns.

        Raises:
            LookupError: no such customer, call type, equipment, item, contract, bill code or technician.
            ValueError: equipment and item are both given, the item is not serviceable, or the contract is not in
                force or holds neither equipment nor item.
        """
        if equipment is not None and item is not None:
            raise ValueError("a call is for an item or for equipment, one of them")
        with self._file() as file:
            owner = opened(file, "ARCustomers", customer)
            machine = None if equipment is None else opened(file, "SCEquipments", equipment)
            sold = None if item is None else opened(file, "ICItems", item)
            if sold is not None and not sold["ServiceableAsItem"]:
                raise ValueError(f"item {item} is not serviceable")
            day = self._today() if on is None else on.date()
            cover = contract_for(file, owner, machine, sold, contract, day)
            payer = (cover or machine or owner)["BillToID"] or owner["CustomerID"]
            worker = technician_id(file, technician) if technician is not None else None
            number = next_number(file, "Call")
            row = {
                "CallNumber": number,
                "WorkOrderNumber": number,
                "Date": on or self._now(),
                "CustomerID": owner["CustomerID"],
                "BillToID": payer,
                "ContractID": cover["ContractID"] if cover else None,
                "UseContractInfo": int(cover is not None),
                "EquipmentID": machine["EquipmentID"] if machine else None,
                "ItemID": sold["ItemID"] if sold else None,
                "BillCodeID": find(file, "SCBillCodes", bill_code)
                if bill_code
                else _bill_code(cover, machine),
                "TechnicianID": worker or (machine or owner)["TechnicianID"] or owner["TechnicianID"],
                "TerritoryID": owner["TerritoryID"],
                "BranchID": owner["BranchID"],
                "Description": description,
                "Location": machine["Location"] if machine else "",
                **{name: owner[name] for name in _SNAPSHOT},
                **_typed(file, kind),
                **_begins(file, owner["CustomerID"], payer),
            }
            made = row | fields
            self._insert(file, "SCCalls", made)
            return str(made["CallNumber"])

    def save_call(self, number: str, **fields: Any) -> None:
        """Open a call, change what is given, press OK: labour is computed from the bill code, overrides are lost.

        Raises:
            LookupError: there is no such call.
            ValueError: it is invoiced or canceled, or its status is to be typed.
        """
        if typed := sorted(_NOT_TYPED & set(fields)):
            raise ValueError(
                f"{typed[0]} of a call cannot be typed: it follows from what is done with the call"
            )
        with self._file() as file:
            self._press_ok(file, changeable(file, number)["CallID"], fields)

    def open_call(self, number: str) -> None:
        """Have a call open on the screen: it is in use until it is closed."""
        self._lock_call(number, 1)

    def close_call(self, number: str) -> None:
        """Close the call's screen again without pressing OK."""
        self._lock_call(number, -1)

    def _press_ok(self, file: sqlite3.Connection, key: int, fields: dict[str, Any]) -> None:
        self._save(file, "SCCalls", key, fields)
        self._compute_labor(file, key, keep_overrides=False)

    def _compute_labor(self, file: sqlite3.Connection, key: int, *, keep_overrides: bool) -> None:
        """Put the bill code's rates on a call's labour."""
        code = file.execute("SELECT BillCodeID FROM SCCalls WHERE CallID = ?", (key,)).fetchone()[0]
        rates = rates_of(file, code)
        for labor in children(file, LABORS, key):
            if keep_overrides and labor["LaborOverride"] is not None:
                continue
            rate = rate_for(rates, labor["ActivityCodeID"])
            computed = {"LaborRate": rate.rate, "OvertimeRate": rate.overtime, "LaborOverride": None}
            self._save(file, "SCCallLabors", labor["CallLaborID"], computed)

    def _lock_call(self, number: str, count: int) -> None:
        with self._file() as file:
            key = opened(file, "SCCalls", number)["CallID"]
            file.execute("UPDATE SCCalls SET Locks = max(0, Locks + ?) WHERE CallID = ?", (count, key))


def _bill_code(cover: sqlite3.Row | None, machine: sqlite3.Row | None) -> int:
    """Of the contract's line, the contract, the equipment, or time and material."""
    contract = (cover["LineBillCodeID"], cover["BillCodeID"]) if cover else ()
    return int(
        next(
            code
            for code in (*contract, machine["BillCodeID"] if machine else None, TIME_AND_MATERIAL)
            if code
        )
    )


def _typed(file: sqlite3.Connection, kind: str) -> dict[str, Any]:
    """What a call takes over from its type."""
    key = find(file, "SCCallTypes", kind)
    row = file.execute("SELECT * FROM SCCallTypes WHERE CallTypeID = ?", (key,)).fetchone()
    return {"CallTypeID": key, "PriorityID": row["PriorityID"], "Duration": row["EstDuration"]}


def _begins(file: sqlite3.Connection, customer: int, payer: int) -> dict[str, Any]:
    """Pending, or on hold with the code of the customer, or of who pays, if one of them is."""
    row = file.execute(
        "SELECT OnHoldCodeID FROM ARCustomers WHERE CustomerID IN (?, ?) AND Hold = 1 ORDER BY CustomerID = ? DESC",
        (customer, payer, customer),
    ).fetchone()
    if row is None:
        return {"Status": call_codes.PENDING}
    return {"Status": call_codes.HELD, "OnHoldCodeID": row["OnHoldCodeID"]}
