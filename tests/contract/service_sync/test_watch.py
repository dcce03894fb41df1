"""Calls with ConnectWise's amounts on which somebody pressed OK (spec/tickets.md 8.7, scenario 92)."""

from decimal import Decimal
from typing import Any

import pytest

from services.service_sync.asking import ACCEPT, RESTORE
from shared.eautomate.transaction import Transaction
from shared.events.calls import Call
from tests.contract.killing import Killed, die_at, one_commit_unanswered
from tests.contract.service_sync.world import World

OVERRIDE: dict[str, Any] = {"override_billing": "Yes", "call_status": "OKB"}


async def made(world: World, *hours: str, override: str = "Yes") -> tuple[int, Call]:
    """A ticket and its call that is OK to invoice."""
    world.configure(call_status="OKB", override_billing=override)
    await world.technician()
    ticket = await world.ticket(await world.dealt(), *(hours or ("1.5", "0.5")))
    told = await world.synced(ticket)
    assert told.outcome.result == "applied", told.outcome.text
    return ticket, (await world.calls())[0]


async def as_it_is(world: World) -> tuple[str, list[Decimal | None]]:
    [call] = await world.calls()
    return call.status, [one.labor_override for one in call.labors]


async def test_a_call_nobody_touched_is_left_alone(world: World) -> None:
    _, call = await made(world)
    told = await world.saved(call)
    assert (told.outcome.text, told.letters) == ("it has ConnectWise's amounts", [])
    assert (await as_it_is(world))[0] == "OKB"


async def test_pressing_ok_takes_it_off_okb_and_opens_a_case_until_the_amounts_are_back(world: World) -> None:
    ticket, call = await made(world)
    before = await as_it_is(world)
    world.people.save_call(call.number)
    told = await world.saved(call)
    assert told.codes == ["S26"]
    assert f"tandem tickets restore {ticket}" in told.outcome.text
    assert (await as_it_is(world)) == ("P", [None, None])
    assert (await world.saved(call)).codes == ["S26"]
    restored = await world.asked(ticket, RESTORE)
    assert restored.outcome.result == "applied", restored.outcome.text
    assert await as_it_is(world) == before
    assert (await world.again(told.letters[0])).outcome.text == "it has ConnectWise's amounts"
    rows = world.rows()
    assert (await world.asked(ticket, RESTORE)).outcome.effects == ()
    assert world.rows() == rows


async def test_an_invoiced_one_is_told_and_left_as_it_is(world: World) -> None:
    _, call = await made(world)
    world.people.invoice_call(call.number)
    rows = world.rows()
    told = await world.saved(call)
    assert told.codes == ["S26"]
    assert "invoiced already" in told.outcome.text
    assert world.rows() == rows


async def test_calls_that_were_not_given_amounts_are_nobodys_concern(world: World) -> None:
    _, call = await made(world, override="No")
    world.configure(**OVERRIDE)
    world.people.save_call(call.number)
    assert (await world.saved(call)).letters == []
    copier = world.people.add_call("1001", "CM", "Paper jam")
    by_hand = next(one for one in await world.calls() if one.number == copier)
    assert (await world.saved(by_hand)).outcome.text == "no call of a ticket with ConnectWise's amounts"


async def test_amounts_that_a_person_accepts_are_not_watched_any_more(world: World) -> None:
    ticket, call = await made(world)
    world.people.save_call(call.number)
    [letter] = (await world.saved(call)).letters
    told = await world.asked(ticket, ACCEPT)
    assert told.outcome.wakes == (f"record:eautomate:call:{call.call_id}",)
    assert (await world.again(letter)).letters == []
    world.people.ok_to_bill(call.number)
    assert (await world.saved(call)).letters == []
    assert (await as_it_is(world))[0] == "OKB"


async def test_what_people_decided_about_the_call_meanwhile_stays(world: World) -> None:
    ticket, call = await made(world)
    world.people.save_call(call.number)
    await world.saved(call)
    world.people.hold_call(call.number, "CWREV")
    restored = await world.asked(ticket, RESTORE)
    assert restored.outcome.result == "applied", restored.outcome.text
    status, amounts = await as_it_is(world)
    assert status == "H"
    assert None not in amounts


async def test_a_canceled_call_is_left_alone(world: World) -> None:
    ticket, call = await made(world)
    world.people.save_call(call.number)
    world.people.cancel_call(call.number, "Duplicate")
    rows = world.rows()
    assert (await world.saved(call)).letters == []
    assert "only P, H" in (await world.asked(ticket, RESTORE)).outcome.text
    assert world.rows() == rows


async def test_labour_that_people_changed_is_not_guessed_about(world: World) -> None:
    ticket, call = await made(world, "1.5")
    world.people.save_call(call.number)
    world.people.foreign_sql("DELETE FROM SCCallLabors WHERE CallID = ?", call.call_id)
    told = await world.asked(ticket, RESTORE)
    assert "enter the amounts by hand" in told.outcome.text
    assert told.outcome.effects == ()


async def test_a_call_that_is_open_is_taken_off_once_it_is_closed(world: World) -> None:
    _, call = await made(world)
    world.people.save_call(call.number)
    world.people.open_call(call.number)
    told = await world.saved(call)
    assert told.codes == ["S26"]
    assert "could not be taken off" in told.outcome.text
    world.people.close_call(call.number)
    assert (await world.again(told.letters[0])).codes == ["S26"]
    assert (await as_it_is(world))[0] == "P"


@pytest.mark.parametrize("landed", [True, False])
async def test_answers_that_are_lost_change_nothing(world: World, landed: bool) -> None:
    ticket, call = await made(world)
    before = await as_it_is(world)
    world.people.save_call(call.number)
    with one_commit_unanswered(world.port, landed):
        assert (await world.saved(call)).codes == ["S26"]
    assert (await as_it_is(world))[0] == "P"
    with one_commit_unanswered(world.port, landed):
        assert (await world.asked(ticket, RESTORE)).codes == []
    assert await as_it_is(world) == before


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["update_labor", "set_call_status"])
async def test_a_crash_while_amounts_are_put_back_leaves_all_or_nothing(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, call = await made(world)
    before = await as_it_is(world)
    world.people.save_call(call.number)
    await world.saved(call)
    with monkeypatch.context() as patched:
        died = die_at(Transaction, step, when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.asked(ticket, RESTORE)
        assert died()
    assert await as_it_is(world) == ("P", [None, None])
    world.configure(**OVERRIDE)
    assert (await world.asked(ticket, RESTORE)).outcome.result == "applied"
    assert await as_it_is(world) == before
