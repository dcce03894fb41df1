"""What happens between reading and writing: somebody opens, saves or bills the contract; a text does not fit."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.agreement_sync.test_crashes import AMOUNT, nothing_more
from tests.contract.agreement_sync.world import DAY, Agreed, World


async def second_month(world: World) -> tuple[Agreed, int, str]:
    """An invoice of a contract whose first month is billed; the contract's number."""
    agreed = await world.agreed()
    first = await world.billed(agreed, "4710", DAY.replace(month=10))
    await world.change(first)
    contract = await world.contract()
    world.people.bill(contract.number, DAY.replace(month=10))
    await world.change(first, 8)
    return agreed, await world.billed(agreed, "4711"), contract.number


def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """Once, after everything was read and before anything is written."""
    real = world.store.claim
    left = [happens]

    async def claim(*args: Any) -> bool:
        if left:
            left.pop()()
        return await real(*args)

    monkeypatch.setattr(world.store, "claim", claim)


async def test_a_contract_that_is_opened_meanwhile_is_g19_and_nothing_is_half_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed, invoice, number = await second_month(world)
    meanwhile(world, monkeypatch, lambda: world.people.open_contract(number))
    lines = world.people.contract_lines(number)
    told = await world.change(invoice, 9)
    assert told.codes == ["G19"]
    assert number in told.outcome.text
    assert told.outcome.blocked_on == (f"record:eautomate:contract:{(await world.contract()).contract_id}",)
    assert world.people.contract_lines(number) == lines
    world.people.close_contract(number)
    told = await world.change(invoice, 9, redo="wake")
    assert told.codes == [], told.outcome.text
    await nothing_more(world, invoice, agreed)


async def test_a_contract_that_is_saved_meanwhile_is_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed, invoice, number = await second_month(world)
    meanwhile(world, monkeypatch, lambda: world.people.save_contract(number, RemarksInternal="seen"))
    told = await world.change(invoice, 9)
    assert told.codes == [], told.outcome.text
    assert world.people.contract(number)["RemarksInternal"] == "seen"
    assert world.preview(await world.contract()) == AMOUNT
    await nothing_more(world, invoice, agreed)


async def test_a_contract_that_is_billed_meanwhile_is_not_touched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, invoice, number = await second_month(world)

    def bill() -> None:
        world.people.save_contract(number, Bill=1)
        world.people.bill(number, DAY)

    meanwhile(world, monkeypatch, bill)
    told = await world.change(invoice, 9)
    assert told.codes == ["G13"], told.outcome.text
    assert (await world.contract()).po_number == "4710"


async def test_a_template_that_is_saved_meanwhile_is_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    meanwhile(
        world, monkeypatch, lambda: world.people.save_contract("**CW Managed Services-01", BillCodeID=3)
    )
    told = await world.change(invoice)
    assert told.codes == [], told.outcome.text
    assert world.people.contract((await world.contract()).number)["BillCodeID"] == 3


async def test_a_text_that_e_automate_cannot_hold_is_g28_and_names_the_column(world: World) -> None:
    agreed = await world.agreed()
    await world.billing.edit("addition", agreed.additions[0], invoiceDescription="Plätze für 東京")
    invoice = await world.billed(agreed, "4711")
    await world.describe(invoice, "Plätze für 東京")
    told = await world.change(invoice)
    assert told.codes == ["G28"], told.outcome.text
    assert "Description" in told.outcome.text
    assert await world.contracts() == []


async def test_two_workers_with_one_invoice_make_one_contract(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    record = await world.invoice(invoice)
    first = world.raw(record, 7)
    other = world.raw(record, 7, "wake")
    told = await world.run(first, other)
    assert told.codes == []
    assert len(await world.contracts()) == 1
    await nothing_more(world, invoice, agreed)
