"""What changes in e-automate has the ConnectWise invoice looked at again: billed, voided, terminated, locked."""

from datetime import date
from typing import Any

from shared.events.contracts import Contract, ContractInvoice
from shared.links.kinds import LinkKind
from tests.contract.agreement_sync.test_crashes import AMOUNT, nothing_more
from tests.contract.agreement_sync.world import DAY, World

RENUMBER: dict[str, Any] = {"renumber_invoices": True}


async def test_a_changed_contract_has_its_newest_invoice_looked_at(world: World) -> None:
    agreed = await world.agreed()
    await world.change(await world.billed(agreed, "4710", DAY.replace(month=10)))
    contract = await world.contract()
    world.people.bill(contract.number, DAY.replace(month=10))
    newest = await world.billed(agreed, "4711")
    await world.change(newest, 9)
    world.people.save_contract(contract.number, RemarksInternal="seen")
    told = await world.contract_changed(await world.contract())
    assert told.outcome.record == f"eautomate/contract/{contract.contract_id}"
    assert "invoice 4711 is looked at again" in told.outcome.text
    [command] = told.commands
    assert command.key == str(agreed.agreement).encode(), "in order with the agreement's invoices"
    told = await world.carried_on(told)
    assert told.outcome.record == f"connectwise/invoice/{newest}"
    assert (told.outcome.label, told.outcome.command) == ("invoice 4711", True)
    assert told.outcome.effects == ()


async def test_contracts_of_nobody_are_left_alone(world: World) -> None:
    world.people.add_customer("2002", "Copier customer")
    world.people.add_contract("2002", "CN1-01", "MIT")
    told = await world.contract_changed(await world.contract("2002"))
    assert (told.outcome.result, told.commands) == ("skipped", [])
    gone = Contract(contract_id=4, number="", customer_id=0)
    told = await world.run(world.raw(gone, 3, action="deleted"))
    assert told.outcome.result == "skipped"


async def test_a_billed_contract_leaves_the_queue_and_its_invoice_takes_the_number(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**RENUMBER)
    await world.change(invoice)
    contract = await world.contract()
    number = world.people.bill(contract.number, DAY)
    assert number != "4711"
    told = await world.bill_changed(number)
    assert f"record:eautomate:contract:{contract.contract_id}" in told.outcome.wakes
    told = await world.carried_on(told)
    assert told.codes == [], told.outcome.text
    bill = await world.bill("4711")
    assert not (await world.contract()).bill
    link = await world.link_of(LinkKind.INVOICE_INVOICE, invoice)
    assert link is not None
    assert link.right == bill.subject
    told = await world.carried_on(await world.bill_changed("4711"))
    assert told.outcome.effects == ()


async def test_a_void_brings_the_contract_back_into_the_queue_with_the_same_amounts(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**RENUMBER)
    await world.change(invoice)
    contract = await world.contract()
    number = world.people.bill(contract.number, DAY)
    await world.carried_on(await world.bill_changed(number))
    assert world.queue() == []
    world.people.void_and_reset("4711")
    told = await world.carried_on(await world.bill_changed("4711"))
    assert told.codes == [], told.outcome.text
    assert world.queue() == [contract.number]
    assert world.preview(await world.contract()) == AMOUNT
    await nothing_more(world, invoice, agreed)
    again = world.people.bill(contract.number, DAY)
    told = await world.carried_on(await world.bill_changed(again))
    link = await world.link_of(LinkKind.INVOICE_INVOICE, invoice)
    assert link is not None
    assert (link.right, link.generation) == ((await world.bill(again)).subject, 1)
    assert told.codes == ["G15"], "the voided invoice still has the number"
    assert "Give the void one another number in e-automate, e.g. 4711-V" in told.outcome.text
    world.people.rename_invoice("4711", "4711-V")
    told = await world.carried_on(await world.bill_changed("4711-V"))
    assert told.codes == [], told.outcome.text
    assert (await world.bill("4711")).subject == link.right


async def test_a_contract_that_somebody_has_open_waits_until_it_is_closed(world: World) -> None:
    agreed = await world.agreed()
    first = await world.billed(agreed, "4710", DAY.replace(month=10))
    await world.change(first)
    contract = await world.contract()
    world.people.bill(contract.number, DAY.replace(month=10))
    await world.change(first, 8)
    invoice = await world.billed(agreed, "4711")
    world.people.open_contract(contract.number)
    rows = world.rows()
    told = await world.change(invoice, 9)
    assert (told.outcome.result, told.codes) == ("waiting", ["G19"])
    assert f"record:eautomate:contract:{contract.contract_id}" in told.outcome.blocked_on
    assert world.rows() == rows
    world.people.close_contract(contract.number)
    told = await world.change(invoice, 9, redo="wake")
    assert told.codes == [], told.outcome.text
    assert (await world.contract()).po_number == "4711"


async def test_an_invoice_of_no_known_contract_concerns_nobody(world: World) -> None:
    stranger = ContractInvoice(invoice_id=77, number="9000", customer_id=1, day=date(2026, 11, 1))
    told = await world.run(world.raw(stranger, 3))
    assert (told.outcome.result, told.commands) == ("skipped", [])
    told = await world.run(world.raw(stranger, 4, action="deleted"))
    assert told.outcome.result == "skipped"
