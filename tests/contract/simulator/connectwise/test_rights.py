from typing import Any

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from services.simulator.connectwise.settings import Settings
from tests.contract.simulator.connectwise.builders import company, create, names, patch, replace
from tests.contract.simulator.connectwise.conftest import client

READABLE = {
    "company/companies": "Company Maintenance",
    "company/contacts": "Contacts",
    "company/companies/types": "Table Setup",
    "finance/agreements": "Agreements",
    "finance/invoices": "Invoicing",
    "service/tickets": "Service Tickets",
    "project/projects": "Project Headers",
    "project/tickets": "Project Tickets",
    "time/entries": "Time Entry",
    "expense/entries": "Expense Entry",
    "sales/orders": "Sales Orders",
    "sales/opportunities": "Opportunities",
    "procurement/products": "Products",
    "procurement/catalog": "Product Catalog",
    "procurement/purchaseorders": "Purchase Orders",
    "system/members": "Member Maintenance",
    "system/locations": "My Company",
    "system/callbacks": "Callbacks",
}


def role(sim: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = sim.post("/role", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize(("path", "function"), READABLE.items())
def test_one_read_a_function_works_and_is_403_without_the_right(
    api: httpx.Client, sim: httpx.Client, path: str, function: str
) -> None:
    assert api.get(f"/{path}", params={"pageSize": 1}).status_code == 200
    role(sim, rights={function: {"inquire": "None"}})
    refused = api.get(f"/{path}", params={"pageSize": 1})
    assert refused.status_code == 403
    assert refused.json()["code"] == "Security"
    assert refused.json()["message"].startswith("You do not have security permission to perform this action.")
    assert refused.json()["message"].endswith(f"/ {function}: Inquire.")
    assert api.get(f"/{path}/count").status_code == 403
    assert api.get("/system/info").status_code == 200


@pytest.mark.parametrize(
    "path", ["expense/entries", "sales/orders", "sales/opportunities", "procurement/purchaseorders"]
)
def test_tables_still_to_come_are_empty_and_filterable(api: httpx.Client, path: str) -> None:
    params = {"conditions": "lastUpdated >= [2020-01-01T00:00:00Z] and id > 0", "orderBy": "id desc"}
    assert api.get(f"/{path}", params=params).json() == []
    assert api.get(f"/{path}/count").json() == {"count": 0}
    assert api.get(f"/{path}/1").status_code == 404
    assert api.get(f"/{path}", params={"conditions": "nonsense = 1"}).json()["code"] == "ApiFindCondition"
    refused = api.post(f"/{path}", json={})
    assert (refused.status_code, refused.json()["code"]) == (501, "NotSimulated")


def test_tickets_are_searched_by_post_with_their_paging_in_the_address(
    api: httpx.Client, sim: httpx.Client
) -> None:
    rows = [{"summary": f"Ticket {place}", "recordType": "ServiceTicket"} for place in range(5)]
    sim.post("/seed", json={"service/tickets": rows}).raise_for_status()
    body = {"conditions": "summary != 'Ticket 4'", "orderBy": "id desc"}
    found = api.post("/service/tickets/search", params={"page": 2, "pageSize": 3}, json=body)
    assert [row["summary"] for row in found.json()] == ["Ticket 0"]
    assert api.post("/project/tickets/search", json={}).json() == []
    assert api.post("/service/tickets/search", json=[]).status_code == 400
    assert api.get("/service/tickets/search").status_code == 405


def test_adding_editing_and_deleting_have_rights_of_their_own(api: httpx.Client, sim: httpx.Client) -> None:
    ident = create(api, "Ours")["id"]
    role(sim, rights={"Company Maintenance": {"add": "None", "edit": "None", "delete": "None"}})
    path = f"/company/companies/{ident}"
    assert api.get(path).status_code == 200
    assert api.post("/company/companies", json=company("More")).json()["message"].endswith(": Add.")
    assert patch(api, ident, replace("city", "Bruges")).json()["message"].endswith(": Edit.")
    assert api.put(path, json={}).status_code == api.delete(path).status_code == 403
    assert api.post(f"{path}/sites", json={"name": "Depot"}).status_code == 403
    assert api.post(f"{path}/merge", json={"toCompanyId": 1}).status_code == 403
    assert api.get(path).json()["city"] == "Ghent"


def test_mine_narrows_a_list_without_a_word(api: httpx.Client, sim: httpx.Client) -> None:
    record = company("Theirs")
    theirs = sim.post("/human/company", json={"member": "mkova", "record": record}).json()["id"]
    ours = create(api, "Ours")["id"]
    role(sim, rights={"Company Maintenance": "My"})
    assert names(api.get("/company/companies")) == ["Ours"]
    assert api.get("/company/companies/count").json() == {"count": 1}
    assert api.get(f"/company/companies/{theirs}").status_code == 404
    assert patch(api, ours, replace("city", "Bruges")).status_code == 200
    role(sim, rights={"Company Maintenance": {"inquire": "All"}})
    assert patch(api, theirs, replace("city", "Bruges")).status_code == 403


def test_some_tenants_answer_a_missing_right_with_an_empty_list_and_few_words(
    api: httpx.Client, sim: httpx.Client
) -> None:
    ident = create(api, "Hidden")["id"]
    role(sim, rights={"Company Maintenance": "None"})
    sim.post("/knobs", json={"denied_lists_are_empty": True, "refusals_name_the_right": False})
    assert api.get("/company/companies").json() == []
    assert api.get("/company/companies/count").json() == {"count": 0}
    assert api.get(f"/company/companies/{ident}").json() == {
        "code": "Security",
        "message": "You do not have security permission to perform this action.",
    }


def test_light_lists_need_no_right(api: httpx.Client, sim: httpx.Client) -> None:
    role(sim, rights={"*": "None"})
    assert api.get("/system/info/members").json()[0]["identifier"] == "zAdmin"
    assert {row["name"] for row in api.get("/finance/billingTerms/info").json()} >= {"Net 30"}
    assert api.get("/finance/billingTerms").status_code == 403


def test_at_location_level_companies_of_other_locations_are_not_there(
    api: httpx.Client, sim: httpx.Client
) -> None:
    north = create(api, "North", territory={"name": "North Region"})
    central = create(api, "Central")
    contact = api.post("/company/contacts", json={"firstName": "Ann", "company": {"id": north["id"]}}).json()
    role(sim, level="Location")
    assert names(api.get("/company/companies")) == ["Central"]
    assert names(api.get("/company/companies", params={"conditions": f"id = {north['id']}"})) == []
    assert api.get("/company/companies/count").json() == {"count": 1}
    path = f"/company/companies/{north['id']}"
    assert api.get(path).json() == {"code": "NotFound", "message": f"Company {north['id']} not found"}
    assert api.get(f"{path}/sites").status_code == api.patch(path, json=[]).status_code == 404
    assert api.get(f"/company/contacts/{contact['id']}").status_code == 404
    assert [row["id"] for row in api.get("/company/companies/info").json()] == [central["id"]]
    forward = api.get("/company/companies", headers={"pagination-type": "forward-only"})
    assert names(forward) == ["Central"]
    role(sim, level="Location", location=38)
    assert names(api.get("/company/companies")) == ["North"]
    sim.post("/human/location/38", json={"member": "zAdmin", "changes": {"reportsTo": {"id": 11}}})
    role(sim, level="Location", location=11)
    assert names(api.get("/company/companies")) == ["North", "Central"]
    role(sim, level="Sales", location=11)
    assert names(api.get("/company/companies")) == []
    patched = {"changes": {"territoryManager": {"identifier": "tandem"}}}
    sim.post(f"/human/company/{north['id']}", json=patched).raise_for_status()
    assert names(api.get("/company/companies")) == ["North"]
    role(sim, level="Corporate")
    assert names(api.get("/company/companies")) == ["North", "Central"]


def test_a_client_can_find_out_its_role_and_level(api: httpx.Client, sim: httpx.Client) -> None:
    role(sim, rights={"Time Entry": {"inquire": "None"}}, level="Location", location=38)
    me = api.get("/system/members", params={"conditions": 'licenseClass="A" and identifier="tandem"'}).json()[
        0
    ]
    assert (me["structureLevel"]["name"], me["securityLocation"]["name"]) == ("Location", "North Region")
    own = me["securityRole"]["id"]
    settings = api.get(f"/system/securityroles/{own}/settings", params={"pageSize": 1000}).json()
    (time,) = [one for one in settings if one["moduleFunctionName"] == "Time Entry"]
    assert (time["moduleName"], time["inquireLevel"], time["addLevel"]) == ("Time & Expense", "None", "All")
    mine = api.get("/system/mysecurity", params={"conditions": "inquireLevel = 'None'"}).json()
    assert [one["moduleFunctionName"] for one in mine] == ["Time Entry"]
    assert api.get(f"/system/securityRoles/{own}").json()["name"] == "tandem only"
    others = api.get("/system/members/176").json()["securityRole"]["id"]
    assert others != own


def test_roles_are_made_changed_and_removed_over_the_api(api: httpx.Client) -> None:
    made = api.post("/system/securityroles", json={"name": "Read only"}).json()
    path = f"/system/securityroles/{made['id']}/settings"
    settings = api.get(path, params={"conditions": "moduleFunctionName='Agreements'"}).json()
    assert settings[0]["inquireLevel"] == "None"
    changed = api.patch(f"{path}/{settings[0]['id']}", json=[replace("inquireLevel", "all")])
    assert changed.json()["inquireLevel"] == "All"
    assert api.delete(f"/system/securityroles/{made['id']}").status_code == 204
    assert api.delete("/system/securityroles/63").status_code == 400
    assert api.put("/system/securityroles/63", json={}).status_code == 405


def test_rights_are_those_of_whose_key_it_is(
    server: ConnectWiseServer, api: httpx.Client, sim: httpx.Client
) -> None:
    role(sim, member="mkova", rights={"Company Maintenance": "None"})
    sim.post("/keys", json={"publicKey": "human", "privateKey": "secret", "member": "mkova"})
    with client(server, settings=Settings(public_key="human", private_key="secret")) as session:
        assert session.get("/company/companies").status_code == 403
    assert api.get("/company/companies").status_code == 200
    assert sim.post("/role", json={"rights": {"Nonsense": "None"}}).status_code == 400
    assert sim.post("/role", json={"rights": {"Contacts": {"read": "None"}}}).status_code == 400
    assert sim.post("/role", json={"member": "nobody"}).status_code == 404
