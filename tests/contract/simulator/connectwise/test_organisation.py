import httpx
import pytest

from tests.contract.simulator.connectwise.builders import create, error, replace


def test_a_location_lists_its_departments_and_work_goes_both_ways(api: httpx.Client) -> None:
    pairs = api.get("/system/locations/11/departments").json()
    assert [pair["department"]["identifier"] for pair in pairs] == ["Services", "Sales"]
    assert len(api.get("/system/info/departmentlocations").json()) == 3
    api.patch("/system/locations/11", json=[replace("departmentIds", [12])]).raise_for_status()
    assert [pair["department"]["id"] for pair in api.get("/system/locations/11/departments").json()] == [12]
    assert [pair["location"]["id"] for pair in api.get("/system/departments/10/locations").json()] == [38]


def test_places_are_made_and_removed(api: httpx.Client) -> None:
    body = {"name": "South Region", "structureLevel": {"id": 2}, "clientFlag": True, "departmentIds": [10]}
    made = api.post("/system/locations", json=body)
    assert made.status_code == 201
    ident = made.json()["id"]
    assert (
        api.get("/system/info/locations", params={"conditions": "name='south region'"}).json()[0]["id"]
        == ident
    )
    assert api.delete(f"/system/locations/{ident}").status_code == 204
    assert len(api.get("/system/info/departmentlocations").json()) == 3
    assert (
        error(api.post("/system/departments", json={"identifier": "x" * 16, "name": "Long"}))[1]
        == "identifier"
    )
    assert error(api.delete("/system/departments/12"))[0] == "InUse"


def test_a_territory_in_use_stays(api: httpx.Client) -> None:
    create(api, "Settled", territory={"id": 38})
    assert error(api.delete("/system/locations/38"))[0] == "InUse"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("company/countries", "Belgium"),
        ("company/states", "Oregon"),
        ("company/marketDescriptions", "Legal"),
        ("company/communicationTypes", "Email"),
        ("finance/billingTerms", "Net 30"),
        ("finance/taxCodes", "STD"),
        ("system/securityRoles", "Technician"),
        ("system/members/types", "Technician"),
        ("time/workTypes", "Regular"),
    ],
)
def test_setup_tables_have_light_variants(api: httpx.Client, path: str, name: str) -> None:
    rows = api.get(f"/{path}/info", params={"conditions": f"name='{name}'"}).json()
    assert [row["name"] for row in rows] == [name]
    assert set(rows[0]) <= {"id", "identifier", "name", "_info"}
    assert api.get(f"/{path}/info/count").json()["count"] >= 1
    assert api.get(f"/{path}/{rows[0]['id']}/info").json() == rows[0]


def test_company_types_say_whether_they_are_vendors(api: httpx.Client) -> None:
    rows = api.get("/company/companies/info/types", params={"conditions": "isVendor=true"}).json()
    assert [row["name"] for row in rows] == ["Vendor"]


def test_members_are_deactivated_not_deleted(api: httpx.Client) -> None:
    assert api.post("/system/members/176/deactivate").json()["success"] is True
    gone = api.get("/system/members/176").json()
    assert (gone["inactiveFlag"], "inactiveDate" in gone) == (True, True)
    assert api.post("/system/members/999/deactivate").status_code == 404
    assert api.get("/system/members/176/deactivate").status_code == 405
    assert api.get("/system/members/182/usages").status_code == 200


def test_members_need_what_the_product_needs(api: httpx.Client) -> None:
    body = {
        "identifier": "newbie",
        "firstName": "New",
        "lastName": "Bee",
        "licenseClass": "f",
        "defaultEmail": "Office",
        "defaultPhone": "Office",
        "hireDate": "2025-03-01T00:00:00Z",
        "securityRole": {"name": "Technician"},
    }
    made = api.post("/system/members", json={**body, "password": "secret"}).json()
    assert (made["licenseClass"], "password" in made) == ("F", False)
    assert error(api.post("/system/members", json=body))[:2] == ("ObjectExists", "identifier")
    assert error(api.post("/system/members", json={**body, "identifier": "x" * 16}))[1] == "identifier"
    missing = {line["field"] for line in api.post("/system/members", json={}).json()["errors"]}
    assert missing == {*body} - {"identifier"} | {"identifier"}


def test_keys_for_a_member_are_made_by_identifier_or_number(api: httpx.Client) -> None:
    headers = {"x-cw-usertype": "member"}
    for who in ("mkova", "176"):
        made = api.post(f"/system/members/{who}/tokens", json={"memberIdentifier": "mkova"}, headers=headers)
        assert set(made.json()) == {"publicKey", "privateKey", "expiration"}
    assert api.post("/system/members/nobody/tokens", json={}, headers=headers).status_code == 404


def test_custom_field_definitions_are_made_and_show_on_every_record(api: httpx.Client) -> None:
    ident = create(api, "Fields")["id"]
    body = {
        "podId": 1,
        "caption": "Tier",
        "sequenceNumber": 3,
        "fieldTypeIdentifier": "Text",
        "entryTypeIdentifier": "List",
        "options": [{"optionValue": "Gold"}, {"optionValue": "Silver"}],
    }
    made = api.post("/system/userDefinedFields", json=body).json()
    path = f"/company/companies/{ident}"
    assert [one["caption"] for one in api.get(path).json()["customFields"]][-1] == "Tier"
    chosen = [replace("customFields", [{"id": made["id"], "value": "gold"}])]
    assert api.patch(path, json=chosen).json()["customFields"][-1]["value"] == "Gold"
    renamed = [replace("options", [{"optionValue": "Bronze"}]), replace("requiredFlag", True)]
    api.patch(f"/system/userDefinedFields/{made['id']}", json=renamed).raise_for_status()
    assert error(api.patch(path, json=[replace("city", "Bruges")]))[1] == "customFields"
    repaired = [replace("city", "Bruges"), replace("customFields", [{"id": made["id"], "value": "Bronze"}])]
    assert api.patch(path, json=repaired).status_code == 200
    assert (
        error(api.post("/system/userDefinedFields", json={**body, "sequenceNumber": 501}))[0] == "OutOfRange"
    )
    assert error(api.post("/system/userDefinedFields", json={**body, "caption": "x" * 26}))[1] == "caption"
    assert api.delete(f"/system/userDefinedFields/{made['id']}").status_code == 204


def test_system_info_is_of_the_tenants_generation(api: httpx.Client) -> None:
    new = api.get("/system/info").json()
    assert set(new) >= {"version", "isCloud", "serverTimeZone", "licenseBits", "cloudRegion"}
    assert "maxWorkFlowRecordsAllowed" in new
    old = api.get("/system/info", headers={"Accept": "application/vnd.connectwise.com+json; version=2022.1"})
    assert "maxWorkFlowRecordsAllowed" not in old.json()


def test_a_bundle_reads_several_things_at_once(api: httpx.Client, sim: httpx.Client) -> None:
    create(api, "Bundled")
    create(api, "Other")
    sim.post("/role", json={"rights": {"Time Entry": "None"}}).raise_for_status()
    asked = {
        "filters": {"conditions": "identifier='bundled'"},
        "page": {"page": 1, "pageSize": 5},
        "fields": "id",
    }
    body = {
        "requests": [
            {"sequenceNumber": 1, "resourceType": "company", "version": "2025.1", "apiRequest": asked},
            {"sequenceNumber": 2, "resourceType": "timeEntry"},
            {"sequenceNumber": 3, "resourceType": "nonsense"},
            {"sequenceNumber": 4, "resourceType": "invoice", "apiRequest": {"filters": []}},
            {
                "sequenceNumber": 5,
                "resourceType": "agreement",
                "apiRequest": {"filters": {"conditions": "x = 1"}},
            },
            {"sequenceNumber": 6, "resourceType": "company", "apiRequest": "x"},
        ]
    }
    first, *others = api.post("/system/bundles", json=body).json()["results"]
    assert first == {
        "sequenceNumber": 1,
        "resourceType": "company",
        "entities": [{"id": 1001}],
        "count": 1,
        "success": True,
        "statusCode": 200,
        "error": None,
    }
    assert [one["statusCode"] for one in others] == [403, 400, 200, 400, 400]
    assert others[3]["error"]["code"] == "ApiFindCondition"
    assert api.post("/system/bundles", json={"requests": 5}).status_code == 400
    assert api.get("/system/bundles").status_code == 405
