"""Additions and adjustments of agreements."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import (
    START,
    addition,
    agreement,
    bill,
    customer,
    made,
    read,
)
from tests.contract.simulator.connectwise.builders import error, replace


@pytest.fixture
def owner(api: httpx.Client) -> int:
    return int(agreement(api, customer(api))["id"])


def test_an_addition_begins_as_its_item(api: httpx.Client, owner: int) -> None:
    made_one = addition(api, owner, quantity=24, lessIncluded=4)
    assert (made_one["description"], made_one["invoiceDescription"]) == ("Managed seat", "Managed seat")
    assert (made_one["unitPrice"], made_one["unitCost"], made_one["uom"]) == (39.5, 11.2, "Each")
    assert (made_one["billedQuantity"], made_one["extPrice"], made_one["extCost"]) == (20, 790, 224)
    assert (made_one["margin"], made_one["agreementId"], made_one["taxableFlag"]) == (566, owner, True)
    assert addition(api, owner, "BKP-100GB")["sequenceNumber"] == 2


def test_prices_keep_more_than_two_decimals(api: httpx.Client, owner: int) -> None:
    body = {"product": {"id": 701}, "billCustomer": "Billable", "quantity": 3, "unitPrice": 8.3333}
    answer = api.post(f"/finance/agreements/{owner}/additions", json=body)
    assert '"unitPrice":8.3333,' in answer.text
    assert '"extPrice":25.00,' in answer.text
    assert '"unitCost":11.20,' in answer.text


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"billCustomer": None}, ("MissingRequiredField", "billCustomer")),
        ({"billCustomer": "NoDefault"}, ("InvalidField", "billCustomer")),
        ({"product": {"id": 9}}, ("NotFound", "product/id")),
        ({"product": {"identifier": "ONB-KIT"}}, ("InvalidField", "product")),
        ({"effectiveDate": "2025-12-31T00:00:00Z"}, ("InvalidField", "effectiveDate")),
        ({"cancelledDate": "2025-12-31T00:00:00Z"}, ("InvalidField", "cancelledDate")),
        ({"effectiveDate": "2026-01-01"}, ("UnsupportedFormat", "effectiveDate")),
        ({"serialNumber": "x" * 51}, ("InvalidField", "serialNumber")),
    ],
)
def test_what_an_addition_is_refused_for(
    api: httpx.Client, owner: int, changes: dict[str, Any], line: tuple[str, str]
) -> None:
    body = {"product": {"id": 701}, "billCustomer": "Billable", "effectiveDate": START, **changes}
    assert error(api.post(f"/finance/agreements/{owner}/additions", json=body))[:2] == line


def test_additions_are_listed_by_agreement_only(api: httpx.Client, owner: int) -> None:
    first, second = addition(api, owner)["id"], addition(api, owner, "BKP-SERVER")["id"]
    other = agreement(api, customer(api, "Other"))["id"]
    addition(api, other)
    path = f"/finance/agreements/{owner}/additions"
    assert [one["id"] for one in api.get(path).json()] == [first, second]
    assert api.get(f"{path}/count").json() == {"count": 2}
    query = {"conditions": "product/identifier='BKP-SERVER'"}
    assert [one["id"] for one in api.get(path, params=query).json()] == [second]
    assert api.get(f"/finance/agreements/{other}/additions/{first}").status_code == 404
    assert api.get("/finance/agreements/additions").status_code == 404
    assert api.get("/finance/agreements/9999/additions").status_code == 404


def test_an_addition_is_ended_or_deleted(api: httpx.Client, owner: int) -> None:
    path = f"/finance/agreements/{owner}/additions/{addition(api, owner)['id']}"
    entry = replace("cancelledDate", "2026-07-01T00:00:00Z")
    assert made(api.patch(path, json=[entry]), 200)["cancelledDate"] == "2026-07-01T00:00:00Z"
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


@pytest.mark.parametrize("bumps", [False, True])
def test_a_knob_says_whether_an_addition_bumps_its_agreement(
    api: httpx.Client, sim: httpx.Client, owner: int, *, bumps: bool
) -> None:
    sim.post("/knobs", json={"child_bumps_parent": bumps})

    def moved() -> bool:
        sim.post("/clock", json={"advance": 60})
        before = read(api, f"/finance/agreements/{owner}")["_info"]["lastUpdated"]
        act()
        return bool(read(api, f"/finance/agreements/{owner}")["_info"]["lastUpdated"] != before)

    seats: list[int] = []

    def act() -> None:
        if not seats:
            seats.append(addition(api, owner)["id"])
        elif len(seats) == 1:
            seats.append(seats[0])
            entry = [replace("quantity", 5)]
            made(api.patch(f"/finance/agreements/{owner}/additions/{seats[0]}", json=entry), 200)
        else:
            assert api.delete(f"/finance/agreements/{owner}/additions/{seats[0]}").status_code == 204

    assert [moved(), moved(), moved()] == [bumps] * 3


def test_prorated_amounts_are_those_of_the_next_period(
    api: httpx.Client, sim: httpx.Client, owner: int
) -> None:
    bill(sim, owner, "2026-05-01")
    half = addition(api, owner, quantity=2, unitPrice=30, effectiveDate="2026-06-16T00:00:00Z")
    assert (half["proratePrice"], half["extendedProratePrice"]) == (15, 30)
    assert (half["extPrice"], addition(api, owner)["proratePrice"]) == (60, 0)
    bill(sim, owner, "2026-06-01")
    again = read(api, f"/finance/agreements/{owner}/additions/{half['id']}")
    assert again["proratePrice"] == 0


def test_adjustments_of_a_block_are_kept(api: httpx.Client, owner: int) -> None:
    path = f"/finance/agreements/{owner}/adjustments"
    body = {"amount": -2.5, "description": "Goodwill", "effectiveDate": "2026-02-01T00:00:00Z"}
    one = made(api.post(path, json=body))
    assert (one["amount"], one["agreementId"]) == (-2.5, owner)
    assert error(api.post(path, json={"description": "x" * 1001}))[1] == "description"
    assert api.get(f"{path}/count").json() == {"count": 1}
