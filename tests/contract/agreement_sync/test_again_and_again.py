"""The same invoice any number of times before it is billed: the same contract, the same preview."""

from decimal import Decimal
from typing import Any

import pytest

from services.agreement_sync.asking import REPROCESS
from shared.events.contracts import Contract
from tests.contract.agreement_sync.test_crashes import nothing_more
from tests.contract.agreement_sync.world import DAY, SUBSCRIPTION, Agreed, World

OCTOBER = DAY.replace(month=10)
# The base rate box of the header is e-automate's own sum and follows at its next billing.
STAMPS = {"row_version", "last_update", "children_stamp", "locks", "acknowledge", "base_rate"}


async def november(world: World) -> tuple[Agreed, int]:
    """The second invoice of an agreement: base and seats were billed before, mailboxes are new."""
    agreed = await world.agreed()
    october = await world.billed(agreed, "4710", OCTOBER)
    await world.change(october)
    world.people.bill((await world.contract()).number, OCTOBER)
    await world.change(october, 8)
    await world.billing.addition(agreed.agreement, SUBSCRIPTION, 3, "8.3333")
    return agreed, await world.billed(agreed, "4711")


async def picture(world: World) -> tuple[dict[str, Any], Decimal]:
    """The contract as people see it, and its preview; a line that was removed and made anew has another id."""
    contract = await world.contract()
    preview = world.preview(contract)
    return seen(await world.contract()), preview


def seen(contract: Contract) -> dict[str, Any]:
    header = contract.model_dump(exclude={"lines", *STAMPS})
    lines = [line.model_dump(exclude={"contract_detail_id"}) for line in contract.lines]
    return header | {"lines": sorted(lines, key=lambda line: (line["item"], line["description"]))}


async def rows_of(world: World, invoice: int) -> list[tuple[int, float, float]]:
    return [
        (row.id, float(row.quantity), float(row.price or 0)) for row in (await world.invoice(invoice)).lines
    ]


async def test_changed_and_changed_back_it_is_the_same_contract(world: World) -> None:
    _, invoice = await november(world)
    await world.change(invoice, 10)
    first = await picture(world)
    rows = await rows_of(world, invoice)
    sequence = 11
    for change in (
        {"quantity": 0, "price": 0},
        {"quantity": 7},
        {"price": 1.11},
        {"customerDescription": "x"},
    ):
        for ident, quantity, price in rows:
            was = next(row for row in (await world.invoice(invoice)).lines if row.id == ident)
            await world.billing.edit("product", ident, **change)
            told = await world.change(invoice, sequence)
            assert told.codes == [], told.outcome.text
            assert (await picture(world))[0] != first[0]
            back = {"quantity": quantity, "price": price, "customerDescription": was.customerDescription}
            await world.billing.edit("product", ident, **back)
            told = await world.change(invoice, sequence + 1)
            assert told.codes == [], told.outcome.text
            assert await picture(world) == first
            sequence += 2


async def test_after_void_and_reset_it_is_the_same_contract_whatever_was_tried_meanwhile(
    world: World,
) -> None:
    agreed, invoice = await november(world)
    await world.change(invoice, 10)
    first = await picture(world)
    sequence = 11
    for _ in range(2):
        number = world.people.bill((await world.contract()).number, DAY)
        bill = await world.bill(number)
        assert sum((part.amount for part in bill.periods), Decimal()) == first[1]
        await world.carried_on(await world.bill_changed(number))
        assert world.queue() == []
        world.people.void_and_reset(number)
        told = await world.carried_on(await world.bill_changed(number))
        assert told.codes == [], told.outcome.text
        assert await picture(world) == first
        for ident, quantity, _ in await rows_of(world, invoice):
            await world.billing.edit("product", ident, quantity=9)
            await world.change(invoice, sequence)
            await world.billing.edit("product", ident, quantity=quantity)
            await world.change(invoice, sequence + 1)
            sequence += 2
        assert await picture(world) == first
        told = await world.look(invoice, agreed, REPROCESS, by="jo", why="to be sure")
        assert told.outcome.effects == ()
    await nothing_more(world, invoice, agreed)


@pytest.mark.parametrize("quantity", [0, 7])
async def test_changed_after_it_was_billed_it_waits_for_the_void_and_then_follows(
    world: World, quantity: int
) -> None:
    agreed, invoice = await november(world)
    await world.change(invoice, 10)
    first = await picture(world)
    number = world.people.bill((await world.contract()).number, DAY)
    await world.carried_on(await world.bill_changed(number))
    ident, was, _ = (await rows_of(world, invoice))[0]
    rows = world.rows()
    await world.billing.edit("product", ident, quantity=quantity)
    told = await world.change(invoice, 11)
    assert told.codes == ["G13"]
    assert "Void and Reset" in told.outcome.text
    assert world.rows() == rows
    world.people.void_and_reset(number)
    told = await world.carried_on(await world.bill_changed(number))
    assert told.codes == [], told.outcome.text
    subtotal = (await world.invoice(invoice)).subtotal
    assert world.preview(await world.contract()) == subtotal
    await world.billing.edit("product", ident, quantity=was)
    told = await world.change(invoice, 12)
    assert told.codes == [], told.outcome.text
    assert await picture(world) == first
    await nothing_more(world, invoice, agreed)
