"""What Tandem wrote itself comes back as a change and costs nothing; whatever is more than that is looked at."""

from collections.abc import Callable
from typing import Any

import pytest

from services.simulator.eautomate.client import Client
from shared.events.contracts import Contract
from shared.links.kinds import LinkKind
from tests.contract.agreement_sync.killing import kill_at
from tests.contract.agreement_sync.test_crashes import AMOUNT, nothing_more
from tests.contract.agreement_sync.test_races import meanwhile, second_month
from tests.contract.agreement_sync.world import DAY, Agreed, World
from tests.contract.killing import Killed, one_commit_unanswered
from tests.contract.running import Told

CHECK = "somebody else changed it"


async def made(world: World) -> tuple[Agreed, int, Contract]:
    """A contract as Tandem has just made it."""
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    told = await world.change(invoice)
    assert told.codes == [], told.outcome.text
    await world.quiet()
    return agreed, invoice, await world.contract()


def asked(told: Told) -> tuple[bool, str]:
    """What was said of whose change it is."""
    [check] = [check for check in told.outcome.checks if check.name == CHECK]
    return check.passed, check.seen


async def is_left_alone(world: World, contract: Contract) -> None:
    """The change of it sets off nothing."""
    told = await world.contract_changed(contract)
    assert asked(told) == (False, f"all of it is as Tandem left it, row version {contract.row_version}")
    assert (told.outcome.result, told.commands, told.codes) == ("skipped", [], [])
    assert told.outcome.text == "written by Tandem itself: all of it is as Tandem left it"
    assert told.outcome.record == f"eautomate/contract/{contract.contract_id}", "who waits for it is woken"


async def is_looked_at(world: World, contract: Contract, seen: str) -> Told:
    """The change of it has its invoice looked at; what comes of that."""
    told = await world.contract_changed(contract)
    assert asked(told) == (True, seen)
    return await world.carried_on(told)


async def test_a_contract_that_was_just_made_costs_no_request(world: World) -> None:
    _, _, contract = await made(world)
    await is_left_alone(world, contract)
    assert await world.control.requests() == []


async def test_a_contract_that_was_just_updated_or_taken_out_of_the_queue_costs_no_request(
    world: World,
) -> None:
    agreed, _, contract = await made(world)
    world.people.bill(contract.number, DAY)
    told = await is_looked_at(world, await world.contract(), "it is not as Tandem left it")
    assert world.queue() == []
    assert told.outcome.effects
    await world.quiet()
    await is_left_alone(world, await world.contract())
    await world.change(await world.billed(agreed, "4712", DAY.replace(month=12)), 9)
    await world.quiet()
    updated = await world.contract()
    assert updated.po_number == "4712"
    await is_left_alone(world, updated)
    assert await world.control.requests() == []


BY_HAND: dict[str, Callable[[Client, str, int], Any]] = {
    "a line's quantity": lambda people, number, line: people.edit_line(number, line, Quantity=9),
    "a line's end": lambda people, number, line: people.end_line(number, line, DAY),
    "a line is removed": lambda people, number, line: people.remove_line(number, line),
    "a line behind the product's back": lambda people, _, line: people.foreign_sql(
        "UPDATE SCContractDetails SET Description = 'x' WHERE ContractDetailID = ?", line
    ),
    "Bill": lambda people, number, _: people.save_contract(number, Bill=0),
    "PO number": lambda people, number, _: people.save_contract(number, PONumber="P-1"),
    "inactive": lambda people, number, _: people.inactivate_contract(number),
    "terminated": lambda people, number, _: people.terminate_contract(number, DAY),
    "open on a screen": lambda people, number, _: people.open_contract(number),
    "billed": lambda people, number, _: people.bill(number, DAY),
    "saved again as it is": lambda people, number, _: people.save_contract(number, Bill=1),
}


@pytest.mark.parametrize("what", BY_HAND)
async def test_what_a_person_changes_afterwards_is_looked_at(world: World, what: str) -> None:
    _, _, contract = await made(world)
    BY_HAND[what](world.people, contract.number, contract.lines[1].contract_detail_id)
    await is_looked_at(world, await world.contract(), "it is not as Tandem left it")


async def test_what_a_person_changes_and_takes_back_is_looked_at_both_times(world: World) -> None:
    _, _, contract = await made(world)
    world.people.save_contract(contract.number, Remarks="asked for")
    changed = await world.contract()
    world.people.save_contract(contract.number, Remarks=contract.remarks)
    back = await world.contract()
    assert back.content_hash() == contract.content_hash()
    await is_looked_at(world, changed, "it is not as Tandem left it")
    await is_looked_at(world, back, "it is not as Tandem left it")


async def test_a_contract_that_was_read_before_or_half_written_is_looked_at(world: World) -> None:
    _, invoice, number = await second_month(world)
    before = await world.contract()
    told = await world.change(invoice, 9)
    assert told.codes == [], told.outcome.text
    after = await world.contract()
    await is_looked_at(world, before, "it is not as Tandem left it")
    torn = after.model_copy(update={"lines": after.lines[:-1]})
    await is_looked_at(world, torn, "it is not as Tandem left it")
    assert number == after.number
    await is_left_alone(world, after)


async def test_a_line_that_is_edited_between_reading_and_writing_is_put_right(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed, invoice, number = await second_month(world)
    seats = next(line for line in (await world.contract()).lines if line.item == "MS-SEAT")
    edit = "UPDATE SCContractDetails SET Quantity = 9 WHERE ContractDetailID = ?"
    meanwhile(world, monkeypatch, lambda: world.people.foreign_sql(edit, seats.contract_detail_id))
    told = await world.change(invoice, 9)
    assert told.codes == [], told.outcome.text
    assert world.preview(await world.contract()) != AMOUNT
    await is_looked_at(world, await world.contract(), "it is not as Tandem left it")
    assert world.preview(await world.contract()) == AMOUNT
    assert number == (await world.contract()).number
    await nothing_more(world, invoice, agreed)


async def test_an_invoice_that_changed_meanwhile_is_looked_at(world: World) -> None:
    agreed, invoice, contract = await made(world)
    await world.billing.edit("invoice", invoice, poNumber="P-1")
    told = await world.change(invoice, 8)
    assert told.outcome.effects == ()
    await is_looked_at(world, contract, "what Tandem wrote it for is not finished")
    newer = await world.billed(agreed, "4712", DAY.replace(month=12))
    assert (await world.change(newer, 9)).codes == ["G24"], "the first month is not billed yet"
    told = await is_looked_at(world, contract, "Tandem wrote it for another invoice")
    assert told.outcome.record == f"connectwise/invoice/{newer}"


async def test_a_contract_whose_totals_differ_is_looked_at(world: World) -> None:
    agreed = await world.agreed(seats=0)
    told = await world.change(await world.red(agreed, "4711"))
    assert told.codes == ["G16"]
    told = await is_looked_at(world, await world.contract(), "what Tandem wrote it for is not finished")
    assert told.codes == ["G16"]


async def test_what_is_asked_for_is_looked_at(world: World) -> None:
    agreed, invoice, contract = await made(world)
    told = await world.run(world.raw(contract, 5, redo="retry"))
    assert len(told.commands) == 1, "the change was sent again"
    told = await world.look(invoice, agreed, "reprocess", by="jo", why="asked")
    assert told.outcome.record == f"connectwise/invoice/{invoice}"
    assert (await world.control.requests())[0]["method"] == "GET"


async def test_a_contract_that_is_linked_anew_is_looked_at(world: World) -> None:
    agreed, _, contract = await made(world)
    await world.unlink(agreed)
    told = await world.contract_changed(contract)
    assert told.outcome.text == "no agreement is linked to the contract"
    await world.link(LinkKind.AGREEMENT_CONTRACT, agreed.agreement, contract.contract_id)
    told = await world.contract_changed(contract)
    assert asked(told) == (True, "its agreement was linked anew since Tandem wrote it")
    assert len(told.commands) == 1


@pytest.mark.parametrize(
    ("step", "when"),
    [("transaction", "after"), ("make", "before"), ("make", "after"), ("finish", "before")],
)
async def test_an_echo_is_no_end_of_a_write_that_died_after_its_commit(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    with monkeypatch.context() as patched:
        died = kill_at(world, step, when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.change(invoice)
        assert died()
    world.configure()
    contract = await world.contract()
    told = await world.contract_changed(contract)
    linked = await world.link_of(LinkKind.AGREEMENT_CONTRACT, agreed.agreement)
    if linked is None:
        assert told.outcome.text == "no agreement is linked to the contract"
    else:
        assert asked(told) == (True, "what Tandem wrote it for is not finished")
        await world.carried_on(told)
    told = await world.change(invoice)
    assert told.codes == [], told.outcome.text
    assert await world.contract() == contract
    link = await world.link_of(LinkKind.AGREEMENT_CONTRACT, agreed.agreement)
    assert link is not None
    await nothing_more(world, invoice, agreed)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_is_noted_lands_with_what_is_written_or_not_at_all(
    world: World, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed, invoice, _ = await second_month(world)
    before = await world.contract()
    noted = await world.port.contract_writes_of([before.contract_id])
    with monkeypatch.context() as patched:
        died = kill_at(world, "note_write", when, patched)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await world.change(invoice, 9)
        assert died()
    assert await world.contract() == before
    assert await world.port.contract_writes_of([before.contract_id]) == noted
    world.configure()
    await world.change(invoice, 9)
    await is_left_alone(world, await world.contract())
    await nothing_more(world, invoice, agreed)


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_without_an_answer_is_settled_and_its_echo_left_alone(
    world: World, landed: bool
) -> None:
    agreed, invoice, _ = await second_month(world)
    with one_commit_unanswered(world.port, landed):
        await world.change(invoice, 9)
    contract = await world.contract()
    told = await world.contract_changed(contract)
    if told.commands:
        await world.carried_on(told)
    assert await world.contract() == contract
    assert world.preview(contract) == AMOUNT
    await nothing_more(world, invoice, agreed)


async def test_a_period_that_is_noted_without_a_write_leaves_nothing_to_be_taken_for_ours(
    world: World,
) -> None:
    agreed, invoice, contract = await made(world)
    noted = await world.port.contract_writes_of([contract.contract_id])
    world.people.save_contract(contract.number, RemarksInternal="a person's hand")
    await nothing_more(world, invoice, agreed)
    assert await world.port.contract_writes_of([contract.contract_id]) == noted
