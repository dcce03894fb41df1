"""Service tickets over HTTP."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import agreement, customer, made, read
from tests.contract.simulator.connectwise.builders import custom_id, error, replace
from tests.contract.simulator.connectwise.service import (
    changed,
    client_with_contact,
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
    return client_with_contact(api, addressLine1="14 Harbour Street", state="OR", zip="97201")


def test_a_summary_and_a_company_are_enough(api: httpx.Client, company: dict[str, Any]) -> None:
    one = ticket(api, company)
    assert (one["recordType"], one["board"]["name"], one["status"]["name"]) == (
        "ServiceTicket",
        "Help Desk",
        "New",
    )
    assert (one["priority"]["name"], one["priority"]["sort"]) == ("Priority 3 - Normal", 3)
    assert (one["source"]["name"], one["serviceLocation"]["name"], one["team"]["name"]) == (
        "Phone",
        "On-Site",
        "Service team",
    )
    assert (one["severity"], one["impact"], one["billTime"], one["billingMethod"]) == (
        "Medium",
        "Medium",
        "Billable",
        "ActualRates",
    )
    assert (one["closedFlag"], one["actualHours"], "type" in one, "closedDate" in one) == (
        False,
        0,
        False,
        False,
    )
    assert (one["location"]["name"], one["department"]["identifier"]) == ("Central Office", "Services")
    assert one["currency"]["currencyCode"] == "USD"
    missing = api.post("/service/tickets", json={"summary": "X"})
    assert error(missing)[:2] == ("MissingRequiredField", "company")
    long = api.post("/service/tickets", json={"summary": "x" * 101, "company": {"id": company["id"]}})
    assert error(long)[1] == "summary"


def test_site_and_contact_are_copied_and_the_copies_are_the_tickets_own(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    one = ticket(api, company)
    copies = ("siteName", "addressLine1", "city", "stateIdentifier", "zip")
    assert [one[name] for name in copies] == ["Main", "14 Harbour Street", "Ghent", "OR", "97201"]
    assert (one["contactName"], one["contactEmailAddress"]) == ("Priya Raman", "priya@northgate.example")
    assert (one["contactPhoneNumber"], one["contactPhoneExtension"]) == ("3292250111", "7")
    changed(api, f"company/companies/{company['id']}", city="Bruges")
    assert read(api, f"/service/tickets/{one['id']}")["city"] == "Ghent"
    depot = made(
        api.post(f"/company/companies/{company['id']}/sites", json={"name": "Depot", "city": "Lille"})
    )
    moved = changed(api, f"service/tickets/{one['id']}", site={"name": "Depot"})
    assert (moved["site"]["id"], moved["siteName"], moved["city"]) == (depot["id"], "Depot", "Lille")
    own = changed(api, f"service/tickets/{one['id']}", city="Calais")
    assert (own["city"], own["siteName"]) == ("Calais", "Depot")
    free = ticket(api, company, contactName="Whoever calls")
    assert (free["contactName"], "contact" in free) == ("Whoever calls", False)


def test_a_contact_is_found_by_its_mail(api: httpx.Client, company: dict[str, Any]) -> None:
    body = {"firstName": "Jo", "company": {"id": company["id"]}, "communicationItems": [
        {"type": {"name": "Email"}, "value": "jo@northgate.example"}]}  # fmt: skip
    jo = made(api.post("/company/contacts", json=body))["id"]
    one = ticket(api, company, contactEmailLookup="JO@northgate.example")
    assert (one["contact"]["id"], one["contactName"]) == (jo, "Jo")
    assert "contactEmailLookup" not in one


def test_words_are_looked_up_on_the_board_of_the_ticket(api: httpx.Client, company: dict[str, Any]) -> None:
    one = ticket(
        api, company, status={"name": "In Progress"}, type={"name": "Network"}, subType={"name": "Switch"}
    )
    assert (one["status"]["id"], one["type"]["id"], one["subType"]["id"]) == (412, 91, 204)
    internal = ticket(api, company, board={"name": "Internal"}, status={"name": "In Progress"})
    assert (internal["status"]["id"], internal["billTime"]) == (432, "DoNotBill")
    where = f"service/tickets/{one['id']}"
    assert refused(api, where, status={"id": 432}) == ("NotFound", "status/id")
    told = api.patch(f"/{where}", json=[replace("status", {"id": 432})]).json()["errors"][0]["message"]
    assert told == "Service Status In Progress not found for Service Board 23"
    assert refused(api, where, status={"name": "Waiting Parts (old)"}) == ("InvalidField", "status")
    assert refused(api, where, type={"name": "Email"}) == ("InvalidField", "subType")
    assert refused(api, where, status={"name": "Nowhere"})[0] == "NotFound"
    assert refused(api, where, board={"name": "Projects"}) == ("InvalidField", "board")


def test_another_board_resets_what_belonged_to_the_old_one(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    one = ticket(api, company, status={"name": "In Progress"}, type={"name": "Network"}, item={"id": 57})
    moved = changed(api, f"service/tickets/{one['id']}", board={"name": "Internal"})
    assert (moved["board"]["name"], moved["status"]["id"]) == ("Internal", 431)
    assert not {"type", "subType", "item", "team"} & moved.keys()
    back = changed(api, f"service/tickets/{one['id']}", board={"id": 23}, status={"name": "Scheduled"})
    assert (back["status"]["id"], back["team"]["name"]) == (414, "Service team")


def test_the_status_closes_and_opens(api: httpx.Client, sim: httpx.Client, company: dict[str, Any]) -> None:
    sim.post("/clock", json={"set": "2026-06-15T09:00:00Z", "freeze": True}).raise_for_status()
    where = f"service/tickets/{ticket(api, company)['id']}"
    done = changed(api, where, status={"name": ">Closed"})
    assert (done["closedFlag"], done["closedDate"], done["closedBy"]) == (
        True,
        "2026-06-15T09:00:00Z",
        "tandem",
    )
    sim.post("/clock", json={"advance": 3600}).raise_for_status()
    kept = changed(api, where, status={"name": ">Cancelled"})
    assert kept["closedDate"] == "2026-06-15T09:00:00Z"
    query = {
        "conditions": "closedFlag=true and closedDate >= [2026-06-15T00:00:00Z] and status/name='>Cancelled'"
    }
    assert len(api.get("/service/tickets", params=query).json()) == 1
    opened = changed(api, where, status={"name": "In Progress"})
    assert (opened["closedFlag"], "closedDate" in opened, "closedBy" in opened) == (False, False, False)
    born = ticket(api, company, status={"name": ">Closed"})
    assert (born["closedFlag"], born["closedBy"]) == (True, "tandem")


def test_closing_and_what_is_closed_need_a_right_of_their_own(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    where = f"/service/tickets/{ticket(api, company)['id']}"
    closed = ticket(api, company, status={"name": ">Closed"})["id"]
    sim.post("/role", json={"rights": {"Close Service Tickets": "None"}}).raise_for_status()
    assert api.patch(where, json=[replace("poNumber", "P")]).status_code == 200
    for path, entry in (
        (where, replace("status", {"name": ">Closed"})),
        (f"/service/tickets/{closed}", replace("poNumber", "P")),
    ):
        answer = api.patch(path, json=[entry])
        assert (answer.status_code, "Close Service Tickets: Edit" in answer.text) == (403, True)
    assert read(api, where)["closedFlag"] is False


def test_a_company_may_be_closed_to_tickets(api: httpx.Client, company: dict[str, Any]) -> None:
    held = customer(api, "Held", status={"name": "CH"})
    body = {"summary": "X", "company": {"id": held["id"]}}
    assert error(api.post("/service/tickets", json=body)) == ("InvalidObject", "company", "On hold.")
    assert api.delete(f"/company/contacts/{held['contact']}").status_code == 204
    assert api.delete(f"/company/companies/{held['id']}").status_code == 204
    assert error(api.post("/service/tickets", json=body))[:2] == ("NotFound", "company/id")
    other = customer(api, "Other")
    site = read(api, f"/company/companies/{other['id']}")["site"]
    where = f"service/tickets/{ticket(api, company)['id']}"
    assert refused(api, where, site=site) == ("NotFound", "site/id")
    moved = changed(api, where, company={"id": other["id"]})
    assert (moved["site"]["id"], moved["siteName"], "contactName" in moved) == (site["id"], "Main", False)


def test_the_agreement_is_assigned_where_the_tenant_does_so(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    one = agreement(api, company, type={"name": "Block Time"}, applicationLimit=20, billTime="NoCharge")
    assert "agreement" not in ticket(api, company)
    named = ticket(api, company, agreement={"name": "Managed Care"})
    assert (named["agreement"]["type"], named["agreementType"], named["billTime"]) == (
        "Block Time",
        "Block Time",
        "NoCharge",
    )
    sim.post("/knobs", json={"tickets_take_agreement": True}).raise_for_status()
    assert ticket(api, company)["agreement"]["id"] == one["id"]
    agreement(api, company, type={"name": "Block Time"})
    assert "agreement" not in ticket(api, company)


def test_a_put_needs_its_weights_and_clears_what_it_leaves_out(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    one = ticket(api, company, poNumber="PO-7741", externalXRef="SC100")
    where = f"/service/tickets/{one['id']}"
    short = {"summary": "New words", "company": {"id": company["id"]}}
    lines = api.put(where, json=short).json()["errors"]
    assert [line["field"] for line in lines] == ["severity", "impact"]
    put = made(api.put(where, json={**short, "severity": "High", "impact": "Low"}), 200)
    assert (put["summary"], put["severity"], put["status"]["name"]) == ("New words", "High", "New")
    assert not {"poNumber", "externalXRef"} & put.keys()
    whole = read(api, where)
    again = made(api.put(where, json={**whole, "poNumber": "PO-2"}), 200)
    assert {name for name in whole.keys() | again.keys() if whole.get(name) != again.get(name)} <= {
        "poNumber",
        "_info",
    }


def test_tickets_are_found_by_what_they_carry(api: httpx.Client, company: dict[str, Any]) -> None:
    mark = custom_id(api, "ERP Call No")
    one = ticket(api, company, externalXRef="SC10077", customFields=[{"id": mark, "value": "SC10077"}])
    ticket(api, company, summary="Other")
    for query in (
        {"conditions": "externalXRef='sc10077'"},
        {"customFieldConditions": "caption='ERP Call No' and value='SC10077'"},
        {
            "conditions": "company/identifier='Northgate' and summary contains 'switch' and parentTicketId = null"
        },
        {"conditions": f"status/id in (411,412) and id={one['id']}"},
    ):
        assert ids(api.get("/service/tickets", params=query)) == [one["id"]]
        assert api.get("/service/tickets/count", params=query).json() == {"count": 1}
    assert ids(api.post("/service/tickets/search", json={"conditions": "externalXRef='SC10077'"})) == [
        one["id"]
    ]
    bad = api.get("/service/tickets", params={"conditions": "recordType='Ticket'"})
    assert bad.json()["code"] == "ApiFindCondition"
    info = api.get(f"/service/tickets/{one['id']}/info").json()
    assert (info["id"], info["summary"], "company" in info) == (one["id"], "Core switch replacement", False)


def test_the_list_has_all_kinds_of_tickets_but_each_is_served_by_its_own_path(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    service = ticket(api, company)["id"]
    owner = project(api, company)["id"]
    planned = project_ticket(api, owner, phase(api, owner)["id"])["id"]
    rows = api.get("/service/tickets").json()
    assert [(one["id"], one["recordType"]) for one in rows] == [
        (service, "ServiceTicket"),
        (planned, "ProjectTicket"),
    ]
    assert ids(api.get("/service/tickets", params={"conditions": "recordType='ServiceTicket'"})) == [service]
    assert ids(api.get("/project/tickets")) == [planned]
    for path in (
        f"/service/tickets/{planned}",
        f"/project/tickets/{service}",
        f"/service/tickets/{planned}/notes",
    ):
        assert api.get(path).status_code == 404, path
    assert api.patch(f"/service/tickets/{planned}", json=[]).status_code == 404
    assert api.get(f"/project/tickets/{planned}/notes").json() == []


def test_hrefs_are_not_encoded(api: httpx.Client, company: dict[str, Any]) -> None:
    one = ticket(api, company)
    assert one["_info"]["timeentries_href"].endswith(
        "apis/3.0//time/entries?conditions=(chargeToType='ServiceTicket' OR chargeToType='ProjectTicket')"
        f" AND chargeToId={one['id']}"
    )
    assert one["status"]["_info"]["status_href"].endswith("apis/3.0//service/boards/23/statuses/411")


def test_fields_come_and_go_with_the_generation(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    where = f"/service/tickets/{ticket(api, company)['id']}"
    assert "escalationLevel" in read(api, where)
    sim.post("/knobs", json={"generation": "2022.1", "mode": "onprem"}).raise_for_status()
    older = read(api, where)
    sim.post("/knobs", json={"generation": "2025.1", "mode": "cloud"}).raise_for_status()
    assert (older["severity"], "escalationLevel" in older) == ("Medium", False)
    assert "/v4_6_release/apis/3.0//service/boards/23" in older["board"]["_info"]["board_href"]


def test_a_ticket_with_time_stays(api: httpx.Client, company: dict[str, Any]) -> None:
    one, free = ticket(api, company)["id"], ticket(api, company)["id"]
    entry = worked(api, one)["id"]
    note = made(api.post(f"/service/tickets/{free}/notes", json={"text": "N", "resolutionFlag": True}))
    assert error(api.delete(f"/service/tickets/{one}"))[0] == "InUse"
    assert api.delete(f"/service/tickets/{free}").status_code == 204
    assert api.get(f"/service/tickets/{free}").status_code == 404
    assert api.get(f"/service/tickets/{free}/notes/{note['id']}").status_code == 404
    assert api.delete(f"/time/entries/{entry}").status_code == 204
    assert api.delete(f"/service/tickets/{one}").status_code == 204


def test_the_audit_trail_tells_who_moved_a_ticket(api: httpx.Client, company: dict[str, Any]) -> None:
    one = ticket(api, company)["id"]
    changed(api, f"service/tickets/{one}", status={"name": "In Progress"})
    trail = api.get("/system/audittrail", params={"type": "Ticket", "id": one}).json()
    assert 'Status has been updated from "New" to "In Progress".' in [line["text"] for line in trail]


def test_a_merged_company_takes_its_tickets_and_time_along(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    source = customer(api, "Source")
    one = ticket(api, source)["id"]
    entry = worked(api, one)["id"]
    made(api.post(f"/company/companies/{source['id']}/merge", json={"toCompanyId": company["id"]}), 200)
    assert read(api, f"/service/tickets/{one}")["company"]["identifier"] == "Northgate"
    assert read(api, f"/time/entries/{entry}")["company"]["identifier"] == "Northgate"
    assert changed(api, f"service/tickets/{one}", poNumber="P")["poNumber"] == "P"
