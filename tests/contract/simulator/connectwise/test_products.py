"""Product rows on invoices and elsewhere."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import (
    addition,
    agreement,
    bill,
    customer,
    lines,
    made,
    read,
    row,
    special,
)
from tests.contract.simulator.connectwise.builders import error, replace


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api)


def test_a_row_begins_as_its_item(api: httpx.Client, company: dict[str, Any]) -> None:
    one = row(api, special(api, company)["id"])
    assert (one["description"], one["customerDescription"]) == ("Firewall 60", "Firewall 60")
    assert (one["quantity"], one["price"], one["cost"], one["listPrice"]) == (1, 640, 455, 640)
    assert (one["extPrice"], one["extCost"], one["margin"]) == (640, 455, 185)
    assert (one["unitOfMeasure"]["name"], one["uom"], one["productClass"]) == ("Each", "Each", "Inventory")
    assert (one["company"]["id"], one["taxableFlag"]) == (company["id"], True)
    assert (one["location"]["name"], one["businessUnit"]["identifier"]) == ("Central Office", "Services")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"catalogItem": None}, ("MissingRequiredField", "catalogItem")),
        ({"billableOption": None}, ("MissingRequiredField", "billableOption")),
        ({"billableOption": "NoDefault"}, ("InvalidField", "billableOption")),
        ({"company": None}, ("MissingRequiredField", "invoice")),
        ({"ticket": {"id": 1}, "salesOrder": {"id": 1}}, ("InvalidField", "salesOrder")),
        ({"invoice": {"id": 9}}, ("NotFound", "invoice/id")),
        ({"description": "x" * 2001}, ("InvalidField", "description")),
        ({"customerDescription": "x" * 6001}, ("InvalidField", "customerDescription")),
    ],
)
def test_what_a_row_is_refused_for(
    api: httpx.Client,
    sim: httpx.Client,
    company: dict[str, Any],
    changes: dict[str, Any],
    line: tuple[str, str],
) -> None:
    above = {"ticket": [{"id": 1, "summary": "T"}], "salesOrder": [{"id": 1}]}
    sim.post("/seed", json=above).raise_for_status()
    owner = {"company": {"id": company["id"]}}
    body = {"catalogItem": {"id": 701}, "billableOption": "Billable", **owner, **changes}
    assert error(api.post("/procurement/products", json=body))[:2] == line


def test_the_api_adds_rows_to_special_invoices_only_people_to_any(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    invoice = bill(sim, agreement(api, company, billAmount=10)["id"], "2026-06-01")["id"]
    body = {"catalogItem": {"id": 713}, "billableOption": "Billable", "invoice": {"id": invoice}}
    assert error(api.post("/procurement/products", json=body))[1] == "invoice"
    made(sim.post("/human/product", json={"record": body}))
    assert read(api, f"/finance/invoices/{invoice}")["subtotal"] == 650
    assert "agreement" not in lines(api, invoice)[0]


def test_a_person_gives_an_extended_price_that_does_not_multiply_out(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company)["id"]
    addition(api, owner, quantity=3, unitPrice=8.33)
    invoice = bill(sim, owner, "2026-06-01")["id"]
    line = lines(api, invoice)[0]["id"]
    path = f"/procurement/products/{line}"
    assert made(api.patch(path, json=[replace("extPrice", 1)]), 200)["extPrice"] == 24.99
    changed = sim.post(f"/human/product/{line}", json={"extPrice": 25}).json()
    assert (changed["quantity"], changed["price"], changed["extPrice"]) == (3, 8.33, 25)
    assert read(api, f"/finance/invoices/{invoice}")["subtotal"] == 25
    assert made(api.patch(path, json=[replace("internalNotes", "x")]), 200)["extPrice"] == 25
    assert made(api.patch(path, json=[replace("quantity", 4)]), 200)["extPrice"] == 33.32


@pytest.mark.parametrize("bumps", [True, False])
def test_a_knob_says_whether_a_row_bumps_its_invoice(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any], *, bumps: bool
) -> None:
    sim.post("/knobs", json={"rows_bump_invoice": bumps})
    before = special(api, company)
    sim.post("/clock", json={"advance": 60})
    row(api, before["id"])
    after = read(api, f"/finance/invoices/{before['id']}")
    assert after["productTotal"] == 640
    assert (after["_info"]["lastUpdated"] != before["_info"]["lastUpdated"]) is bumps


def test_cancelled_rows_do_not_count(api: httpx.Client, company: dict[str, Any]) -> None:
    invoice = special(api, company)["id"]
    line = row(api, invoice)["id"]
    entry = replace("cancelledFlag", True)
    made(api.patch(f"/procurement/products/{line}", json=[entry]), 200)
    assert read(api, f"/finance/invoices/{invoice}")["subtotal"] == 0


def test_a_row_moves_to_another_invoice(api: httpx.Client, company: dict[str, Any]) -> None:
    first, second = special(api, company)["id"], special(api, company)["id"]
    line = row(api, first)["id"]
    made(api.patch(f"/procurement/products/{line}", json=[replace("invoice", {"id": second})]), 200)
    totals = [read(api, f"/finance/invoices/{one}")["productTotal"] for one in (first, second)]
    assert totals == [0, 640]


def test_rows_of_many_invoices_come_in_one_list(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = agreement(api, company)["id"]
    addition(api, owner)
    ids = [bill(sim, owner, f"2026-0{month}-01")["id"] for month in range(1, 6)]
    wanted = ",".join(str(one) for one in ids[1:4])
    query = {"conditions": f"invoice/id in ({wanted})", "orderBy": "id"}
    found = api.get("/procurement/products", params=query).json()
    assert [one["invoice"]["id"] for one in found] == ids[1:4]
    query = {
        "conditions": f"agreement/id={owner} and invoice/identifier='{found[0]['invoice']['identifier']}'"
    }
    assert len(api.get("/procurement/products", params=query).json()) == 1
