"""Reading contracts."""

from datetime import date, datetime
from decimal import Decimal

from services.simulator.eautomate import schema
from tests.contract.eautomate.shop import MAY, Shop, midnight
from tests.contract.eautomate.statements import recorded


async def test_a_contract_comes_with_its_lines_and_the_names_of_its_codes(shop: Shop) -> None:
    group = await shop.hand.keyed(schema.SCBillGroups, BillGroup="Statements")
    key = await shop.contract(
        "CN7001-02",
        BillToID=shop.payer,
        BillGroupID=group,
        BaseBillingCycleID=shop.monthly,
        BaseNextBillingDate=midnight(MAY),
        ExpDate=datetime(2027, 4, 30, 23, 59),  # noqa: DTZ001 - as the column holds it
        PONumber="PO 9 ",
        Remarks="Net 30",
        TermID=3,
    )
    first = await shop.line(
        key, quantity="1.5", unit="8.333333", BaseRate=Decimal("12.50"), Description="Seats"
    )
    ended = await shop.line(key, EndDate=midnight(date(2026, 5, 31)))

    contract = await shop.read(key)

    assert (contract.number, contract.major, contract.minor) == ("CN7001-02", "CN7001", "02")
    assert (contract.customer_number, contract.bill_to_number) == ("AB00", "PAY0")
    assert (contract.contract_type, contract.bill_code, contract.bill_group) == ("MIT", "ALL", "Statements")
    assert (contract.distribution_code, contract.contract_status) == ("MIT-REV", "Active")
    assert (contract.billing_cycle, contract.base_next_billing_date) == ("Monthly", MAY)
    assert (contract.start_date, contract.exp_date) == (date(2020, 1, 1), date(2027, 4, 30))
    assert (contract.po_number, contract.remarks, contract.term_id) == ("PO 9", "Net 30", 3)
    assert (contract.active, contract.bill, contract.billed, contract.acknowledge) == (
        True,
        True,
        False,
        False,
    )
    assert [line.contract_detail_id for line in contract.lines] == [first, ended]
    line = contract.lines[0]
    assert (line.item, line.description, line.quantity) == ("SEAT", "Seats", Decimal("1.500000"))
    assert (line.unit_base_rate, line.base_rate) == (Decimal("8.333333"), Decimal("12.5000"))
    assert contract.lines[1].end_date == date(2026, 5, 31)
    assert (contract.equipment_lines, contract.meter_groups) == (0, 0)


async def test_equipment_and_meter_groups_are_counted(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    make = await shop.hand.keyed(schema.ICMakes, Make="Konica")
    model = await shop.hand.keyed(schema.ICModels, Model="C450", MakeID=make)
    machine = await shop.hand.insert(
        schema.SCEquipments,
        EquipmentNumber="EQ1",
        ModelID=model,
        CustomerID=shop.customer,
        BillToID=shop.payer,
    )
    await shop.line(key)
    await shop.line(key, ItemID=None, EquipmentID=machine)
    for name in ("Black", "Colour"):
        await shop.hand.insert(schema.SCContractMeterGroups, ContractID=key, ContractMeterGroup=name)

    contract = await shop.read(key)

    assert (contract.equipment_lines, contract.meter_groups) == (1, 2)
    assert contract.lines[1].item == ""


async def test_contracts_are_found_by_number_and_templates_by_major_whatever_their_case(shop: Shop) -> None:
    own = await shop.contract("CW-40757-01")
    second = await shop.contract("**CW Managed-02", customer=shop.dealer)

    numbers = await shop.port.contracts_by_numbers([" cw-40757-01", "CW-40757", "CW-1-01", "日", "X" * 99])
    templates = await shop.port.contract_templates(["**cw managed ", "**CW Backup"])
    starting = await shop.port.contracts_starting("**cw ")

    assert {number: one.contract_id for number, one in numbers.items()} == {"cw-40757-01": own}
    assert [one.contract_id for one in templates["**cw managed"]] == [shop.template, second]
    assert "**cw backup" not in templates
    assert [one.contract_id for one in starting] == [shop.template, second]


async def test_signs_that_mean_something_to_like_are_plain_text(shop: Shop) -> None:
    odd = await shop.contract("100%_[A]/x-01")
    await shop.contract("100-plain-01")

    assert [one.contract_id for one in await shop.port.contracts_starting("100%_[A]/")] == [odd]


async def test_a_save_shows_in_the_window_of_rowversions(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    await shop.line(key)
    mark = (await shop.port.window()).high
    await shop.edit(schema.SCContracts, key, PONumber="8")

    window = await shop.port.window(mark)
    page = await shop.port.contracts_changed(window.low, window.high)

    assert [(one.contract_id, one.po_number, len(one.lines)) for one in page.records] == [(key, "8", 1)]
    assert page.next is None


async def test_pages_by_id_hold_every_contract_once(shop: Shop) -> None:
    made = {await shop.contract(f"CN{number}-01") for number in range(5)} | {shop.template}

    found: list[int] = []
    after = 0
    while page := await shop.port.contracts_all(after, 2):
        found += [one.contract_id for one in page]
        after = found[-1]

    assert [key for key in found if key in made] == sorted(made)


async def test_what_lies_beside_the_rows_is_what_the_contracts_carry(shop: Shop) -> None:
    key = await shop.contract("CN7001-01", BaseBillingCycleID=shop.monthly)
    await shop.line(key)
    await shop.hand.insert(schema.SCContractMeterGroups, ContractID=key, ContractMeterGroup="Black")

    beside = {row.key: row async for page in shop.port.contracts_beside(1) for row in page}

    for contract in (await shop.read(key), await shop.read(shop.template)):
        row = beside[contract.contract_id]
        assert row.fields == {name: getattr(contract, name) for name in row.fields}
        assert row.row_version == contract.row_version
    assert beside[key].fields["meter_groups"] == 1


async def test_a_line_somebody_else_edits_shows_beside_the_contract_though_its_row_stays(shop: Shop) -> None:
    async def beside() -> tuple[str, str]:
        rows = {row.key: row async for page in shop.port.contracts_beside() for row in page}
        return rows[key].fields["children_stamp"], rows[key].row_version

    key = await shop.contract("CN7001-01")
    line = await shop.line(key)
    seen = [await beside()]
    await shop.edit(schema.SCContractDetails, line, Quantity=Decimal(3))
    seen.append(await beside())
    await shop.line(key)
    seen.append(await beside())

    assert len({stamp for stamp, _ in seen}) == 3
    assert len({version for _, version in seen}) == 1


async def test_a_no_op_save_is_no_change_of_content(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    line = await shop.line(key)
    before = await shop.read(key)
    await shop.edit(schema.SCContracts, key, Locks=0)
    await shop.edit(schema.SCContractDetails, line, Quantity=Decimal(2))

    after = await shop.read(key)

    assert after.row_version != before.row_version
    assert after.content_hash() == before.content_hash()


async def test_reading_takes_as_many_statements_for_many_as_for_one(shop: Shop) -> None:
    async def statements() -> tuple[int, int]:
        with recorded(shop.port.engine) as paged:
            await shop.port.contracts_all(0, 500)
        with recorded(shop.port.engine) as compared:
            async for _ in shop.port.contracts_beside():
                pass
        return len(paged), len(compared)

    await shop.port.contracts_all(0, 1)
    few = await statements()
    for number in range(30):
        await shop.line(await shop.contract(f"CN{number}-01"))

    assert await statements() == few
    assert max(few) <= 5
