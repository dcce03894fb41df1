"""What is served below tickets: notes, tasks, time, products; merging and attaching."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import customer, made, read
from tests.contract.simulator.connectwise.builders import error, replace
from tests.contract.simulator.connectwise.service import changed, ids, refused, ticket, worked


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api)


@pytest.fixture
def one(api: httpx.Client, company: dict[str, Any]) -> int:
    return int(ticket(api, company)["id"])


def test_what_a_new_ticket_says_becomes_its_first_notes(api: httpx.Client, company: dict[str, Any]) -> None:
    new = ticket(
        api,
        company,
        initialDescription="No light on port 4.\nRebooted twice.",
        initialInternalAnalysis="Probably the cable.",
        initialDescriptionFrom="Priya",
    )
    assert not {"initialDescription", "initialInternalAnalysis"} & new.keys()
    notes = api.get(f"/service/tickets/{new['id']}/notes").json()
    assert [(row["text"], row["detailDescriptionFlag"], row["internalAnalysisFlag"]) for row in notes] == [
        ("No light on port 4.\nRebooted twice.", True, False),
        ("Probably the cable.", False, True),
    ]
    assert [(row["internalFlag"], row["externalFlag"], row["createdBy"]) for row in notes] == [
        (False, True, "Priya"),
        (True, False, "Priya"),
    ]


def test_a_note_needs_a_text_and_a_kind(api: httpx.Client, one: int) -> None:
    path = f"/service/tickets/{one}/notes"
    lines = api.post(path, json={"text": "N"}).json()["errors"]
    assert [(line["code"], line["field"]) for line in lines] == [
        ("ServiceNote", "detailDescriptionFlag"),
        ("ServiceNote", "internalAnalysisFlag"),
        ("ServiceNote", "resolutionFlag"),
    ]
    assert error(api.post(path, json={"resolutionFlag": True}))[:2] == ("MissingRequiredField", "text")
    note = made(
        api.post(path, json={"text": "Fixed.", "resolutionFlag": True, "processNotifications": False})
    )
    assert (note["ticketId"], note["member"]["identifier"], note["externalFlag"]) == (one, "tandem", True)
    assert "processNotifications" not in note
    where = f"service/tickets/{one}/notes/{note['id']}"
    assert changed(api, where, text="Fixed it.")["text"] == "Fixed it."
    assert api.patch(f"/{where}", json=[replace("resolutionFlag", False)]).status_code == 400
    assert api.get(f"{path}/count").json() == {"count": 1}
    assert api.delete(f"/{where}").status_code == 204
    assert api.get(path).json() == []


def test_a_board_may_lock_its_notes(api: httpx.Client, one: int) -> None:
    note = made(api.post(f"/service/tickets/{one}/notes", json={"text": "N", "resolutionFlag": True}))["id"]
    changed(api, "service/boards/23", discussionsLockedFlag=True)
    assert refused(api, f"service/tickets/{one}/notes/{note}", text="M") == ("ServiceNote", "text")


def test_a_note_moves_its_ticket_only_where_children_do(
    api: httpx.Client, sim: httpx.Client, one: int
) -> None:
    sim.post("/clock", json={"set": "2030-01-01T00:00:00Z", "freeze": True}).raise_for_status()
    note = {"text": "N", "resolutionFlag": True}
    made(api.post(f"/service/tickets/{one}/notes", json=note))
    assert read(api, f"/service/tickets/{one}")["_info"]["lastUpdated"] < "2030"
    sim.post("/knobs", json={"child_bumps_parent": True}).raise_for_status()
    made(api.post(f"/service/tickets/{one}/notes", json=note))
    assert read(api, f"/service/tickets/{one}")["_info"]["lastUpdated"] == "2030-01-01T00:00:00Z"


def test_all_notes_are_those_of_time_too(api: httpx.Client, one: int) -> None:
    made(api.post(f"/service/tickets/{one}/notes", json={"text": "Called.", "internalAnalysisFlag": True}))
    worked(api, one, notes="Replaced it.", addToResolutionFlag=True, internalNotes="ours")
    worked(api, one, notes="Not for anybody.")
    rows = api.get(f"/service/tickets/{one}/allNotes").json()
    assert {(row["noteType"], row["text"], row["resolutionFlag"]) for row in rows} == {
        ("TicketNote", "Called.", False),
        ("TimeEntryNote", "Replaced it.", True),
    }
    assert [row["ticket"]["id"] for row in rows] == [one, one]
    assert len(api.get(f"/service/tickets/{one}/allNotes", params={"pageSize": 1, "page": 2}).json()) == 1
    assert api.get("/service/tickets/1/allNotes").status_code == 404


def test_tasks_keep_their_order(api: httpx.Client, one: int) -> None:
    first = made(api.post(f"/service/tickets/{one}/tasks", json={"notes": "Order"}))
    second = made(api.post(f"/service/tickets/{one}/tasks", json={"notes": "Mount"}))
    assert [(row["ticketId"], row["priority"], row["closedFlag"]) for row in (first, second)] == [
        (one, 1, False),
        (one, 2, False),
    ]
    assert changed(api, f"service/tickets/{one}/tasks/{first['id']}", closedFlag=True)["closedFlag"] is True
    assert api.delete(f"/service/tickets/{one}/tasks/{first['id']}").status_code == 204
    assert ids(api.get(f"/service/tickets/{one}/tasks")) == [second["id"]]


def test_time_and_products_of_a_ticket_are_listed_below_it(api: httpx.Client, one: int) -> None:
    entry = worked(api, one)["id"]
    body = {"catalogItem": {"identifier": "FW-60"}, "billableOption": "Billable", "ticket": {"id": one}}
    row = made(api.post("/procurement/products", json=body))
    assert (row["company"]["identifier"], row["ticket"]["summary"]) == (
        "Northgate",
        "Core switch replacement",
    )
    assert ids(api.get(f"/service/tickets/{one}/timeentries")) == [entry]
    assert api.get(f"/service/tickets/{one}/products").json()[0]["description"] == "Firewall 60"
    for what in ("documents", "configurations", "scheduleentries", "activities"):
        assert api.get(f"/service/tickets/{one}/{what}").json() == []
        assert api.get(f"/service/tickets/{one}/{what}/count").json() == {"count": 0}
        assert api.get(f"/service/tickets/1/{what}").status_code == 404


def test_documents_are_asked_for_by_record(api: httpx.Client, one: int) -> None:
    assert api.get("/system/documents").status_code == 400
    assert api.get("/system/documents", params={"recordType": "Ticket", "recordId": one}).json() == []
    assert api.post("/system/documents", json={"recordId": one}).status_code == 415


def test_tickets_are_merged_into_one(api: httpx.Client, company: dict[str, Any], one: int) -> None:
    twin = ticket(api, company)["id"]
    entry = worked(api, twin)["id"]
    body = {"mergeTicketIds": [twin], "status": {"name": ">Closed"}}
    assert made(api.post(f"/service/tickets/{one}/merge", json=body), 200)["success"] is True
    left = read(api, f"/service/tickets/{twin}")
    assert (left["mergedParentTicket"]["id"], left["status"]["name"], left["closedFlag"]) == (
        one,
        ">Closed",
        True,
    )
    assert read(api, f"/service/tickets/{one}")["hasMergedChildTicketFlag"] is True
    assert read(api, f"/time/entries/{entry}")["ticketStatus"] == ">Closed"
    assert api.post(f"/service/tickets/{one}/merge", json={"mergeTicketIds": [one]}).status_code == 400
    assert api.post(f"/service/tickets/{one}/merge", json={}).status_code == 400
    other = ticket(api, company, board={"name": "Internal"})["id"]
    wrong = api.post(f"/service/tickets/{one}/merge", json={**body, "mergeTicketIds": [other]})
    assert (error(wrong)[0], read(api, f"/service/tickets/{other}")["closedFlag"]) == ("NotFound", False)


def test_tickets_are_attached_as_children(api: httpx.Client, company: dict[str, Any], one: int) -> None:
    child = ticket(api, company)["id"]
    made(api.post(f"/service/tickets/{one}/attachChildren", json={"childTicketIds": [child]}), 200)
    assert read(api, f"/service/tickets/{child}")["parentTicketId"] == one
    assert read(api, f"/service/tickets/{one}")["hasChildTicket"] is True
    assert ids(api.get("/service/tickets", params={"conditions": f"parentTicketId={one}"})) == [child]
    changed(api, f"service/tickets/{child}", parentTicketId=0)
    assert read(api, f"/service/tickets/{one}")["hasChildTicket"] is False
    assert refused(api, f"service/tickets/{child}", parentTicketId=child) == ("NotFound", "parentTicketId")
    born = ticket(api, company, parentTicketId=one)["id"]
    assert read(api, f"/service/tickets/{one}")["hasChildTicket"] is True
    assert api.delete(f"/service/tickets/{one}").status_code == 204
    assert "parentTicketId" not in read(api, f"/service/tickets/{born}")
