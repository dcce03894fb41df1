"""People and the billing task bill contracts, and void what they billed."""

import sqlite3
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client

CN9 = "CN9-01"
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture
def desk(client: Client) -> Client:
    """A contract of two lines, billed monthly from June on."""
    client.add_item("SEAT", "Seat")
    made(client, CN9)
    return client


def made(client: Client, number: str) -> None:
    row = {"StartDate": JUNE, "PONumber": "501", "Remarks": "CW Invoice: 501", "TermID": 1}
    client.add_contract("AB00", number, "MIT", **row)
    client.add_line(number, "SEAT", 3, Decimal("8.333333"))
    client.add_line(number, "SEAT", 1, Decimal("75"))
    client.set_billing(number, "Monthly", JUNE)


def queued(client: Client, on: date = JUNE) -> list[str]:
    return [due.number for due in client.billing_queue(on) if due.customer == "AB00"]


def dates(client: Client, number: str = CN9) -> tuple[str | None, ...]:
    row = client.contract(number)
    names = ("BaseLastBillingDate", "BaseBilledThruDate", "BaseNextBillingDate")
    return tuple(row[name] and row[name][:10] for name in names)


def owed(client: Client) -> Decimal:
    return Decimal(str(client.customer("AB00")["Invoices"]))


def test_a_contract_is_in_the_queue_from_its_next_billing_date_on(desk: Client) -> None:
    assert queued(desk, date(2026, 5, 31)) == []
    assert queued(desk, JUNE) == [CN9]
    desk.save_contract(CN9, BasePreBillingNoDays=5)
    assert queued(desk, date(2026, 5, 27)) == [CN9]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"Bill": 0}, "is not to be billed: Bill is off"),
        ({"Active": 0}, "is inactive"),
        ({"Terminated": JUNE}, "was terminated on 2026-06-01"),
        ({"BaseBillingCycleID": None}, "has no billing cycle"),
        ({"BaseNextBillingDate": None}, "has no next billing date"),
        ({"BaseNextBillingDate": JULY}, "is not due before 2026-07-01"),
        ({"ExpDate": date(2026, 5, 31)}, "expired on 2026-05-31"),
    ],
)
def test_what_is_not_in_the_queue_is_not_billed(desk: Client, fields: dict[str, Any], said: str) -> None:
    desk.save_contract(CN9, **fields)
    assert queued(desk) == []
    with pytest.raises(ValueError, match=f"contract CN9-01 {said}"):
        desk.bill(CN9, JUNE)
    assert desk.contract_invoices(CN9) == []


def test_a_contract_somebody_has_open_is_not_billed_until_it_is_closed(desk: Client) -> None:
    desk.open_contract(CN9)
    with pytest.raises(ValueError, match="is open on somebody's screen"):
        desk.bill(CN9, JUNE)
    desk.bill_due(JUNE)
    assert desk.contract_invoices(CN9) == []
    desk.close_contract(CN9)
    assert desk.bill(CN9, JUNE)


def test_a_preview_needs_the_message_acknowledged_and_saves_nothing(desk: Client) -> None:
    desk.save_contract(CN9, Message="Edit in ConnectWise", MessReqAcknowledgment=1)
    with pytest.raises(ValueError, match="acknowledge its message first: Edit in ConnectWise"):
        desk.preview(CN9)
    desk.acknowledge(CN9)
    before = desk.contract(CN9)
    assert desk.preview(CN9).amount == 100
    assert desk.contract(CN9) == before


def test_a_bill_is_the_preview_and_copies_number_and_remarks_of_the_contract(desk: Client) -> None:
    draft = desk.preview(CN9)
    number = desk.bill(CN9, JUNE)
    row = desk.invoice(number)
    assert (row["Total"], row["Due"], row["Tax"]) == (100, 100, 0)
    assert (row["PONumber"], row["Remarks"], row["Reference"]) == ("501", "CW Invoice: 501", CN9)
    assert (row["Type"], row["Module"], row["Void"], row["Sent"]) == ("IN", "SC", 0, 0)
    assert (row["Date"][:10], row["DueDate"][:10]) == ("2026-06-01", "2026-07-01")
    assert (row["MailToName"], row["CustomerID"]) == ("Abel Baker", desk.customer("AB00")["CustomerID"])
    assert [detail["Amount"] for detail in desk.invoice_details(number)] == [25, 75]
    billed = desk.billed_lines(number)
    assert [one["BaseAmount"] for one in billed] == [line.amount for line in draft.lines]
    assert {(one["BaseFromDate"][:10], one["BaseToDate"][:10]) for one in billed} == {
        ("2026-06-01", "2026-06-30")
    }
    assert owed(desk) == 100
    assert [one["InvoiceNumber"] for one in desk.contract_invoices(CN9)] == [number]


def test_a_bill_moves_the_contract_on_and_puts_it_out_of_the_queue(desk: Client) -> None:
    desk.bill(CN9, JUNE)
    row = desk.contract(CN9)
    assert dates(desk) == ("2026-06-01", "2026-06-30", "2026-07-01")
    assert (row["Billed"], row["Bill"], row["BaseRate"]) == (1, 1, 100)
    assert {line["BaseBilledThruDate"][:10] for line in desk.contract_lines(CN9)} == {"2026-06-30"}
    assert queued(desk) == []
    assert queued(desk, JULY) == [CN9]


def test_the_base_rate_box_differs_from_the_bill_until_it_is_billed(desk: Client) -> None:
    desk.save_contract(CN9, BaseRate=Decimal("80"))
    assert (desk.contract(CN9)["BaseRate"], desk.preview(CN9).amount) == (80, Decimal(100))
    desk.bill(CN9, JUNE)
    assert desk.contract(CN9)["BaseRate"] == 100


def test_tax_is_the_tax_codes(desk: Client) -> None:
    desk.save_contract(CN9, Taxable=1, TaxCodeID=2)
    row = desk.invoice(desk.bill(CN9, JUNE))
    assert (row["Tax"], row["Total"], row["Due"]) == (6, 106, 106)


def test_a_line_ended_in_the_period_is_prorated_by_the_product(desk: Client) -> None:
    line = desk.contract_lines(CN9)[1]["ContractDetailID"]
    desk.end_line(CN9, line, date(2026, 6, 10))
    assert desk.preview(CN9).amount == 50


def test_a_deposit_is_billed_by_its_amount(desk: Client) -> None:
    desk.save_contract(CN9, TimeBlockBased=1, BaseRate=Decimal("1500"))
    number = desk.bill(CN9, JUNE)
    assert desk.invoice(number)["Total"] == 1500
    assert [line["ContractDetailID"] for line in desk.billed_lines(number)] == [None]


def test_a_one_time_contract_is_billed_once(desk: Client) -> None:
    desk.set_billing(CN9, "One Time", JUNE)
    desk.bill(CN9, JUNE)
    assert dates(desk) == ("2026-06-01", "2026-06-01", None)


def test_an_invoice_of_a_contract_without_lines_is_one_of_nothing(desk: Client) -> None:
    for line in desk.contract_lines(CN9):
        desk.remove_line(CN9, line["ContractDetailID"])
    number = desk.bill(CN9, JUNE)
    assert desk.invoice(number)["Total"] == 0
    assert len(desk.contract_invoices(CN9)) == 1


def test_the_task_bills_the_whole_queue(desk: Client) -> None:
    made(desk, "CN10-01")
    made(desk, "CN11-01")
    desk.save_contract("CN11-01", Bill=0)
    numbers = desk.bill_due(JUNE)
    assert len(set(numbers)) == len(numbers) > 2
    assert queued(desk) == []
    assert desk.contract_invoices("CN11-01") == []


def test_contracts_that_group_invoices_share_one_and_a_deposit_stays_apart(desk: Client) -> None:
    made(desk, "CN10-01")
    made(desk, "CN11-01")
    for number in (CN9, "CN10-01", "CN11-01"):
        desk.save_contract(number, GroupInvoices=1)
    desk.save_contract("CN11-01", TimeBlockBased=1, BaseRate=Decimal("40"))
    desk.bill_due(JUNE)
    grouped, deposit = (desk.contract_invoices(number)[0] for number in (CN9, "CN11-01"))
    assert desk.contract_invoices("CN10-01")[0]["InvoiceNumber"] == grouped["InvoiceNumber"]
    assert (grouped["Total"], deposit["Total"]) == (200, 40)


def test_void_and_reset_puts_the_contract_back(desk: Client) -> None:
    before = dates(desk)
    lines = [line["BaseBilledThruDate"] for line in desk.contract_lines(CN9)]
    number = desk.bill(CN9, JUNE)
    desk.void_and_reset(number)
    assert (dates(desk), desk.contract(CN9)["Billed"]) == (before, 0)
    assert [line["BaseBilledThruDate"] for line in desk.contract_lines(CN9)] == lines
    assert (desk.invoice(number)["Void"], desk.invoice(number)["Due"]) == (1, 0)
    assert {line["VoidFlag"] for line in desk.billed_lines(number)} == {1}
    assert owed(desk) == 0
    assert desk.bill(CN9, JUNE) != number


def test_void_and_reset_of_a_later_bill_goes_back_to_the_one_before(desk: Client) -> None:
    first = desk.bill(CN9, JUNE)
    second = desk.bill(CN9, JULY)
    with pytest.raises(ValueError, match=f"invoice {second} bills a later period: void it first"):
        desk.void_and_reset(first)
    desk.void_and_reset(second)
    assert dates(desk) == ("2026-06-01", "2026-06-30", "2026-07-01")
    assert desk.contract(CN9)["Billed"] == 1
    assert {line["BaseBilledThruDate"][:10] for line in desk.contract_lines(CN9)} == {"2026-06-30"}


def test_a_first_bill_that_followed_a_set_day_goes_back_to_that_day(desk: Client) -> None:
    desk.save_contract(CN9, BaseBilledThruDate=date(2026, 5, 31))
    desk.void_and_reset(desk.bill(CN9, JUNE))
    assert dates(desk) == (None, "2026-05-31", "2026-06-01")


def test_a_plain_void_leaves_the_contract_as_billed(desk: Client) -> None:
    number = desk.bill(CN9, JUNE)
    after = desk.contract(CN9)
    desk.void(number)
    assert desk.contract(CN9) == after
    assert queued(desk) == []
    with pytest.raises(ValueError, match="is void already"):
        desk.void_and_reset(number)


def test_what_is_paid_is_not_voided(desk: Client) -> None:
    number = desk.bill(CN9, JUNE)
    desk.receive(number, Decimal("10"))
    with pytest.raises(ValueError, match="has receipts: un-apply them first"):
        desk.void_and_reset(number)
    desk.unapply(number)
    desk.void_and_reset(number)


def test_a_number_somebody_typed_is_not_given_again(desk: Client) -> None:
    first = desk.bill(CN9, JUNE)
    second = f"IN{int(first[2:]) + 1}"
    desk.rename_invoice(first, second)
    assert desk.bill(CN9, JULY) == f"IN{int(first[2:]) + 2}"
    offered = desk.next_contract_number()
    taken = f"CN{int(offered[2:]) + 1}"
    desk.add_contract("AB00", f"{taken}-01", "MIT")
    assert desk.next_contract_number() == f"CN{int(offered[2:]) + 2}"


def test_nothing_is_half_billed(desk: Client) -> None:
    desk.foreign_sql("DROP TABLE SCBillingContracts")
    before = desk.contract(CN9)
    with pytest.raises(sqlite3.OperationalError, match="SCBillingContracts"):
        desk.bill(CN9, JUNE)
    with database.transaction(desk.path) as file:
        assert file.execute("SELECT 1 FROM ARInvoices WHERE PONumber = '501'").fetchone() is None
    assert desk.contract(CN9) == before
