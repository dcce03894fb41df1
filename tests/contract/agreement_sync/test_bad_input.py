"""What cannot be billed as it is: refused with its code, in both systems nothing half-written, and healed by mending it."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from shared.links.kinds import LinkKind
from tests.contract.agreement_sync.test_crashes import PUSHES
from tests.contract.agreement_sync.world import DAY, Agreed, World

BASE, SEAT_TEMPLATE = "**CWBase Managed Services", "**CW Agreement Seat"
BIWEEKLY, MONTHLY = 6, 2
EURO, DOLLAR = 8, 7

Mending = Callable[[], Awaitable[None]]


async def codeless(world: World, item: str, column: str) -> Mending:
    """Somebody blanks a code of an item; how it is mended."""
    was = world.people.item(item)[column]
    world.people.edit_item(item, **{column: None})

    async def mend() -> None:
        world.people.edit_item(item, **{column: was})

    return mend


async def agreement_is(world: World, agreed: Agreed, field: str, bad: int, good: int) -> Mending:
    """Somebody chooses something else on the agreement; how it is mended."""
    await world.billing.edit("agreement", agreed.agreement, **{field: {"id": bad}})

    async def mend() -> None:
        await world.billing.edit("agreement", agreed.agreement, **{field: {"id": good}})

    return mend


async def everything(world: World, agreed: Agreed) -> tuple[Any, ...]:
    """All that a half-done plan could have left: rows, ledger, link."""
    ids = [contract.contract_id for contract in await world.contracts()]
    return (
        world.rows(),
        await world.port.contract_lines_of(ids),
        await world.port.contract_periods_of(ids),
        await world.link_of(LinkKind.AGREEMENT_CONTRACT, agreed.agreement),
    )


async def refused(world: World, agreed: Agreed, invoice: int, code: str, *words: str) -> None:
    """The invoice is refused, told with these words, and nothing is different from before."""
    before = await everything(world, agreed)
    await world.quiet()
    told = await world.change(invoice, 9)
    assert told.codes == [code], told.outcome.text
    for word in words:
        assert word in told.outcome.text
    assert told.outcome.effects == ()
    assert await everything(world, agreed) == before
    assert await world.writes() == []


async def healed(world: World, invoice: int, amount: str = "618.50") -> None:
    told = await world.change(invoice, 9, redo="wake")
    assert told.codes == [], told.outcome.text
    assert world.preview(await world.contract()) == Decimal(amount)


async def begun(world: World, first: bool) -> Agreed:
    """An agreement; unless this is its first invoice, with a contract whose first month is billed."""
    agreed = await world.agreed()
    world.configure(currency="USD", **PUSHES)
    if not first:
        october = await world.billed(agreed, "4710", DAY.replace(month=10))
        await world.change(october)
        world.people.bill((await world.contract()).number, DAY.replace(month=10))
        await world.change(october, 8)
    return agreed


@pytest.mark.parametrize("first", [True, False], ids=["new contract", "existing contract"])
async def test_a_billing_cycle_e_automate_has_not_is_g26(world: World, first: bool) -> None:
    agreed = await begun(world, first)
    invoice = await world.billed(agreed, "4711")
    mend = await agreement_is(world, agreed, "billingCycle", BIWEEKLY, MONTHLY)
    await refused(world, agreed, invoice, "G26", "BiWeekly", "agreement_sync.billing_cycles")
    await mend()
    await healed(world, invoice)


@pytest.mark.parametrize("first", [True, False], ids=["new contract", "existing contract"])
async def test_another_currency_than_the_dealers_is_g27(world: World, first: bool) -> None:
    agreed = await begun(world, first)
    mend = await agreement_is(world, agreed, "currency", EURO, DOLLAR)
    invoice = await world.billed(agreed, "4711")
    await refused(world, agreed, invoice, "G27", "EUR", "USD")
    await mend()
    await world.billing.edit("invoice", invoice, currency={"id": DOLLAR})
    await healed(world, invoice)


@pytest.mark.parametrize("first", [True, False], ids=["new contract", "existing contract"])
async def test_a_discount_larger_than_the_base_amount_is_g28(world: World, first: bool) -> None:
    agreed = await begun(world, first)
    invoice = await world.billed(agreed, "4711")
    [row] = (await world.invoice(invoice)).lines
    await world.billing.edit("product", row.id, price=-200.0)
    await refused(world, agreed, invoice, "G28", "MS-SEAT", "-600.00", "negative")
    await world.billing.edit("product", row.id, price=-100.0)
    told = await world.change(invoice, 10)
    assert told.codes == [], told.outcome.text
    assert told.outcome.comparison is not None
    assert "G28" in [code for code, _ in told.outcome.comparison.warnings]
    contract = await world.contract()
    assert world.preview(contract) == Decimal("200.00")


@pytest.mark.parametrize("first", [True, False], ids=["new contract", "existing contract"])
@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("SalesCodeID", "sales code"),
        ("ServiceCodeID", "service code"),
        ("BaseDistributionCodeID", "contract base distribution code"),
    ],
)
async def test_a_base_item_without_a_code_is_g29(world: World, first: bool, column: str, word: str) -> None:
    agreed = await begun(world, first)
    invoice = await world.billed(agreed, "4711")
    mend = await codeless(world, BASE, column)
    await refused(world, agreed, invoice, "G29", BASE, word)
    await mend()
    await healed(world, invoice)


async def test_an_item_template_without_a_code_makes_neither_item_nor_contract(world: World) -> None:
    agreed = await begun(world, first=True)
    invoice = await world.billed(agreed, "4711")
    mend = await codeless(world, SEAT_TEMPLATE, "SalesCodeID")
    await refused(world, agreed, invoice, "G29", SEAT_TEMPLATE, "sales code")
    assert await world.contracts() == []
    await mend()
    await healed(world, invoice)


async def test_a_contract_template_without_a_code_makes_nothing(world: World) -> None:
    agreed = await begun(world, first=True)
    invoice = await world.billed(agreed, "4711")
    template = "**CW Managed Services-01"
    code = world.people.contract(template)["BaseDistributionCodeID"]
    world.people.save_contract(template, BaseDistributionCodeID=0)
    await refused(world, agreed, invoice, "G29", template, "base distribution code")
    world.people.save_contract(template, BaseDistributionCodeID=code)
    await healed(world, invoice)


@pytest.mark.parametrize("first", [True, False], ids=["new contract", "existing contract"])
async def test_an_invoice_number_longer_than_fifteen_characters_is_g28(world: World, first: bool) -> None:
    agreed = await begun(world, first)
    invoice = await world.red(agreed, "4711-2026-11-001", more="0.00")
    await refused(world, agreed, invoice, "G28", "16 characters", "15")
