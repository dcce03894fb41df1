from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.connectwise.client import ConnectWise
from shared.connectwise.errors import UnauthorizedError
from shared.connectwise.ticket_rows import SERVICE
from shared.connectwise.tickets import Tickets
from shared.events.tickets import Ticket
from tests.contract.connectwise.conftest import Control
from tests.contract.connectwise.work import TECHNICIAN, Work


@pytest.fixture
def tickets(client: ConnectWise) -> Tickets:
    return Tickets(client)


@pytest.fixture
async def work(control: Control) -> Work:
    work = Work(control)
    await work.open_desk()
    return work


async def one(tickets: Tickets, key: int) -> Ticket:
    [found] = await tickets.by_ids([key])
    return found


async def test_a_ticket_comes_with_its_time_and_the_territory_of_its_company(
    tickets: Tickets, work: Work
) -> None:
    company = await work.company("Acme", territory={"id": 38})
    key = await work.ticket(company, externalXRef="EA-1001", contactName="Priya Raman")
    later = await work.time(key, "2.00", "2026-03-11T09:00:00Z")
    earlier = await work.time(key, "1.50", "2026-03-10T09:00:00Z")
    found = await one(tickets, key)
    assert (found.recordType, found.companyTerritory, found.externalXRef, found.closedFlag) == (
        "ServiceTicket",
        "North Region",
        "EA-1001",
        False,
    )
    named = (found.board, found.status, found.type)
    assert [part.name if part else None for part in named] == ["Test Desk", "New", "Network"]
    assert [(entry.id, entry.actualHours) for entry in found.time] == [
        (earlier, Decimal("1.50")),
        (later, Decimal("2.00")),
    ]
    assert found.time[0].timeStart == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert [entry.member.id for entry in found.time if entry.member] == [TECHNICIAN, TECHNICIAN]
    assert (found.actualHours, found.dateEntered is not None) == (Decimal("3.50"), True)
    assert b"_href" not in found.value()


async def test_nothing_internal_leaves_connectwise(tickets: Tickets, work: Work, control: Control) -> None:
    key = await work.ticket(
        await work.company("Acme"),
        initialDescription="It is dark",
        initialInternalAnalysis="They forgot to pay",
    )
    await work.note(key, "Plugged in", resolutionFlag=True)
    await work.note(key, "Bill them twice", internalAnalysisFlag=True)
    await work.time(key)
    await work.time(key, notes="Argued", addToDetailDescriptionFlag=False, addToInternalAnalysisFlag=True)
    found = await tickets.fresh(key)
    assert found is not None
    assert [(note.text, note.resolutionFlag) for note in found.notes] == [
        ("It is dark", False),
        ("Plugged in", True),
    ]
    assert {entry.notes for entry in found.time} == {"Replaced the switch.", None}
    told = found.value().decode()
    for text in ("difficult", "forgot", "twice", "Argued"):
        assert text not in told
    assert "internalNotes" not in str(await control.requests())


async def test_each_way_of_asking_gives_the_same_ticket(tickets: Tickets, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"), initialDescription="It is dark")
    await work.time(key)
    [listed] = await tickets.by_ids([key], notes=True)
    fresh = await tickets.fresh(key)
    assert fresh is not None
    assert fresh.content_hash() == listed.content_hash()
    assert (await one(tickets, key)).notes == ()


async def test_a_project_ticket_comes_from_its_own_list_with_project_and_phase(
    tickets: Tickets, work: Work, client: ConnectWise
) -> None:
    await work.open_projects()
    company = await work.company("Acme")
    project, phase = await work.phase(company)
    service, of_project = await work.ticket(company), await work.project_ticket(project, phase)
    await work.time(of_project, kind="ProjectTicket")
    found = {ticket.id: ticket for ticket in await tickets.by_ids([service, of_project])}
    assert found[service].recordType == "ServiceTicket"
    ticket = found[of_project]
    assert (ticket.recordType, ticket.project and ticket.project.id, ticket.phase and ticket.phase.name) == (
        "ProjectTicket",
        project,
        "Cutover",
    )
    assert len(ticket.time) == 1
    fresh = await tickets.fresh(of_project)
    assert fresh is not None
    assert fresh.content_hash() == ticket.content_hash()
    alone = Tickets(client, (SERVICE,))
    assert [one.id for one in await alone.by_ids([service, of_project])] == [service]
    assert await alone.fresh(of_project) is None


async def test_time_of_other_charges_with_the_same_number_is_left_out(
    tickets: Tickets, work: Work, control: Control
) -> None:
    company = await work.company("Acme")
    key = await work.ticket(company)
    await work.time(key)
    await control.post("seed", {"chargeCode": [{"id": key, "name": "Internal", "company": {"id": company}}]})
    await work.time(key, "8.00", kind="ChargeCode")
    assert [entry.actualHours for entry in (await one(tickets, key)).time] == [Decimal("1.50")]


async def test_what_is_not_there_is_absent(tickets: Tickets) -> None:
    assert await tickets.by_ids([999_999]) == []
    assert await tickets.by_ids([]) == []
    assert await tickets.fresh(999_999) is None


async def test_the_older_generation_says_the_same_but_for_amounts(
    tickets: Tickets, work: Work, control: Control
) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    newer = await one(tickets, key)
    assert newer.time[0].extendedInvoiceAmount is not None
    await control.post("knobs", {"generation": "2022.1"})
    older = await one(tickets, key)
    assert older.time[0].extendedInvoiceAmount is None
    others = {"time", "customFields"}
    assert older.model_dump(exclude=others) == newer.model_dump(exclude=others)


async def test_a_thousand_tickets_cost_their_time_and_companies_by_list(
    tickets: Tickets, work: Work, control: Control
) -> None:
    company = await work.company("Acme")
    rows = [
        {
            "id": 70_000 + number,
            "summary": f"Ticket {number}",
            "company": {"id": company},
            "board": {"id": work.board},
            "status": {"id": work.new},
        }
        for number in range(1000)
    ]
    await control.post("seed", {"ticket": rows})
    for number in range(3):
        await work.time(70_000 + number * 400)
    await control.forget()
    listed = [
        (SERVICE, row) async for page in tickets.listed(SERVICE) for row in page.rows if row["id"] >= 70_000
    ]
    whole = await tickets.whole(listed)
    assert len(whole) == 1000
    assert sum(len(row["time"]) for row in whole) == 3
    asked = await control.requests()
    # The company information, a full page and the empty one after it, time, territories.
    assert len(asked) <= 1 + 2 + 9 + 1
    assert max(len(entry["path"]) + len(entry["query"]) for entry in asked) < 2200


async def test_notes_cost_a_request_a_ticket_only_where_they_are_asked_for(
    tickets: Tickets, work: Work, control: Control
) -> None:
    company = await work.company("Acme")
    keys = [await work.ticket(company) for _ in range(5)]
    await control.forget()
    await tickets.by_ids(keys)
    assert await control.requests("notes") == []
    await tickets.by_ids(keys[:2], notes=True)
    assert len(await control.requests("notes")) == 2


async def test_a_fresh_ticket_is_right_while_lists_are_behind(
    tickets: Tickets, work: Work, control: Control
) -> None:
    await control.post("clock", {"freeze": True})
    key = await work.ticket(await work.company("Acme"))
    await control.post("clock", {"advance": 30})
    await work.close(key)
    await control.post("clock", {"advance": 1})
    await control.fault("stale_search", path="service/tickets", seconds=20)
    assert (await one(tickets, key)).closedFlag is False
    fresh = await tickets.fresh(key)
    assert fresh is not None
    assert (fresh.closedFlag, fresh.status and fresh.status.name) == (True, "Closed")


@pytest.mark.parametrize("kind", ["429", "503_html", "truncated_json", "cut_after"])
async def test_an_answer_that_is_lost_is_asked_for_again(
    tickets: Tickets, work: Work, control: Control, kind: str
) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    more = {"retry_after": 1} if kind == "429" else {}
    await control.fault(kind, path="(tickets|entries)$", times=2, **more)
    assert len((await one(tickets, key)).time) == 1


@pytest.mark.parametrize("empty", [False, True])
async def test_without_the_right_to_time_no_ticket_loses_its_time(
    tickets: Tickets, work: Work, control: Control, empty: bool
) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    await control.post("knobs", {"denied_lists_are_empty": empty})
    await control.post("role", {"rights": {"Time Entry": {"inquire": "None"}}})
    with pytest.raises(UnauthorizedError):
        await tickets.by_ids([key])
