"""What an agreement invoice makes of a contract, and what a repetition does: nothing."""

from datetime import date
from decimal import Decimal

from shared.links.kinds import LinkKind
from tests.contract.agreement_sync.world import World

AMOUNT = Decimal("618.50")
"""500 flat and three seats at 39.50."""


async def test_the_first_invoice_makes_a_contract_that_bills_the_same_amount(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    told = await world.change(invoice)
    assert told.outcome.result == "applied", told.outcome.text
    contract = await world.contract()
    assert f"contract {contract.number} created" in told.outcome.text
    assert contract.number.startswith("CW-")
    assert contract.number.endswith("-01")
    assert contract.po_number == "4711"
    assert contract.bill
    assert world.preview(contract) == AMOUNT
    assert world.queue() == [contract.number]
    link = await world.link_of(LinkKind.AGREEMENT_CONTRACT, agreed.agreement)
    assert link is not None
    assert link.right == str(contract.contract_id)
    comparison = told.outcome.comparison
    assert comparison is not None
    assert (comparison.contract_id, comparison.contract) == (contract.contract_id, contract.number)
    assert (comparison.cw_total, comparison.ea_total, comparison.equal) == (AMOUNT, AMOUNT, True)
    assert comparison.made == "created"
    assert comparison.period_from == date(2026, 11, 1)
    assert await world.writes() == []


async def test_the_same_invoice_any_number_of_times_writes_once(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    contract, rows = await world.contract(), world.rows()
    for redo in ("replay", "wake", "redrive"):
        told = await world.change(invoice, redo=redo)
        assert told.outcome.effects == (), told.outcome.text
        assert told.outcome.result in {"applied", "skipped"}
    told = await world.change(invoice, 8)
    assert told.outcome.effects == ()
    told = await world.look(invoice, agreed)
    assert told.outcome.effects == ()
    assert world.rows() == rows
    assert await world.contract() == contract
    assert world.preview(contract) == AMOUNT


async def test_an_older_snapshot_never_goes_over_a_newer_one(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice, 7)
    told = await world.change(invoice, 7)
    assert (told.outcome.result, told.outcome.text) == ("skipped", "this change was applied before")
    old = await world.invoice(invoice)
    assert (await world.change(invoice, 9)).outcome.effects == ()
    told = await world.run(world.raw(old, 8, "wake"))
    assert told.outcome.result == "superseded"
