"""Invoices: special ones, their amounts, and what their states lock."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import (
    agreement,
    bill,
    customer,
    lines,
    made,
    pay,
    read,
    row,
    special,
    status,
)
from tests.contract.simulator.connectwise.builders import custom_id, error, replace


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api, zip="9000", country={"name": "Belgium"})


def ties_out(invoice: dict[str, Any]) -> bool:
    parts = ("serviceTotal", "serviceAdjustmentAmount", "expenseTotal", "productTotal", "agreementAmount")
    whole = sum(invoice[name] for name in parts)
    whole -= invoice["downpaymentApplied"] + invoice["previousProgressApplied"]
    paid = invoice["payments"] + invoice["credits"]
    return bool(
        round(whole - invoice["subtotal"], 2) == 0
        and round(invoice["subtotal"] + invoice["salesTax"] - invoice["total"], 2) == 0
        and round(invoice["total"] - paid - invoice["balance"], 2) == 0
    )


def test_a_special_invoice_is_filled_from_its_company(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    sim.post("/clock", json={"set": "2026-06-15T09:00:00Z"})
    one = special(api, company)
    assert (one["status"]["name"], one["status"]["isClosed"]) == ("New", False)
    assert (one["date"], one["dueDate"]) == ("2026-06-15T00:00:00Z", "2026-07-15T00:00:00Z")
    assert (one["accountNumber"], one["billToCompany"]["id"]) == (company["accountNumber"], company["id"])
    assert (one["billingSite"]["name"], one["billingSiteCity"]) == ("Main", "Ghent")
    assert (one["billingSiteZip"], one["shippingSiteCountry"]) == ("9000", "Belgium")
    assert (one["specialInvoiceFlag"], one["location"]["name"]) == (True, "Central Office")
    assert one["invoiceNumber"].isdigit()
    assert "products_href" in one["_info"]
    made(api.patch(f"/company/companies/{company['id']}", json=[replace("city", "Bruges")]), 200)
    assert read(api, f"/finance/invoices/{one['id']}")["billingSiteCity"] == "Ghent"


def test_rows_make_the_totals(api: httpx.Client, company: dict[str, Any]) -> None:
    ident = special(api, company)["id"]
    line = row(api, ident, quantity=2)
    row(api, ident, "LAB-REMOTE")
    row(api, ident, "SW-24P-POE", billableOption="NoCharge")
    one = read(api, f"/finance/invoices/{ident}")
    assert (one["productTotal"], one["salesTax"], one["total"]) == (1430, 102.4, 1532.4)
    assert ties_out(one)
    entry = replace("discount", 40)
    assert made(api.patch(f"/procurement/products/{line['id']}", json=[entry]), 200)["extPrice"] == 1200
    exempt = made(api.patch(f"/finance/invoices/{ident}", json=[replace("taxCode", {"name": "EXEMPT"})]), 200)
    assert (exempt["subtotal"], exempt["salesTax"]) == (1350, 0)
    adjusted = made(
        api.patch(f"/finance/invoices/{ident}", json=[replace("serviceAdjustmentAmount", -50)]), 200
    )
    assert (adjusted["subtotal"], adjusted["adjustedBy"]) == (1300, "tandem")
    assert ties_out(adjusted)
    assert api.delete(f"/procurement/products/{line['id']}").status_code == 204
    assert read(api, f"/finance/invoices/{ident}")["productTotal"] == 150


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"type": "Agreement"}, ("InvalidField", "type")),
        ({"type": "Standard"}, ("InvalidField", "type")),
        ({"type": "Gift"}, ("InvalidField", "type")),
        ({"type": None}, ("MissingRequiredField", "type")),
        ({"company": None}, ("MissingRequiredField", "company")),
        ({"invoiceNumber": "1234567890123456"}, ("InvalidField", "invoiceNumber")),
        ({"invoiceNumber": "taken"}, ("ObjectExists", "invoiceNumber")),
        ({"date": "2026-06-15"}, ("UnsupportedFormat", "date")),
        ({"status": {"name": "Lost"}}, ("NotFound", "status/name")),
    ],
)
def test_what_an_invoice_is_refused_for(
    api: httpx.Client, company: dict[str, Any], changes: dict[str, Any], line: tuple[str, str]
) -> None:
    special(api, company, invoiceNumber="TAKEN")
    body = {"type": "Miscellaneous", "company": {"id": company["id"]}, **changes}
    assert error(api.post("/finance/invoices", json=body))[:2] == line


def test_the_type_stays_and_the_due_date_follows_the_terms(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    ident = special(api, company, date="2026-06-01T00:00:00Z")["id"]
    path = f"/finance/invoices/{ident}"
    assert error(api.patch(path, json=[replace("type", "CreditMemo")]))[1] == "type"
    entry = replace("billingTerms", {"name": "Net 14"})
    assert made(api.patch(path, json=[entry]), 200)["dueDate"] == "2026-06-15T00:00:00Z"
    entries = [replace("date", "2026-07-01T00:00:00Z"), replace("dueDate", "2026-12-24T00:00:00Z")]
    assert made(api.patch(path, json=entries), 200)["dueDate"] == "2026-12-24T00:00:00Z"


def test_totals_cannot_be_written_by_the_api_but_by_people(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    ident = bill(sim, agreement(api, company, billAmount=100)["id"], "2026-06-01")["id"]
    path = f"/finance/invoices/{ident}"
    entries = [replace("agreementAmount", 5), replace("total", 5), replace("balance", 0)]
    assert made(api.patch(path, json=entries), 200)["total"] == 108
    changed = sim.post(f"/human/invoice/{ident}", json={"agreementAmount": 50}).json()
    assert (changed["subtotal"], changed["total"], ties_out(changed)) == (50, 54, True)


def test_lists_are_filtered_by_what_a_poll_needs(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company, billAmount=10)["id"]
    first, second = bill(sim, owner, "2026-05-01"), bill(sim, owner, "2026-06-01", status="Sent")
    other = special(api, company, invoiceNumber="MISC-1")
    for condition, expected in (
        ("type='Agreement'", [first, second]),
        (f"agreement/id={owner} and date >= [2026-06-01]", [second]),
        ("status/name in ('New','Approved')", [first, other]),
        ("invoiceNumber='misc-1'", [other]),
        (f"applyToType='Agreement' and applyToId={owner}", [first, second]),
        ("company/identifier='Northgate' and balance > 5", [first, second]),
        ("location/name='Central Office' and status/isClosed=false", [first, second, other]),
    ):
        rows = api.get("/finance/invoices", params={"conditions": condition}).json()
        assert [one["id"] for one in rows] == [one["id"] for one in expected], condition
        count = api.get("/finance/invoices/count", params={"conditions": condition}).json()
        assert count == {"count": len(expected)}
    unknown = api.get("/finance/invoices", params={"conditions": "invoiceDate > [2026-01-01]"})
    assert unknown.json()["code"] == "ApiFindCondition"


def test_closing_needs_an_account_number(api: httpx.Client, sim: httpx.Client) -> None:
    company = customer(api, "Nameless", accountNumber=None)
    ident = special(api, company)["id"]
    _, field, message = error(status(api, ident, "Closed"))
    assert (field, "account" in message) == ("company", True)
    made(api.patch(f"/company/companies/{company['id']}", json=[replace("accountNumber", "C-9")]), 200)
    closed = made(status(api, ident, "Closed"), 200)
    assert (closed["status"]["isClosed"], closed["closedBy"]) == (True, "tandem")
    assert closed["accountNumber"] == "C-9"


def test_a_closed_invoice_changes_its_status_only(api: httpx.Client, company: dict[str, Any]) -> None:
    ident = special(api, company)["id"]
    line = row(api, ident)["id"]
    made(status(api, ident, "Closed"), 200)
    path = f"/finance/invoices/{ident}"
    for entry in (replace("customerPO", "PO"), replace("internalNotes", "x"), replace("invoiceNumber", "1")):
        code, field, message = error(api.patch(path, json=[entry]))
        assert (code, field, "is closed" in message) == ("InvalidObject", entry["path"], True)
    assert error(api.delete(path))[0] == "InvalidObject"
    assert error(api.patch(f"/procurement/products/{line}", json=[replace("price", 1)]))[1] == "invoice"
    assert error(api.delete(f"/procurement/products/{line}"))[1] == "invoice"
    assert made(status(api, ident, "Paid"), 200)["status"]["name"] == "Paid"
    opened = made(status(api, ident, "New"), 200)
    assert "closedBy" not in opened
    assert made(api.patch(path, json=[replace("customerPO", "PO")]), 200)["customerPO"] == "PO"


def test_the_narrow_door_takes_status_notes_and_custom_fields(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    ident = special(api, company, customerPO="PO-1")["id"]
    field = custom_id(api, "ERP Doc No")
    path = f"/finance/closedInvoices/{ident}"
    entries = [
        replace("internalNotes", "Posted"),
        replace("customFields", [{"id": field, "value": "INV-77"}]),
        replace("customerPO", "PO-2"),
    ]
    assert error(api.patch(path, json=entries))[0] == "InvalidObject"
    made(status(api, ident, "Closed"), 200)
    changed = made(api.patch(path, json=entries), 200)
    assert (changed["internalNotes"], changed["customFields"][0]["value"]) == ("Posted", "INV-77")
    assert set(changed) == {"id", "status", "internalNotes", "customFields", "_info"}
    assert read(api, f"/finance/invoices/{ident}")["customerPO"] == "PO-1"
    assert made(api.patch(path, json=[replace("status", {"name": "Paid"})]), 200)["status"]["name"] == "Paid"
    assert error(api.put(path, json={"internalNotes": "x"}))[1] == "status"
    assert api.get(path).status_code == 405
    assert api.get("/finance/closedInvoices").status_code == 405
    assert api.get("/finance/closedInvoices/count").status_code == 404
    assert read(api, f"/finance/invoices/{ident}")["customFields"][0]["value"] == "INV-77"


def test_some_releases_take_no_custom_fields_of_closed_invoices(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    sim.post("/knobs", json={"closed_invoices_take_custom_fields": False})
    ident = special(api, company)["id"]
    made(status(api, ident, "Closed"), 200)
    entry = replace("customFields", [{"id": custom_id(api, "ERP Doc No"), "value": "INV-77"}])
    made(api.patch(f"/finance/closedInvoices/{ident}", json=[entry]), 200)
    assert read(api, f"/finance/invoices/{ident}")["customFields"][0]["value"] is None


def test_deleting_an_open_invoice_lets_its_rows_go(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    ident = special(api, company)["id"]
    line = row(api, ident)["id"]
    assert api.delete(f"/finance/invoices/{ident}").status_code == 204
    assert "invoice" not in read(api, f"/procurement/products/{line}")
    paid = special(api, company)["id"]
    row(api, paid)
    made(pay(api, paid, 10))
    assert error(api.delete(f"/finance/invoices/{paid}"))[0] == "InUse"


def test_a_credit_memo_is_never_positive(api: httpx.Client, company: dict[str, Any]) -> None:
    memo = special(api, company, type="CreditMemo")["id"]
    body = {"catalogItem": {"id": 701}, "billableOption": "Billable", "invoice": {"id": memo}}
    assert error(api.post("/procurement/products", json=body))[1] == "price"
    row(api, memo, quantity=-2, price=10)
    assert read(api, f"/finance/invoices/{memo}")["subtotal"] == -20


def test_everything_for_printing_comes_in_one_answer(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company, billAmount=100)["id"]
    invoice = bill(sim, owner, "2026-06-01")
    told = read(api, f"/finance/info/invoice/{invoice['id']}")
    assert told["invoice"]["invoiceNumber"] == invoice["invoiceNumber"]
    assert (told["products"], told["expenses"], told["timeEntries"]) == (lines(api, invoice["id"]), [], [])
    assert told["agreementBillingInfo"] == [
        {
            "agreementName": "Managed Care",
            "agreementType": "Managed Services",
            "agreementAmount": 100,
            "agreementRecId": owner,
            "parentRecId": None,
        }
    ]
    assert api.get("/finance/info/invoice/1").status_code == 404
    assert api.post(f"/finance/info/invoice/{invoice['id']}", json={}).status_code == 405


def test_the_older_generation_does_not_know_the_newer_fields(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    ident = special(api, company)["id"]
    older = {"Accept": "application/vnd.connectwise.com+json; version=2022.1"}
    shown = api.get(f"/finance/invoices/{ident}", headers=older).json()
    assert not {"location", "department", "territory", "closedBy"} & shown.keys()
    assert "isClosed" not in shown["status"]
