"""A worker dies at every step from reading an invoice to the last write-back; the next one ends with one of everything."""

from decimal import Decimal
from typing import Any

import pytest

from shared.links.kinds import LinkKind
from tests.contract.agreement_sync.killing import kill_at
from tests.contract.agreement_sync.world import DAY, Agreed, World
from tests.contract.killing import Killed

PUSHES: dict[str, Any] = {
    "push_contract_number": True,
    "renumber_invoices": True,
    "push_invoice_number": True,
    "push_invoice_number_field": "ERP Doc No",
    "push_paid": True,
    "paid_status": "Paid",
}
CREATING = (
    "see", "claim", "transaction", "clone_contract", "create_item", "add_line", "note_lines", "note_period",
    "note_write", "make", "set_agreement_field", "finish",
)  # fmt: skip
UPDATING = ("see", "claim", "transaction", "update_contract", "note_period", "note_write", "finish")
BILLED = (
    "claim", "transaction", "update_contract", "rename_invoice", "make", "set_invoice_field", "intend",
    "add_payment", "created", "set_status", "finish",
)  # fmt: skip
AMOUNT = Decimal("618.50")


async def until_done(world: World, invoice: int, sequence: int, agreed: Agreed) -> None:
    """What the broker and the due work do: the same change again, then what is due."""
    told = await world.change(invoice, sequence)
    if told.outcome.result == "waiting":
        later = world.clock() + 300
        world.clock = lambda: later
        told = await world.look(invoice, agreed)
    assert told.codes == [], told.outcome.text
    assert told.outcome.result in {"applied", "skipped"}, told.outcome.text


async def nothing_more(world: World, invoice: int, agreed: Agreed) -> None:
    rows = world.rows()
    await world.quiet()
    told = await world.look(invoice, agreed)
    assert told.outcome.effects == ()
    assert world.rows() == rows
    assert await world.writes() == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", CREATING)
async def test_a_crash_while_a_contract_is_made(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSHES)
    with monkeypatch.context() as patched:
        died = kill_at(world, step, when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.change(invoice)
        assert died()
    world.configure(**PUSHES)
    await until_done(world, invoice, 7, agreed)
    contract = await world.contract()
    assert len(contract.lines) == 3, "base, seats, service item"
    assert world.preview(contract) == AMOUNT
    link = await world.link_of(LinkKind.AGREEMENT_CONTRACT, agreed.agreement)
    assert link is not None
    assert link.right == str(contract.contract_id)
    assert await world.field(agreed.agreement) == contract.number
    await nothing_more(world, invoice, agreed)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", UPDATING)
async def test_a_crash_while_a_contract_is_updated(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = await world.agreed()
    first = await world.billed(agreed, "4711", DAY.replace(month=10))
    await world.change(first)
    contract = await world.contract()
    world.people.bill(contract.number, DAY.replace(month=10))
    await world.change(first, 8)
    invoice = await world.billed(agreed, "4712")
    with monkeypatch.context() as patched:
        died = kill_at(world, step, when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.change(invoice)
        assert died()
    world.configure()
    await until_done(world, invoice, 7, agreed)
    updated = await world.contract()
    assert updated.contract_id == contract.contract_id
    assert updated.po_number == "4712"
    assert len(updated.lines) == 3
    assert world.preview(updated) == AMOUNT
    await nothing_more(world, invoice, agreed)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", BILLED)
async def test_a_crash_after_the_contract_was_billed_and_paid(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSHES)
    await world.change(invoice)
    contract = await world.contract()
    number = world.people.bill(contract.number, DAY)
    world.people.receive(number, on=DAY.replace(day=20))
    with monkeypatch.context() as patched:
        died = kill_at(world, step, when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.change(invoice, 8)
        assert died()
    world.configure(**PUSHES)
    await until_done(world, invoice, 8, agreed)
    bill = await world.bill("4711")
    link = await world.link_of(LinkKind.INVOICE_INVOICE, invoice)
    assert link is not None
    assert link.right == bill.subject
    assert await world.payments(invoice) == [(await world.invoice(invoice)).total]
    paid = await world.invoice(invoice)
    assert (paid.balance, paid.status.name if paid.status else "") == (Decimal(), "Paid")
    assert [field.value for field in paid.customFields if field.caption == "ERP Doc No"] == ["4711"]
    assert not (await world.contract()).bill
    await nothing_more(world, invoice, agreed)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["transaction", "update_contract", "set_agreement_field"])
async def test_a_crash_while_a_contract_is_let_go_of(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSHES)
    await world.change(invoice)
    old = await world.contract()
    ended = await world.unlink(agreed)
    with monkeypatch.context() as patched:
        came_to_it = kill_at(world, step, when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.told_about(ended)
        assert came_to_it()
    world.configure(**PUSHES)
    told = await world.told_about(ended)
    assert told.codes == [], told.outcome.text
    assert world.queue() == []
    assert await world.field(agreed.agreement) == ""
    await world.carried_on(told)
    [new] = [contract for contract in await world.contracts() if contract.number != old.number]
    assert world.queue() == [new.number]
    assert world.preview(new) == AMOUNT
    await nothing_more(world, invoice, agreed)
