"""Invoices of tickets, projects and phases, as a person raises them at the invoicing screen."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import agreement, customer, lines, made, read, status
from tests.contract.simulator.connectwise.builders import error
from tests.contract.simulator.connectwise.service import (
    changed,
    ids,
    phase,
    project,
    project_ticket,
    refused,
    ticket,
    worked,
)


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api)


def invoiced(sim: httpx.Client, **body: Any) -> dict[str, Any]:
    one: dict[str, Any] = made(sim.post("/invoice", json={"date": "2026-06-30", **body}))
    return one


def nothing(sim: httpx.Client, **body: Any) -> str:
    answer = sim.post("/invoice", json={"date": "2026-06-30", **body})
    assert answer.status_code == 400, answer.text
    return str(answer.json()["message"])


def product(api: httpx.Client, **more: Any) -> dict[str, Any]:
    body = {"catalogItem": {"identifier": "SW-24P-POE"}, "billableOption": "Billable", **more}
    one: dict[str, Any] = made(api.post("/procurement/products", json=body))
    return one


def project_time(api: httpx.Client, ident: int, hours: float, **more: Any) -> dict[str, Any]:
    return worked(api, ident, hours, chargeToType="ProjectTicket", **more)


def test_time_and_products_of_a_ticket_make_its_invoice(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    one = ticket(api, company, poNumber="PO-7741")["id"]
    entries = [worked(api, one, 2), worked(api, one, 1.5, workType={"name": "Travel"})]
    worked(api, one, 1, workType={"name": "Internal"})
    later = worked(api, one, 1, timeStart="2026-07-01T08:00:00Z")["id"]
    product(api, ticket={"id": one})
    bill = invoiced(sim, ticket=one, number="104233", status="Sent")
    assert (bill["type"], bill["applyToType"], bill["applyToId"]) == ("Standard", "Ticket", one)
    assert (bill["ticket"]["summary"], bill["reference"], bill["customerPO"]) == (
        "Core switch replacement",
        "Core switch replacement",
        "PO-7741",
    )
    assert (bill["invoiceNumber"], bill["status"]["name"], bill["date"]) == (
        "104233",
        "Sent",
        "2026-06-30T00:00:00Z",
    )
    assert (bill["serviceTotal"], bill["productTotal"], bill["subtotal"]) == (360, 389, 749)
    assert (bill["salesTax"], bill["balance"]) == (59.92, 808.92)
    rows = api.get("/time/entries", params={"conditions": f"invoice/id={bill['id']}"}).json()
    assert [row["id"] for row in rows] == [entry["id"] for entry in entries]
    assert [(row["status"], row["invoice"]["identifier"], row["invoiceFlag"]) for row in rows] == [
        ("Billed", "104233", True)
    ] * 2
    assert sum(row["extendedInvoiceAmount"] for row in rows) == bill["serviceTotal"]
    assert [row["catalogItem"]["identifier"] for row in lines(api, bill["id"])] == ["SW-24P-POE"]
    assert len(read(api, f"/finance/info/invoice/{bill['id']}")["timeEntries"]) == 2
    assert "nothing to invoice" in nothing(sim, ticket=one)
    assert (
        ids(api.get("/time/entries", params={"conditions": f"invoice/id={bill['id']} or id={later}"}))[-1]
        == later
    )
    second = invoiced(sim, ticket=one, date="2026-07-31")
    assert (second["serviceTotal"], second["invoiceNumber"] != "104233") == (120, True)


def test_billing_moves_the_stamp_of_time_and_not_of_the_ticket(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    one = ticket(api, company)["id"]
    entry = worked(api, one)["id"]
    sim.post("/clock", json={"set": "2030-01-01T00:00:00Z", "freeze": True}).raise_for_status()
    invoiced(sim, ticket=one)
    assert read(api, f"/time/entries/{entry}")["_info"]["lastUpdated"] == "2030-01-01T00:00:00Z"
    assert read(api, f"/service/tickets/{one}")["_info"]["lastUpdated"] < "2030"


def test_billed_time_is_locked_until_its_invoice_is_deleted(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    one = ticket(api, company)["id"]
    entry, part = worked(api, one, 2)["id"], product(api, ticket={"id": one})["id"]
    bill = invoiced(sim, ticket=one)
    where = f"time/entries/{entry}"
    for name, value in (("actualHours", 3), ("hourlyRate", 1), ("billableOption", "NoCharge")):
        assert refused(api, where, **{name: value}) == ("InvalidObject", name)
    assert error(api.delete(f"/{where}"))[0] == "InvalidObject"
    assert changed(api, where, notes="Words")["notes"] == "Words"
    made(status(api, bill["id"], "Closed"), 200)
    assert api.delete(f"/finance/invoices/{bill['id']}").status_code == 400
    made(status(api, bill["id"], "New"), 200)
    assert api.delete(f"/finance/invoices/{bill['id']}").status_code == 204
    freed = read(api, f"/{where}")
    assert (freed["status"], freed["invoiceFlag"], freed["invoiceReady"], "invoice" in freed) == (
        "Open",
        False,
        1,
        False,
    )
    assert "invoice" not in read(api, f"/procurement/products/{part}")
    assert changed(api, where, actualHours=1)["extendedInvoiceAmount"] == 120
    assert invoiced(sim, ticket=one)["subtotal"] == 509


def test_what_the_agreement_covers_costs_nothing(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    block = agreement(api, company, type={"name": "Block Time"}, applicationLimit=2)["id"]
    one = ticket(api, company, agreement={"id": block})["id"]
    covered, split, free = (
        worked(api, one, 1.5),
        worked(api, one, 1.5),
        worked(api, one, 1, billableOption="NoCharge"),
    )
    assert invoiced(sim, ticket=one)["serviceTotal"] == 120
    shown = [read(api, f"/time/entries/{entry['id']}") for entry in (covered, split, free)]
    assert [(row["status"], row["invoiceHours"], row["extendedInvoiceAmount"]) for row in shown] == [
        ("BilledAgreement", 0, 0),
        ("Billed", 1, 120),
        ("Billed", 1, 0),
    ]


def test_boards_may_want_the_ticket_closed_and_the_time_approved(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    changed(api, "service/boards/23", billTicketsAfterClosedFlag=True, billUnapprovedTimeExpenseFlag=False)
    one = ticket(api, company)["id"]
    entry = worked(api, one)
    assert entry["invoiceReady"] == 0
    assert "before it is closed" in nothing(sim, ticket=one)
    changed(api, f"service/tickets/{one}", status={"name": ">Closed"})
    assert "nothing to invoice" in nothing(sim, ticket=one)
    for action in ("submit", "approve"):
        made(api.post(f"/time/sheets/{entry['timeSheet']['id']}/{action}"), 200)
    assert read(api, f"/time/entries/{entry['id']}")["invoiceReady"] == 1
    bill = invoiced(sim, ticket=one)["id"]
    assert api.delete(f"/finance/invoices/{bill}").status_code == 204
    assert read(api, f"/time/entries/{entry['id']}")["status"] == "ApprovedByTierOne"


def test_a_ticket_for_a_fixed_fee_is_billed_once(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    one = ticket(api, company, billingMethod="FixedFee", billingAmount=500)["id"]
    entry = worked(api, one, 9)["id"]
    assert invoiced(sim, ticket=one)["serviceTotal"] == 500
    assert read(api, f"/time/entries/{entry}")["extendedInvoiceAmount"] == 0
    worked(api, one, 1)
    assert invoiced(sim, ticket=one)["serviceTotal"] == 0
    assert "nothing to invoice" in nothing(sim, ticket=one)


def test_not_more_than_agreed_is_billed(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    one = ticket(api, company, billingMethod="NotToExceed", billingAmount=300)["id"]
    worked(api, one, 2)
    assert invoiced(sim, ticket=one)["subtotal"] == 240
    worked(api, one, 2)
    bill = invoiced(sim, ticket=one)
    assert (bill["serviceTotal"], bill["serviceAdjustmentAmount"], bill["subtotal"]) == (240, -180, 60)


def test_expenses_come_along(api: httpx.Client, sim: httpx.Client, company: dict[str, Any]) -> None:
    one = ticket(api, company)["id"]
    spent = {
        "amount": 42,
        "billableOption": "Billable",
        "date": "2026-06-04T00:00:00Z",
        "ticket": {"id": one},
    }
    entry = made(sim.post("/seed", json={"expenseEntry": [spent]}))["expenseEntry"][0]
    bill = invoiced(sim, ticket=one)
    assert (bill["expenseTotal"], bill["subtotal"]) == (42, 42)
    shown = read(api, f"/expense/entries/{entry}")
    assert (shown["status"], shown["invoiceAmount"], shown["invoice"]["id"]) == ("Billed", 42, bill["id"])


def test_a_project_is_billed_for_the_time_of_its_tickets(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = project(api, company, customerPO="PO-8002")["id"]
    part = phase(api, owner)["id"]
    own = phase(api, owner, "Training", billSeparatelyFlag=True, billingMethod="ActualRates")["id"]
    first, second = project_ticket(api, owner, part)["id"], project_ticket(api, owner, own)["id"]
    project_time(api, first, 3)
    project_time(api, second, 1)
    bill = invoiced(sim, project=owner)
    assert (bill["type"], bill["applyToType"], bill["applyToId"]) == ("Standard", "Project", owner)
    assert (bill["project"]["name"], bill["customerPO"]) == ("Clinic network refresh", "PO-8002")
    assert bill["serviceTotal"] == 360
    rest = invoiced(sim, phase=own)
    assert (rest["applyToType"], rest["phase"]["name"], rest["serviceTotal"]) == (
        "ProjectPhase",
        "Training",
        120,
    )
    project_time(api, first, 1)
    single = invoiced(sim, ticket=first)
    assert (single["applyToType"], single["project"]["id"], single["phase"]["id"]) == ("Ticket", owner, part)


def test_a_fixed_fee_is_billed_in_parts_and_the_rest_at_the_end(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = project(api, company, billingMethod="FixedFee", billingAmount=9600)["id"]
    one = project_ticket(api, owner, phase(api, owner)["id"])["id"]
    entry = project_time(api, one, 8)["id"]
    first = invoiced(sim, project=owner, progress=4000)
    assert (first["type"], first["serviceTotal"], first["subtotal"]) == ("Progress", 4000, 4000)
    billed = read(api, f"/time/entries/{entry}")
    assert (billed["invoice"]["billingType"], billed["extendedInvoiceAmount"]) == ("Progress", 0)
    last = invoiced(sim, project=owner, date="2026-07-31")
    assert (last["type"], last["serviceTotal"], last["previousProgressApplied"], last["subtotal"]) == (
        "Standard",
        9600,
        4000,
        5600,
    )
    assert "nothing to invoice" in nothing(sim, project=owner, date="2026-08-31")


def test_what_cannot_be_invoiced_says_why(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    for kind in ("ticket", "project", "phase"):
        assert sim.post("/invoice", json={kind: 1}).status_code == 404
    one = ticket(api, company)["id"]
    worked(api, one)
    invoiced(sim, ticket=one, number="7")
    worked(api, one)
    taken = sim.post("/invoice", json={"ticket": one, "number": "7", "date": "2026-06-30"})
    assert error(taken)[:2] == ("ObjectExists", "invoiceNumber")
    bare = ticket(api, customer(api, "Bare", accountNumber=""))["id"]
    worked(api, bare)
    assert (
        error(sim.post("/invoice", json={"ticket": bare, "status": "Closed", "date": "2026-06-30"}))[1]
        == "company"
    )
    assert api.get("/time/entries/count", params={"conditions": "invoice/id != null"}).json() == {"count": 1}
