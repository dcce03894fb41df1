"""Every answer that can be lost is lost after its commit; nothing is missing and nothing is there twice."""

from decimal import Decimal

import pytest

from shared.links.kinds import LinkKind
from tests.contract.agreement_sync.test_crashes import AMOUNT, PUSHES, nothing_more
from tests.contract.agreement_sync.world import DAY, Agreed, World
from tests.contract.customer_sync.conftest import Flaky
from tests.contract.killing import one_commit_unanswered

PAYMENTS = "/payments"


async def paid_in_eautomate(world: World) -> tuple[Agreed, int]:
    """An invoice whose contract was billed, and whose e-automate invoice is paid."""
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSHES)
    await world.change(invoice)
    number = world.people.bill((await world.contract()).number, DAY)
    world.people.receive(number, on=DAY.replace(day=20))
    await world.quiet()
    return agreed, invoice


async def posts(world: World) -> list[str]:
    return [write for write in await world.writes() if write.startswith("POST")]


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_that_makes_a_contract_is_settled(world: World, landed: bool) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    with one_commit_unanswered(world.port, landed):
        told = await world.change(invoice)
    assert told.codes == []
    contract = await world.contract()
    assert len(contract.lines) == 3
    assert world.preview(contract) == AMOUNT
    await nothing_more(world, invoice, agreed)


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_that_renumbers_is_settled(world: World, landed: bool) -> None:
    agreed, invoice = await paid_in_eautomate(world)
    with one_commit_unanswered(world.port, landed):
        told = await world.change(invoice, 8)
    assert told.codes == []
    assert (await world.bill("4711")).due == 0
    assert await world.payments(invoice) == [(await world.invoice(invoice)).total]
    await nothing_more(world, invoice, agreed)


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_that_takes_the_old_contract_out_of_the_queue_is_settled(
    world: World, landed: bool
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(push_contract_number=True)
    await world.change(invoice)
    old = await world.contract()
    ended = await world.unlink(agreed)
    with one_commit_unanswered(world.port, landed):
        told = await world.told_about(ended)
    assert told.codes == []
    assert not (await world.contract()).bill
    assert await world.field(agreed.agreement) == ""
    await world.carried_on(told)
    assert old.number not in world.queue()
    assert len(world.queue()) == 1
    await nothing_more(world, invoice, agreed)


async def test_a_link_whose_answer_was_lost_is_made_once(world: World, way: Flaky) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    way.lose = "/links/batch"
    told = await world.change(invoice)
    assert way.lose == ""
    assert told.codes == []
    link = await world.link_of(LinkKind.AGREEMENT_CONTRACT, agreed.agreement)
    assert link is not None
    assert link.right == str((await world.contract()).contract_id)
    await nothing_more(world, invoice, agreed)


async def test_a_field_whose_patch_was_not_answered_holds_the_number(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSHES)
    await world.control.fault("cut_after", method="PATCH", path="/finance/agreements", times=1)
    told = await world.change(invoice)
    assert told.codes == []
    assert await world.field(agreed.agreement) == (await world.contract()).number
    await nothing_more(world, invoice, agreed)


async def test_a_payment_whose_answer_was_lost_is_found_and_not_repeated(world: World) -> None:
    agreed, invoice = await paid_in_eautomate(world)
    await world.control.fault("cut_after", method="POST", path=PAYMENTS, times=1)
    told = await world.change(invoice, 8)
    assert told.codes == []
    assert len(await posts(world)) == 1
    assert await world.payments(invoice) == [(await world.invoice(invoice)).total]
    await nothing_more(world, invoice, agreed)


async def test_a_lost_payment_that_lists_do_not_show_yet_is_waited_for_not_repeated(world: World) -> None:
    agreed, invoice = await paid_in_eautomate(world)
    world.configure(**PUSHES, settle_lookup=30.0)
    start = world.clock()
    await world.control.fault("cut_after", method="POST", path=PAYMENTS, times=1)
    await world.control.fault("stale_search", path=PAYMENTS, seconds=3600.0)
    told = await world.change(invoice, 8)
    assert told.outcome.result == "waiting"
    assert "was lost" in told.outcome.text
    await world.control.clear_faults()
    due = await world.store.payments.due_intents(start + 300, 30)
    assert [(one.subject, one.order_key) for one in due] == [(str(invoice), str(agreed.agreement))]
    told = await world.look(invoice, agreed)
    assert told.codes == [], told.outcome.text
    assert len(await posts(world)) == 1
    assert await world.payments(invoice) == [(await world.invoice(invoice)).total]
    assert await world.store.payments.due_intents(9e12, 60) == []
    await nothing_more(world, invoice, agreed)


async def test_a_payment_that_never_arrived_is_made_once_the_time_to_settle_has_passed(world: World) -> None:
    agreed, invoice = await paid_in_eautomate(world)
    world.configure(**PUSHES, settle_lookup=30.0)
    start = world.clock()
    await world.control.fault("cut_before", method="POST", path=PAYMENTS, times=1)
    told = await world.change(invoice, 8)
    assert told.outcome.result == "waiting"
    told = await world.look(invoice, agreed)
    assert told.outcome.result == "waiting", "too early to tell"
    assert await world.payments(invoice) == []
    world.clock = lambda: start + 300
    told = await world.look(invoice, agreed)
    assert told.codes == [], told.outcome.text
    assert await world.payments(invoice) == [(await world.invoice(invoice)).total]
    await nothing_more(world, invoice, agreed)


async def test_somebody_else_pays_while_an_answer_is_lost(world: World) -> None:
    agreed, invoice = await paid_in_eautomate(world)
    world.configure(**PUSHES, settle_lookup=30.0)
    await world.control.fault("cut_before", method="POST", path=PAYMENTS, times=1)
    assert (await world.change(invoice, 8)).outcome.result == "waiting"
    total = (await world.invoice(invoice)).total or Decimal()
    await world.pay_by_hand(invoice, total)
    told = await world.look(invoice, agreed)
    assert told.codes == [], told.outcome.text
    assert await world.payments(invoice) == [total]
    assert await world.store.payments.due_intents(9e12, 60) == []
    await nothing_more(world, invoice, agreed)


async def test_an_earlier_payment_of_the_same_amount_and_day_is_not_taken_for_ours(world: World) -> None:
    agreed, invoice = await paid_in_eautomate(world)
    half = ((await world.invoice(invoice)).total or Decimal()) / 2
    await world.pay_by_hand(invoice, half, DAY.replace(day=20))
    await world.control.fault("cut_after", method="POST", path=PAYMENTS, times=1)
    told = await world.change(invoice, 8)
    assert told.codes == [], told.outcome.text
    assert await world.payments(invoice) == [half, half]
    assert (await world.invoice(invoice)).balance == 0
    await nothing_more(world, invoice, agreed)


async def test_a_refused_payment_is_p3_and_is_made_once_the_right_is_there(world: World) -> None:
    agreed, invoice = await paid_in_eautomate(world)
    await world.control.post("role", {"rights": {"Invoicing": {"add": "None"}}})
    told = await world.change(invoice, 8)
    assert told.codes == ["P3"], told.outcome.text
    assert (await world.bill("4711")).number == "4711", "what else there was to do is done"
    await world.control.post("role", {"rights": {"Invoicing": {"add": "All"}}})
    told = await world.change(invoice, 8, redo="wake")
    assert told.codes == [], told.outcome.text
    assert await world.payments(invoice) == [(await world.invoice(invoice)).total]
    await nothing_more(world, invoice, agreed)
