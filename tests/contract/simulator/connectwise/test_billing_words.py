"""The words of billing and of the catalog: statuses, terms, cycles, currencies, taxes, units, types, items."""

from typing import Any

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.billing import made, read
from tests.contract.simulator.connectwise.builders import error, replace

ITEM = {
    "identifier": "NEW-1",
    "description": "New item",
    "customerDescription": "A new item",
    "subcategory": {"name": "Managed"},
    "type": {"name": "Agreement Seat"},
}


def test_the_tenant_has_a_typical_set(api: httpx.Client) -> None:
    statuses = api.get("/finance/billingStatuses").json()
    assert [(one["name"], one["closedFlag"], one["defaultFlag"]) for one in statuses] == [
        ("New", False, True),
        ("Approved", False, False),
        ("Sent", False, False),
        ("Closed", True, False),
        ("Paid", True, False),
    ]
    cycles = api.get("/finance/billingCycles").json()
    assert {(one["name"], one["billingOptions"]) for one in cycles} >= {
        ("Monthly", "Monthly"),
        ("Quarterly", "Quarterly"),
        ("Semi-Annual", "SemiAnnual"),
        ("Yearly", "Yearly"),
        ("BiWeekly", "BiWeekly"),
    }
    units = api.get("/procurement/unitOfMeasures").json()
    assert [one["name"] for one in units] == ["Each", "Hour", "EA"]
    kinds = api.get("/procurement/types/info").json()
    assert [one["name"] for one in kinds][:3] == ["Agreement Seat", "Backup Storage", "Software Subscription"]


@pytest.mark.parametrize(
    ("path", "body", "unique", "field", "longest"),
    [
        ("finance/billingStatuses", {"name": "Hold"}, "name", "name", 30),
        ("finance/billingTerms", {"name": "Net 60", "dueDays": 60}, "name", "termsXref", 50),
        (
            "finance/billingCycles",
            {"identifier": "W", "name": "Weekly", "billingOptions": "Weekly"},
            "identifier",
            "identifier",
            5,
        ),
        (
            "finance/currencies",
            {"symbol": "kr", "currencyCode": "SEK", "name": "Krona"},
            "currencyCode",
            "name",
            50,
        ),
        (
            "finance/taxCodes",
            {
                "identifier": "VAT21",
                "description": "VAT",
                "invoiceCaption": "VAT",
                "effectiveDate": "2020-01-01T00:00:00Z",
            },
            "identifier",
            "identifier",
            8,
        ),
        ("procurement/types", {"name": "Licence", "typeXref": "OtherCharge"}, "name", "name", 50),
        ("procurement/categories", {"name": "Voice"}, "name", "priceLevelXref", 10),
        ("procurement/unitOfMeasures", {"name": "Month"}, "name", "uomScheduleXref", 31),
    ],
)
def test_setup_tables_are_written(
    api: httpx.Client, path: str, body: dict[str, Any], unique: str, field: str, longest: int
) -> None:
    one = made(api.post(f"/{path}", json=body))
    code, at, _ = error(api.post(f"/{path}", json=body))
    assert (code, at) == ("ObjectExists", unique)
    wrong = {**body, unique: "two", field: "x" * (longest + 1)}
    assert error(api.post(f"/{path}", json=wrong))[1] == field
    assert error(api.post(f"/{path}", json={**body, unique: ""}))[0] == "MissingRequiredField"
    changed = made(api.patch(f"/{path}/{one['id']}", json=[replace("defaultFlag", True)]), 200)
    rows = api.get(f"/{path}").json()
    assert [row["id"] for row in rows if row["defaultFlag"]] == [changed["id"]]
    assert api.delete(f"/{path}/{one['id']}").status_code == 204


def test_billing_options_are_of_a_list(api: httpx.Client) -> None:
    body = {"identifier": "X", "name": "Odd", "billingOptions": "Fortnightly"}
    assert error(api.post("/finance/billingCycles", json=body))[:2] == ("InvalidField", "billingOptions")


def test_subcategories_are_served_flat_and_by_category(api: httpx.Client) -> None:
    body = {"name": "Phones", "category": {"id": 7}}
    flat = made(api.post("/procurement/subcategories", json=body))
    assert error(api.post("/procurement/subcategories", json=body))[0] == "ObjectExists"
    nested = made(api.post("/procurement/categories/8/subcategories", json={"name": "Phones"}))
    assert (flat["category"]["name"], nested["category"]["name"]) == ("Network", "Managed Services")
    names = [one["name"] for one in api.get("/procurement/categories/7/subcategories").json()]
    assert names == ["Switches", "Phones"]


def test_a_catalog_item_takes_its_category_from_the_subcategory(api: httpx.Client) -> None:
    one = made(api.post("/procurement/catalog", json={**ITEM, "price": 8.3333}))
    assert (one["category"]["name"], one["productClass"]) == ("Managed Services", "NonInventory")
    assert (one["unitOfMeasure"]["name"], one["price"]) == ("Each", 8.3333)
    moved = replace("subcategory", {"name": "Cloud Backup"})
    again = made(api.patch(f"/procurement/catalog/{one['id']}", json=[moved]), 200)
    assert again["category"]["name"] == "Backup"
    query = {"conditions": "identifier='new-1' and type/name='Agreement Seat'"}
    assert [row["id"] for row in api.get("/procurement/catalog", params=query).json()] == [one["id"]]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"identifier": "MS-SEAT"}, ("ObjectExists", "identifier")),
        ({"identifier": ""}, ("MissingRequiredField", "identifier")),
        ({"customerDescription": None}, ("MissingRequiredField", "customerDescription")),
        ({"type": None}, ("MissingRequiredField", "type")),
        ({"subcategory": None}, ("MissingRequiredField", "subcategory")),
        ({"description": "x" * 61}, ("InvalidField", "description")),
        ({"productClass": "Gadget"}, ("InvalidField", "productClass")),
        ({"recurringFlag": True}, ("MissingRequiredField", "recurringBillCycle")),
    ],
)
def test_what_a_catalog_item_is_refused_for(
    api: httpx.Client, changes: dict[str, Any], line: tuple[str, str]
) -> None:
    assert error(api.post("/procurement/catalog", json={**ITEM, **changes}))[:2] == line


def test_an_item_does_not_become_an_inventory_item_later(api: httpx.Client) -> None:
    entry = [replace("productClass", "Inventory")]
    assert error(api.patch("/procurement/catalog/701", json=entry))[1] == "productClass"
    assert api.patch("/procurement/catalog/712", json=entry).status_code == 200


def test_the_older_generation_has_shorter_skus_and_fewer_fields(
    api: httpx.Client, server: ConnectWiseServer
) -> None:
    long = {**ITEM, "identifier": "x" * 75}
    older = {"Accept": "application/vnd.connectwise.com+json; version=2022.1"}
    assert error(api.post("/procurement/catalog", json=long, headers=older))[1] == "identifier"
    one = made(api.post("/procurement/catalog", json=long))
    shown = api.get(f"/procurement/catalog/{one['id']}", headers=older).json()
    assert ("connectWiseID" in one, "connectWiseID" in shown) == (True, False)


def test_an_item_that_is_used_stays(api: httpx.Client, sim: httpx.Client) -> None:
    body = {"catalogItem": {"id": 701}, "company": {"id": 1}, "billableOption": "Billable"}
    sim.post("/seed", json={"product": [body]}).raise_for_status()
    assert error(api.delete("/procurement/catalog/701"))[0] == "InUse"
    assert api.delete("/procurement/catalog/702").status_code == 204
    assert read(api, "/procurement/catalog/count")["count"] == 13
