"""Projects, phases and project tickets over HTTP."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import agreement, customer, made, read
from tests.contract.simulator.connectwise.builders import error
from tests.contract.simulator.connectwise.service import (
    changed,
    ids,
    phase,
    project,
    project_ticket,
    refused,
    ticket,
    time_body,
    worked,
)


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api)


def test_a_project_takes_payer_and_place_from_its_company_and_board(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    one = project(api, company)
    assert (one["status"]["name"], one["closedFlag"], one["billTime"]) == ("Open", False, "Billable")
    assert (one["billToCompany"]["id"], one["shipToSite"]["name"], one["location"]["name"]) == (
        company["id"],
        "Main",
        "Central Office",
    )
    assert (one["billingTerms"]["name"], one["currency"]["currencyCode"]) == ("Net 30", "USD")
    where = f"project/projects/{one['id']}"
    assert changed(api, where, status={"name": "Closed"})["closedFlag"] is True
    assert refused(api, where, board={"name": "Help Desk"}) == ("InvalidField", "board")
    assert refused(api, where, estimatedEnd="2026-01-01T00:00:00Z") == ("InvalidField", "estimatedEnd")
    lines = api.post("/project/projects", json={"name": "X"}).json()["errors"]
    assert {line["field"] for line in lines} == {
        "billingMethod",
        "board",
        "company",
        "estimatedEnd",
        "estimatedStart",
    }


def test_a_phase_is_billed_as_its_project_unless_separately(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    owner = project(api, company, billingMethod="FixedFee")["id"]
    part = phase(api, owner)
    assert (part["projectId"], part["billingMethod"], part["board"]["name"]) == (
        owner,
        "FixedFee",
        "Projects",
    )
    body = {"description": "Own", "billSeparatelyFlag": True}
    assert error(api.post(f"/project/projects/{owner}/phases", json=body))[1] == "billingMethod"
    below = phase(api, owner, "Below", parentPhase={"name": "Cutover"})
    assert below["parentPhase"]["id"] == part["id"]
    assert api.get("/project/projects/1/phases").status_code == 404


def test_a_project_ticket_takes_what_its_project_says(api: httpx.Client, company: dict[str, Any]) -> None:
    care = agreement(api, company)["id"]
    owner = project(api, company, agreement={"id": care}, billTime="NoCharge")["id"]
    part = phase(api, owner, billTime="DoNotBill")["id"]
    one = project_ticket(api, owner, part, wbsCode="2.1")
    assert (one["company"]["id"], one["board"]["name"], one["status"]["name"]) == (
        company["id"],
        "Projects",
        "New",
    )
    assert (one["project"]["name"], one["phase"]["name"]) == ("Clinic network refresh", "Cutover")
    assert (one["agreement"]["id"], one["billTime"], one["isIssueFlag"]) == (care, "DoNotBill", False)
    assert not {"severity", "team", "recordType", "sla"} & one.keys()
    where = f"project/tickets/{one['id']}"
    assert one["_info"]["notes_href"].endswith(f"{where}/notes")
    done = changed(api, where, status={"name": ">Closed"}, isIssueFlag=True)
    assert (done["closedFlag"], done["isIssueFlag"]) == (True, True)
    assert api.get("/service/tickets").json()[0]["recordType"] == "ProjectIssue"
    assert ids(
        api.get("/project/tickets", params={"conditions": f"project/id={owner} and phase/name='Cutover'"})
    )
    assert ids(api.post("/project/tickets/search", json={"conditions": f"phase/id={part}"})) == [one["id"]]
    assert error(api.delete(f"/project/projects/{owner}"))[0] == "InUse"
    assert api.delete(f"/{where}").status_code == 204
    assert api.delete(f"/project/projects/{owner}").status_code == 204
    assert api.get(f"/project/projects/{owner}/phases/{part}").status_code == 404


def test_a_project_ticket_needs_a_project_a_phase_of_it_and_a_project_board(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    owner, other = project(api, company)["id"], project(api, company)["id"]
    foreign = phase(api, other)["id"]
    lines = api.post("/project/tickets", json={"summary": "X"}).json()["errors"]
    assert {line["field"] for line in lines} == {"project", "phase", "board"}
    body = {"summary": "X", "project": {"id": owner}, "phase": {"id": foreign}}
    assert error(api.post("/project/tickets", json=body))[1] == "phase/id"
    part = phase(api, owner)["id"]
    body = {"summary": "X", "project": {"id": owner}, "phase": {"id": part}, "board": {"name": "Help Desk"}}
    assert error(api.post("/project/tickets", json=body))[1] == "board"


def test_time_on_a_project_counts_for_ticket_phase_and_project(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    owner = project(api, company, billingMethod="OverrideRate", billingAmount=99)["id"]
    part = phase(api, owner)["id"]
    one = project_ticket(api, owner, part)["id"]
    entry = worked(api, one, 2, chargeToType="ProjectTicket")
    assert (entry["project"]["id"], entry["phase"]["id"], entry["ticket"]["id"]) == (owner, part, one)
    assert (entry["hourlyRate"], entry["ticketBoard"]) == (99, "Projects")
    for path in (
        f"project/tickets/{one}",
        f"project/projects/{owner}",
        f"project/projects/{owner}/phases/{part}",
    ):
        assert read(api, f"/{path}")["actualHours"] == 2
    assert ids(api.get(f"/project/tickets/{one}/timeentries")) == [entry["id"]]
    changed(api, f"project/projects/{owner}", status={"name": "On Hold"})
    refusal = api.post("/time/entries", json=time_body(one, chargeToType="ProjectTicket"))
    assert error(refusal)[0] == "TimeEntryApi"


def test_project_tickets_have_rights_of_their_own(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    owner = project(api, company)["id"]
    one = project_ticket(api, owner, phase(api, owner)["id"])["id"]
    service = ticket(api, company)["id"]
    sim.post(
        "/role", json={"rights": {"Project Tickets": "None", "Project Phase": "None"}}
    ).raise_for_status()
    for path in (f"project/tickets/{one}", "project/tickets", f"project/projects/{owner}/phases"):
        assert api.get(f"/{path}").status_code == 403
    assert api.get(f"/service/tickets/{service}").status_code == 200
    made(api.post("/project/tickets", json={}), 403)
