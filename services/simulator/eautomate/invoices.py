"""Invoices as they are written, and read by people (reference eautomate.md 6.4)."""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.simulator.eautomate.desk import Desk, opened
from services.simulator.eautomate.drafts import Draft, Row
from services.simulator.eautomate.periods import date_period, refuse_closed
from services.simulator.eautomate.series import next_number

INVOICE, CREDIT = "IN", "CM"
_ADDRESS = ("Attn", "Address", "City", "State", "Zip", "Country")


class Invoices(Desk):
    """Invoices at a desk."""

    def invoice(self, number: str) -> dict[str, Any]:
        """The invoice's row as stored.

        Raises:
            LookupError: there is no such invoice.
        """
        with self._file() as file:
            return dict(opened(file, "ARInvoices", number))

    def invoice_details(self, number: str) -> list[dict[str, Any]]:
        """The invoice's lines as stored.

        Raises:
            LookupError: there is no such invoice.
        """
        with self._file() as file:
            return _children(file, "ARInvoiceDetails", opened(file, "ARInvoices", number), "DetailID")

    def billed_lines(self, number: str) -> list[dict[str, Any]]:
        """What the invoice billed of contracts, line by line.

        Raises:
            LookupError: there is no such invoice.
        """
        with self._file() as file:
            return _children(
                file, "SCBillingContracts", opened(file, "ARInvoices", number), "BillingContractID"
            )

    def contract_invoices(self, contract: str) -> list[dict[str, Any]]:
        """Invoices made from a contract, void ones too, the oldest first.

        Raises:
            LookupError: there is no such contract.
        """
        with self._file() as file:
            key = opened(file, "SCContracts", contract)["ContractID"]
            rows = file.execute(
                "SELECT * FROM ARInvoices WHERE InvoiceID IN"
                " (SELECT InvoiceID FROM SCBillingContracts WHERE ContractID = ?) ORDER BY InvoiceID",
                (key,),
            )
            return [dict(row) for row in rows]

    def _insert_invoice(self, file: sqlite3.Connection, row: Row, drafts: Sequence[Draft], on: date) -> str:
        """An invoice of one contract, or of several that ``row`` is the first of; its number."""
        fields = {
            "Description": f"Contract {row['ContractNumber']}",
            "PONumber": row["PONumber"],
            "TermID": row["TermID"],
            "SalesRepID": row["SalesRepID"],
            "Remarks": row["Remarks"],
            "TaxCodeID": row["TaxCodeID"],
            "Taxable": row["Taxable"],
            "Tax": sum((made.tax for made in drafts), Decimal()),
            "Total": sum((made.total for made in drafts), Decimal()),
            "Source": "Contract billing",
            "Reference": row["ContractNumber"][:32],
        }
        key, number = self._new_invoice(file, row["CustomerID"], row["BillToID"], on, fields)
        self._insert(file, "SCBilling", {"InvoiceID": key})
        self._insert_lines(file, key, row, drafts)
        return number

    def _new_invoice(
        self, file: sqlite3.Connection, customer: int, payer: int, on: date, fields: dict[str, Any]
    ) -> tuple[int, str]:
        """An invoice to a payer, who owes its ``Total`` from now on; its key and number.

        Raises:
            ValueError: its date is in a closed accounting period.
        """
        refuse_closed(file, fields["Description"], on)
        number, total = next_number(file, "Invoice"), fields["Total"]
        row = {
            "InvoiceNumber": number,
            "Type": INVOICE,
            "CustomerID": customer,
            "BillToID": payer,
            "LocationID": customer,
            "Date": on,
            "DatePeriod": date_period(on),
            "Period": on.month,
            "DueDate": on + timedelta(days=_days_to_pay(file, fields["TermID"])),
            **_party(file, "MailTo", payer),
            **_party(file, "ShipTo", customer),
            "AdjTotal": total,
            "Due": total,
            "Module": "SC",
            "TransactionTypeID": 1,
            "ReceivablePayableID": 1,
        }
        key = self._insert(file, "ARInvoices", row | fields)
        owe(file, payer, total)
        return key, number

    def _insert_lines(
        self, file: sqlite3.Connection, invoice: int, row: Row, drafts: Sequence[Draft]
    ) -> None:
        lines = [(made, line) for made in drafts for line in made.lines]
        for place, (made, line) in enumerate(lines, start=1):
            detail = {
                "InvoiceID": invoice,
                "DetailID": place,
                "Description": line.description[:255],
                "Amount": line.amount,
                "TaxCodeID": row["TaxCodeID"],
                "Taxable": row["Taxable"],
                "LineNumber": str(place),
            }
            billed = {
                "InvoiceID": invoice,
                "ContractID": made.contract_id,
                "ContractDetailID": line.detail_id,
                "BaseFromDate": line.from_date,
                "BaseToDate": line.to_date,
                "BaseAmount": line.amount,
                "Amount": line.amount,
            }
            self._insert(file, "ARInvoiceDetails", detail)
            self._insert(file, "SCBillingContracts", billed)


def owe(file: sqlite3.Connection, customer: int, amount: Decimal) -> None:
    """A customer owes more, or less: the total on its row moves, no stamp does."""
    file.execute(
        "UPDATE ARCustomers SET Invoices = round(Invoices + ?, 4) WHERE CustomerID = ?",
        (str(amount), customer),
    )


def _children(file: sqlite3.Connection, table: str, row: sqlite3.Row, order: str) -> list[dict[str, Any]]:
    found = file.execute(
        f"SELECT * FROM {table} WHERE InvoiceID = ? ORDER BY {order}",  # noqa: S608 - names are ours
        (row["InvoiceID"],),
    )
    return [dict(child) for child in found]


def _days_to_pay(file: sqlite3.Connection, term: int | None) -> int:
    row = file.execute("SELECT DuePeriod FROM ShTerms WHERE TermID = ?", (term,)).fetchone()
    return int(row[0]) if row is not None else 0


def _party(file: sqlite3.Connection, prefix: str, customer: int) -> dict[str, Any]:
    row = file.execute("SELECT * FROM ARCustomers WHERE CustomerID = ?", (customer,)).fetchone()
    return {f"{prefix}Name": row["CustomerName"], **{f"{prefix}{name}": row[name] for name in _ADDRESS}}
