"""Accounting: payments, credits, sending, other numbers."""

import sqlite3
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client

JUNE = date(2026, 6, 1)


@pytest.fixture
def desk(client: Client) -> Client:
    client.add_item("SEAT", "Seat")
    for number in ("CN9-01", "CN10-01"):
        client.add_contract("AB00", number, "MIT", StartDate=JUNE)
        client.add_line(number, "SEAT", 1, 100)
        client.set_billing(number, "Monthly", JUNE)
    return client


@pytest.fixture
def bill(desk: Client) -> str:
    return desk.bill("CN9-01", JUNE)


def due(client: Client, number: str) -> Any:
    return client.invoice(number)["Due"]


def receipts(client: Client) -> list[dict[str, Any]]:
    with database.transaction(client.path) as file:
        return [
            dict(row)
            for row in file.execute(
                "SELECT receipt.ReceiptNumber, receipt.Unapplied, receipt.Date, detail.Amount, invoice.InvoiceNumber"
                " FROM ARReceipts AS receipt"
                " JOIN ARCustomers AS payer ON payer.CustomerID = receipt.CustomerID"
                " LEFT JOIN ARReceiptDetails AS detail ON detail.ReceiptID = receipt.ReceiptID"
                " LEFT JOIN ARInvoices AS invoice ON invoice.InvoiceID = detail.InvoiceID"
                " WHERE payer.CustomerNumber = 'AB00' ORDER BY receipt.ReceiptID"
            )
        ]


def totals(client: Client) -> tuple[Any, Any]:
    """What the customer owes, and what of its payments is unapplied."""
    row = client.customer("AB00")
    return row["Invoices"], row["Unapplied"]


def test_a_payment_settles_an_invoice(desk: Client, bill: str) -> None:
    before = desk.invoice(bill)["timestamp"]
    number = desk.receive(bill, on=date(2026, 6, 20))
    (receipt,) = receipts(desk)
    assert (receipt["ReceiptNumber"], receipt["InvoiceNumber"], receipt["Amount"]) == (number, bill, 100)
    assert receipt["Date"][:10] == "2026-06-20"
    assert (due(desk, bill), totals(desk)) == (0, (0, 0))
    assert desk.invoice(bill)["timestamp"] > before
    with pytest.raises(ValueError, match=f"nothing is due on invoice {bill}"):
        desk.receive(bill)


def test_a_part_is_paid_and_then_the_rest(desk: Client, bill: str) -> None:
    desk.receive(bill, Decimal("30.10"))
    assert due(desk, bill) == 69.9
    desk.receive(bill)
    assert due(desk, bill) == 0


def test_what_exceeds_the_balance_stays_unapplied_and_goes_to_another_invoice(
    desk: Client, bill: str
) -> None:
    number = desk.receive(bill, Decimal("150"))
    assert (due(desk, bill), totals(desk)) == (0, (0, 50))
    other = desk.bill("CN10-01", JUNE)
    desk.apply(number, other)
    assert (due(desk, other), totals(desk)) == (50, (50, 0))
    with pytest.raises(ValueError, match=f"receipt {number} is applied in full"):
        desk.apply(number, other)


def test_an_unapplied_payment_leaves_the_invoice_due_again(desk: Client, bill: str) -> None:
    number = desk.receive(bill)
    desk.unapply(bill)
    assert (due(desk, bill), totals(desk)) == (100, (100, 100))
    assert [(row["Unapplied"], row["Amount"]) for row in receipts(desk)] == [(100, None)]
    with pytest.raises(ValueError, match=f"no receipt is applied to invoice {bill}"):
        desk.unapply(bill)
    desk.apply(number, bill)
    assert due(desk, bill) == 0


def test_a_credit_settles_an_invoice_without_a_receipt(desk: Client, bill: str) -> None:
    memo = desk.invoice(desk.credit(bill, Decimal("40")))
    assert (memo["Type"], memo["Total"], memo["Due"]) == ("CM", -40, 0)
    assert memo["ApplyToID"] == desk.invoice(bill)["InvoiceID"]
    assert (due(desk, bill), receipts(desk)) == (60, [])
    with pytest.raises(ValueError, match="cannot be credited"):
        desk.credit(bill, Decimal("61"))


def test_a_write_off_settles_an_invoice_without_a_receipt(desk: Client, bill: str) -> None:
    desk.write_off(bill)
    assert (due(desk, bill), receipts(desk), totals(desk)) == (0, [], (0, 0))


def test_a_void_invoice_takes_no_payment(desk: Client, bill: str) -> None:
    desk.void(bill)
    assert due(desk, bill) == 0
    with pytest.raises(ValueError, match=f"invoice {bill} is void"):
        desk.receive(bill)


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_nothing_is_no_payment(desk: Client, bill: str, amount: str) -> None:
    with pytest.raises(ValueError, match="is no payment"):
        desk.receive(bill, Decimal(amount))


def test_an_invoices_number_is_unique_among_void_ones_too(desk: Client, bill: str) -> None:
    desk.void_and_reset(bill)
    again = desk.bill("CN9-01", JUNE)
    with pytest.raises(sqlite3.IntegrityError, match=r"ARInvoices\.InvoiceNumber"):
        desk.rename_invoice(again, bill)
    desk.rename_invoice(again, "501")
    assert desk.invoice("501")["Total"] == 100


def test_an_invoice_is_sent_and_a_no_op_save_moves_its_stamps(desk: Client, bill: str) -> None:
    desk.mark_sent(bill)
    before = desk.invoice(bill)
    desk.save_invoice(bill)
    after = desk.invoice(bill)
    assert after["Sent"] == 1
    assert {name for name in after if after[name] != before[name]} <= {"timestamp", "LastUpdate"}
    assert after["timestamp"] > before["timestamp"]
