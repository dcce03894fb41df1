from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.builders import create, error


def merge(api: httpx.Client, source: dict[str, Any], target: dict[str, Any], **choices: Any) -> None:
    body = {"toCompanyId": target["id"], **choices}
    answer = api.post(f"/company/companies/{source['id']}/merge", json=body)
    assert (answer.status_code, answer.json()["success"]) == (200, True)


def contact(api: httpx.Client, company: dict[str, Any]) -> dict[str, Any]:
    body = {"firstName": "Ann", "company": {"id": company["id"]}}
    made: dict[str, Any] = api.post("/company/contacts", json=body).json()
    return made


@pytest.mark.parametrize("leaves", ["bin", "nothing"])
def test_sites_and_contacts_move_and_others_refer_anew(
    api: httpx.Client, sim: httpx.Client, leaves: str
) -> None:
    sim.post("/knobs", json={"merge_leaves": leaves})
    source, target = create(api, "Source", types=[{"id": 3}]), create(api, "Target", types=[{"id": 1}])
    child = create(api, "Child", parentCompany={"id": source["id"]}, billToCompany={"id": source["id"]})
    person = contact(api, source)
    api.post(f"/company/companies/{source['id']}/sites", json={"name": "Depot"})
    merge(api, source, target, type="From")
    sites = [site["name"] for site in api.get(f"/company/companies/{target['id']}/sites").json()]
    assert sites == (["Main", "Depot"] if leaves == "bin" else [f"Main ({source['id']})", "Main", "Depot"])
    moved = api.get(f"/company/contacts/{person['id']}").json()
    assert moved["company"]["identifier"] == "Target"
    child = api.get(f"/company/companies/{child['id']}").json()
    assert child["parentCompany"]["id"] == child["billToCompany"]["id"] == target["id"]
    merged = api.get(f"/company/companies/{target['id']}").json()
    assert ([kind["id"] for kind in merged["types"]], merged["isVendorFlag"]) == ([1, 3], True)
    left = api.get(f"/company/companies/{source['id']}")
    if leaves == "bin":
        assert (left.json()["deletedFlag"], left.json()["deletedBy"]) == (True, "tandem")
    else:
        assert left.json() == {"code": "NotFound", "message": f"Company {source['id']} not found"}
        assert api.get(f"/company/companies/{source['id']}/sites").status_code == 404
        assert api.get("/company/companies", params={"conditions": f"id={source['id']}"}).json() == []


def test_a_merge_takes_what_it_is_told_from_the_company_that_goes(api: httpx.Client) -> None:
    source = create(api, "Source", accountNumber="S-1", phoneNumber="1", userDefinedField3="x", website="old")
    target = create(api, "Target", accountNumber="T-1", website="new")
    person = contact(api, source)
    taken = dict.fromkeys(
        ("accountNumber", "phone", "userDefinedField3", "identifier", "primaryAddress"), "From"
    )
    merge(api, source, target, **taken, contacts="Discard", sites="Discard")
    row = api.get(f"/company/companies/{target['id']}").json()
    assert (row["identifier"], row["accountNumber"], row["phoneNumber"]) == ("Source", "S-1", "1")
    assert (row["userDefinedField3"], row["website"]) == ("x", "new")
    assert api.get(f"/company/contacts/{person['id']}").status_code == 404


def test_a_merge_with_itself_with_nobody_or_with_the_deleted_is_refused(api: httpx.Client) -> None:
    one, two = create(api, "One"), create(api, "Two")
    path = f"/company/companies/{one['id']}/merge"
    assert error(api.post(path, json={"toCompanyId": one["id"]}))[:2] == ("NotFound", "toCompanyId")
    assert error(api.post(path, json={"toCompanyId": 999}))[0] == "NotFound"
    assert api.post(path, json={}).status_code == 400
    assert api.post("/company/companies/999/merge", json={"toCompanyId": 1}).status_code == 404
    api.delete(f"/company/companies/{two['id']}")
    assert api.post(path, json={"toCompanyId": two["id"]}).status_code == 400
    assert api.get(path).status_code == 405


def test_an_emptied_recycle_bin_leaves_nothing_behind(api: httpx.Client, sim: httpx.Client) -> None:
    made = create(api, "Purged", typeIds=[1])
    site = made["site"]["id"]
    assert sim.post(f"/human/company/{made['id']}/purge", json={}).status_code == 204
    assert api.get(f"/company/companies/{made['id']}").status_code == 404
    assert api.get("/company/companyTypeAssociations").json() == []
    assert sim.get("").json()["records"].get("site") is None, site
    assert create(api, "Purged")["id"] > made["id"]
