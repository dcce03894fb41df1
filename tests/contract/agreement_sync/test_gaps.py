"""A month that is left out is told, and the invoice that comes for it late is never taken for billed."""

from datetime import date

import pytest

from tests.contract.agreement_sync.world import DAY, Agreed, World

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


async def jumped(world: World) -> tuple[Agreed, int]:
    """November is billed, then January's invoice comes; December's is missing."""
    agreed = await world.agreed()
    november = await world.billed(agreed, "4711")
    await world.change(november)
    world.people.bill((await world.contract()).number, DAY)
    await world.change(november, 8)
    return agreed, await world.billed(agreed, "4713", JANUARY)


async def test_days_nobody_has_billed_are_told_each_time(world: World) -> None:
    _, january = await jumped(world)
    for sequence in (9, 10):
        told = await world.change(january, sequence)
        assert told.codes == []
        assert told.outcome.comparison is not None
        [(code, text)] = told.outcome.comparison.warnings
        assert code == "G24"
        assert "nobody has billed 2026-12-01 to 2026-12-31" in text
        assert "billed through 2026-11-30" in text
    assert (await world.contract()).base_billed_thru_date == date(2026, 12, 31)


@pytest.mark.parametrize("billed", [False, True])
async def test_the_late_invoice_of_a_month_left_out_is_a_case(world: World, billed: bool) -> None:
    agreed, january = await jumped(world)
    await world.change(january, 9)
    if billed:
        world.people.bill((await world.contract()).number, JANUARY)
        await world.change(january, 10)
    december = await world.billed(agreed, "4712", DECEMBER)
    rows = world.rows()
    told = await world.change(december, 11)
    assert told.codes == ["G24"], told.outcome.text
    assert "the contract holds the later invoice 4713" in told.outcome.text
    assert "Bill invoice 4712 by hand" in told.outcome.text
    assert world.rows() == rows
    told = await world.change(january, 12)
    assert told.codes == []
    assert world.rows() == rows


async def test_a_month_that_a_person_billed_before_is_no_gap(world: World) -> None:
    agreed, january = await jumped(world)
    contract = await world.contract()
    world.people.save_contract(contract.number, Bill=1)
    number = world.people.bill(contract.number, DECEMBER)
    told = await world.change(january, 9)
    assert told.codes == []
    assert "nobody has billed" not in told.outcome.text
    december = await world.billed(agreed, "4712", DECEMBER)
    told = await world.change(december, 10)
    assert told.outcome.result == "skipped"
    assert "is billed in e-automate" in told.outcome.text
    assert not (await world.bill(number)).void
