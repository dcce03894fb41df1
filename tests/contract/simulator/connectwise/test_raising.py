"""Agreement invoices, as the recurring run raises them."""

from typing import Any

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.billing import (
    addition,
    agreement,
    bill,
    customer,
    lines,
    made,
    read,
)
from tests.contract.simulator.connectwise.builders import error, replace


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api)


def billed(api: httpx.Client, invoice: dict[str, Any]) -> list[tuple[str, float, float, float]]:
    """Item, quantity, price and extended price of each row."""
    return [
        (one["catalogItem"]["identifier"], one["quantity"], one["price"], one["extPrice"])
        for one in lines(api, invoice["id"])
    ]


def test_flat_amount_and_additions_make_the_invoice(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company, billAmount=250, customerPO="PO-5")["id"]
    addition(api, owner, quantity=24, lessIncluded=4)
    addition(api, owner, "BKP-SERVER", quantity=2, taxableFlag=False)
    one = bill(sim, owner, "2026-06-01")
    assert (one["type"], one["applyToType"], one["applyToId"]) == ("Agreement", "Agreement", owner)
    assert (one["agreement"]["id"], one["agreement"]["type"]) == (owner, "Managed Services")
    assert (one["date"], one["status"]["name"], one["customerPO"]) == ("2026-06-01T00:00:00Z", "New", "PO-5")
    assert (one["agreementAmount"], one["productTotal"], one["subtotal"]) == (250, 960, 1210)
    assert (one["salesTax"], one["total"], one["balance"]) == (83.2, 1293.2, 1293.2)
    assert billed(api, one) == [("MS-SEAT", 20, 39.5, 790), ("BKP-SERVER", 2, 85, 170)]
    first = lines(api, one["id"])[0]
    assert (first["agreement"]["id"], first["invoice"]["identifier"]) == (owner, one["invoiceNumber"])
    assert (first["customerDescription"], first["uom"], first["productClass"]) == (
        "Managed seat",
        "Each",
        "Agreement",
    )
    assert read(api, f"/finance/agreements/{owner}")["nextInvoiceDate"] == "2026-07-01T00:00:00Z"


def test_number_status_and_date_are_as_wished(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company, billAmount=1)["id"]
    one = bill(sim, owner, "2026-06-01", number="40757", status="Sent")
    assert (one["invoiceNumber"], one["status"]["name"]) == ("40757", "Sent")
    again = sim.post("/invoice", json={"agreement": owner, "number": "40757"})
    assert error(again)[:2] == ("ObjectExists", "invoiceNumber")
    closed = bill(sim, owner, "", status={"name": "Closed"}, member="bfielding")
    assert (closed["date"], closed["closedBy"]) == ("2026-07-01T00:00:00Z", "bfielding")
    assert sim.post("/invoice", json={"agreement": owner, "status": "Lost"}).status_code == 404
    assert sim.post("/invoice", json={"agreement": 9}).status_code == 404
    long = sim.post("/invoice", json={"agreement": owner, "number": "1234567890123456"})
    assert error(long)[1] == "invoiceNumber"


def test_the_type_marks_its_invoice_numbers(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    entry = [replace("invoicePreSuffix", "MS")]
    made(api.patch("/finance/agreements/types/6", json=entry), 200)
    owner = agreement(api, company)["id"]
    assert bill(sim, owner, "2026-06-01")["invoiceNumber"].endswith("MS")
    made(api.patch("/finance/agreements/types/6", json=[replace("prefixSuffixOption", "Prefix")]), 200)
    assert bill(sim, owner, "2026-07-01")["invoiceNumber"].startswith("MS")


def test_only_additions_in_force_are_billed(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company, prorateFlag=False)["id"]
    addition(api, owner, "MS-SERVER", effectiveDate="2026-07-01T00:00:00Z")
    addition(api, owner, "SUB-EDR", cancelledDate="2026-06-01T00:00:00Z")
    addition(api, owner, "SUB-MAIL", quantity=0)
    addition(api, owner, "SUB-OFFICE", billCustomer="DoNotBill")
    addition(api, owner, "BKP-100GB", billCustomer="NoCharge", quantity=3)
    addition(api, owner, "MS-SEAT", quantity=5, lessIncluded=5)
    addition(api, owner, "COM-USER", effectiveDate="2026-06-20T00:00:00Z")
    one = bill(sim, owner, "2026-06-01")
    assert billed(api, one) == [
        ("BKP-100GB", 3, 0, 0),
        ("MS-SEAT", 0, 39.5, 0),
        ("COM-USER", 1, 18.75, 18.75),
    ]
    assert one["subtotal"] == 18.75


def test_what_starts_or_ends_within_the_period_is_prorated(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company)["id"]
    addition(api, owner, quantity=2, unitPrice=30, effectiveDate="2026-06-16T00:00:00Z")
    addition(api, owner, "MS-SERVER", unitPrice=90, cancelledDate="2026-06-11T00:00:00Z")
    one = bill(sim, owner, "2026-06-01")
    assert billed(api, one) == [("MS-SEAT", 2, 15, 30), ("MS-SERVER", 1, 30, 30)]
    assert [row["customerDescription"] for row in lines(api, one["id"])] == [
        "Managed seat (prorated, start date 06/16/2026)",
        "Managed server (prorated, end date 06/11/2026)",
    ]
    assert billed(api, bill(sim, owner, "2026-07-01")) == [("MS-SEAT", 2, 30, 60)]


def test_what_is_added_within_a_billed_period_is_billed_at_once(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company, billAmount=100)["id"]
    addition(api, owner, "MS-SERVER")
    bill(sim, owner, "2026-06-01")
    late = {"agreement": owner, "prorated": True}
    assert sim.post("/invoice", json=late).status_code == 400
    addition(api, owner, quantity=2, unitPrice=30, effectiveDate="2026-06-16T00:00:00Z")
    one = bill(sim, owner, "2026-06-16", prorated=True)
    assert (one["agreementAmount"], one["subtotal"], one["date"]) == (0, 30, "2026-06-16T00:00:00Z")
    assert billed(api, one) == [("MS-SEAT", 2, 15, 30)]
    assert read(api, f"/finance/agreements/{owner}")["nextInvoiceDate"] == "2026-07-01T00:00:00Z"
    assert sim.post("/invoice", json=late).status_code == 400
    assert bill(sim, owner, "")["subtotal"] == 305
    assert api.delete(f"/finance/invoices/{one['id']}").status_code == 204
    assert read(api, f"/finance/agreements/{owner}")["nextInvoiceDate"] == "2026-08-01T00:00:00Z"


def test_what_is_added_within_a_billed_period_follows_on_the_next_invoice(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    sim.post("/knobs", json={"missed_additions_follow": True})
    owner = agreement(api, company)["id"]
    bill(sim, owner, "2026-06-01")
    addition(api, owner, quantity=2, unitPrice=30, effectiveDate="2026-06-16T00:00:00Z")
    assert billed(api, bill(sim, owner, "")) == [("MS-SEAT", 2, 30, 60), ("MS-SEAT", 2, 15, 30)]
    assert billed(api, bill(sim, owner, "")) == [("MS-SEAT", 2, 30, 60)]


def test_the_first_amount_and_the_last_one_are_cut(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company, billAmount=300, prorateFirstBill=120)["id"]
    assert [bill(sim, owner, day)["agreementAmount"] for day in ("2026-05-01", "2026-06-01")] == [120, 300]
    entries = [replace("cancelledFlag", True), replace("dateCancelled", "2026-07-31T00:00:00Z")]
    made(api.patch(f"/finance/agreements/{owner}", json=entries), 200)
    assert bill(sim, owner, "2026-07-01")["agreementAmount"] == 300
    assert "nextInvoiceDate" not in read(api, f"/finance/agreements/{owner}")
    other = agreement(api, company, billAmount=300, noEndingDateFlag=False, endDate="2026-06-10T00:00:00Z")[
        "id"
    ]
    addition(api, other, unitPrice=30)
    last = bill(sim, other, "2026-06-01")
    assert (last["agreementAmount"], last["productTotal"]) == (100, 10)
    assert "nextInvoiceDate" not in read(api, f"/finance/agreements/{other}")


@pytest.mark.parametrize(
    ("cycle", "expected"),
    [
        ("Monthly", "2026-07-01T00:00:00Z"),
        ("Quarterly", "2026-09-01T00:00:00Z"),
        ("Semi-Annual", "2026-12-01T00:00:00Z"),
        ("Yearly", "2027-06-01T00:00:00Z"),
        ("BiWeekly", "2026-06-15T00:00:00Z"),
        ("Not Recurring", None),
    ],
)
def test_the_cycle_says_when_the_next_invoice_is_due(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any], cycle: str, expected: str | None
) -> None:
    owner = agreement(api, company, billingCycle={"name": cycle})["id"]
    bill(sim, owner, "2026-06-01")
    assert read(api, f"/finance/agreements/{owner}").get("nextInvoiceDate") == expected


def test_block_time_is_billed_once(api: httpx.Client, sim: httpx.Client, company: dict[str, Any]) -> None:
    block = agreement(api, company, type={"name": "Block Time"}, applicationLimit=10, billAmount=1500)
    assert (block["oneTimeFlag"], block["applicationUnits"], block["applicationLimit"]) == (True, "Hours", 10)
    assert bill(sim, block["id"], "2026-06-01")["subtotal"] == 1500
    answer = sim.post("/invoice", json={"agreement": block["id"]})
    assert (answer.status_code, "nothing to invoice" in answer.text) == (400, True)


def test_children_are_billed_with_their_parent(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    parent = agreement(api, company, billAmount=100)["id"]
    child = agreement(
        api, company, name="Backup", type={"name": "Backup"}, billAmount=40, parentAgreement={"id": parent}
    )["id"]
    gone = agreement(api, company, cancelledFlag=True, billAmount=7, parentAgreement={"id": parent})["id"]
    addition(api, parent)
    addition(api, child, "BKP-SERVER")
    one = bill(sim, parent, "2026-06-01")
    assert (one["agreementAmount"], one["subtotal"]) == (140, 264.5)
    assert [row["agreement"]["id"] for row in lines(api, one["id"])] == [parent, child]
    told = read(api, f"/finance/info/invoice/{one['id']}")["agreementBillingInfo"]
    assert [
        (row["agreementRecId"], row["agreementType"], row["agreementAmount"], row["parentRecId"])
        for row in told
    ] == [(parent, "Managed Services", 100, None), (child, "Backup", 40, parent)]
    assert read(api, f"/finance/agreements/{child}")["nextInvoiceDate"] == "2026-07-01T00:00:00Z"
    assert gone not in [row["agreementRecId"] for row in told]


def test_some_tenants_count_additions_in_the_agreement_amount(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    sim.post("/knobs", json={"additions_in_agreement_amount": True})
    owner = agreement(api, company, billAmount=100)["id"]
    addition(api, owner)
    one = bill(sim, owner, "2026-06-01")
    assert (one["agreementAmount"], one["productTotal"], one["subtotal"]) == (139.5, 0, 139.5)
    assert billed(api, one) == [("MS-SEAT", 1, 39.5, 39.5)]
    sim.post("/knobs", json={"additions_in_agreement_amount": False})
    changed = made(api.patch(f"/finance/invoices/{one['id']}", json=[replace("customerPO", "PO")]), 200)
    assert changed["subtotal"] == 139.5


def test_a_deleted_invoice_is_raised_again_for_the_same_period(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company)["id"]
    addition(api, owner)
    bill(sim, owner, "2026-05-01")
    first = bill(sim, owner, "2026-06-01")
    old = [row["id"] for row in lines(api, first["id"])]
    assert api.delete(f"/finance/invoices/{first['id']}").status_code == 204
    assert api.get(f"/procurement/products/{old[0]}").status_code == 404
    assert read(api, f"/finance/agreements/{owner}")["nextInvoiceDate"] == "2026-06-01T00:00:00Z"
    again = bill(sim, owner, "")
    assert (again["date"], len(lines(api, again["id"]))) == ("2026-06-01T00:00:00Z", 1)
    assert again["invoiceNumber"] != first["invoiceNumber"]


def test_the_run_bills_all_that_is_due(api: httpx.Client, sim: httpx.Client, company: dict[str, Any]) -> None:
    first = agreement(api, company, startDate="2026-06-01T00:00:00Z")["id"]
    agreement(api, company, parentAgreement={"id": first}, startDate="2026-06-01T00:00:00Z")
    agreement(api, company, startDate="2026-07-01T00:00:00Z")
    second = agreement(api, company, startDate="2026-06-01T00:00:00Z")["id"]
    ids = made(sim.post("/invoice", json={"through": "2026-06-30"}))["ids"]
    found = [read(api, f"/finance/invoices/{ident}")["agreement"]["id"] for ident in ids]
    assert found == [first, second]
    assert made(sim.post("/invoice", json={"through": "2026-06-30"}))["ids"] == []


def test_the_api_raises_an_invoice_too(
    api: httpx.Client, sim: httpx.Client, server: ConnectWiseServer, company: dict[str, Any]
) -> None:
    owner = agreement(api, company, billAmount=5)["id"]
    path = f"/finance/agreements/{owner}/invoice"
    one = made(api.post(path))
    assert (one["type"], one["date"], one["_info"]["enteredBy"]) == (
        "Agreement",
        "2026-01-01T00:00:00Z",
        "tandem",
    )
    assert made(api.post(path, json={"date": "2026-03-01T00:00:00Z"}))["date"] == "2026-03-01T00:00:00Z"
    assert api.get(path).status_code == 405
    assert api.post("/finance/agreements/9/invoice").status_code == 404
    older = {"Accept": "application/vnd.connectwise.com+json; version=2022.1"}
    assert api.post(path, headers=older).status_code == 404
    sim.post(f"/human/agreement/{owner}", json={"nextInvoiceDate": None})
    assert api.post(path).status_code == 400
    sim.post("/role", json={"rights": {"Invoicing": {"add": "None"}}}).raise_for_status()
    assert api.post(path).status_code == 403
