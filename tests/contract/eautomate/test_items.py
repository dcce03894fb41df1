"""Items, units, billing cycles, and what customers bring to a contract."""

import asyncio
from decimal import Decimal

import pytest

from services.simulator.eautomate import schema
from shared.eautomate.contract_rows import BillingCycle, CustomerBilling
from shared.eautomate.errors import RowChanged, UniqueViolation, ValueTooLong
from tests.contract.eautomate.shop import Shop


async def test_an_item_comes_with_the_names_of_its_codes(shop: Shop) -> None:
    await shop.add_item("OLD", Active=False, ServiceableAsItem=0, SalesCodeID=None, UMID=None)

    found = await shop.port.items_by_numbers([" seat", "old", "nobody", "日"])

    seat, old = found["seat"], found["old"]
    assert (seat.item_id, seat.number, seat.description) == (shop.item, "SEAT", "A seat")
    assert (seat.active, seat.serviceable, seat.unit) == (True, True, "EA")
    assert (seat.inventory_code, seat.expense_code, seat.sales_code) == (None, "MSP", "RECUR")
    assert (seat.service_code, seat.category, seat.base_distribution_code) == (None, None, "MIT-REV")
    assert (old.active, old.serviceable, old.sales_code, old.unit) == (False, False, None, None)
    assert found.keys() == {"seat", "old"}


async def test_items_are_found_by_the_beginning_of_their_number(shop: Shop) -> None:
    for number in ("**CWBase Managed", "**cw Backup", "**CX"):
        await shop.add_item(number)

    found = await shop.port.items_starting("**CW")

    assert [item.number for item in found] == ["**CWBase Managed", "**cw Backup"]


@pytest.mark.parametrize("unit", [None, "HR"])
async def test_a_new_item_is_its_template_but_for_number_description_and_unit(
    shop: Shop, unit: str | None
) -> None:
    await shop.edit(
        schema.ICItems,
        shop.item,
        Cost=Decimal(4),
        MSRP=Decimal(9),
        OnHandQty=Decimal(3),
        Remarks="template",
        TaxFlag=2,
    )
    template = await shop.read_item("SEAT")
    async with shop.writing() as work:
        key = await work.create_item(template, "SEAT-PRO", "A better seat", shop.hours if unit else None)

    made = await shop.read_item("SEAT-PRO")
    assert (made.item_id, made.description, made.unit) == (key, "A better seat", unit or "EA")
    old, new = [await shop.hand.row(schema.ICItems, ItemID=one) for one in (shop.item, key)]
    own = {"ItemID", "Item", "Description", "UMID", "OnHandQty", "timestamp"}
    stamps = {"CreatorID", "UpdatorID", "CreateDate", "LastUpdate"}
    assert {name for name in old if old[name] != new[name]} <= own | stamps
    assert (new["OnHandQty"], new["CreatorID"].rstrip()) == (0, "TANDEM")


async def test_a_number_is_given_to_one_item(shop: Shop) -> None:
    template = await shop.read_item("SEAT")
    with pytest.raises(UniqueViolation, match="item seat"):
        async with shop.writing() as work:
            await work.create_item(template, "seat", "Again", None)


async def test_a_template_that_was_saved_or_is_gone_is_read_again(shop: Shop) -> None:
    template = await shop.read_item("SEAT")
    await shop.edit(schema.ICItems, shop.item, Description="Another")
    with pytest.raises(RowChanged, match="SEAT"):
        async with shop.writing() as work:
            await work.create_item(template, "SEAT-PRO", "A better seat", None)


async def test_a_number_wider_than_its_column_is_refused_by_name(shop: Shop) -> None:
    template = await shop.read_item("SEAT")
    with pytest.raises(ValueTooLong, match=r"ICItems.Item holds 32 characters; the value has 33"):
        async with shop.writing() as work:
            await work.create_item(template, "X" * 33, "", None)


async def test_small_tables_are_read_in_full(shop: Shop) -> None:
    weekly = await shop.hand.keyed(schema.SCBillingCycles, BillingCycle="Weekly", Days=7, Active=False)

    cycles = {cycle.id: cycle for cycle in await shop.port.billing_cycles()}
    units = {unit.id: unit.code for unit in await shop.port.units()}

    assert cycles[shop.monthly] == BillingCycle(shop.monthly, "Monthly", 0, 1, 0, True)
    assert cycles[weekly] == BillingCycle(weekly, "Weekly", 7, 0, 0, False)
    assert (units[shop.unit], units[shop.hours]) == ("EA", "HR")


async def test_a_customer_brings_terms_tax_and_branch(shop: Shop) -> None:
    found = await shop.port.customer_billing([shop.customer, shop.payer, 999_999])

    assert found[shop.customer] == CustomerBilling(shop.customer, shop.hand.branch_id, None, 7, None, True)
    assert found.keys() == {shop.customer, shop.payer}


async def test_two_workers_who_need_one_item_make_it_once(shop: Shop) -> None:
    template = await shop.read_item("SEAT")

    async def work(invoice: int) -> str:
        try:
            async with shop.port.transaction("ID964", f"invoice/{invoice}", 1, area="contracts") as tx:
                await tx.create_item(template, "SEAT-PRO", "A better seat", None)
                await asyncio.sleep(0.01)
        except UniqueViolation:
            return "there"
        return "made"

    outcomes = await asyncio.gather(*(work(invoice) for invoice in range(3)))

    assert sorted(outcomes) == ["made", "there", "there"]
    assert [item.number for item in await shop.port.items_starting("SEAT-")] == ["SEAT-PRO"]
