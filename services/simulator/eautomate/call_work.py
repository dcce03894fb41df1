"""What people enter on an open call: labour, materials, problem and repair codes. All of it ends with OK."""

import sqlite3
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.simulator.eautomate.call_codes import USED
from services.simulator.eautomate.call_rows import changeable, technician_id
from services.simulator.eautomate.calls import Calls
from services.simulator.eautomate.desk import find, opened
from services.simulator.eautomate.drafts import day
from services.simulator.eautomate.periods import refuse_closed


class CallWork(Calls):
    """Labour and materials at a desk."""

    def add_labor(
        self,
        call: str,
        technician: str,
        hours: Decimal | int,
        activity: str | None = None,
        *,
        arrived: datetime | None = None,
        **fields: Any,
    ) -> int:
        """Work of a technician on a call, overlapping or not; its ``CallLaborID``.

        Args:
            call: call number.
            activity: activity code, that of the call's type unless told otherwise.
            arrived: when the work began, now unless told otherwise.
            fields: further columns.

        Raises:
            LookupError: no such call, technician or activity code.
            ValueError: the call is invoiced or canceled, no hours were worked, or the day is in a closed period.
        """
        began = arrived or datetime.fromisoformat(self._now())
        if hours <= 0:
            raise ValueError(f"{hours} hours are no labour")
        with self._file() as file:
            owner = changeable(file, call)
            refuse_closed(file, f"labour of call {call}", began.date())
            row = {
                "CallID": owner["CallID"],
                "TechnicianID": technician_id(file, technician),
                "ActivityCodeID": _activity(file, owner, activity),
                "DispatchDate": began,
                "ArrivalDate": began,
                "DepartureDate": began + timedelta(hours=float(hours)),
                "LaborHours": Decimal(hours),
            }
            key = self._insert(file, "SCCallLabors", row | fields)
            self._press_ok(file, owner["CallID"], {})
            return key

    def edit_labor(self, call: str, labor_id: int, **fields: Any) -> None:
        """Change a labour record.

        Raises:
            LookupError: the call has no such labour.
            ValueError: the call is invoiced or canceled, or the day before or after is in a closed period.
        """
        with self._file() as file:
            owner, _ = self._labor(file, call, labor_id)
            self._save(file, "SCCallLabors", labor_id, fields)
            self._labor(file, call, labor_id)
            self._press_ok(file, owner["CallID"], {})

    def remove_labor(self, call: str, labor_id: int) -> None:
        """Take a labour record away.

        Raises:
            LookupError: the call has no such labour.
            ValueError: the call is invoiced or canceled, or the day is in a closed period.
        """
        with self._file() as file:
            owner, _ = self._labor(file, call, labor_id)
            file.execute("DELETE FROM SCCallLabors WHERE CallLaborID = ?", (labor_id,))
            self._press_ok(file, owner["CallID"], {})

    def add_material(
        self, call: str, item: str, quantity: Decimal | int, price: Decimal | int | None = None, **fields: Any
    ) -> int:
        """An item used on a call, at its list price unless told otherwise; its ``CallMaterialID``.

        Raises:
            LookupError: no such call or item.
            ValueError: the call is invoiced or canceled.
        """
        with self._file() as file:
            owner, part = changeable(file, call), opened(file, "ICItems", item)
            row = {
                "CallID": owner["CallID"],
                "ItemID": part["ItemID"],
                "Quantity": Decimal(quantity),
                "UsageStatusID": USED,
                "Description": part["Description"],
                "Price": part["MSRP"] if price is None else Decimal(price),
                "Cost": part["Cost"],
            }
            key = self._insert(file, "SCCallMaterials", row | fields)
            self._press_ok(file, owner["CallID"], {})
            return key

    def add_problem(self, call: str, code: str) -> None:
        """Say what was wrong.

        Raises:
            LookupError: no such call or problem code.
            ValueError: the call is invoiced or canceled.
        """
        self._classify(call, "SCCallProblemCodes", "SCProblemCodes", code)

    def add_repair(self, call: str, code: str) -> None:
        """Say what was done about it.

        Raises:
            LookupError: no such call or repair code.
            ValueError: the call is invoiced or canceled.
        """
        self._classify(call, "SCCallRepairCodes", "SCRepairCodes", code)

    def _classify(self, call: str, junction: str, codes: str, code: str) -> None:
        with self._file() as file:
            owner = changeable(file, call)
            file.execute(
                f"INSERT OR IGNORE INTO {junction} (CallID, CodeID) VALUES (?, ?)",  # noqa: S608 - names are ours
                (owner["CallID"], find(file, codes, code)),
            )
            self._press_ok(file, owner["CallID"], {})

    def _labor(self, file: sqlite3.Connection, call: str, labor_id: int) -> tuple[sqlite3.Row, sqlite3.Row]:
        """The call and its labour, whose day is in an open period."""
        owner = changeable(file, call)
        row: sqlite3.Row | None = file.execute(
            "SELECT * FROM SCCallLabors WHERE CallID = ? AND CallLaborID = ?", (owner["CallID"], labor_id)
        ).fetchone()
        if row is None:
            raise LookupError(f"call {call} has no labour {labor_id}")
        worked = day(row["ArrivalDate"]) or day(row["DispatchDate"])
        if worked is not None:
            refuse_closed(file, f"labour of call {call}", worked)
        return owner, row


def _activity(file: sqlite3.Connection, call: sqlite3.Row, activity: str | None) -> int:
    if activity is not None:
        return find(file, "SCActivityCodes", activity)
    row = file.execute(
        "SELECT ActivityCodeID FROM SCCallTypes WHERE CallTypeID = ?", (call["CallTypeID"],)
    ).fetchone()
    return int(row["ActivityCodeID"])
