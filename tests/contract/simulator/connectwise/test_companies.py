from typing import Any

import httpx

from tests.contract.simulator.connectwise.builders import company, create, error, names, patch, replace


def sites(api: httpx.Client, ident: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/company/companies/{ident}/sites").json()
    return found


def test_identifiers_are_unique_whatever_the_case_and_though_deleted(api: httpx.Client) -> None:
    ident = create(api, "Unique")["id"]
    assert error(api.post("/company/companies", json=company("UNIQUE")))[:2] == ("ObjectExists", "identifier")
    assert api.delete(f"/company/companies/{ident}").status_code == 204
    assert error(api.post("/company/companies", json=company("Unique")))[:2] == ("ObjectExists", "identifier")


def test_a_deleted_company_stays_visible_and_flagged(api: httpx.Client) -> None:
    ident = create(api, "Binned")["id"]
    api.delete(f"/company/companies/{ident}")
    row = api.get(f"/company/companies/{ident}").json()
    assert (row["deletedFlag"], row["deletedBy"]) == (True, "tandem")
    assert names(api.get("/company/companies")) == ["Binned"]
    assert names(api.get("/company/companies", params={"conditions": "deletedFlag=false"})) == []


def test_a_company_is_created_with_its_primary_site(api: httpx.Client) -> None:
    made = create(api, "Sited", addressLine1="1 Mill Lane", state="tx", zip="73301", country={"id": 1})
    site = sites(api, made["id"])[0]
    assert made["site"]["id"] == made["billingSite"]["id"] == site["id"]
    assert site["primaryAddressFlag"] is True
    assert (site["addressLine1"], site["zip"], site["stateReference"]["identifier"]) == (
        "1 Mill Lane",
        "73301",
        "TX",
    )


def test_the_company_address_reaches_the_primary_site(api: httpx.Client) -> None:
    ident = create(api, "Mirror1")["id"]
    patch(api, ident, replace("city", "Bruges"), replace("addressLine1", "2 Quay"))
    assert (sites(api, ident)[0]["city"], sites(api, ident)[0]["addressLine1"]) == ("Bruges", "2 Quay")


def test_the_primary_site_address_reaches_the_company(api: httpx.Client) -> None:
    made = create(api, "Mirror2")
    body = [replace("city", "Leuven"), replace("stateReference", {"identifier": "CA"})]
    api.patch(f"/company/companies/{made['id']}/sites/{made['site']['id']}", json=body)
    changed = api.get(f"/company/companies/{made['id']}").json()
    assert (changed["city"], changed["state"]) == ("Leuven", "CA")


def test_another_site_leaves_the_company_alone_until_it_becomes_primary(
    api: httpx.Client, sim: httpx.Client
) -> None:
    sim.post("/clock", json={"set": "2025-03-01T10:00:00Z", "freeze": True})
    made = create(api, "Primary")
    sim.post("/clock", json={"advance": 10})
    path = f"/company/companies/{made['id']}/sites"
    second = api.post(path, json={"name": "Depot", "city": "Antwerp"}).json()
    assert second["primaryAddressFlag"] is False
    unmoved = api.get(f"/company/companies/{made['id']}").json()
    assert unmoved["city"] == "Ghent"
    assert unmoved["_info"]["lastUpdated"] == "2025-03-01T10:00:00Z"
    api.patch(f"{path}/{second['id']}", json=[replace("primaryAddressFlag", True)])
    moved = api.get(f"/company/companies/{made['id']}").json()
    assert (moved["city"], moved["site"]["name"]) == ("Antwerp", "Depot")
    assert [site["primaryAddressFlag"] for site in sites(api, made["id"])] == [False, True]
    kept = api.patch(f"{path}/{second['id']}", json=[replace("primaryAddressFlag", False)])
    assert kept.json()["primaryAddressFlag"] is True
    assert error(api.delete(f"{path}/{second['id']}"))[0] == "InUse"


def test_site_names_are_unique_within_the_company(api: httpx.Client) -> None:
    one, two = create(api, "SitesA")["id"], create(api, "SitesB")["id"]
    assert error(api.post(f"/company/companies/{one}/sites", json={"name": "MAIN"}))[:2] == (
        "ObjectExists",
        "name",
    )
    assert api.post(f"/company/companies/{one}/sites", json={"name": "Depot"}).status_code == 201
    assert api.post(f"/company/companies/{two}/sites", json={"name": "Depot"}).status_code == 201
    assert error(api.post(f"/company/companies/{one}/sites", json={}))[2] == "The name field is required."


def test_a_site_belongs_to_the_company_of_its_path(api: httpx.Client) -> None:
    one, two = create(api, "OwnerA"), create(api, "OwnerB")
    assert api.get(f"/company/companies/{two['id']}/sites/{one['site']['id']}").status_code == 404
    spare = api.post(f"/company/companies/{one['id']}/sites", json={"name": "Spare"}).json()
    assert api.delete(f"/company/companies/{one['id']}/sites/{spare['id']}").status_code == 204


def test_types_are_given_on_create_and_by_association_later(api: httpx.Client) -> None:
    made = create(api, "Typed", types=[{"name": "Client"}], typeIds=[1, 4])
    ident = made["id"]
    assert [kind["name"] for kind in made["types"]] == ["Client", "Partner"]
    refused = patch(api, ident, replace("typeIds", [2]))
    assert error(refused)[2] == "typeIds can only be used when creating a new company."
    assert error(patch(api, ident, replace("types", [{"id": 2}])))[1] == "typeIds"
    nested = f"/company/companies/{ident}/typeAssociations"
    added = api.post(nested, json={"type": {"id": 3}})
    assert added.status_code == 201
    assert api.get(f"/company/companies/{ident}").json()["isVendorFlag"] is True
    assert error(api.post(nested, json={"type": {"id": 3}}))[0] == "ObjectExists"
    flat = {"type": {"id": 2}, "company": {"id": ident}}
    assert api.post("/company/companyTypeAssociations", json=flat).status_code == 201
    assert api.delete(f"{nested}/{added.json()['id']}").status_code == 204
    row = api.get(f"/company/companies/{ident}").json()
    assert ([kind["id"] for kind in row["types"]], row["isVendorFlag"]) == ([1, 4, 2], False)


def test_merge_moves_sites_and_bins_the_source(api: httpx.Client) -> None:
    source, target = create(api, "Source", accountNumber="S-1"), create(api, "Target")
    api.post(f"/company/companies/{source['id']}/sites", json={"name": "Depot"})
    body = {"toCompanyId": target["id"], "accountNumber": "From", "sites": "Merge"}
    assert api.post(f"/company/companies/{source['id']}/merge", json=body).json()["success"] is True
    assert api.get(f"/company/companies/{source['id']}").json()["deletedFlag"] is True
    merged = api.get(f"/company/companies/{target['id']}").json()
    assert (merged["accountNumber"], merged["identifier"]) == ("S-1", "Target")
    assert [site["name"] for site in sites(api, target["id"])] == ["Main", "Depot"]


def test_a_parent_company_in_use_cannot_be_deleted(api: httpx.Client) -> None:
    parent = create(api, "Parent")
    child = create(api, "Child", parentCompany={"identifier": "PARENT"})
    assert error(api.delete(f"/company/companies/{parent['id']}"))[0] == "InUse"
    api.delete(f"/company/companies/{child['id']}")
    assert api.delete(f"/company/companies/{parent['id']}").status_code == 204


def test_the_audit_trail_names_who_changed_what(api: httpx.Client, sim: httpx.Client) -> None:
    ident = create(api, "Audited")["id"]
    sim.post(
        f"/human/company/{ident}", json={"member": "mkova", "changes": {"status": {"name": "Delinquent"}}}
    )
    rows = api.get("/system/audittrail", params={"type": "company", "ID": ident}).json()
    assert rows[-1]["text"] == 'Status has been updated from "Active" to "Delinquent".'
    assert (rows[-1]["enteredBy"], rows[-1]["auditSource"]) == ("mkova", "Member")
    assert (rows[0]["auditType"], rows[0]["auditSource"]) == ("Company", "API")
    assert api.get("/system/audittrail/count", params={"type": "Company", "id": ident}).json()[
        "count"
    ] == len(rows)
    missing = api.get("/system/audittrail", params={"type": "Company"})
    assert (missing.status_code, missing.json()["message"]) == (400, "id or deviceIdentifier is required.")


def test_a_new_company_begins_with_the_tenants_defaults(api: httpx.Client) -> None:
    begins = api.get("/company/companies/default").json()
    made = create(api, "Usual")
    for name in ("status", "territory", "currency", "taxCode", "billingTerms"):
        assert begins[name]["id"] == made[name]["id"]


def test_what_overrides_the_billing_setup_lies_beside_the_company(api: httpx.Client) -> None:
    ident = create(api, "Billed")["id"]
    path = f"/finance/companyFinance/{ident}"
    assert api.get(path).json()["company"]["identifier"] == "Billed"
    assert api.patch(path, json=[replace("billOverrideFlag", True)]).json()["billOverrideFlag"] is True
    company = api.put(f"/company/companies/{ident}", json={"identifier": "Billed", "name": "B", "city": "x"})
    assert "billOverrideFlag" not in company.json()
    assert api.get(path).json()["billOverrideFlag"] is True
    assert api.delete(path).status_code == 405


def test_notes_and_teams_hang_on_companies(api: httpx.Client) -> None:
    ident = create(api, "Team")["id"]
    path = f"/company/companies/{ident}"
    assert api.post(f"{path}/notes", json={"text": "Call first."}).status_code == 201
    team = api.post(f"{path}/teams", json={"member": {"identifier": "mkova"}, "salesFlag": True}).json()
    assert (team["member"]["name"], team["company"]["id"]) == ("Marta Kova", ident)
    for child in ("groups", "tracks", "customStatusNotes"):
        assert api.get(f"{path}/{child}").json() == []
    assert api.delete(path).status_code == 204


def test_the_state_of_a_site_is_one_of_the_list(api: httpx.Client) -> None:
    path = f"/company/companies/{create(api, 'States')['id']}/sites"
    wrong = {"name": "Depot", "stateReference": {"identifier": "XX"}}
    assert error(api.post(path, json=wrong)) == (
        "NotFound",
        "stateReference/identifier",
        "state XX not found",
    )
    assert (
        error(api.post(path, json={"name": "Depot", "stateReference": {"id": 999}}))[1] == "stateReference/id"
    )
    made = api.post(
        path, json={"name": "Depot", "stateReference": {"identifier": "ca"}, "country": {"id": 1}}
    )
    assert made.json()["stateReference"]["name"] == "California"
    assert made.json()["stateReference"]["_info"]["state_href"].split("//")[-1].startswith("company/states/")


def test_a_site_is_inactivated_and_keeps_its_name_to_itself(api: httpx.Client) -> None:
    path = f"/company/companies/{create(api, 'Closed')['id']}/sites"
    depot = api.post(path, json={"name": "Depot"}).json()
    assert depot["inactiveFlag"] is False
    closed = api.patch(f"{path}/{depot['id']}", json=[replace("inactiveFlag", True)])
    assert closed.json()["inactiveFlag"] is True
    assert len(api.get(path).json()) == 2
    assert len(api.get(path, params={"conditions": "inactiveFlag=false"}).json()) == 1
    assert error(api.post(path, json={"name": "depot"}))[:2] == ("ObjectExists", "name")


def test_a_site_in_use_is_not_deleted(api: httpx.Client, sim: httpx.Client) -> None:
    made = create(api, "UsedSite")
    path = f"/company/companies/{made['id']}/sites"
    depot = api.post(path, json={"name": "Depot"}).json()
    body = {"firstName": "Ann", "company": {"id": made["id"]}, "site": {"id": depot["id"]}}
    person = api.post("/company/contacts", json=body).json()
    assert [one["id"] for one in api.get(f"{path}/{depot['id']}/usages/list").json()] == [person["id"]]
    assert error(api.delete(f"{path}/{depot['id']}"))[0] == "InUse"
    sim.post("/knobs", json={"in_use_status": 409})
    refused = api.delete(f"{path}/{depot['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "ConnectWiseApi")
    assert refused.json()["message"].endswith(f"because it is used by contact {person['id']}.")
