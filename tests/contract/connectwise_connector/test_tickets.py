from decimal import Decimal
from typing import Any

import pytest

from shared.events.envelope import Envelope
from shared.events.tickets import Ticket
from tests.contract.connectwise.work import Work
from tests.contract.connectwise_connector.conftest import Passes

SETTINGS: dict[str, Any] = {"invoices": False, "tickets": True, "ticket_compare_seconds": 0}


@pytest.fixture
async def work(passes: Passes) -> Work:
    passes.again(**SETTINGS)
    work = Work(passes.control)
    await work.open_desk()
    return work


async def run(passes: Passes) -> list[tuple[Envelope, dict[str, Any]]]:
    return await passes.run(Ticket.ENTITY)


async def tickets(passes: Passes) -> list[Ticket]:
    """Tickets that one pass publishes as changed."""
    return [
        Ticket.model_validate(body) for envelope, body in await run(passes) if envelope.action == "changed"
    ]


async def settled(passes: Passes) -> None:
    """Whatever was done so far is read, and lies before what the next pass reads again."""
    await passes.run()
    await passes.later(seconds=5)
    await passes.run()


async def test_the_first_pass_takes_open_tickets_and_recent_ones(passes: Passes, work: Work) -> None:
    company = await work.company("Acme")
    opened, closed = await work.ticket(company), await work.ticket(company)
    await work.close(closed)
    await passes.later(days=100)
    recent = await work.ticket(company)
    await work.close(recent)
    published = await run(passes)
    assert [envelope.subject for envelope, _ in published] == [str(opened), str(recent)]
    assert {envelope.action for envelope, _ in published} == {"changed"}
    assert await run(passes) == []
    passes.again()
    assert await run(passes) == []


async def test_an_old_ticket_comes_when_it_changes(passes: Passes, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.close(key)
    await passes.later(days=100)
    assert await run(passes) == []
    await passes.later(seconds=5)
    await work.edit("ticket", key, status={"id": work.new})
    [reopened] = await tickets(passes)
    assert (reopened.id, reopened.closedFlag) == (key, False)
    assert await run(passes) == []


async def test_an_earlier_beginning_reads_what_lies_between_and_nothing_twice(
    passes: Passes, work: Work
) -> None:
    company = await work.company("Acme")
    old = await work.ticket(company)
    await work.close(old)
    await passes.later(days=100)
    await work.ticket(company)
    assert len(await run(passes)) == 1
    passes.again(tickets_since=(passes.now.date().replace(year=2025)))
    assert [envelope.subject for envelope, _ in await run(passes)] == [str(old)]
    assert await run(passes) == []


async def test_a_change_arrives_once_and_a_no_op_save_does_not(passes: Passes, work: Work) -> None:
    await passes.run()
    key = await work.ticket(await work.company("Acme"))
    assert [ticket.id for ticket in await tickets(passes)] == [key]
    await passes.later(seconds=5)
    await work.close(key)
    [closed] = await tickets(passes)
    assert (closed.closedFlag, closed.status and closed.status.name) == (True, "Closed")
    await passes.later(seconds=5)
    await work.close(key)
    assert await run(passes) == []


async def test_time_arrives_with_its_ticket_which_it_does_not_move(passes: Passes, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    passes.again(ticket_compare_seconds=1e9)
    await settled(passes)
    entry = await work.time(key)
    [with_time] = await tickets(passes)
    assert [(one.id, one.actualHours) for one in with_time.time] == [(entry, Decimal("1.50"))]
    assert await run(passes) == []
    await passes.later(seconds=5)
    await work.edit("timeEntry", entry, actualHours="2.00", timeEnd=None)
    [changed] = await tickets(passes)
    assert changed.time[0].actualHours == Decimal("2.00")
    assert await run(passes) == []


async def test_time_of_an_old_closed_ticket_arrives_too(passes: Passes, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.close(key)
    await passes.later(days=100)
    await settled(passes)
    await work.time(key)
    [with_time] = await tickets(passes)
    assert (with_time.id, len(with_time.time)) == (key, 1)


async def test_deleted_time_is_noticed_by_the_tickets_hours(passes: Passes, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    entry = await work.time(key)
    await work.time(key, "0.50", "2026-03-11T09:00:00Z")
    passes.again(ticket_compare_seconds=300)
    await settled(passes)
    await work.delete("timeEntry", entry)
    assert await run(passes) == []
    await passes.later(seconds=300)
    [less] = await tickets(passes)
    assert [one.actualHours for one in less.time] == [Decimal("0.50")]
    assert await run(passes) == []


async def test_deleted_time_without_hours_is_noticed_at_night(passes: Passes, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    entry = await work.time(key, "0.00")
    await work.time(key)
    await settled(passes)
    await work.delete("timeEntry", entry)
    assert await run(passes) == []
    passes.again(sweep_hour=2)
    await passes.later(days=1)
    [less] = await tickets(passes)
    assert [one.actualHours for one in less.time] == [Decimal("1.50")]
    assert await run(passes) == []


async def test_time_moved_to_another_ticket_leaves_the_first(passes: Passes, work: Work) -> None:
    company = await work.company("Acme")
    one, other = await work.ticket(company), await work.ticket(company)
    entry = await work.time(one)
    await settled(passes)
    await work.edit("timeEntry", entry, chargeToId=other)
    found = {ticket.id: len(ticket.time) for ticket in await tickets(passes)}
    assert found == {one: 0, other: 1}
    assert await run(passes) == []


async def test_a_deleted_ticket_is_a_deletion_within_the_pass(passes: Passes, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    await settled(passes)
    await work.delete("ticket", key)
    [(envelope, body)] = await run(passes)
    assert (envelope.action, body) == ("deleted", {"entity": "ticket", "key": str(key), "deleted": True})
    assert await run(passes) == []
    passes.again()
    assert await run(passes) == []


async def test_an_old_ticket_that_was_deleted_is_found_at_night(passes: Passes, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.close(key)
    await settled(passes)
    await passes.later(days=100)
    await work.delete("ticket", key)
    assert await run(passes) == []
    passes.again(sweep_seconds=1)
    assert [(envelope.action, envelope.subject) for envelope, _ in await run(passes)] == [
        ("deleted", str(key))
    ]


async def test_more_deletions_than_are_believable_are_none(passes: Passes, work: Work) -> None:
    company = await work.company("Acme")
    keys = [await work.ticket(company) for _ in range(30)]
    await settled(passes)
    for key in keys[:25]:
        await work.delete("ticket", key)
    assert await run(passes) == []
    passes.again(deletion_share=1.0)
    assert [envelope.action for envelope, _ in await run(passes)] == ["deleted"] * 25


async def test_lists_that_are_behind_delete_nothing_and_take_nothing_back(passes: Passes, work: Work) -> None:
    await settled(passes)
    key = await work.ticket(await work.company("Acme"))
    await run(passes)
    await passes.later(seconds=5)
    await work.close(key)
    assert len(await run(passes)) == 1
    await passes.later(seconds=1)
    await passes.control.fault("stale_search", path="service/tickets", seconds=4)
    assert await run(passes) == []
    await passes.control.clear_faults()
    await passes.control.fault("stale_search", path="service/tickets", seconds=60)
    assert await run(passes) == []
    await passes.control.clear_faults()
    assert await run(passes) == []


async def test_time_that_a_list_shows_late_is_not_lost(passes: Passes, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    passes.again(ticket_compare_seconds=300, overlap_seconds=60)
    await settled(passes)
    await passes.later(seconds=100)
    await work.time(key, "0.25", "2026-03-11T09:00:00Z")
    # The first list tells of the entry, the second does not show it yet.
    await passes.control.fault("stale_search", path="time/entries", after=1, times=1, seconds=30)
    await run(passes)
    [late] = await tickets(passes)
    assert len(late.time) == 2
    assert await run(passes) == []


async def test_notes_come_with_the_statuses_that_are_taken(passes: Passes, work: Work) -> None:
    passes.again(ticket_note_statuses=["closed"], ticket_note_boards=["Test Desk"])
    company = await work.company("Acme")
    opened, closed = await work.ticket(company), await work.ticket(company)
    for key in (opened, closed):
        await work.note(key, "It is dark", detailDescriptionFlag=True)
        await work.note(key, "Bill them twice", internalAnalysisFlag=True)
    await work.close(closed)
    found = {ticket.id: [note.text for note in ticket.notes] for ticket in await tickets(passes)}
    assert found == {opened: [], closed: ["It is dark"]}
    assert await run(passes) == []


async def test_a_ticket_without_its_shape_travels_and_the_others_with_it(passes: Passes, work: Work) -> None:
    company = await work.company("Acme")
    key = await work.ticket(company)
    odd = {
        "id": key + 1,
        "summary": "Odd",
        "company": {"id": company},
        "board": {"id": work.board},
        "status": {"id": work.closed},
        "closedFlag": True,
        "closedDate": "soon",
    }
    await passes.control.post("seed", {"ticket": [odd]})
    published = {envelope.subject: body for envelope, body in await run(passes)}
    assert set(published) == {str(key), str(key + 1)}
    assert published[str(key + 1)]["closedDate"] == "soon"
    assert await run(passes) == []


async def test_project_tickets_come_along_when_they_are_wanted(passes: Passes, work: Work) -> None:
    await work.open_projects()
    project, phase = await work.phase(await work.company("Acme"))
    key = await work.project_ticket(project, phase)
    assert await run(passes) == []
    passes.again(project_tickets=True)
    [ticket] = await tickets(passes)
    assert (ticket.id, ticket.recordType, ticket.phase and ticket.phase.id) == (key, "ProjectTicket", phase)
    await settled(passes)
    await work.time(key, kind="ProjectTicket")
    [with_time] = await tickets(passes)
    assert len(with_time.time) == 1
    await passes.later(seconds=5)
    await work.delete("timeEntry", with_time.time[0].id)
    assert [len(one.time) for one in await tickets(passes)] == [0]
    await work.delete("projectTicket", key)
    assert [envelope.action for envelope, _ in await run(passes)] == ["deleted"]


@pytest.mark.parametrize("right", ["Service Tickets", "Time Entry"])
@pytest.mark.parametrize("empty", [False, True])
async def test_a_right_that_is_lost_deletes_nothing_and_empties_no_ticket(
    passes: Passes, work: Work, right: str, empty: bool
) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    await settled(passes)
    await passes.control.post("knobs", {"denied_lists_are_empty": empty})
    await passes.control.post("role", {"rights": {right: {"inquire": "None"}}})
    await work.close(key)
    assert await run(passes) == []
    passes.again(sweep_seconds=1)
    await passes.later(seconds=5)
    assert await run(passes) == []
    await passes.control.post("role", {"rights": {right: {"inquire": "All"}}})
    [closed] = await tickets(passes)
    assert (closed.id, closed.closedFlag, len(closed.time)) == (key, True, 1)


async def test_tickets_that_nobody_needs_are_not_asked_for(passes: Passes, work: Work) -> None:
    await work.ticket(await work.company("Acme"))
    passes.again(tickets=False)
    await passes.control.forget()
    assert await run(passes) == []
    assert await passes.asked("service/tickets") == 0
    assert await passes.asked("time/entries") == 0


async def test_time_of_more_tickets_than_a_part_holds_arrives_in_one_pass(passes: Passes, work: Work) -> None:
    company = await work.company("Acme")
    keys = [await work.ticket(company) for _ in range(5)]
    passes.again(tickets_per_pass=2, ticket_compare_seconds=1e9)
    await settled(passes)
    for key in keys:
        await work.time(key)
    assert {ticket.id: len(ticket.time) for ticket in await tickets(passes)} == dict.fromkeys(keys, 1)
    assert await run(passes) == []


async def test_hours_that_no_time_explains_are_looked_at_once(passes: Passes, work: Work) -> None:
    company = await work.company("Acme")
    odd = {
        "id": 70_000,
        "summary": "Hours of another system",
        "company": {"id": company},
        "board": {"id": work.board},
        "status": {"id": work.new},
        "actualHours": 5,
    }
    await passes.control.post("seed", {"ticket": [odd]})
    await work.time(await work.ticket(company))
    await settled(passes)
    await passes.later(seconds=5)
    await passes.run()
    await passes.control.forget()
    assert await run(passes) == []
    # The watch over changed time alone: the ticket is not read again and again.
    assert await passes.asked("time/entries") == 1


async def test_a_ticket_that_became_a_project_ticket_is_no_deletion(passes: Passes, work: Work) -> None:
    await work.open_projects()
    company = await work.company("Acme")
    project, phase = await work.phase(company)
    key = await work.ticket(company)
    passes.again(project_tickets=True)
    await settled(passes)
    moved = {
        "id": key,
        "summary": "Switch is down",
        "recordType": "ProjectTicket",
        "project": {"id": project},
        "phase": {"id": phase},
        "company": {"id": company},
        "board": {"id": work.project_board},
        "status": {"id": work.scheduled},
    }
    await passes.control.post("seed", {"ticket": [moved]})
    [ticket] = await tickets(passes)
    assert (ticket.id, ticket.recordType) == (key, "ProjectTicket")
    assert await run(passes) == []
