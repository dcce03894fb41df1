"""Loading tickets and time, and what holds for them everywhere: people, restarts, rights, callbacks, speed."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.billing import customer, made, read
from tests.contract.simulator.connectwise.builders import replace
from tests.contract.simulator.connectwise.conftest import client, running
from tests.contract.simulator.connectwise.service import changed, ids, ticket, worked


@pytest.fixture
def loaded(api: httpx.Client, sim: httpx.Client) -> int:
    company = customer(api, "Loaded")["id"]
    body = {
        "ticket": [
            {
                "id": 60211,
                "summary": "Core switch replacement",
                "company": {"identifier": "Loaded"},
                "status": {"name": ">Closed"},
                "type": {"name": "Network"},
                "_info": {"lastUpdated": "2025-03-04T14:22:09Z", "updatedBy": "mkova"},
            },
            {
                "id": 60212,
                "summary": "Recorded elsewhere",
                "company": {"id": company},
                "board": {"id": 77, "name": "Foreign"},
                "status": {"id": 4711, "name": "Parked"},
                "owner": {"id": 178},
                "actualHours": 9,
            },
            {"id": 60213, "summary": "Child", "company": {"id": company}, "parentTicketId": 60211, "site": None},
        ],
        "timeEntry": [
            {"id": 1, "ticket": {"id": 60211}, "timeStart": "2025-03-04T08:00:00Z", "actualHours": 3.5,
             "member": {"identifier": "bfielding"}},
            {"id": 2, "chargeToId": 60211, "chargeToType": "ServiceTicket", "timeStart": "2025-03-05T08:00:00Z",
             "hoursBilled": 1.5, "actualHours": 1.25, "hourlyRate": 100, "agreementHours": 0.5,
             "billableOption": "Billable"},
            {"id": 3, "ticket": {"id": 60213}, "timeStart": "2025-03-05T08:00:00Z", "timeEnd": None,
             "status": "WrittenOff", "workType": None},
        ],
        "ticketNote": [{"ticketId": 60211, "text": "Replaced."}],
    }  # fmt: skip
    made(sim.post("/seed", json=body))
    return int(company)


def test_loaded_tickets_are_whole(api: httpx.Client, loaded: int) -> None:
    one = read(api, "/service/tickets/60211")
    assert (one["board"]["name"], one["status"]["id"], one["type"]["id"]) == ("Help Desk", 417, 91)
    assert (one["closedFlag"], one["closedDate"], one["closedBy"]) == (True, "2025-03-04T14:22:09Z", "mkova")
    assert (one["actualHours"], one["siteName"], one["hasChildTicket"]) == (4.75, "Main", True)
    assert changed(api, "service/tickets/60211", poNumber="P")["poNumber"] == "P"
    foreign = read(api, "/service/tickets/60212")
    assert (foreign["status"]["name"], foreign["actualHours"], foreign["resources"]) == ("Parked", 9, "opark")
    assert read(api, "/service/boards/77/statuses/4711")["name"] == "Parked"
    assert "site" not in read(api, "/service/tickets/60213")
    note = api.get("/service/tickets/60211/notes").json()[0]
    assert (note["detailDescriptionFlag"], note["externalFlag"], note["createdBy"]) == (True, True, "zAdmin")


def test_loaded_time_is_whole_and_keeps_what_is_given(api: httpx.Client, loaded: int) -> None:
    whole = read(api, "/time/entries/1")
    assert (whole["timeEnd"], whole["hourlyRate"], whole["extendedInvoiceAmount"]) == (
        "2025-03-04T11:30:00Z",
        120,
        420,
    )
    assert (whole["company"]["id"], whole["timeSheet"]["name"], whole["status"]) == (
        loaded,
        "2025-03-03 to 2025-03-09",
        "Open",
    )
    given = read(api, "/time/entries/2")
    assert (given["member"]["identifier"], given["invoiceHours"], given["extendedInvoiceAmount"]) == (
        "zAdmin",
        1,
        100,
    )
    odd = read(api, "/time/entries/3")
    assert (odd["status"], "timeEnd" in odd, "workType" in odd) == ("WrittenOff", False, False)


def test_people_work_on_tickets_and_time(api: httpx.Client, sim: httpx.Client, loaded: int) -> None:
    new = made(sim.post("/human/ticket", json={"record": {"summary": "By hand", "company": {"id": loaded}}}))
    assert new["_info"]["enteredBy"] == "mkova"
    done = made(
        sim.post(f"/human/ticket/{new['id']}", json={"changes": {"status": {"name": "Completed"}}}), 200
    )
    assert done["status"]["name"] == "Completed"
    hours = {"chargeToId": new["id"], "timeStart": "2026-06-03T08:00:00Z", "actualHours": 1}
    entry = made(sim.post("/human/timeEntry", json={"member": "bfielding", "record": hours}))
    assert entry["member"]["identifier"] == "bfielding"
    note = {"ticket": {"id": new["id"]}, "text": "Seen.", "resolutionFlag": True}
    assert made(sim.post("/human/ticketNote", json={"record": note}))["ticketId"] == new["id"]
    body = {"entity": "ticket", "conditions": f"company/id={loaded}", "changes": {"priority": {"id": 6}}}
    assert len(made(sim.post("/bulk", json=body), 200)["ids"]) == 4


def test_tickets_and_time_outlive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with running(ConnectWiseServer(state_file=file)) as server, client(server) as api:
        one = ticket(api, customer(api), budgetHours=4.5)["id"]
        entry = worked(api, one, 1.25)["id"]
        paths = (f"/service/tickets/{one}", f"/time/entries/{entry}", "/time/sheets")
        before = [api.get(path).json() for path in paths]
    with running(ConnectWiseServer(state_file=file)) as server, client(server) as api:
        assert [api.get(path).json() for path in paths] == before
        assert changed(api, f"time/entries/{entry}", actualHours=2)["extendedInvoiceAmount"] == 240
        assert read(api, f"/service/tickets/{one}")["actualHours"] == 2


def test_a_location_hides_the_tickets_of_other_territories(
    api: httpx.Client, sim: httpx.Client, loaded: int
) -> None:
    north = customer(api, "North", territory={"id": 38})
    one = ticket(api, north)["id"]
    entry = worked(api, one)["id"]
    note = made(api.post(f"/service/tickets/{one}/notes", json={"text": "N", "resolutionFlag": True}))["id"]
    sim.post("/role", json={"level": "Location", "location": 11}).raise_for_status()
    assert ids(api.get("/service/tickets")) == [60211, 60212, 60213]
    assert ids(api.get("/time/entries")) == [1, 2, 3]
    for path in (
        f"service/tickets/{one}",
        f"service/tickets/{one}/notes/{note}",
        f"service/tickets/{one}/allNotes",
        f"time/entries/{entry}",
    ):
        assert api.get(f"/{path}").status_code == 404, path


def test_my_tickets_and_my_time_are_those_i_own_or_entered(
    api: httpx.Client, sim: httpx.Client, loaded: int
) -> None:
    mine = ticket(api, {"id": loaded})["id"]
    owned = ticket(api, {"id": loaded}, owner={"identifier": "tandem"})["id"]
    sim.post("/role", json={"rights": {"Service Tickets": "My", "Time Entry": "My"}}).raise_for_status()
    assert ids(api.get("/service/tickets")) == [mine, owned]
    assert ids(api.get("/time/entries")) == []
    sim.post("/role", json={"rights": {"Time Entry": {"add": "None"}}}).raise_for_status()
    assert api.post("/time/entries/defaults", json={}).status_code == 403


def test_callbacks_tell_of_tickets_and_time(api: httpx.Client, sim: httpx.Client, loaded: int) -> None:
    sim.post("/knobs", json={"callbacks_held": True}).raise_for_status()
    for kind, level, what in (
        ("ticket", "owner", 1),
        ("ticket", "board", 25),
        ("ticket", "status", 412),
        ("time", "company", loaded),
    ):
        url = f"https://hook.example/{kind}-{level}?recordId="
        entry = {"url": url, "objectId": what, "type": kind, "level": level}
        made(api.post("/system/callbacks", json=entry))

    def told() -> list[tuple[str, str, int]]:
        waiting = sim.get("/callbacks").json()["waiting"]
        sim.delete("/callbacks")
        return [(one["url"].split("/")[3].split("?")[0], one["action"], one["id"]) for one in waiting]

    new = ticket(api, {"id": loaded}, initialDescription="Hello")["id"]
    assert told() == [("ticket-owner", "added", new)]
    changed(api, f"service/tickets/{new}", status={"name": "In Progress"})
    assert told() == [("ticket-owner", "updated", new), ("ticket-status", "updated", new)]
    changed(api, f"service/tickets/{new}", board={"name": "Internal"})
    assert told() == [("ticket-owner", "updated", new), ("ticket-board", "updated", new)]
    entry = worked(api, new)["id"]
    assert told() == [("time-company", "added", entry)]
    changed(api, f"service/tickets/{new}", poNumber="P", skipCallback=True)
    silent = ticket(api, {"id": loaded}, skipCallback=True)["id"]
    assert told() == []
    assert "skipCallback" not in read(api, f"/service/tickets/{silent}")
    assert api.delete(f"/service/tickets/{silent}").status_code == 204
    assert told() == [("ticket-owner", "deleted", silent)]


def test_the_lost_answer_of_a_creation_leaves_the_ticket(
    api: httpx.Client, sim: httpx.Client, loaded: int
) -> None:
    sim.post("/faults", json=[{"kind": "cut_after", "method": "POST", "path": "tickets$"}]).raise_for_status()
    with pytest.raises(httpx.TransportError):
        ticket(api, {"id": loaded}, externalXRef="SC1")
    assert len(ids(api.get("/service/tickets", params={"conditions": "externalXRef='SC1'"}))) == 1


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("service/tickets/60211", "Service Tickets"),
        ("service/tickets/60211/notes", "Service Tickets"),
        ("service/tickets/60211/allNotes", "Service Tickets"),
        ("time/entries/1", "Time Entry"),
        ("time/sheets", "Time Entry"),
        ("service/tickets/60211/timeentries", "Time Entry"),
        ("service/boards/23/statuses", "Table Setup"),
        ("system/audittrail?type=Ticket&id=60211", "Service Tickets"),
    ],
)
def test_reading_needs_its_right(
    api: httpx.Client, sim: httpx.Client, loaded: int, path: str, function: str
) -> None:
    assert api.get(f"/{path}").status_code == 200
    sim.post("/role", json={"rights": {function: {"inquire": "None"}}}).raise_for_status()
    refused = api.get(f"/{path}")
    assert (refused.status_code, f"/ {function}: Inquire" in refused.json()["message"]) == (403, True)


def test_writing_needs_its_right(api: httpx.Client, sim: httpx.Client, loaded: int) -> None:
    rights = {name: {"edit": "None", "delete": "None"} for name in ("Service Tickets", "Time Entry")}
    sim.post("/role", json={"rights": rights}).raise_for_status()
    for path in ("service/tickets/60212", "time/entries/1"):
        assert api.patch(f"/{path}", json=[replace("notes", "x")]).status_code == 403
        assert api.delete(f"/{path}").status_code == 403
    assert api.post("/service/tickets/60212/merge", json={"mergeTicketIds": [60213]}).status_code == 403
    assert api.post("/time/sheets/3101/submit").status_code == 403


def test_a_search_may_be_behind(api: httpx.Client, sim: httpx.Client, loaded: int) -> None:
    one = ticket(api, {"id": loaded}, externalXRef="SC2")["id"]
    sim.post("/faults", json=[{"kind": "stale_search", "seconds": 60, "times": 1}]).raise_for_status()
    query = {"conditions": "externalXRef='SC2'"}
    assert ids(api.get("/service/tickets", params=query)) == []
    assert ids(api.get("/service/tickets", params=query)) == [one]


def test_thousands_are_loaded_listed_and_filtered_in_seconds(api: httpx.Client, sim: httpx.Client) -> None:
    company = customer(api)["id"]
    tickets = [
        {
            "id": 1000 + place,
            "summary": f"T{place}",
            "company": {"id": company},
            "status": {"name": "Completed"},
        }
        for place in range(3000)
    ]
    hours = [
        {"ticket": {"id": 1000 + place}, "timeStart": f"2026-0{1 + place % 9}-03T08:00:00Z", "actualHours": 1}
        for place in range(3000)
    ]
    began = time.monotonic()
    made(sim.post("/seed", json={"ticket": tickets, "timeEntry": hours}, timeout=60))
    assert time.monotonic() - began < 10
    wanted = ",".join(str(1000 + place) for place in range(1000))
    queries: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("service/tickets", "status/name='Completed' and closedFlag=false", {}),
        (
            "service/tickets",
            "lastUpdated >= [2020-01-01T00:00:00Z]",
            {"fields": "id,summary,_info/lastUpdated"},
        ),
        ("time/entries", f"ticket/id in ({wanted})", {}),
    )
    for path, conditions, more in queries:
        query = {"conditions": conditions, "pageSize": "1000", **more}
        answer = api.get(f"/{path}", params=query)
        assert (len(answer.json()), answer.elapsed.total_seconds() < 2) == (1000, True), conditions
