from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import MetaData

from shared.config import StoreSettings
from shared.connectwise.client import ConnectWise
from shared.connectwise.errors import NotFoundError, RefusedError, UnknownOutcomeError
from shared.connectwise.service_setup import Placement
from shared.connectwise.ticket_writes import NewTicket, TicketWrites
from shared.events.tickets import Ticket
from shared.store.engine import open_store
from shared.sync.creating import Creator, Unsettled, Wanting
from shared.sync.intents import Intents, intent_table
from shared.sync.trouble import Refused
from tests.contract.connectwise.conftest import Control
from tests.contract.connectwise.work import Work

CALL = Wanting("1001", "call 1001")


@pytest.fixture
async def work(control: Control) -> Work:
    work = Work(control)
    await work.open_desk()
    return work


@pytest.fixture
def writes(client: ConnectWise) -> TicketWrites:
    return TicketWrites(client)


@pytest.fixture
async def intents(tmp_path: Path) -> AsyncIterator[Intents[Ticket]]:
    metadata = MetaData()
    table = intent_table(metadata, "moves")
    engine = open_store(
        StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db")), "moves"
    )
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield Intents(engine, table, "create ticket")
    await engine.dispose()


def new(work: Work, company: int, **more: Any) -> NewTicket:
    given: dict[str, Any] = {
        "summary": "SC1001 Printer jams",
        "company": company,
        "reference": "EA-1001",
        "place": Placement(work.board, work.new, work.network),
        "description": "Paper jams in tray 2.\nCaller: Priya Raman, 3292250111",
    }
    return NewTicket(**(given | more))


async def test_a_ticket_is_created_and_found_by_its_reference(writes: TicketWrites, work: Work) -> None:
    company = await work.company("Acme")
    agreement = await work.agreement(company)
    made = await writes.create(new(work, company, agreement=agreement, po_number="PO-7"))
    assert (made.summary, made.externalXRef, made.poNumber) == ("SC1001 Printer jams", "EA-1001", "PO-7")
    named = (made.board, made.status, made.type, made.company, made.agreement)
    assert [part.id if part else None for part in named] == [
        work.board,
        work.new,
        work.network,
        company,
        agreement,
    ]
    assert [ticket.id for ticket in await writes.find("EA-1001")] == [made.id]
    assert await writes.find("EA-1002") == []
    [note] = await writes.notes_of(made.id)
    assert (note.text.startswith("Paper jams in tray 2."), note.detailDescriptionFlag) == (True, True)


async def test_a_refusal_names_its_field(writes: TicketWrites, work: Work) -> None:
    company = await work.company("Acme")
    await work.open_projects()
    elsewhere = Placement(work.board, work.scheduled)
    with pytest.raises(RefusedError) as refused:
        await writes.create(new(work, company, place=elsewhere))
    assert "status" in str(refused.value)
    with pytest.raises(RefusedError) as unknown:
        await writes.create(new(work, 404_404))
    assert unknown.value.has("NotFound", "company/id")
    assert await writes.find("EA-1001") == []


async def test_a_note_is_added_for_the_customer_or_as_resolution(writes: TicketWrites, work: Work) -> None:
    made = await writes.create(new(work, await work.company("Acme"), description=""))
    await writes.add_note(made.id, "The call was cancelled.")
    await writes.add_note(made.id, "Solved by telephone.", resolution=True)
    assert [(note.text, note.resolutionFlag) for note in await writes.notes_of(made.id)] == [
        ("The call was cancelled.", False),
        ("Solved by telephone.", True),
    ]
    with pytest.raises(NotFoundError):
        await writes.add_note(404_404, "Nobody reads this.")


async def test_an_answer_that_was_lost_is_not_taken_for_a_refusal(
    writes: TicketWrites, work: Work, control: Control
) -> None:
    company = await work.company("Acme")
    await control.fault("cut_after", method="POST", path="service/tickets$", times=1)
    with pytest.raises(UnknownOutcomeError):
        await writes.create(new(work, company))
    found = await writes.look("EA-1001")
    assert found is not None
    assert await writes.look("EA-1002") is None


async def test_a_call_becomes_one_ticket_however_its_answer_is_lost(
    writes: TicketWrites, work: Work, control: Control, intents: Intents[Ticket]
) -> None:
    company, now = await work.company("Acme"), [1000.0]
    creator = Creator(intents, "ticket", "M1", 60.0, lambda: now[0])

    async def attempt() -> Ticket:
        known = (await intents.intents({CALL.subject: 1})).get(CALL.subject)
        return await creator.create(
            CALL, 1, known, "EA-1001", lambda: writes.create(new(work, company)), writes.look
        )

    await control.post("clock", {"freeze": True})
    await control.fault("cut_after", method="POST", path="service/tickets$", times=1)
    await control.fault("stale_search", path="service/tickets$", seconds=20)
    with pytest.raises(Unsettled):
        await attempt()
    now[0] += 10
    with pytest.raises(Unsettled):
        await attempt()
    await control.post("clock", {"advance": 30})
    now[0] += 20
    made = await attempt()
    assert [ticket.id for ticket in await writes.find("EA-1001")] == [made.id]
    known = (await intents.intents({CALL.subject: 1}))[CALL.subject]
    assert known.target == str(made.id)
    assert len(await control.requests("service/tickets$", "POST")) == 1


async def test_a_refused_ticket_leaves_no_intent_behind(
    writes: TicketWrites, work: Work, intents: Intents[Ticket]
) -> None:
    creator = Creator(intents, "ticket", "M1", 60.0, lambda: 1000.0)
    with pytest.raises(Refused, match="no ticket can be created for call 1001"):
        await creator.create(CALL, 1, None, "EA-1001", lambda: writes.create(new(work, 404_404)), writes.look)
    assert await intents.intents({CALL.subject: 1}) == {}


async def test_a_turned_away_ticket_is_sent_again_and_stays_one(
    writes: TicketWrites, work: Work, control: Control
) -> None:
    company = await work.company("Acme")
    await control.fault("429", method="POST", path="service/tickets$", times=1, retry_after=1)
    made = await writes.create(new(work, company))
    assert [ticket.id for ticket in await writes.find("EA-1001")] == [made.id]
