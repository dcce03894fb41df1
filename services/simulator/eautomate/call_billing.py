"""What people and the eAgent's task do: preview and invoice calls, and void what they invoiced.

The task leaves overrides as they are; a person who invoices a call presses OK on it first.
"""

import sqlite3
from datetime import date
from decimal import Decimal

from services.simulator.eautomate import call_codes
from services.simulator.eautomate.billing import Billing
from services.simulator.eautomate.call_rows import LABORS, MATERIALS, children, rates_of, status_of
from services.simulator.eautomate.calls import Calls
from services.simulator.eautomate.charges import Charge, Charges, charges
from services.simulator.eautomate.contract_codes import TAX_RATES
from services.simulator.eautomate.desk import find, opened
from services.simulator.eautomate.drafts import exact

DEPOSIT = "DEPOSIT"
"""``LineNumber`` of the invoice line that says what a deposit covers; the product's own way is not public."""


class CallBilling(Calls, Billing):
    """Invoicing of calls at a desk."""

    def preview_call(self, number: str) -> Charges:
        """What the task would invoice for a call as it is; nothing is saved.

        Raises:
            LookupError: there is no such call.
        """
        with self._file() as file:
            return _charges(file, _read(file, opened(file, "SCCalls", number)["CallID"]))

    def invoice_call(self, number: str, on: date | None = None) -> str:
        """A person opens a call that is OK to invoice and invoices it: overrides are lost; the invoice's number.

        Raises:
            LookupError: there is no such call.
            ValueError: it is not OK to invoice, somebody has it open, or the day is in a closed period.
        """
        with self._file() as file:
            row = opened(file, "SCCalls", number)
            reason = _not_ready(row)
            if reason is not None:
                raise ValueError(f"call {number} {reason}")
            self._press_ok(file, row["CallID"], {})
            return self._invoice(file, row["CallID"], on or self._today())

    def invoice_calls(
        self, on: date | None = None, *, bill_code: str | None = None, call_type: str | None = None
    ) -> list[str]:
        """The eAgent's task: invoice every call that is OK to invoice and nobody has open; the invoices' numbers.

        Args:
            bill_code: only calls of this bill code.
            call_type: only calls of this type.

        Raises:
            LookupError: no such bill code or call type.
            ValueError: the day is in a closed period.
        """
        with self._file() as file:
            wanted = {
                "bill": None if bill_code is None else find(file, "SCBillCodes", bill_code),
                "kind": None if call_type is None else find(file, "SCCallTypes", call_type),
                "status": call_codes.OK_TO_BILL,
            }
            rows = file.execute(_READY, wanted).fetchall()
        numbers = [self._invoice_alone(row["CallID"], on or self._today()) for row in rows]
        return [number for number in numbers if number is not None]

    def _invoice_alone(self, key: int, on: date) -> str | None:
        with self._file() as file:
            row = _read(file, key)
            # Somebody may have opened or changed it since the calls were listed.
            if _not_ready(row) is not None:
                return None
            self._compute_labor(file, key, keep_overrides=True)
            return self._invoice(file, key, on)

    def _invoice(self, file: sqlite3.Connection, key: int, on: date) -> str:
        row = _read(file, key)
        made = _charges(file, row)
        fields = {
            "Description": f"Service call {row['CallNumber']}",
            "PONumber": row["PONumber"],
            "TermID": row["TermID"],
            "SalesRepID": row["SalesRepID"],
            "Remarks": row["WorkOrderRemarks"][:1024],
            "TaxCodeID": row["TaxCodeID"],
            "Taxable": row["Taxable"],
            "Tax": made.tax,
            "Total": made.total,
            "Source": "Service call",
            "Reference": row["CallNumber"],
        }
        invoice, number = self._new_invoice(file, row["CustomerID"], row["BillToID"], on, fields)
        self._insert_charges(file, invoice, row, made)
        if made.drawn:
            left = exact(row["UnearnedBalance"]) - made.drawn
            self._save(file, "SCContracts", row["ContractID"], {"UnearnedBalance": left})
        invoiced = {"Status": call_codes.INVOICED, "InvoiceID": invoice, "CloseDate": row["CloseDate"] or on}
        self._save(file, "SCCalls", key, invoiced)
        return number

    def _insert_charges(
        self, file: sqlite3.Connection, invoice: int, row: sqlite3.Row, made: Charges
    ) -> None:
        lines = [(str(place), line) for place, line in enumerate(made.lines, start=1)]
        if made.drawn:
            covered = f"Covered by the deposit of contract {row['ContractNumber']}"
            lines.append((DEPOSIT, Charge(covered, None, -made.drawn)))
        if not lines:
            lines.append(("1", Charge(f"Service call {row['CallNumber']}", None, Decimal())))
        for place, (line_number, line) in enumerate(lines, start=1):
            detail = {
                "InvoiceID": invoice,
                "DetailID": place,
                "Description": line.description[:255],
                "Amount": line.amount,
                "Cost": line.cost,
                "TaxCodeID": row["TaxCodeID"],
                "Taxable": row["Taxable"],
                "LineNumber": line_number,
            }
            self._insert(file, "ARInvoiceDetails", detail)

    def _void(self, file: sqlite3.Connection, row: sqlite3.Row) -> None:
        """A void call invoice lets the call be invoiced again, and puts back what it drew from a deposit."""
        super()._void(file, row)
        found = file.execute("SELECT * FROM SCCalls WHERE InvoiceID = ?", (row["InvoiceID"],)).fetchall()
        for call in found:
            self._save(file, "SCCalls", call["CallID"], {"Status": call_codes.OK_TO_BILL, "InvoiceID": None})
            drawn = file.execute(
                "SELECT -sum(Amount) FROM ARInvoiceDetails WHERE InvoiceID = ? AND LineNumber = ?",
                (row["InvoiceID"], DEPOSIT),
            ).fetchone()[0]
            if drawn:
                contract = _read(file, call["CallID"])
                left = exact(contract["UnearnedBalance"]) + exact(drawn)
                self._save(file, "SCContracts", call["ContractID"], {"UnearnedBalance": left})


_READY = """
    SELECT CallID FROM SCCalls
    WHERE Status = :status AND (:bill IS NULL OR BillCodeID = :bill) AND (:kind IS NULL OR CallTypeID = :kind)
    ORDER BY CallID
"""

_READ = """
    SELECT call.*, customer.SalesRepID, customer.TaxCodeID, customer.Taxable,
           coalesce(contract.TermID, customer.TermID) AS TermID, contract.ContractNumber, contract.TimeBlockBased,
           contract.UnearnedBalance
    FROM SCCalls AS call
    JOIN ARCustomers AS customer ON customer.CustomerID = call.CustomerID
    LEFT JOIN SCContracts AS contract ON contract.ContractID = call.ContractID
    WHERE call.CallID = ?
"""


def _read(file: sqlite3.Connection, key: int) -> sqlite3.Row:
    row: sqlite3.Row = file.execute(_READ, (key,)).fetchone()
    return row


def _charges(file: sqlite3.Connection, row: sqlite3.Row) -> Charges:
    return charges(
        dict(row),
        children(file, LABORS, row["CallID"]),
        children(file, MATERIALS, row["CallID"]),
        rates_of(file, row["BillCodeID"]),
        covers_parts=row["BillCodeID"] in call_codes.PARTS_COVERED,
        deposit=exact(row["UnearnedBalance"]) if row["TimeBlockBased"] else Decimal(),
        tax_rate=TAX_RATES.get(row["TaxCodeID"], TAX_RATES[1]) if row["Taxable"] else TAX_RATES[1],
    )


def _not_ready(row: sqlite3.Row) -> str | None:
    """Why a call is not invoiced; None when it can be."""
    if status_of(row) != call_codes.OK_TO_BILL:
        return "is not OK to invoice"
    return "is open on somebody's screen" if row["Locks"] else None
