"""Writing contract lines."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.simulator.eautomate import schema
from shared.eautomate.contract_rows import line_amount
from shared.eautomate.errors import LineBilled, RowChanged, ValueTooLong
from tests.contract.eautomate.shop import MAY, Shop, midnight


async def test_a_line_carries_its_item_amount_and_place(shop: Shop) -> None:
    site = await shop.hand.customer("AB00-T", LocationID=shop.customer, Address="5 Pine Rd", City="Ada")
    key = await shop.cloned(taxable=True)

    async with shop.writing() as work:
        line = await work.add_line(
            key,
            shop.seats(
                "3",
                "8.333333",
                description="Seats, May",
                location_id=site,
                start_date=MAY,
                bill_start_date=MAY,
            ),
        )

    [made] = (await shop.read(key)).lines
    assert made.contract_detail_id == line
    assert (made.item, made.description, made.location_id) == ("SEAT", "Seats, May", site)
    assert (made.quantity, made.unit_base_rate) == (Decimal("3.000000"), Decimal("8.333333"))
    assert made.base_rate == Decimal("25.0000")
    assert (made.start_date, made.bill_start_date, made.end_date) == (MAY, MAY, None)
    row = await shop.hand.row(schema.SCContractDetails, ContractDetailID=line)
    assert (row["BaseDistributionCodeID"], row["Address"], row["City"]) == (
        shop.distribution,
        "5 Pine Rd",
        "Ada",
    )
    assert (row["EquipmentID"], row["CreatorID"].rstrip(), bool(row["Taxable"])) == (None, "TANDEM", True)


async def test_without_a_location_a_line_is_the_customers(shop: Shop) -> None:
    key = await shop.cloned()
    async with shop.writing() as work:
        line = await work.add_line(key, shop.seats())

    row = await shop.hand.row(schema.SCContractDetails, ContractDetailID=line)
    assert (row["LocationID"], row["Address"]) == (shop.customer, "1 Elm St")


@pytest.mark.parametrize("kind", [0, 4])
async def test_a_line_is_of_the_kind_of_the_dealers_newest_item_line(shop: Shop, kind: int) -> None:
    key = await shop.cloned()
    await shop.line(await shop.contract("CN7001-01"), ContractDetailTypeID=kind)

    async with shop.writing() as work:
        line = await work.add_line(key, shop.seats())

    row = await shop.hand.row(schema.SCContractDetails, ContractDetailID=line)
    assert row["ContractDetailTypeID"] == kind


async def test_what_is_done_to_lines_shows_on_their_contract(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    line = await shop.line(key)
    mark = (await shop.port.window()).high

    async with shop.writing() as work:
        await work.update_line(line, {"quantity": Decimal(7)})
        await work.add_line(key, shop.seats())

    window = await shop.port.window(mark)
    page = await shop.port.contracts_changed(window.low, window.high)
    [seen] = page.records
    assert [one.quantity for one in seen.lines] == [7, 3]
    assert (await shop.hand.row(schema.SCContracts, ContractID=key))["UpdatorID"].rstrip() == "TANDEM"


async def test_the_row_version_read_is_good_for_the_header_and_all_lines_of_one_transaction(
    shop: Shop,
) -> None:
    key = await shop.contract("CN7001-01")
    line = await shop.line(key)
    seen = (await shop.read(key)).row_version

    async with shop.writing() as work:
        assert await work.update_line(line, {"quantity": Decimal(7)})
        assert await work.update_contract(key, {"po_number": "1001"}, seen)
        assert await work.remove_line(line)
        assert not await work.update_contract(key, {"po_number": "1001"}, seen)

    after = await shop.read(key)
    assert (after.po_number, after.lines) == ("1001", ())


async def test_only_what_differs_of_a_line_is_written(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    line = await shop.line(key, quantity="2", unit="5", Description="Seats")
    before = await shop.read(key)

    async with shop.writing() as work:
        assert not await work.update_line(
            line,
            {
                "quantity": Decimal("2.0"),
                "unit_base_rate": Decimal(5),
                "description": "Seats",
                "item_id": shop.item,
                "location_id": shop.customer,
                "start_date": MAY,
                "end_date": None,
            },
        )
    assert (await shop.read(key)) == before

    async with shop.writing() as work:
        assert await work.update_line(line, {"unit_base_rate": Decimal("5.005")})
    [after] = (await shop.read(key)).lines
    assert (after.quantity, after.unit_base_rate) == (Decimal(2), Decimal("5.005"))
    assert after.base_rate == Decimal("10.01")


async def test_an_amount_somebody_left_wrong_is_put_right(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    line = await shop.line(key, quantity="2", unit="5", BaseRate=Decimal(99))

    async with shop.writing() as work:
        assert await work.update_line(line, {"quantity": Decimal(2)})

    [after] = (await shop.read(key)).lines
    assert after.base_rate == Decimal(10)


async def test_another_item_and_place_bring_their_code_and_address(shop: Shop) -> None:
    other = await shop.hand.keyed(schema.SCDistributionCodes, DistributionCode="BKUP-REV")
    backup = await shop.add_item("BACKUP", BaseDistributionCodeID=other)
    line = await shop.line(await shop.contract("CN7001-01"))

    async with shop.writing() as work:
        await work.update_line(line, {"item_id": backup, "location_id": shop.payer})

    row = await shop.hand.row(schema.SCContractDetails, ContractDetailID=line)
    assert (row["BaseDistributionCodeID"], row["City"]) == (other, "Enid")


async def test_a_line_ends_on_the_day_it_is_given(shop: Shop) -> None:
    line = await shop.line(key := await shop.contract("CN7001-01"))
    last = date(2026, 4, 30)

    async with shop.writing() as work:
        assert await work.update_line(line, {"end_date": last, "bill_end_date": last})

    [after] = (await shop.read(key)).lines
    assert (after.end_date, after.bill_end_date) == (last, last)


async def test_a_line_that_never_billed_is_taken_away(shop: Shop) -> None:
    line = await shop.line(key := await shop.contract("CN7001-01"))

    async with shop.writing() as work:
        assert await work.remove_line(line)

    assert (await shop.read(key)).lines == ()


async def test_a_billed_line_stays(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    thru = await shop.line(key, BaseBilledThruDate=midnight(MAY))
    named = await shop.line(key)
    await shop.billed(await shop.invoice("IN1", key), key, named)

    for line in (thru, named):
        with pytest.raises(LineBilled, match=f"line {line} of contract CN7001-01"):
            async with shop.writing() as work:
                await work.remove_line(line)

    assert len((await shop.read(key)).lines) == 2


async def test_a_line_of_a_voided_invoice_only_is_ended_before_it_begins(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    line = await shop.line(key)
    await shop.billed(await shop.invoice("IN1", key, void=True), key, line, void=True)

    async with shop.writing() as work:
        assert not await work.remove_line(line)
    before = await shop.read(key)
    assert before.lines[0].end_date == before.lines[0].bill_end_date == date(2026, 4, 30)
    async with shop.writing() as work:
        assert not await work.remove_line(line)
    assert await shop.read(key) == before


async def test_what_is_gone_is_said_so(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    with pytest.raises(RowChanged, match="line 999999 is gone"):
        async with shop.writing() as work:
            await work.update_line(999_999, {"quantity": Decimal(1)})
    with pytest.raises(RowChanged, match="item 999999 is gone"):
        async with shop.writing() as work:
            await work.add_line(key, shop.seats(item_id=999_999))
    with pytest.raises(RowChanged, match="location 999999 is gone"):
        async with shop.writing() as work:
            await work.add_line(key, shop.seats(location_id=999_999))


async def test_a_rate_the_column_would_round_is_refused(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    with pytest.raises(ValueTooLong, match=r"SCContractDetails.UnitBaseRate holds 6 digits behind"):
        async with shop.writing() as work:
            await work.add_line(key, shop.seats("3", "8.3333333"))
    with pytest.raises(ValueTooLong, match=r"SCContractDetails.BaseRate holds 14 digits before"):
        async with shop.writing() as work:
            await work.add_line(key, shop.seats("99999999999", "99999999999"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    quantity=st.decimals(min_value=-9999, max_value=9999, places=6),
    unit=st.decimals(min_value=-99999, max_value=99999, places=6),
)
async def test_quantities_and_rates_come_back_to_the_last_digit(
    shop: Shop, quantity: Decimal, unit: Decimal
) -> None:
    key = await shop.contract(f"CN{shop.hand.next_key()}-01")
    async with shop.writing() as work:
        line = await work.add_line(key, {"item_id": shop.item, "quantity": quantity, "unit_base_rate": unit})

    [made] = (await shop.read(key)).lines
    assert (made.quantity, made.unit_base_rate) == (quantity, unit)
    assert made.base_rate == (quantity * unit).quantize(Decimal("0.01"), ROUND_HALF_UP)
    before = await shop.read(key)
    async with shop.writing() as work:
        assert not await work.update_line(line, {"quantity": quantity, "unit_base_rate": unit})
    assert await shop.read(key) == before


@given(
    quantity=st.decimals(min_value=-(10**6), max_value=10**6, places=6),
    unit=st.decimals(min_value=-(10**6), max_value=10**6, places=6),
)
def test_a_lines_amount_is_within_half_a_cent_of_its_product(quantity: Decimal, unit: Decimal) -> None:
    amount = line_amount(quantity, unit)
    assert abs(amount - quantity * unit) <= Decimal("0.005")
    assert amount == amount.quantize(Decimal("0.01"))
