"""What people do about agreements: unlink, link, reprocess, release; all can be done again."""

from typing import Any

import pytest

from services.agreement_sync.asking import RELEASE, REPROCESS
from shared.links.kinds import LinkKind
from shared.links.models import How
from shared.mode import Mode
from tests.contract.agreement_sync.test_crashes import AMOUNT, nothing_more
from tests.contract.agreement_sync.world import DAY, World

PUSH: dict[str, Any] = {"push_contract_number": True}


async def test_after_an_unlink_the_field_is_blank_and_a_new_contract_is_made(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSH)
    await world.change(invoice)
    old = await world.contract()
    world.people.terminate_contract(old.number)
    told = await world.change(invoice, redo="wake")
    assert told.codes == ["G10"]
    assert [contract.number for contract in await world.contracts()] == [old.number]
    told = await world.told_about(await world.unlink(agreed))
    assert told.codes == []
    assert await world.field(agreed.agreement) == ""
    told = await world.carried_on(told)
    assert told.codes == [], told.outcome.text
    [new] = [contract for contract in await world.contracts() if contract.number != old.number]
    assert await world.field(agreed.agreement) == new.number
    assert world.preview(new) == AMOUNT
    link = await world.link_of(LinkKind.AGREEMENT_CONTRACT, agreed.agreement)
    assert link is not None
    assert (link.right, link.how, link.generation) == (str(new.contract_id), How.CREATED, 1)
    await nothing_more(world, invoice, agreed)
    told = await world.told_about(link)
    assert told.codes == []


async def test_a_field_that_names_another_contract_by_now_is_left_as_it_is(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSH)
    await world.change(invoice)
    await world.billing.edit("agreement", agreed.agreement, customFields=[{"id": 51, "value": "CN7084-01"}])
    told = await world.told_about(await world.unlink(agreed))
    assert told.codes == []
    assert await world.field(agreed.agreement) == "CN7084-01"


async def test_with_the_push_off_or_in_test_mode_nothing_is_blanked(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSH)
    await world.change(invoice)
    contract = await world.contract()
    ended = await world.unlink(agreed)
    off: dict[str, Any] = {}
    for settings in (off, {**PUSH, "mode": Mode.TEST}):
        world.configure(**settings)
        await world.quiet()
        told = await world.told_about(ended)
        assert told.codes == []
        assert await world.writes() == []
        assert await world.field(agreed.agreement) == contract.number


async def test_an_unlink_that_comes_late_lets_a_newer_link_be(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSH)
    await world.change(invoice)
    contract = await world.contract()
    ended = await world.unlink(agreed)
    await world.link(LinkKind.AGREEMENT_CONTRACT, agreed.agreement, contract.contract_id)
    told = await world.told_about(ended)
    assert told.outcome.result == "superseded"
    assert await world.field(agreed.agreement) == contract.number


async def test_a_contract_that_is_let_go_of_alive_leaves_the_queue_so_that_only_the_next_one_bills(
    world: World,
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSH)
    await world.change(invoice)
    old = await world.contract()
    ended = await world.unlink(agreed)
    world.people.open_contract(old.number)
    told = await world.told_about(ended)
    assert (told.outcome.result, told.codes) == ("waiting", ["G19"])
    assert told.outcome.blocked_on == (f"record:eautomate:contract:{old.contract_id}",)
    assert await world.field(agreed.agreement) == old.number
    world.people.close_contract(old.number)
    told = await world.told_about(ended)
    assert told.codes == [], told.outcome.text
    assert "leaves the billing queue" in told.outcome.text
    assert f"contract {old.number}" in [effect.target for effect in told.outcome.effects]
    assert world.queue() == []
    await world.carried_on(told)
    [new] = [contract for contract in await world.contracts() if contract.number != old.number]
    assert world.queue() == [new.number]
    assert world.preview(new) == AMOUNT
    rows = world.rows()
    again = await world.told_about(ended)
    assert again.outcome.effects == ()
    assert world.rows() == rows
    await nothing_more(world, invoice, agreed)


async def test_the_old_contract_leaves_the_queue_even_if_an_invoice_was_quicker_than_the_word(
    world: World,
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSH)
    await world.change(invoice)
    old = await world.contract()
    ended = await world.unlink(agreed)
    await world.billing.edit("agreement", agreed.agreement, customFields=[{"id": 51, "value": None}])
    await world.change(invoice, 9)
    [new] = [contract for contract in await world.contracts() if contract.number != old.number]
    assert sorted(world.queue()) == sorted([old.number, new.number])
    told = await world.told_about(ended)
    assert told.codes == [], told.outcome.text
    assert world.queue() == [new.number]
    assert await world.field(agreed.agreement) == new.number


@pytest.mark.parametrize("po_number", ["4711", "typed over"], ids=["paired", "not paired"])
async def test_what_the_old_contract_has_billed_is_not_billed_by_the_next_one(
    world: World, po_number: str
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    old = await world.contract()
    world.people.save_contract(old.number, PONumber=po_number)
    number = world.people.bill(old.number, DAY)
    await world.carried_on(await world.bill_changed(number))
    told = await world.told_about(await world.unlink(agreed))
    told = await world.carried_on(told)
    assert told.codes == [], told.outcome.text
    assert f"has billed it as invoice {number} of another contract" in told.outcome.text
    assert [contract.number for contract in await world.contracts()] == [old.number]


async def test_a_contract_the_agreement_is_repointed_from_leaves_the_queue(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    old = await world.contract()
    ident = world.people.add_contract("1001", "CN7084-01", "MIT", StartDate=DAY.replace(month=1))
    world.people.set_billing("CN7084-01", "MONTHLY", DAY)
    link = await world.repoint(agreed, ident)
    told = await world.told_about(link, str(old.contract_id))
    assert told.codes == [], told.outcome.text
    assert f"contract {old.number} leaves the billing queue" in told.outcome.text
    told = await world.carried_on(told)
    assert told.codes == [], told.outcome.text
    assert world.queue() == ["CN7084-01"]
    await nothing_more(world, invoice, agreed)


async def test_a_contract_another_agreement_has_by_now_stays_in_the_queue(world: World) -> None:
    agreed, other = await world.agreed(), await world.agreed("1002")
    await world.change(await world.billed(agreed, "4711"))
    contract = await world.contract()
    ended = await world.unlink(agreed)
    await world.link(LinkKind.AGREEMENT_CONTRACT, other.agreement, contract.contract_id)
    told = await world.told_about(ended)
    assert told.outcome.effects == ()
    assert world.queue() == [contract.number]


async def test_a_contract_of_the_dealers_own_stays_in_the_queue_unless_it_holds_an_unbilled_invoice(
    world: World,
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    ident = world.people.add_contract("1001", "CN7084-01", "MIT", StartDate=DAY.replace(month=1), Bill=1)
    world.people.set_billing("CN7084-01", "MONTHLY", DAY)
    await world.link(LinkKind.AGREEMENT_CONTRACT, agreed.agreement, ident)
    told = await world.told_about(await world.unlink(agreed))
    assert told.outcome.effects == ()
    assert world.queue() == ["CN7084-01"]
    await world.link(LinkKind.AGREEMENT_CONTRACT, agreed.agreement, ident)
    told = await world.change(invoice)
    assert told.codes == [], told.outcome.text
    told = await world.told_about(await world.unlink(agreed))
    assert told.codes == []
    assert world.queue() == []


async def test_a_contract_linked_by_hand_is_brought_up_to_date(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.store.see([(await world.invoice(invoice), 7)])
    ident = world.people.add_contract("1001", "CN7084-01", "MIT", StartDate=DAY.replace(month=1))
    world.people.set_billing("CN7084-01", "MONTHLY", DAY)
    link = await world.link(LinkKind.AGREEMENT_CONTRACT, agreed.agreement, ident)
    told = await world.told_about(link)
    assert told.codes == []
    told = await world.carried_on(told)
    assert told.codes == [], told.outcome.text
    contract = await world.contract()
    assert (contract.contract_id, contract.number, contract.po_number) == (ident, "CN7084-01", "4711")
    assert world.preview(contract) == AMOUNT
    await nothing_more(world, invoice, agreed)


async def test_reprocess_carries_the_same_version_out_again(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    contract = await world.contract()
    world.people.save_contract(contract.number, PONumber="4700", Bill=0)
    told = await world.change(invoice)
    assert told.outcome.text == "this change was applied before"
    told = await world.look(invoice, agreed, REPROCESS, by="jo", why="somebody typed over it")
    assert told.codes == [], told.outcome.text
    assert told.outcome.checks[0].seen == "jo: somebody typed over it"
    await nothing_more(world, invoice, agreed)


async def test_a_red_contract_is_not_billed_until_somebody_releases_it(world: World) -> None:
    agreed = await world.agreed(seats=0)
    invoice = await world.red(agreed, "4711")
    told = await world.change(invoice)
    assert told.codes == ["G16"], told.outcome.text
    assert told.outcome.comparison is not None
    assert not told.outcome.comparison.equal
    contract = await world.contract()
    assert not contract.bill
    assert world.queue() == []
    told = await world.change(invoice, redo="wake")
    assert told.codes == ["G16"]
    assert told.outcome.effects == (), "nothing is written again"
    told = await world.look(invoice, agreed, RELEASE, by="jo", why="they agreed to it")
    assert told.codes == [], told.outcome.text
    assert world.queue() == [contract.number]
    told = await world.change(invoice, redo="wake")
    assert told.codes == [], "who released it stays known"
    assert world.queue() == [contract.number]
    await nothing_more(world, invoice, agreed)


async def test_an_invoice_nobody_knows_is_told_as_gone(world: World) -> None:
    agreed = await world.agreed()
    told = await world.look(999_999, agreed, REPROCESS, by="jo")
    assert told.outcome.result == "skipped"
    assert "deleted" in told.outcome.text


async def test_the_deleted_invoice_gives_its_lines_back_and_the_one_issued_instead_is_followed_once(
    world: World,
) -> None:
    agreed = await world.agreed()
    first = await world.billed(agreed, "500")
    await world.change(first)
    contract = await world.contract()
    await world.billing.delete("invoice", first)
    second = await world.billed(agreed, "501")
    told = await world.change(second, 9)
    assert told.codes == [], told.outcome.text
    followed = await world.contract()
    assert (followed.contract_id, followed.po_number, followed.bill) == (contract.contract_id, "501", True)
    assert world.preview(followed) == AMOUNT
    told = await world.deleted(first, agreed.agreement, 10)
    assert told.codes == []
    assert (await world.contract()).lines == followed.lines
    await nothing_more(world, second, agreed)


async def test_an_invoice_deleted_before_it_was_billed_leaves_the_queue(world: World) -> None:
    agreed = await world.agreed()
    first = await world.billed(agreed, "500")
    await world.change(first)
    await world.billing.delete("invoice", first)
    told = await world.deleted(first, agreed.agreement, 9)
    assert told.codes == [], told.outcome.text
    assert world.queue() == []
    again = await world.deleted(first, agreed.agreement, 9)
    assert again.outcome.effects == ()
    second = await world.billed(agreed, "501")
    told = await world.change(second, 11)
    assert told.codes == [], told.outcome.text
    contract = await world.contract()
    assert world.queue() == [contract.number]
    assert world.preview(contract) == AMOUNT
