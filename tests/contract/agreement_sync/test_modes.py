"""What is switched off is not written: no push, no write to ConnectWise; test mode, none at all."""

from decimal import Decimal
from typing import Any

import pytest

from shared.mode import Mode
from tests.contract.agreement_sync.test_crashes import AMOUNT, PUSHES
from tests.contract.agreement_sync.world import DAY, World


@pytest.mark.parametrize("settings", [{}, {**PUSHES, "mode": Mode.TEST}], ids=["pushes off", "test mode"])
async def test_nothing_is_written_to_connectwise_from_first_to_paid(
    world: World, settings: dict[str, Any]
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**settings)
    await world.quiet()
    assert (await world.change(invoice)).codes == []
    contract = await world.contract()
    assert world.preview(contract) == AMOUNT
    number = world.people.bill(contract.number, DAY)
    world.people.receive(number)
    assert (await world.change(invoice, 8)).codes == []
    assert not (await world.contract()).bill
    assert await world.writes() == []
    assert await world.field(agreed.agreement) == ""
    assert (await world.invoice(invoice)).payments == 0


async def test_each_write_back_is_made_once_and_ends_in_a_paid_invoice(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.configure(**PUSHES)
    await world.quiet()
    await world.change(invoice)
    contract = await world.contract()
    assert await world.field(agreed.agreement) == contract.number
    number = world.people.bill(contract.number, DAY)
    await world.change(invoice, 8)
    world.people.receive("4711", on=DAY.replace(day=20))
    assert number != "4711"
    told = await world.carried_on(await world.bill_changed("4711"))
    assert told.codes == [], told.outcome.text
    paid = await world.invoice(invoice)
    assert (paid.balance, paid.status.name if paid.status else "") == (Decimal(), "Paid")
    writes = [write.split(" ")[0] for write in await world.writes()]
    assert writes == ["POST", "PATCH", "PATCH", "PATCH"], "payment; number, number, status"
