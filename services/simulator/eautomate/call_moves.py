"""What people do with calls from the dispatch board: no call is opened, so nothing is computed anew."""

import sqlite3
from datetime import datetime
from typing import Any

from services.simulator.eautomate import call_codes
from services.simulator.eautomate.call_rows import changeable, status_code, status_of, technician_id
from services.simulator.eautomate.calls import Calls
from services.simulator.eautomate.desk import find
from services.simulator.eautomate.periods import option
from services.simulator.eautomate.schema.double import OK_NEEDS_LABOR
from services.simulator.eautomate.series import next_number

_OWN = {
    *("CallID", "CallNumber", "EstStartDate", "CloseDate", "InvoiceID", "Locks", "TrackingKey", "ExternalID"),
    *("CreatorID", "UpdatorID", "CreateDate", "LastUpdate", "timestamp"),
}
"""What a call that goes on with another does not take over."""


class CallMoves(Calls):
    """The status of calls at a desk. Steps may be skipped."""

    def hold_call(self, number: str, code: str = "WP") -> None:
        """Put a call on hold.

        Raises:
            LookupError: no such call or on-hold code.
            ValueError: the call is invoiced or canceled, or the code is not for service calls.
        """
        with self._file() as file:
            row = changeable(file, number)
            key = find(file, "ShOnHoldCodes", code)
            kind = file.execute("SELECT TypeID FROM ShOnHoldCodes WHERE OnHoldCodeID = ?", (key,)).fetchone()
            if kind["TypeID"] != call_codes.CALL_HOLDS:
                raise ValueError(f"on-hold code {code} is not for service calls")
            self._save(file, "SCCalls", row["CallID"], {"Status": call_codes.HELD, "OnHoldCodeID": key})

    def release_call(self, number: str) -> None:
        """Take a call off hold: it is pending, the code stays on the row.

        Raises:
            LookupError: there is no such call.
            ValueError: it is not on hold.
        """
        with self._file() as file:
            row = changeable(file, number)
            if status_of(row) != call_codes.HELD:
                raise ValueError(f"call {number} is not on hold")
            self._save(file, "SCCalls", row["CallID"], {"Status": call_codes.PENDING})

    def schedule_call(self, number: str, when: datetime, technician: str | None = None) -> None:
        """Plan a call for a technician, the one it has unless told otherwise.

        Raises:
            LookupError: no such call or technician.
            ValueError: the call is on hold, invoiced or canceled.
        """
        with self._file() as file:
            fields = {"EstStartDate": when, **_worker(file, technician)}
            self._step(file, number, call_codes.SCHEDULED, fields)

    def dispatch_call(self, number: str, technician: str | None = None) -> None:
        """Send a technician, the one the call has unless told otherwise.

        Raises:
            LookupError: no such call or technician.
            ValueError: the call has no technician, or is on hold, invoiced or canceled.
        """
        with self._file() as file:
            fields = _worker(file, technician)
            if not (fields or changeable(file, number)["TechnicianID"]):
                raise ValueError(f"call {number} has no technician")
            self._step(file, number, call_codes.DISPATCHED, fields)

    def complete_call(self, number: str) -> None:
        """Say that the work is done.

        Raises:
            LookupError: there is no such call.
            ValueError: it is on hold, invoiced or canceled.
        """
        with self._file() as file:
            self._step(file, number, call_codes.COMPLETE, {"CloseDate": self._now()})

    def clear_call(self, number: str) -> None:
        """Clear a call: it is ready to review.

        Raises:
            LookupError: there is no such call.
            ValueError: it is on hold, invoiced or canceled.
        """
        with self._file() as file:
            self._step(file, number, status_code(file, call_codes.CLEARED), {})

    def ok_to_bill(self, number: str) -> None:
        """Review a call and let it be invoiced.

        Raises:
            LookupError: there is no such call.
            ValueError: it is on hold, invoiced or canceled, or has no labour and the option wants some.
        """
        with self._file() as file:
            key = changeable(file, number)["CallID"]
            worked = file.execute("SELECT 1 FROM SCCallLabors WHERE CallID = ?", (key,)).fetchone()
            if worked is None and option(file, OK_NEEDS_LABOR):
                raise ValueError(f"call {number} has no labour")
            self._step(file, number, call_codes.OK_TO_BILL, {})

    def cancel_call(self, number: str, code: str, description: str = "") -> None:
        """Cancel a call, on hold or not.

        Raises:
            LookupError: no such call or cancel code.
            ValueError: the call is invoiced or canceled.
        """
        with self._file() as file:
            row = changeable(file, number)
            fields = {
                "Status": status_code(file, call_codes.CANCELED),
                "CancelCodeID": find(file, "SCCancelCodes", code),
                "CancelDescription": description,
                "CloseDate": self._now(),
            }
            self._save(file, "SCCalls", row["CallID"], fields)

    def incomplete_call(self, number: str, code: str) -> str:
        """Leave a call incomplete: another one, pending, goes on with it in the same work order; its number.

        Raises:
            LookupError: no such call or incomplete code.
            ValueError: the call is on hold, invoiced or canceled.
        """
        with self._file() as file:
            why = find(file, "SCIncompleteCodes", code)
            fields = {"IncompleteCodeID": why, "CloseDate": self._now()}
            row = self._step(file, number, call_codes.COMPLETE, fields)
            taken = {name: value for name, value in dict(row).items() if name not in _OWN}
            again = next_number(file, "Call")
            status = {"Status": call_codes.PENDING, "Date": self._now()}
            self._insert(file, "SCCalls", {**taken, **status, "CallNumber": again})
            return again

    def _step(
        self, file: sqlite3.Connection, number: str, status: str, fields: dict[str, Any]
    ) -> sqlite3.Row:
        """Give a call a status; its row as it was."""
        row = changeable(file, number)
        if status_of(row) == call_codes.HELD:
            raise ValueError(f"call {number} is on hold: release it first")
        self._save(file, "SCCalls", row["CallID"], {"Status": status, **fields})
        return row


def _worker(file: sqlite3.Connection, technician: str | None) -> dict[str, Any]:
    return {} if technician is None else {"TechnicianID": technician_id(file, technician)}
