"""What people in accounting do with invoices: payments, credits, sending, renumbering."""

import sqlite3
from datetime import date
from decimal import Decimal

from services.simulator.eautomate.desk import opened
from services.simulator.eautomate.drafts import exact
from services.simulator.eautomate.invoices import CREDIT, Invoices, owe
from services.simulator.eautomate.series import next_number


class Receivables(Invoices):
    """Receipts and credits at a desk."""

    def receive(
        self,
        invoice: str,
        amount: Decimal | None = None,
        on: date | None = None,
        method: str = "Check",
        reference: str = "",
    ) -> str:
        """Receive a payment for an invoice, all that is due unless told otherwise; the receipt's number.

        What exceeds the open balance stays unapplied.

        Raises:
            LookupError: there is no such invoice.
            ValueError: nothing is due on it, or nothing is paid.
        """
        with self._file() as file:
            row = _open(file, invoice)
            paid = exact(row["Due"]) if amount is None else amount
            if paid <= 0:
                raise ValueError(f"{paid} is no payment")
            number = next_number(file, "Receipt")
            receipt = self._insert(
                file,
                "ARReceipts",
                {
                    "ReceiptNumber": number,
                    "CustomerID": row["BillToID"],
                    "Date": on or self._today(),
                    "Amount": paid,
                    "Unapplied": paid,
                    "PaymentMethod": method,
                    "ReferenceNumber": reference,
                },
            )
            file.execute(
                "UPDATE ARCustomers SET Unapplied = round(Unapplied + ?, 4) WHERE CustomerID = ?",
                (str(paid), row["BillToID"]),
            )
            self._apply(file, receipt, row, min(paid, exact(row["Due"])))
            return number

    def apply(self, receipt: str, invoice: str) -> None:
        """Apply what is left of a receipt to an invoice.

        Raises:
            LookupError: no such receipt or invoice.
            ValueError: nothing is left, or nothing is due.
        """
        with self._file() as file:
            paid, row = opened(file, "ARReceipts", receipt), _open(file, invoice)
            left = exact(paid["Unapplied"])
            if left <= 0:
                raise ValueError(f"receipt {receipt} is applied in full")
            self._apply(file, paid["ReceiptID"], row, min(left, exact(row["Due"])))

    def unapply(self, invoice: str) -> None:
        """Take every receipt off an invoice: it is due again, the receipts stay unapplied.

        Raises:
            LookupError: there is no such invoice.
            ValueError: no receipt is applied to it.
        """
        with self._file() as file:
            row = opened(file, "ARInvoices", invoice)
            applied = file.execute(
                "SELECT * FROM ARReceiptDetails WHERE InvoiceID = ?", (row["InvoiceID"],)
            ).fetchall()
            if not applied:
                raise ValueError(f"no receipt is applied to invoice {invoice}")
            for detail in applied:
                file.execute(
                    "DELETE FROM ARReceiptDetails WHERE ReceiptDetailID = ?", (detail["ReceiptDetailID"],)
                )
                self._move(file, detail["ReceiptID"], row["InvoiceID"], -exact(detail["Amount"]))

    def credit(self, invoice: str, amount: Decimal | None = None, on: date | None = None) -> str:
        """Apply a credit memo to an invoice, over all that is due unless told otherwise; the memo's number.

        Raises:
            LookupError: there is no such invoice.
            ValueError: less is due on it.
        """
        with self._file() as file:
            row = _open(file, invoice)
            credited = exact(row["Due"]) if amount is None else amount
            if not 0 < credited <= exact(row["Due"]):
                raise ValueError(f"invoice {invoice} is due {row['Due']}: {credited} cannot be credited")
            number = next_number(file, "Invoice")
            self._insert(
                file,
                "ARInvoices",
                {
                    "InvoiceNumber": number,
                    "Type": CREDIT,
                    "CustomerID": row["CustomerID"],
                    "BillToID": row["BillToID"],
                    "ApplyToID": row["InvoiceID"],
                    "Date": on or self._today(),
                    "Description": f"Credit for {invoice}",
                    "Total": -credited,
                    "AdjTotal": -credited,
                    "Module": "AR",
                    "Source": "Credit memo",
                    "Reference": invoice,
                },
            )
            self._settle(file, row, credited)
            return number

    def write_off(self, invoice: str) -> None:
        """Write off what is due: the balance is 0 and nobody paid it.

        Raises:
            LookupError: there is no such invoice.
            ValueError: nothing is due on it.
        """
        with self._file() as file:
            row = _open(file, invoice)
            self._settle(file, row, exact(row["Due"]))

    def mark_sent(self, invoice: str) -> None:
        """Say that the invoice went to the customer.

        Raises:
            LookupError: there is no such invoice.
        """
        with self._file() as file:
            self._save(file, "ARInvoices", opened(file, "ARInvoices", invoice)["InvoiceID"], {"Sent": 1})

    def rename_invoice(self, invoice: str, new: str) -> None:
        """Give an invoice another number, one that no invoice has, a void one neither.

        Raises:
            LookupError: there is no such invoice.
        """
        with self._file() as file:
            key = opened(file, "ARInvoices", invoice)["InvoiceID"]
            self._save(file, "ARInvoices", key, {"InvoiceNumber": new})

    def save_invoice(self, invoice: str) -> None:
        """Press OK on an invoice without altering anything."""
        with self._file() as file:
            self._save(file, "ARInvoices", opened(file, "ARInvoices", invoice)["InvoiceID"], {})

    def _apply(self, file: sqlite3.Connection, receipt: int, row: sqlite3.Row, amount: Decimal) -> None:
        detail = {"ReceiptID": receipt, "InvoiceID": row["InvoiceID"], "Amount": amount}
        self._insert(file, "ARReceiptDetails", detail)
        self._move(file, receipt, row["InvoiceID"], amount)

    def _move(self, file: sqlite3.Connection, receipt: int, invoice: int, amount: Decimal) -> None:
        """An amount goes from a receipt to an invoice, a negative one back."""
        paid = file.execute("SELECT * FROM ARReceipts WHERE ReceiptID = ?", (receipt,)).fetchone()
        row = file.execute("SELECT * FROM ARInvoices WHERE InvoiceID = ?", (invoice,)).fetchone()
        self._save(file, "ARReceipts", receipt, {"Unapplied": exact(paid["Unapplied"]) - amount})
        file.execute(
            "UPDATE ARCustomers SET Unapplied = round(Unapplied - ?, 4) WHERE CustomerID = ?",
            (str(amount), paid["CustomerID"]),
        )
        self._settle(file, row, amount)

    def _settle(self, file: sqlite3.Connection, row: sqlite3.Row, amount: Decimal) -> None:
        self._save(file, "ARInvoices", row["InvoiceID"], {"Due": exact(row["Due"]) - amount})
        owe(file, row["BillToID"], -amount)


def _open(file: sqlite3.Connection, invoice: str) -> sqlite3.Row:
    """An invoice something is due on."""
    row = opened(file, "ARInvoices", invoice)
    if row["Void"]:
        raise ValueError(f"invoice {invoice} is void")
    if exact(row["Due"]) <= 0:
        raise ValueError(f"nothing is due on invoice {invoice}")
    return row
