"""What people and the billing task do: queue, preview, bill, void (reference eautomate.md 4.1, 4.6)."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.simulator.eautomate.contract_codes import TAX_RATES
from services.simulator.eautomate.contract_lines import lines_of
from services.simulator.eautomate.desk import opened
from services.simulator.eautomate.drafts import Draft, Row, day, draft, exact, period_start
from services.simulator.eautomate.invoices import Invoices, owe

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A contract in the billing queue."""

    number: str
    customer: str
    name: str
    next_date: date


class Billing(Invoices):
    """Contract billing at a desk."""

    def billing_queue(self, on: date | None = None) -> list[Due]:
        """Contracts to be billed by a day, today unless told otherwise."""
        with self._file() as file:
            return [
                Due(row["ContractNumber"], row["CustomerNumber"], row["CustomerName"], _next_date(row))
                for row in _due(file, on or self._today())
            ]

    def preview(self, contract: str) -> Draft:
        """The contract's next invoice; nothing is saved.

        Raises:
            LookupError: there is no such contract.
            ValueError: its message is not acknowledged, or it cannot be billed at all.
        """
        with self._file() as file:
            row = _contract(file, contract)
            if row.get("MessReqAcknowledgment"):
                raise ValueError(f"contract {contract}: acknowledge its message first: {row['Message']}")
            return _draft(file, row)

    def bill(self, contract: str, on: date | None = None) -> str:
        """Bill a contract out of the queue; the invoice's number.

        Args:
            on: the invoice's date, and the day the queue is shown for; today unless told otherwise.

        Raises:
            LookupError: there is no such contract.
            ValueError: it is not in the queue.
        """
        on = on or self._today()
        with self._file() as file:
            row = _contract(file, contract)
            reason = _not_due(row, on) or _in_use(row)
            if reason is not None:
                raise ValueError(f"contract {contract} {reason}")
            return self._bill(file, [row], on)

    def bill_due(self, on: date | None = None) -> list[str]:
        """The billing task: everything in the queue that nobody has open, one by one; the invoices' numbers.

        Contracts that group invoices share one a payer; deposits are never on one with instalments.
        """
        on = on or self._today()
        groups: dict[tuple[int, ...], list[int]] = {}
        with self._file() as file:
            for row in _due(file, on):
                alone = () if row["GroupInvoices"] else (row["ContractID"],)
                together = (row["BillToID"], row["TimeBlockBased"], *alone)
                groups.setdefault(together, []).append(row["ContractID"])
        numbers = [self._bill_together(keys, on) for keys in groups.values()]
        return [number for number in numbers if number is not None]

    def void(self, invoice: str) -> None:
        """Void an invoice; its contracts stay as billed.

        Raises:
            LookupError: there is no such invoice.
            ValueError: it is void already, or something is paid on it.
        """
        with self._file() as file:
            self._void(file, opened(file, "ARInvoices", invoice))

    def void_and_reset(self, invoice: str) -> None:
        """Void an invoice and put its contracts back to before it.

        Raises:
            LookupError: there is no such invoice.
            ValueError: it is void already, something is paid on it, or a later invoice bills its contracts.
        """
        with self._file() as file:
            row = opened(file, "ARInvoices", invoice)
            periods = _billed_periods(file, row["InvoiceID"])
            for contract, first, _ in periods:
                later = _last_bill(file, contract, row["InvoiceID"])
                if later is not None and later["BaseFromDate"] > first:
                    raise ValueError(f"invoice {later['InvoiceNumber']} bills a later period: void it first")
            self._void(file, row)
            for contract, first, last in periods:
                self._reset(file, contract, date.fromisoformat(first[:10]), date.fromisoformat(last[:10]))

    def _bill_together(self, keys: list[int], on: date) -> str | None:
        with self._file() as file:
            rows = [_read(file, key) for key in keys]
            # Somebody may have opened or changed one since the queue was read.
            billed = [row for row in rows if _not_due(row, on) is None and _in_use(row) is None]
            return self._bill(file, billed, on) if billed else None

    def _bill(self, file: sqlite3.Connection, rows: list[Row], on: date) -> str:
        drafts = [_draft(file, row) for row in rows]
        invoice = self._insert_invoice(file, rows[0], drafts, on)
        for row, made in zip(rows, drafts, strict=True):
            self._advance(file, row, made, on)
        return invoice

    def _advance(self, file: sqlite3.Connection, row: Row, made: Draft, on: date) -> None:
        fields: dict[str, Any] = {
            "BaseRate": made.amount,
            "BaseLastBillingDate": on,
            "BaseBilledThruDate": made.to_date,
            "BaseNextBillingDate": made.next_date,
            "Billed": 1,
        }
        if row["TimeBlockBased"]:
            # What is left of the deposit before is lost.
            fields["UnearnedBalance"] = made.amount
        if not row["Billed"]:
            fields["BaseBilledThruDateInitial"] = row["BaseBilledThruDate"]
        self._save(file, "SCContracts", row["ContractID"], fields)
        for line in made.lines:
            if line.detail_id is not None:
                thru = {"BaseBilledThruDate": line.to_date}
                self._save(file, "SCContractDetails", line.detail_id, thru)

    def _void(self, file: sqlite3.Connection, row: sqlite3.Row) -> None:
        number, key = row["InvoiceNumber"], row["InvoiceID"]
        if row["Void"]:
            raise ValueError(f"invoice {number} is void already")
        if file.execute("SELECT 1 FROM ARReceiptDetails WHERE InvoiceID = ?", (key,)).fetchone():
            raise ValueError(f"invoice {number} has receipts: un-apply them first")
        owe(file, row["BillToID"], -exact(row["Due"]))
        self._save(file, "ARInvoices", key, {"Void": 1, "Due": 0})
        for contract, left, deposit in _deposits(file, key):
            remaining = max(exact(left) - exact(deposit), Decimal())
            self._save(file, "SCContracts", contract, {"UnearnedBalance": remaining})
        file.execute("UPDATE SCBillingContracts SET VoidFlag = 1 WHERE InvoiceID = ?", (key,))

    def _reset(self, file: sqlite3.Connection, contract: int, first: date, last: date) -> None:
        row = dict(file.execute("SELECT * FROM SCContracts WHERE ContractID = ?", (contract,)).fetchone())
        before = _last_bill(file, contract)
        fields = {
            "BaseLastBillingDate": before["Date"] if before else None,
            "BaseBilledThruDate": first - _DAY if before else row["BaseBilledThruDateInitial"],
            "BaseNextBillingDate": last + _DAY if row["BaseArrears"] else first,
            "Billed": int(before is not None),
        }
        self._save(file, "SCContracts", contract, fields)
        for line in lines_of(file, contract):
            thru = file.execute(
                "SELECT max(BaseToDate) FROM SCBillingContracts WHERE ContractDetailID = ? AND VoidFlag = 0",
                (line["ContractDetailID"],),
            ).fetchone()[0]
            if line["BaseBilledThruDate"] != thru:
                self._save(file, "SCContractDetails", line["ContractDetailID"], {"BaseBilledThruDate": thru})


_READ = """
    SELECT contract.*, customer.CustomerNumber, customer.CustomerName
    FROM SCContracts AS contract JOIN ARCustomers AS customer ON customer.CustomerID = contract.CustomerID
"""


def _contract(file: sqlite3.Connection, number: str) -> Row:
    return _read(file, opened(file, "SCContracts", number)["ContractID"])


def _read(file: sqlite3.Connection, key: int) -> Row:
    return dict(file.execute(f"{_READ} WHERE contract.ContractID = ?", (key,)).fetchone())


def _due(file: sqlite3.Connection, on: date) -> Iterator[Row]:
    rows = file.execute(f"{_READ} WHERE contract.BaseNextBillingDate IS NOT NULL ORDER BY ContractNumber")
    return (row for row in map(dict, rows.fetchall()) if _not_due(row, on) is None)


def _not_due(row: Row, on: date) -> str | None:
    """Why a contract is not in the queue of a day; None when it is."""
    if not row["Active"]:
        return "is inactive"
    if row["Terminated"]:
        return f"was terminated on {row['Terminated'][:10]}"
    if not row["Bill"]:
        return "is not to be billed: Bill is off"
    if row["BaseBillingCycleID"] is None:
        return "has no billing cycle"
    if row["BaseNextBillingDate"] is None:
        return "has no next billing date"
    if _next_date(row) - timedelta(days=row["BasePreBillingNoDays"]) > on:
        return f"is not due before {_next_date(row)}"
    start, last = period_start(row), day(row["ExpDate"])
    if start is not None and last is not None and start > last:
        return f"expired on {last}"
    return None


def _in_use(row: Row) -> str | None:
    return "is open on somebody's screen" if row["Locks"] else None


def _next_date(row: Row) -> date:
    return date.fromisoformat(row["BaseNextBillingDate"][:10])


def _draft(file: sqlite3.Connection, row: Row) -> Draft:
    cycle = file.execute(
        "SELECT * FROM SCBillingCycles WHERE BillingCycleID = ?", (row["BaseBillingCycleID"],)
    ).fetchone()
    if cycle is None:
        raise ValueError(f"contract {row['ContractNumber']} has no billing cycle")
    rate = TAX_RATES.get(row["TaxCodeID"], TAX_RATES[1]) if row["Taxable"] else TAX_RATES[1]
    return draft(row, lines_of(file, row["ContractID"]), dict(cycle), rate)


def _billed_periods(file: sqlite3.Connection, invoice: int) -> list[tuple[int, str, str]]:
    """Contracts an invoice bills, with first and last day."""
    rows = file.execute(
        "SELECT ContractID, min(BaseFromDate), max(BaseToDate) FROM SCBillingContracts"
        " WHERE InvoiceID = ? GROUP BY ContractID",
        (invoice,),
    )
    return [(contract, first, last) for contract, first, last in rows.fetchall()]


def _deposits(file: sqlite3.Connection, invoice: int) -> list[tuple[int, Any, Any]]:
    """Deposit contracts an invoice was the last to bill: what is left of the deposit, and what it asked for."""
    rows = file.execute(
        "SELECT contract.ContractID, contract.UnearnedBalance, sum(billed.Amount)"
        " FROM SCBillingContracts AS billed JOIN SCContracts AS contract ON contract.ContractID = billed.ContractID"
        " WHERE billed.InvoiceID = ? AND contract.TimeBlockBased = 1 AND NOT EXISTS"
        " (SELECT 1 FROM SCBillingContracts AS later WHERE later.ContractID = billed.ContractID"
        " AND later.VoidFlag = 0 AND later.InvoiceID > billed.InvoiceID)"
        " GROUP BY contract.ContractID",
        (invoice,),
    )
    return [(contract, left, deposit) for contract, left, deposit in rows.fetchall()]


def _last_bill(file: sqlite3.Connection, contract: int, but: int = 0) -> sqlite3.Row | None:
    """The last invoice in force of a contract, leaving one out."""
    row: sqlite3.Row | None = file.execute(
        "SELECT invoice.InvoiceNumber, invoice.Date, billed.BaseFromDate FROM SCBillingContracts AS billed"
        " JOIN ARInvoices AS invoice ON invoice.InvoiceID = billed.InvoiceID"
        " WHERE billed.ContractID = ? AND billed.VoidFlag = 0 AND billed.InvoiceID <> ?"
        " ORDER BY billed.BaseFromDate DESC LIMIT 1",
        (contract, but),
    ).fetchone()
    return row
