"""A finished ticket becomes one call, whatever happens on the way (spec/tickets.md)."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from services.service_sync.asking import ACCEPT, IGNORE, RE_POINT, REFRESH, RESTORE, RETURN, command
from services.service_sync.rules.gathered import Stage
from shared.eautomate.transaction import Transaction
from shared.links.kinds import LinkKind
from tests.contract.killing import Killed, die_at, one_commit_unanswered
from tests.contract.service_sync.world import MARTA, World


async def test_a_closed_ticket_becomes_a_call_with_its_labour(world: World) -> None:
    dealt = await world.dealt()
    await world.technician()
    ticket = await world.ticket(dealt, "1.5", "0.5", initialDescription="Switch drops links.")
    told = await world.synced(ticket)
    assert told.outcome.result == "applied", told.outcome.text
    [call] = await world.calls()
    assert call.description == f"Ticket {ticket}: Core switch replacement"
    assert (call.status, call.item, call.bill_code) == ("P", "CW-SERVICE", "TM")
    assert [one.labor_hours for one in call.labors] == [Decimal("1.5"), Decimal("0.5")]
    assert {one.technician_number for one in call.labors} == {MARTA}
    assert "Switch drops links." in call.notes
    assert "Replaced core switch." in call.notes
    assert "never pay" not in call.notes + "".join(one.notes for one in call.labors)
    found = await world.mapping.find_left(LinkKind.TICKET_CALL, str(ticket))
    assert found.link is not None
    assert found.link.right == call.subject


async def test_the_same_history_again_writes_nothing(world: World) -> None:
    dealt = await world.dealt()
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    rows = world.rows()
    told = await world.seen(ticket)
    assert told.outcome.effects == ()
    assert world.rows() == rows


async def test_a_ticket_that_still_changes_is_not_taken(world: World) -> None:
    dealt = await world.dealt()
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    await world.seen(ticket)
    await world.time(ticket, "0.25", "2026-11-05T14:00:00Z")
    told = await world.taken()
    assert told.outcome.text == "it was changed and settles again"
    assert await world.calls() == []
    await world.taken()
    [call] = await world.calls()
    assert len(call.labors) == 2


async def test_what_is_edited_after_it_was_taken_does_not_count(world: World) -> None:
    dealt, other = await world.dealt(linked=False), await world.dealt("1002")
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    [letter] = (await world.synced(ticket)).letters
    await world.billing.edit("ticket", ticket, company={"id": other.company})
    assert (await world.seen(ticket)).codes == ["S1"]
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    assert (await world.again(letter)).outcome.result == "applied"
    assert len(await world.calls("1001")) == 1
    assert await world.calls("1002") == []


async def test_an_unmapped_member_waits_and_heals(world: World) -> None:
    dealt = await world.dealt()
    agent = await world.technician(linked=False)
    ticket = await world.ticket(dealt, "1.5")
    told = await world.synced(ticket)
    assert told.codes == ["S2"]
    await world.link(LinkKind.AGENT_MEMBER, str(agent), "176")
    assert (await world.again(told.letters[0])).outcome.result == "applied"
    assert len(await world.calls()) == 1


async def test_a_customer_on_hold_gets_his_call_on_hold(world: World) -> None:
    dealt = await world.dealt()
    world.people.put_on_hold("1001")
    await world.technician()
    await world.synced(await world.ticket(dealt, "1.5"))
    [call] = await world.calls()
    assert (call.status, call.on_hold_code) == ("H", "CH")


async def test_the_only_contract_with_the_item_takes_the_call(world: World) -> None:
    dealt = await world.dealt()
    await world.technician()
    contract = world.contract(dealt)
    await world.synced(await world.ticket(dealt, "1.5"))
    [call] = await world.calls()
    assert call.contract_number == contract


async def test_a_call_that_carries_the_number_is_linked_and_none_is_made(world: World) -> None:
    dealt = await world.dealt()
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    world.people.add_call("1001", "CM", f"CW ticket {ticket}, done by the former integration")
    told = await world.synced(ticket)
    assert told.outcome.result == "applied"
    [call] = await world.calls()
    assert call.labors == ()
    link = (await world.mapping.find_left(LinkKind.TICKET_CALL, str(ticket))).link
    assert link is not None
    assert link.how.value == "adopted"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["transaction", "create_call", "add_labor", "created", "make", "done"])
async def test_a_crash_at_any_step_leaves_one_call(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealt = await world.dealt()
    await world.technician()
    ticket = await world.ticket(dealt, "1.5", "0.5")
    await world.seen(ticket)
    with monkeypatch.context() as patched:
        died = die_at(_owner(world, step), step, when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.taken()
        assert died()
    world.configure()
    told = await world.seen(ticket)
    assert told.codes == [], told.outcome.text
    [call] = await world.calls()
    assert len(call.labors) == 2
    rows = world.rows()
    assert (await world.seen(ticket)).outcome.effects == ()
    assert world.rows() == rows
    assert (await world.mapping.find_left(LinkKind.TICKET_CALL, str(ticket))).link is not None


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_without_an_answer_makes_one_call(world: World, landed: bool) -> None:
    dealt = await world.dealt()
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    await world.seen(ticket)
    with one_commit_unanswered(world.port, landed):
        told = await world.taken()
    assert told.codes == []
    [call] = await world.calls()
    assert len(call.labors) == 1


async def test_a_person_points_a_ticket_to_another_customer(world: World) -> None:
    dealt, other = await world.dealt(linked=False), await world.dealt("1002")
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    told = await world.asked(ticket, RE_POINT, customer_id=other.customer)
    assert told.outcome.result == "applied", told.outcome.text
    assert len(await world.calls("1002")) == 1


@pytest.mark.parametrize("landed", [True, False])
async def test_of_two_commands_in_a_batch_the_later_counts_though_the_first_is_tried_again(
    world: World, landed: bool
) -> None:
    dealt, first, second = (
        await world.dealt(linked=False),
        await world.dealt("1002"),
        await world.dealt("1003"),
    )
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    batch = []
    for one in (first, second):
        asked = command(world.redo, str(ticket), RE_POINT, by="kim", why="test", customer_id=one.customer)
        batch.append(world.raw_of(asked))
        await asyncio.sleep(0.002)
    with one_commit_unanswered(world.port, landed):
        assert (await world.run(*batch)).codes == []
    assert await world.calls("1002") == []
    assert len(await world.calls("1003")) == 1


@pytest.mark.parametrize("action", [RESTORE, ACCEPT])
async def test_a_command_that_cannot_help_leaves_the_ticket_waiting(world: World, action: str) -> None:
    dealt = await world.dealt(linked=False)
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    waiting = await world.synced(ticket)
    assert (await world.asked(ticket, action)).codes == waiting.codes == ["S1"]


async def test_a_refreshed_ticket_is_taken_as_it_is_now(world: World) -> None:
    dealt = await world.dealt(linked=False)
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    await world.time(ticket, "2", "2026-11-06T14:00:00Z")
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    told = await world.asked(ticket, REFRESH)
    assert told.outcome.result == "applied", told.outcome.text
    [call] = await world.calls()
    assert len(call.labors) == 2


async def test_a_number_that_is_no_tickets_is_not_ignored_and_a_ticket_is_with_its_name(
    world: World,
) -> None:
    ticket = await world.ticket(await world.dealt(), "1.5", status="In Progress")
    told = await world.asked(999999, IGNORE)
    assert told.outcome.text == "ConnectWise has no such ticket"
    assert "ignored by kim" in (await world.asked(ticket, IGNORE)).outcome.text
    [row] = await world.store.of_stages(list(Stage))
    assert (row.subject, row.ticket.summary) == (str(ticket), "Core switch replacement")


async def test_an_ignored_ticket_makes_no_call_until_it_returns(world: World) -> None:
    dealt = await world.dealt(linked=False)
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    [letter] = (await world.synced(ticket)).letters
    await world.asked(ticket, IGNORE)
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    assert (await world.again(letter)).outcome.text.startswith("ignored by kim")
    assert await world.calls() == []
    assert (await world.asked(ticket, RETURN)).outcome.result == "applied"
    assert len(await world.calls()) == 1


async def test_an_unlinked_ticket_gets_another_call_only_when_somebody_wants_it(world: World) -> None:
    dealt = await world.dealt()
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    ended = await world.mapping.unlink(LinkKind.TICKET_CALL, str(ticket), by="kim", why="wrong customer")
    await world.told_about(ended.link)
    assert (await world.seen(ticket)).outcome.text == "ignored by kim"
    assert len(await world.calls()) == 1
    told = await world.asked(ticket, RETURN)
    assert told.outcome.result == "applied", told.outcome.text
    assert len(await world.calls()) == 2


async def test_a_ticket_that_is_deleted_before_its_call_is_made_makes_none(world: World) -> None:
    dealt = await world.dealt(linked=False)
    await world.technician()
    ticket = await world.ticket(dealt, "1.5")
    [letter] = (await world.synced(ticket)).letters
    await world.deleted(ticket)
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    assert (await world.again(letter)).outcome.effects == ()
    assert await world.calls() == []


def _owner(world: World, step: str) -> Any:
    owners: dict[str, Callable[[], Any]] = {
        "transaction": lambda: world.port,
        "make": lambda: world.mapping,
        "done": lambda: world.store,
    }
    return owners[step]() if step in owners else Transaction
