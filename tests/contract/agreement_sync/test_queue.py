"""A contract that would bill a wrong amount, or the same lines twice, is out of the billing queue until it is right."""

from datetime import date
from decimal import Decimal

import pytest

from tests.contract.agreement_sync.test_crashes import nothing_more
from tests.contract.agreement_sync.world import DAY, Agreed, World
from tests.contract.killing import one_commit_unanswered

DECEMBER = date(2026, 12, 1)


async def held(world: World) -> tuple[Agreed, int, int]:
    """An invoice in its contract, in the queue; its row of seats."""
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    assert len(world.queue()) == 1
    [row] = (await world.invoice(invoice)).lines
    return agreed, invoice, row.id


@pytest.mark.parametrize("landed", [None, True, False])
async def test_an_invoice_refused_after_it_was_put_in_keeps_the_old_amount_from_being_billed(
    world: World, landed: bool | None
) -> None:
    agreed, invoice, row = await held(world)
    contract = await world.contract()
    await world.billing.edit("product", row, price=-200.0)
    if landed is None:
        told = await world.change(invoice, 8)
        assert [effect.fields for effect in told.outcome.effects] == [("bill",)]
    else:
        with one_commit_unanswered(world.port, landed):
            told = await world.change(invoice, 8)
    assert told.codes == ["G28"]
    assert f"Contract {contract.number} holds what invoice 4711 had before" in told.outcome.text
    assert "kept out of the billing queue" in told.outcome.text
    assert world.queue() == []
    assert (await world.contract()).lines == contract.lines
    rows, text = world.rows(), told.outcome.text
    told = await world.change(invoice, 8, redo="wake")
    assert (told.codes, told.outcome.text, told.outcome.effects) == (["G28"], text, ())
    assert world.rows() == rows
    await world.billing.edit("product", row, price=40.0)
    told = await world.change(invoice, 9)
    assert told.codes == []
    assert world.queue() == [contract.number]
    assert world.preview(await world.contract()) == Decimal(620)
    await nothing_more(world, invoice, agreed)


async def test_hold_when_red_off_leaves_the_queue_alone(world: World) -> None:
    _, invoice, row = await held(world)
    world.configure(hold_when_red=False)
    await world.billing.edit("product", row, price=-200.0)
    rows = world.rows()
    told = await world.change(invoice, 8)
    assert told.codes == ["G28"]
    assert world.rows() == rows


async def test_an_invoice_that_never_got_in_leaves_the_queue_alone(world: World) -> None:
    agreed, _, _ = await held(world)
    december = await world.billed(agreed, "4712", DECEMBER)
    rows = world.rows()
    told = await world.change(december, 8)
    assert told.codes == ["G24"]
    assert world.rows() == rows
    assert len(world.queue()) == 1


async def test_a_period_billed_too_early_is_not_followed_by_the_same_lines_again(world: World) -> None:
    agreed, november, _ = await held(world)
    number = (await world.contract()).number
    world.people.bill(number, DAY)
    early = world.people.bill(number, DECEMBER)
    december = await world.billed(agreed, "4712", DECEMBER)
    told = await world.change(december, 8)
    assert told.codes == ["G13"]
    assert "would bill the same lines again" in told.outcome.text
    assert world.queue() == []
    rows = world.rows()
    assert (await world.change(december, 8, redo="wake")).codes == ["G13"]
    assert world.rows() == rows
    world.people.void_and_reset(early)
    await world.change(november, 9)
    told = await world.change(december, 9)
    assert told.codes == [], told.outcome.text
    assert world.queue() == [number]


async def test_what_was_billed_otherwise_is_not_billed_again_next_month(world: World) -> None:
    agreed, invoice, row = await held(world)
    bill = world.people.bill((await world.contract()).number, DAY)
    await world.billing.edit("product", row, quantity=7)
    told = await world.change(invoice, 8)
    assert told.codes == ["G13"]
    assert world.queue() == []
    world.people.void_and_reset(bill)
    told = await world.carried_on(await world.bill_changed(bill))
    assert told.codes == [], told.outcome.text
    assert len(world.queue()) == 1
    await nothing_more(world, invoice, agreed)


async def test_a_contract_that_is_let_go_of_says_that_it_leaves_the_queue(world: World) -> None:
    agreed, _, _ = await held(world)
    old = await world.contract()
    told = await world.told_about(await world.unlink(agreed))
    assert f"contract {old.number} leaves the billing queue" in told.outcome.text
    assert world.queue() == []
