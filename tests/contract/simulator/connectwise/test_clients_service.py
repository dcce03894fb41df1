"""An API client written by others, working with tickets and time."""

from typing import Any

import httpx
import pytest
from pyconnectwise.exceptions import MalformedRequestException, NotFoundException

from tests.contract.simulator.connectwise.billing import customer, made
from tests.contract.simulator.connectwise.builders import replace
from tests.contract.simulator.connectwise.service import phase, project, project_ticket, time_body


@pytest.fixture
def company(api: httpx.Client) -> int:
    return int(customer(api)["id"])


def test_pyconnectwise_works_with_tickets(manage: Any, company: int) -> None:
    body = {"summary": "Core switch", "company": {"id": company}, "initialDescription": "No light."}
    one = manage.service.tickets.post(data=body)
    assert (one.record_type, one.status.name, one.priority.sort) == ("ServiceTicket", "New", 3)
    here = manage.service.tickets.id(one.id)
    closed = here.patch([replace("status", {"name": ">Closed"})])
    assert (closed.closed_flag, closed.closed_by, closed.closed_date.tzinfo is not None) == (
        True,
        "tandem",
        True,
    )
    assert here.notes.get()[0].text == "No light."
    note = here.notes.post(data={"text": "Fixed.", "resolutionFlag": True})
    assert here.notes.id(note.id).patch([replace("text", "Done.")]).text == "Done."
    with pytest.raises(MalformedRequestException):
        here.notes.post(data={"text": "Which?"})
    assert [row.note_type for row in here.all_notes.get()] == ["TicketNote", "TicketNote"]
    task = here.tasks.post(data={"notes": "Order"})
    here.tasks.id(task.id).delete()
    assert here.tasks.get() == here.documents.get() == here.configurations.get() == []
    found = manage.service.tickets.get(params={"conditions": "closedFlag=true", "orderBy": "id desc"})
    assert [row.id for row in found] == [one.id]
    assert manage.service.tickets.count.get().count == 1
    twin = manage.service.tickets.post(data=body)
    assert here.merge.post(data={"mergeTicketIds": [twin.id], "status": {"name": ">Closed"}}).success is True
    manage.service.tickets.id(twin.id).delete()
    here.delete()
    with pytest.raises(NotFoundException):
        here.get()


def test_pyconnectwise_works_with_boards(manage: Any) -> None:
    board = manage.service.boards.get(params={"conditions": "projectFlag=false"})[0]
    here = manage.service.boards.id(board.id)
    assert [row.name for row in here.statuses.get(params={"conditions": "closedStatus=true"})] == [
        ">Closed",
        ">Cancelled",
    ]
    assert (here.types.get()[0].category, here.subtypes.get()[0].type_association_ids) == ("Reactive", [91])
    assert (here.items.get()[0].name, here.teams.get()[0].board_id) == ("Configuration", board.id)
    assert here.statuses.id(411).get().default_flag is True
    assert manage.service.priorities.get()[0].sort_order == 1
    assert manage.service.sources.get()[1].default_flag is True
    assert manage.service.locations.get()[0].where == "OnSite"
    assert manage.time.work_roles.get()[0].hourly_rate == 120
    assert manage.time.work_types.get()[0].rate_type == "Multiplier"
    assert manage.time.charge_codes.get()[0].name == "Administrative"


def test_pyconnectwise_works_with_time(manage: Any, company: int, sim: httpx.Client) -> None:
    one = manage.service.tickets.post(data={"summary": "Core switch", "company": {"id": company}}).id
    entry = manage.time.entries.post(data=time_body(one, 1.5))
    assert (entry.actual_hours, entry.hourly_rate, entry.status) == (1.5, 120, "Open")
    assert (entry.ticket.id, entry.time_sheet.name, entry.time_start.hour) == (
        one,
        "2026-06-01 to 2026-06-07",
        8,
    )
    here = manage.time.entries.id(entry.id)
    assert here.patch([replace("notes", "Replaced.")]).notes == "Replaced."
    assert [row.id for row in manage.service.tickets.id(one).timeentries.get()] == [entry.id]
    sheet = manage.time.sheets.id(entry.time_sheet.id)
    assert sheet.submit.post().success is True
    assert (sheet.get().status, here.get().status) == ("PendingApproval", "PendingApproval")
    with pytest.raises(MalformedRequestException):
        here.delete()
    bill = made(sim.post("/invoice", json={"ticket": one, "date": "2026-06-30"}))
    billed = manage.time.entries.get(params={"conditions": f"invoice/id={bill['id']}"})[0]
    assert (billed.invoice.billing_type, billed.invoice_hours, billed.status) == ("Standard", 1.5, "Billed")
    assert manage.finance.info.invoice.id(bill["id"]).get().time_entries[0].hourly_rate == 120


def test_pyconnectwise_works_with_projects(manage: Any, api: httpx.Client, company: int) -> None:
    owner = project(api, {"id": company}, billingMethod="FixedFee", billingAmount=9600)["id"]
    part = phase(api, owner)["id"]
    ident = project_ticket(api, owner, part)["id"]
    found = manage.project.projects.id(owner).get()
    assert (found.billing_method, found.billing_amount, found.estimated_start.month) == ("FixedFee", 9600, 6)
    assert manage.project.projects.id(owner).phases.get()[0].description == "Cutover"
    one = manage.project.tickets.id(ident).get()
    assert (one.project.id, one.phase.name, one.is_issue_flag) == (owner, "Cutover", False)
    with pytest.raises(NotFoundException):
        manage.service.tickets.id(ident).get()
    rows = manage.service.tickets.get(params={"conditions": "recordType='ProjectTicket'"})
    assert [row.id for row in rows] == [ident]
