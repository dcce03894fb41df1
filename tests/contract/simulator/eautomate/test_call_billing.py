"""Calls are invoiced by people and by the eAgent's task, and their invoices voided."""

import sqlite3
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.simulator.eautomate.client import Client
from tests.contract.simulator.eautomate.work import (
    BLOCK,
    JUNE,
    MORNING,
    charged,
    furnish,
    overridden,
    refused,
    rows,
    state,
)


@pytest.fixture
def desk(client: Client) -> Client:
    """Nobody else's call is OK to invoice."""
    client.foreign_sql("UPDATE SCCalls SET Status = 'CLR' WHERE Status = 'OKB'")
    return furnish(client)


@pytest.fixture
def call(desk: Client) -> str:
    """One and a half hours at 120.00, OK to invoice."""
    return ready(desk, charged(desk), Decimal("1.5"))


def ready(desk: Client, number: str, hours: Decimal = Decimal(1)) -> str:
    desk.add_labor(number, "T1", hours, arrived=MORNING)
    desk.ok_to_bill(number)
    return number


def total(desk: Client, invoice: str) -> Any:
    return desk.invoice(invoice)["Total"]


def balance(desk: Client) -> Any:
    return desk.contract(BLOCK)["UnearnedBalance"]


def test_an_invoice_is_what_the_bill_code_charges(desk: Client, call: str) -> None:
    desk.save_call(call, PONumber="501", WorkOrderRemarks="Reset the VPN")
    number = desk.invoice_call(call, JUNE)
    row, made = desk.call(call), desk.invoice(number)
    assert (row["Status"], row["InvoiceID"], row["CloseDate"][:10]) == (
        "I  ",
        made["InvoiceID"],
        "2026-06-01",
    )
    assert (made["Total"], made["Due"], made["Type"], made["Void"]) == (180, 180, "IN", 0)
    assert (made["Source"], made["Reference"], made["PONumber"]) == ("Service call", call, "501")
    assert (made["Remarks"], made["DatePeriod"]) == ("Reset the VPN", 202606)
    assert (made["MailToName"], desk.customer("AB00")["Invoices"]) == ("Abel Baker", 180)
    [line] = desk.invoice_details(number)
    assert (line["Description"], line["Amount"], line["Cost"]) == ("Labor: Remote service", 180, 57)
    assert rows(desk, "SELECT 1 FROM SCBilling WHERE InvoiceID = ?", made["InvoiceID"]) == []


def test_a_call_that_charges_nothing_is_invoiced_with_its_cost(desk: Client) -> None:
    number = ready(desk, desk.add_call("AB00", "IT Remote", "Mail", item="CW-SERVICE"), Decimal(2))
    invoice = desk.invoice_call(number)
    assert (total(desk, invoice), state(desk, number)) == (0, "I  ")
    assert [(line["Amount"], line["Cost"]) for line in desk.invoice_details(invoice)] == [(0, 76)]


def test_a_call_without_anything_has_an_invoice_of_one_line(desk: Client) -> None:
    desk.set_option("OkToBillNeedsLabor", False)
    number = charged(desk)
    desk.ok_to_bill(number)
    assert [line["Amount"] for line in desk.invoice_details(desk.invoice_call(number))] == [0]


def test_the_task_charges_the_override_and_a_person_loses_it(desk: Client, call: str) -> None:
    other = ready(desk, charged(desk), Decimal("1.5"))
    overridden(desk, call, Decimal("120"))
    overridden(desk, other, Decimal("120"))
    assert total(desk, desk.invoice_call(other, JUNE)) == 180
    [invoice] = desk.invoice_calls(JUNE)
    assert total(desk, invoice) == 120
    assert [row["LaborOverride"] for row in desk.call_labors(call)] == [120]


def test_the_task_computes_what_was_entered_by_foreign_sql(desk: Client, call: str) -> None:
    desk.foreign_sql("UPDATE SCCallLabors SET LaborRate = 7, LaborHours = 2")
    [invoice] = desk.invoice_calls(JUNE)
    assert (total(desk, invoice), desk.call_labors(call)[0]["LaborRate"]) == (240, 120)


def test_the_preview_is_what_the_task_invoices_and_saves_nothing(desk: Client, call: str) -> None:
    desk.save_customer("AB00", Taxable=1, TaxCodeID=2)
    before = desk.call(call)
    made = desk.preview_call(call)
    assert (made.amount, made.tax, made.total) == (Decimal(180), Decimal("10.80"), Decimal("190.80"))
    assert desk.call(call) == before
    [invoice] = desk.invoice_calls(JUNE)
    assert (desk.invoice(invoice)["Tax"], total(desk, invoice)) == (10.8, 190.8)


def test_the_task_is_filtered_by_bill_code_and_call_type(desk: Client, call: str) -> None:
    covered = ready(desk, desk.add_call("AB00", "IT Remote", "Mail", item="CW-SERVICE"))
    network = ready(desk, desk.add_call("AB00", "Network", "Slow", item="CW-SERVICE"))
    assert len(desk.invoice_calls(JUNE, bill_code="MSP", call_type="Network")) == 1
    assert [state(desk, number) for number in (call, covered, network)] == ["OKB", "OKB", "I  "]
    desk.invoice_calls(JUNE, bill_code="MSP")
    assert [state(desk, number) for number in (call, covered)] == ["OKB", "I  "]
    with pytest.raises(LookupError, match="no bill code NOPE"):
        desk.invoice_calls(JUNE, bill_code="NOPE")


def test_only_what_is_ok_and_nobody_has_open_is_invoiced(desk: Client, call: str) -> None:
    pending = charged(desk)
    with refused(f"call {pending} is not OK to invoice"):
        desk.invoice_call(pending)
    desk.open_call(call)
    with refused("is open on somebody's screen"):
        desk.invoice_call(call)
    assert desk.invoice_calls(JUNE) == []
    desk.close_call(call)
    assert len(desk.invoice_calls(JUNE)) == 1


def test_an_invoiced_call_is_not_changed(desk: Client, call: str) -> None:
    desk.invoice_call(call, JUNE)
    before = desk.call(call), desk.call_labors(call)
    for change in (
        lambda: desk.save_call(call),
        lambda: desk.add_labor(call, "T1", 1),
        lambda: desk.hold_call(call),
        lambda: desk.cancel_call(call, "Duplicate"),
    ):
        with refused(f"call {call} is invoiced"):
            change()
    assert (desk.call(call), desk.call_labors(call)) == before


def test_a_void_puts_the_call_back_to_ok_to_invoice(desk: Client, call: str) -> None:
    invoice = desk.invoice_call(call, JUNE)
    desk.void(invoice)
    row = desk.call(call)
    assert (row["Status"], row["InvoiceID"], desk.invoice(invoice)["Void"]) == ("OKB", None, 1)
    assert desk.customer("AB00")["Invoices"] == 0
    again = desk.invoice_call(call, JUNE)
    assert again != invoice
    desk.void_and_reset(again)
    assert state(desk, call) == "OKB"


def test_no_invoice_is_dated_in_a_closed_period(desk: Client, call: str) -> None:
    desk.close_period(JUNE)
    said = f"Service call {call}: 2026-06 is a closed accounting period"
    with refused(said):
        desk.invoice_call(call, JUNE)
    with refused(said):
        desk.invoice_calls(JUNE)
    assert state(desk, call) == "OKB"
    desk.invoice_call(call, date(2026, 7, 1))


def test_a_deposit_pays_the_labour_it_covers(desk: Client) -> None:
    desk.set_billing(BLOCK, "One Time", JUNE, BaseRate=Decimal(500))
    desk.bill(BLOCK, JUNE)
    assert balance(desk) == 500
    first = ready(desk, desk.add_call("AB00", "IT Remote", "Hours", contract=BLOCK), Decimal(3))
    invoice = desk.invoice_call(first, JUNE)
    assert (total(desk, invoice), balance(desk)) == (0, 140)
    assert [line["Amount"] for line in desk.invoice_details(invoice)] == [360, -360]
    second = ready(desk, desk.add_call("AB00", "IT Remote", "More", contract=BLOCK), Decimal(2))
    made = desk.preview_call(second)
    assert (made.drawn, made.amount) == (Decimal(140), Decimal(100))
    [later] = desk.invoice_calls(JUNE)
    assert (total(desk, later), balance(desk)) == (100, 0)
    desk.void(invoice)
    assert (balance(desk), state(desk, first)) == (360, "OKB")


def test_material_is_not_paid_by_a_deposit(desk: Client) -> None:
    desk.foreign_sql("UPDATE SCContracts SET UnearnedBalance = 500 WHERE ContractNumber = ?", BLOCK)
    desk.add_item("CABLE", "Cable", MSRP=Decimal(12))
    number = desk.add_call("AB00", "IT Remote", "Hours", contract=BLOCK)
    desk.add_material(number, "CABLE", 1)
    ready(desk, number)
    made = desk.preview_call(number)
    assert (made.drawn, made.amount) == (Decimal(120), Decimal(12))


def test_a_new_deposit_replaces_what_was_left_and_a_void_takes_it_back(desk: Client) -> None:
    desk.set_billing(BLOCK, "Monthly", JUNE, BaseRate=Decimal(500))
    first = desk.bill(BLOCK, JUNE)
    desk.foreign_sql("UPDATE SCContracts SET UnearnedBalance = 80 WHERE ContractNumber = ?", BLOCK)
    second = desk.bill(BLOCK, date(2026, 7, 1))
    assert balance(desk) == 500
    desk.void(first)
    assert balance(desk) == 500
    desk.void_and_reset(second)
    assert balance(desk) == 0


def test_nothing_is_half_invoiced(desk: Client, call: str) -> None:
    desk.foreign_sql("DROP TABLE ARInvoiceDetails")
    before = desk.call(call), desk.call_labors(call)
    with pytest.raises(sqlite3.OperationalError, match="ARInvoiceDetails"):
        desk.invoice_call(call, JUNE)
    assert (desk.call(call), desk.call_labors(call)) == before
