"""Invoice-only mode: each invoice brings the time it bills, once (spec/tickets.md 8.2, open questions 23, 24, 49)."""

from decimal import Decimal
from typing import Any

import pytest

from services.service_sync.asking import IGNORE, REFRESH, RETURN
from services.service_sync.desk.late import late_rows
from shared.eautomate.transaction import Transaction
from shared.links.kinds import LinkKind
from tests.contract.killing import Killed, die_at, one_commit_unanswered
from tests.contract.service_sync.world import Dealt, World


@pytest.fixture
async def dealt(world: World) -> Dealt:
    world.configure(sync_mode="Invoice only", invoice_statuses="Sent, Paid", ticket_statuses="Completed")
    await world.technician()
    return await world.dealt()


async def number_of(world: World, invoice: int) -> str:
    return (await world.invoice(invoice)).invoiceNumber


async def hours(world: World) -> list[list[Decimal]]:
    return [[one.labor_hours for one in call.labors] for call in await world.calls()]


async def test_an_invoice_brings_the_time_it_bills(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5", "0.5", initialDescription="Switch drops links.")
    invoice, told = await world.synced_invoice(ticket)
    assert told.outcome.result == "applied", told.outcome.text
    [call] = await world.calls()
    number = await number_of(world, invoice)
    assert call.description == f"Ticket {ticket} (invoice {number}): Core switch replacement"
    assert call.po_number == number
    assert [one.labor_hours for one in call.labors] == [Decimal("1.5"), Decimal("0.5")]
    assert "Switch drops links." in call.notes
    found = await world.mapping.find_left(LinkKind.TICKET_CALL, f"{ticket}@{invoice}")
    assert found.link is not None
    assert found.link.right == call.subject


async def test_a_further_invoice_brings_the_newly_invoiced_entries_as_a_call_of_its_own(
    world: World, dealt: Dealt
) -> None:
    ticket = await world.ticket(dealt, "1.5")
    first, _ = await world.synced_invoice(ticket)
    await world.time(ticket, "0.25", "2026-11-09T14:00:00Z")
    second, told = await world.synced_invoice(ticket)
    assert told.codes == [], told.outcome.text
    assert await hours(world) == [[Decimal("1.5")], [Decimal("0.25")]]
    one, two = await world.calls()
    assert f"(invoice {await number_of(world, first)})" in one.description
    assert f"(invoice {await number_of(world, second)}, 2 of 2)" in two.description


async def test_the_same_history_again_writes_nothing(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5")
    invoice, _ = await world.synced_invoice(ticket)
    rows = world.rows()
    told = await world.seen_invoice(invoice)
    assert "was made of ticket" in told.outcome.text
    assert (await world.seen(ticket)).outcome.effects == ()
    assert await world.store.due(9e12, 0) == []
    assert world.rows() == rows


async def test_a_ticket_in_a_chosen_status_waits_for_its_invoice(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5")
    told = await world.seen(ticket)
    assert told.outcome.text.startswith("sync_mode is invoice only")
    assert told.letters == []
    assert await world.store.due(9e12, 0) == []


async def test_an_invoice_is_taken_once_its_status_is_chosen(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5")
    invoice = await world.billed(ticket, "New")
    told = await world.seen_invoice(invoice)
    assert "invoice status is selected: seen New, wanted" in told.outcome.text
    await world.billing.edit("invoice", invoice, status={"name": "Sent"})
    await world.seen_invoice(invoice)
    await world.billing.edit("invoice", invoice, status={"name": "New"})
    assert (await world.seen_invoice(invoice)).outcome.text.startswith("not taken any more")
    assert await world.store.due(9e12, 0) == []


async def test_time_that_came_over_with_its_ticket_does_not_come_again_with_an_invoice(
    world: World, dealt: Dealt
) -> None:
    world.configure(sync_mode="status")
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    world.configure(sync_mode="invoice only", invoice_statuses=["Sent"])
    told = await world.seen_invoice(await world.billed(ticket))
    assert "its time came over before, with call" in told.outcome.text
    await world.time(ticket, "0.25", "2026-11-09T14:00:00Z")
    await world.synced_invoice(ticket)
    assert await hours(world) == [[Decimal("1.5")], [Decimal("0.25")]]


async def test_what_an_invoice_brought_over_does_not_come_again_by_status(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5")
    await world.synced_invoice(ticket)
    world.configure(sync_mode="status")
    assert "invoices did not bring all of it over" in (await world.seen(ticket)).outcome.text
    assert len(await world.calls()) == 1


async def test_an_invoice_that_is_voided_and_raised_anew_brings_its_time_once(
    world: World, dealt: Dealt
) -> None:
    ticket = await world.ticket(dealt, "1.5")
    first, _ = await world.synced_invoice(ticket)
    await world.billing.delete("invoice", first)
    assert "stays as it is: review it" in (await world.deleted_invoice(first)).outcome.text
    told = await world.seen_invoice(await world.billed(ticket))
    assert "its time came over before" in told.outcome.text
    assert len(await world.calls()) == 1


async def test_an_invoice_that_is_deleted_before_its_call_is_made_makes_none(
    world: World, dealt: Dealt
) -> None:
    ticket = await world.ticket(dealt, "1.5")
    invoice = await world.billed(ticket)
    await world.seen_invoice(invoice)
    await world.deleted_invoice(invoice)
    assert await world.store.due(9e12, 0) == []
    assert await world.calls() == []


async def test_time_taken_off_the_invoice_while_it_settles_stays_out(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5")
    invoice = await world.billed(ticket)
    await world.seen_invoice(invoice)
    await world.billing.delete("invoice", invoice)
    told = await world.taken()
    assert told.outcome.text == "the ticket was never taken, or is not chosen any more"
    assert await world.calls() == []


async def test_an_ignored_ticket_stays_out_of_every_invoice(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5")
    await world.asked(ticket, IGNORE)
    told = await world.seen_invoice(await world.billed(ticket))
    assert told.outcome.text == f"ticket {ticket}: ignored by kim"


async def test_a_down_payment_brings_no_call(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5")
    down = (await world.invoice(await world.billed(ticket))).model_copy(update={"type": "DownPayment"})
    told = await world.run(world.raw(down, 1))
    assert told.outcome.text.endswith("enter it in e-automate by hand (S23)")


async def test_an_unmapped_customer_waits_and_the_frozen_time_is_refreshed_by_hand(world: World) -> None:
    world.configure(sync_mode="invoice only", invoice_statuses=["Sent"])
    await world.technician()
    dealt = await world.dealt(linked=False)
    ticket = await world.ticket(dealt, "1.5")
    invoice, told = await world.synced_invoice(ticket)
    assert told.codes == ["S1"]
    assert f"ticket {ticket}" in told.outcome.label
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    told = await world.asked(f"{ticket}@{invoice}", REFRESH)
    assert told.outcome.result == "applied", told.outcome.text
    assert await hours(world) == [[Decimal("1.5")]]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["create_call", "created"])
async def test_a_crash_at_any_step_leaves_one_call_an_invoice(
    world: World, dealt: Dealt, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await world.ticket(dealt, "1.5")
    await world.synced_invoice(ticket)
    await world.time(ticket, "0.25", "2026-11-09T14:00:00Z")
    invoice = await world.billed(ticket)
    await world.seen_invoice(invoice)
    due = await world.store.due(9e12, 0)
    with monkeypatch.context() as patched:
        died = die_at(Transaction, step, when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.take(due)
        assert died()
    world.configure(sync_mode="invoice only", invoice_statuses=["Sent"])
    told = await world.take(due)
    assert told.codes == [], told.outcome.text
    assert await hours(world) == [[Decimal("1.5")], [Decimal("0.25")]]


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_without_an_answer_makes_one_call_an_invoice(
    world: World, dealt: Dealt, landed: bool
) -> None:
    ticket = await world.ticket(dealt, "1.5")
    await world.seen_invoice(await world.billed(ticket))
    with one_commit_unanswered(world.port, landed):
        told = await world.taken()
    assert told.codes == [], told.outcome.text
    assert await hours(world) == [[Decimal("1.5")]]


BY_INVOICE: dict[str, Any] = {"sync_mode": "invoice only", "invoice_statuses": ["Sent"]}


async def test_an_invoice_raised_anew_waits_for_the_void_ones_part_and_goes_on_once_that_is_gone(
    world: World,
) -> None:
    world.configure(**BY_INVOICE)
    await world.technician()
    dealt = await world.dealt(linked=False)
    ticket = await world.ticket(dealt, "1.5")
    first, told = await world.synced_invoice(ticket)
    assert told.codes == ["S1"]
    await world.billing.delete("invoice", first)
    second = await world.billed(ticket)
    waiting = await world.seen_invoice(second)
    assert waiting.codes == ["S27"]
    await world.deleted_invoice(first)
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    assert (await world.again(waiting.letters[0])).outcome.text.startswith(f"ticket {ticket} is taken once")
    await world.taken()
    assert await hours(world) == [[Decimal("1.5")]]


@pytest.mark.parametrize("later", [{"sync_mode": "status"}, BY_INVOICE])
async def test_what_settles_while_the_mode_is_changed_comes_over_once(
    world: World, dealt: Dealt, later: dict[str, Any]
) -> None:
    ticket = await world.ticket(dealt, "1.5")
    invoice = await world.billed(ticket)
    world.configure(**BY_INVOICE)
    await world.seen_invoice(invoice)
    world.configure(sync_mode="status")
    await world.seen(ticket)
    world.configure(**later)
    await world.taken()
    assert await hours(world) == [[Decimal("1.5")]]


async def test_taken_anew_a_ticket_leaves_out_what_an_invoice_brought_meanwhile(world: World) -> None:
    world.configure(sync_mode="status")
    await world.technician()
    dealt = await world.dealt(linked=False)
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    world.configure(**BY_INVOICE)
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    await world.time(ticket, "0.25", "2026-11-09T14:00:00Z")
    await world.synced_invoice(ticket)
    await world.asked(ticket, REFRESH)
    assert sorted(await hours(world)) == [[Decimal("0.25")], [Decimal("1.5")]]


async def test_time_of_a_part_that_is_ignored_or_whose_call_was_unlinked_follows_that_decision(
    world: World, dealt: Dealt
) -> None:
    ticket = await world.ticket(dealt, "1.5")
    first, _ = await world.synced_invoice(ticket)
    ended = await world.mapping.unlink(LinkKind.TICKET_CALL, f"{ticket}@{first}", by="kim", why="not ours")
    await world.told_about(ended.link)
    await world.billing.delete("invoice", first)
    await world.deleted_invoice(first)
    told = await world.seen_invoice(await world.billed(ticket))
    assert "ignored by" in told.outcome.text
    assert await world.store.due(9e12, 0) == []


async def test_a_time_entry_that_is_moved_to_another_ticket_does_not_come_over_again(
    world: World, dealt: Dealt
) -> None:
    world.configure(sync_mode="status")
    wrong, right = await world.ticket(dealt, "1.5"), await world.ticket(dealt)
    await world.synced(wrong)
    [entry] = (await world.tickets.by_ids([wrong]))[0].time
    await world.billing.edit("timeEntry", entry.id, chargeToId=right)
    await world.time(right, "0.25", "2026-11-09T14:00:00Z")
    await world.synced(right)
    assert await hours(world) == [[Decimal("1.5")], [Decimal("0.25")]]


@pytest.mark.parametrize("mode", ["status", "invoice only"])
async def test_a_ticket_that_was_never_taken_and_returns_goes_on(
    world: World, dealt: Dealt, mode: str
) -> None:
    world.configure(**(BY_INVOICE | {"sync_mode": mode}))
    ticket = await world.ticket(dealt, "1.5")
    await world.asked(ticket, IGNORE)
    invoice = await world.billed(ticket)
    await world.seen_invoice(invoice)
    await world.seen(ticket)
    assert await world.store.due(9e12, 0) == []
    returned = await world.asked(ticket, RETURN)
    assert "is taken once" in returned.outcome.text
    await world.taken()
    assert await hours(world) == [[Decimal("1.5")]]


async def test_a_ticket_that_returns_waits_for_the_void_invoices_part_too(world: World) -> None:
    world.configure(**BY_INVOICE)
    await world.technician()
    dealt = await world.dealt(linked=False)
    ticket = await world.ticket(dealt, "1.5")
    first, _ = await world.synced_invoice(ticket)
    await world.asked(ticket, IGNORE)
    await world.billing.delete("invoice", first)
    assert (await world.seen_invoice(await world.billed(ticket))).codes == []
    waiting = await world.asked(ticket, RETURN)
    assert waiting.codes == ["S27"]
    await world.deleted_invoice(first)
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    assert (await world.again(waiting.letters[0])).outcome.text.startswith(f"ticket {ticket} is taken once")
    await world.taken()
    assert await hours(world) == [[Decimal("1.5")]]


async def test_what_a_returned_ticket_waits_for_is_a_case_beside_what_goes_on(world: World) -> None:
    world.configure(**BY_INVOICE)
    await world.technician()
    dealt = await world.dealt(linked=False)
    ticket = await world.ticket(dealt, "1.5")
    first, _ = await world.synced_invoice(ticket)
    await world.asked(ticket, IGNORE)
    await world.billing.delete("invoice", first)
    await world.billed(ticket)
    await world.time(ticket, "0.25", "2026-11-09T14:00:00Z")
    await world.billed(ticket)
    returned = await world.asked(ticket, RETURN)
    assert returned.codes == ["S27"]
    assert f"ticket {ticket} is taken once" in returned.outcome.text
    await world.deleted_invoice(first)
    await world.link(LinkKind.CUSTOMER_COMPANY, str(dealt.customer), str(dealt.company))
    await world.again(returned.letters[0])
    await world.taken()
    assert sorted(await hours(world)) == [[Decimal("0.25")], [Decimal("1.5")]]


async def test_a_part_whose_invoice_is_gone_still_waits_after_it_was_to_be_refreshed(world: World) -> None:
    world.configure(**BY_INVOICE)
    await world.technician()
    ticket = await world.ticket(await world.dealt(linked=False), "1.5")
    first, waiting = await world.synced_invoice(ticket)
    await world.billing.delete("invoice", first)
    assert (await world.asked(f"{ticket}@{first}", REFRESH)).codes == waiting.codes == ["S1"]


async def test_a_part_that_is_refreshed_knows_its_place(world: World, dealt: Dealt) -> None:
    ticket = await world.ticket(dealt, "1.5")
    await world.synced_invoice(ticket)
    await world.time(ticket, "0.25", "2026-11-09T14:00:00Z")
    second = await world.billed(ticket)
    await world.seen_invoice(second)
    await world.asked(f"{ticket}@{second}", REFRESH)
    _, call = await world.calls()
    assert f"(invoice {await number_of(world, second)}, 2 of 2)" in call.description


async def test_time_that_came_over_by_invoice_is_not_late(world: World, dealt: Dealt) -> None:
    world.configure(sync_mode="status")
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    world.configure(**BY_INVOICE)
    await world.time(ticket, "0.25", "2026-11-09T14:00:00Z")
    await world.synced_invoice(ticket)
    rows = await world.store.by_subjects([str(ticket)])
    assert await late_rows(world.store, world.tickets, list(rows.values())) == []
    await world.time(ticket, "0.5", "2026-11-10T14:00:00Z")
    [(_, late)] = await late_rows(world.store, world.tickets, list(rows.values()))
    assert late.hours == Decimal("0.5")


async def test_time_put_on_an_invoice_after_its_call_is_told_and_time_of_invoices_is_not_late(
    world: World, dealt: Dealt
) -> None:
    world.configure(sync_mode="status")
    ticket = await world.ticket(dealt, "1.5")
    await world.synced(ticket)
    world.configure(**BY_INVOICE)
    await world.time(ticket, "0.25", "2026-11-09T14:00:00Z")
    await world.synced_invoice(ticket)
    world.configure(sync_mode="status")
    assert "S22" not in (await world.seen(ticket)).outcome.text
    await world.time(ticket, "0.75", "2026-11-10T14:00:00Z")
    assert "S22: 1 time entries, 0.75 h" in (await world.seen(ticket)).outcome.text
