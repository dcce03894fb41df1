"""Writing contracts' own rows: clones and headers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from services.simulator.eautomate import schema
from shared.eautomate.errors import (
    NotStorable,
    RecordLocked,
    RowChanged,
    UniqueViolation,
    ValueTooLong,
)
from tests.contract.eautomate.shop import MAY, Shop, midnight


async def test_a_clone_has_what_its_template_has_and_what_it_is_given(shop: Shop) -> None:
    await shop.edit(schema.SCContracts, shop.template, BaseArrears=True, ReportDefinitionGroupID=42)
    template = await shop.read(shop.template)
    fields = shop.header(
        billing_cycle_id=shop.monthly,
        base_next_billing_date=MAY,
        base_billing_start_date=MAY,
        exp_date=date(2027, 4, 30),
        bill=True,
        po_number="1001",
        message="Maintained by the agreement sync",
        acknowledge=True,
        tax_code_id=5,
        taxable=True,
        base_rate=Decimal("500.00"),
    )

    async with shop.writing() as work:
        key, number = await work.clone_contract(template, fields, "CW-")

    made = await shop.read(key)
    assert number == made.number
    assert made.number.startswith("CW-")
    assert (made.major, made.minor) == (made.number.removesuffix("-01"), "01")
    assert (made.customer_number, made.bill_to_number) == ("AB00", "PAY0")
    assert (made.contract_type, made.bill_code, made.distribution_code) == ("MIT", "ALL", "MIT-REV")
    assert (made.report_group_id, made.billing_cycle, made.start_date) == (42, "Monthly", MAY)
    assert (made.activated, made.exp_date) == (MAY, date(2027, 4, 30))
    assert (made.active, made.bill, made.billed, made.acknowledge) == (True, True, False, True)
    assert (made.po_number, made.base_rate, made.tax_code_id) == ("1001", Decimal("500.0000"), 5)
    assert made.lines == ()
    row = await shop.hand.row(schema.SCContracts, ContractID=key)
    assert (row["BaseArrears"], row["RemarksInternal"], row["OneTimeRemark"]) == (
        True,
        "made by hand",
        "kept",
    )
    assert (row["CreatorID"].rstrip(), row["UpdatorID"].rstrip()) == ("TANDEM", "TANDEM")
    assert abs(row["CreateDate"] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


async def test_a_clone_takes_over_nobodys_address_dates_and_balances(shop: Shop) -> None:
    await shop.edit(
        schema.SCContracts,
        shop.template,
        Billed=True,
        UnearnedBalance=Decimal(9),
        Terminated=midnight(MAY),
        Renewed=midnight(MAY),
        BaseBilledThruDate=midnight(MAY),
        BaseLastBillingDate=midnight(MAY),
        Active=False,
        PONumber="theirs",
        NoteCount=3,
        SyncBillToAddress=False,
    )

    row = await shop.hand.row(schema.SCContracts, ContractID=await shop.cloned())

    assert (row["Contact"], row["Phone"], row["PONumber"]) == ("", "", "")
    assert (row["BillToAddress"], row["BillToCity"], row["BillToZip"]) == ("9 Oak Ave", "Enid", "73701")
    assert (row["Terminated"], row["Renewed"], row["BaseBilledThruDate"]) == (None, None, None)
    assert row["BaseLastBillingDate"] is None
    assert (bool(row["Billed"]), row["UnearnedBalance"], row["NoteCount"]) == (False, Decimal(0), 0)
    assert bool(row["Active"])


async def test_the_address_is_the_one_the_payers_invoices_go_to(shop: Shop) -> None:
    await shop.hand.edit(
        shop.payer, UseBillToAddress=True, BillToAttn="AP", BillToAddress="PO Box 1", BillToCity="Ada"
    )

    row = await shop.hand.row(schema.SCContracts, ContractID=await shop.cloned())

    assert (row["BillToAttn"], row["BillToAddress"], row["BillToCity"]) == ("AP", "PO Box 1", "Ada")


async def test_each_clone_has_the_next_number(shop: Shop) -> None:
    keys = [await shop.cloned() for _ in range(3)]

    numbers = [int((await shop.read(key)).major.removeprefix("CW-")) for key in keys]

    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert len(set(keys)) == 3


async def test_a_number_somebody_typed_is_passed_over(shop: Shop) -> None:
    last = int((await shop.read(await shop.cloned())).major.removeprefix("CW-"))
    for ahead in (1, 2):
        await shop.contract(f"CW-{last + ahead}-0{ahead}")

    made = await shop.read(await shop.cloned())

    assert made.number == f"CW-{last + 3}-01"


async def test_a_template_that_was_saved_or_is_gone_is_read_again(shop: Shop) -> None:
    template = await shop.read(shop.template)
    await shop.edit(schema.SCContracts, shop.template, PONumber="")

    with pytest.raises(RowChanged, match=r"\*\*CW Managed-01"):
        async with shop.writing() as work:
            await work.clone_contract(template, shop.header(), "CW-")
    gone = template.model_copy(update={"contract_id": 1_234_567})
    with pytest.raises(RowChanged):
        async with shop.writing() as work:
            await work.clone_contract(gone, shop.header(), "CW-")


async def test_a_chosen_number_is_given_once(shop: Shop) -> None:
    template = await shop.read(shop.template)
    async with shop.writing() as work:
        _, number = await work.clone_contract(template, shop.header(), major="**CW Backup")
    assert number == "**CW Backup-01"

    with pytest.raises(UniqueViolation, match=r"\*\*cw backup-01"):
        async with shop.writing() as work:
            await work.clone_contract(template, shop.header(), major="**cw backup")


async def test_a_value_no_column_can_hold_is_refused_by_name(shop: Shop) -> None:
    template = await shop.read(shop.template)
    for fields, said in (
        (shop.header(po_number="9" * 33), r"SCContracts.PONumber holds 32 characters"),
        (shop.header(base_rate=Decimal("1.00001")), r"SCContracts.BaseRate holds 4 digits behind"),
        (shop.header(base_rate=Decimal(10) ** 14), r"SCContracts.BaseRate holds 14 digits before"),
    ):
        with pytest.raises(ValueTooLong, match=said):
            async with shop.writing() as work:
                await work.clone_contract(template, fields, "CW-")
    with pytest.raises(NotStorable, match=r"SCContracts\.Remarks"):
        async with shop.writing() as work:
            await work.clone_contract(template, shop.header(remarks="日"), "CW-")
    with pytest.raises(ValueTooLong, match=r"SCContracts.ContractMajor"):
        async with shop.writing() as work:
            await work.clone_contract(template, shop.header(), "X" * 40)


async def test_only_what_differs_is_written(shop: Shop) -> None:
    key = await shop.contract("CN7001-01", PONumber="old")
    before = await shop.read(key)

    async with shop.writing() as work:
        assert await work.update_contract(
            key, {"po_number": "1001", "bill": True, "exp_date": None}, before.row_version
        )

    after = await shop.read(key)
    assert after.po_number == "1001"
    assert after.row_version != before.row_version
    row = await shop.hand.row(schema.SCContracts, ContractID=key)
    assert row["UpdatorID"].rstrip() == "TANDEM"
    assert row["CreatorID"].rstrip() != "TANDEM"


async def test_nothing_is_written_when_nothing_differs(shop: Shop) -> None:
    key = await shop.cloned(
        base_rate=Decimal("12.30"), remarks="CW Invoice: 1001", billing_cycle_id=shop.monthly
    )
    before = await shop.read(key)

    async with shop.writing() as work:
        assert not await work.update_contract(
            key,
            shop.header(
                base_rate=Decimal("12.3"),
                remarks="CW Invoice: 1001 ",
                billing_cycle_id=shop.monthly,
                exp_date=None,
            ),
            before.row_version,
        )
        assert not await work.update_contract(key, {}, before.row_version)

    assert (await shop.read(key)).row_version == before.row_version


async def test_another_payer_brings_his_address_where_the_contract_follows_it(shop: Shop) -> None:
    following = await shop.contract("CN1-01")
    own = await shop.contract("CN2-01", SyncBillToAddress=False, BillToAddress="theirs")

    async with shop.writing() as work:
        for key in (following, own):
            await work.update_contract(key, {"bill_to_id": shop.payer}, None)

    rows = [await shop.hand.row(schema.SCContracts, ContractID=key) for key in (following, own)]
    assert [row["BillToAddress"] for row in rows] == ["9 Oak Ave", "theirs"]


async def test_a_contract_saved_since_is_not_overwritten(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    seen = (await shop.read(key)).row_version
    await shop.edit(schema.SCContracts, key, PONumber="theirs")

    for fields in ({"po_number": "ours"}, {}):
        with pytest.raises(RowChanged, match="CN7001-01"):
            async with shop.writing() as work:
                await work.update_contract(key, fields, seen)  # type: ignore[arg-type]
    with pytest.raises(RowChanged, match="gone"):
        async with shop.writing() as work:
            await work.update_contract(key + 1000, {}, None)

    assert (await shop.read(key)).po_number == "theirs"


async def test_a_contract_somebody_has_open_is_left_alone(shop: Shop) -> None:
    key = await shop.contract("CN7001-01", Locks=1)
    line = await shop.line(key)

    with pytest.raises(RecordLocked, match="CN7001-01"):
        async with shop.writing() as work:
            await work.update_contract(key, {"po_number": "1001"}, None)
    with pytest.raises(RecordLocked):
        async with shop.writing() as work:
            await work.add_line(key, shop.seats())
    with pytest.raises(RecordLocked):
        async with shop.writing() as work:
            await work.update_line(line, {"quantity": Decimal(9)})
    with pytest.raises(RecordLocked):
        async with shop.writing() as work:
            await work.remove_line(line)

    assert len((await shop.read(key)).lines) == 1


async def test_contracts_are_written_only_where_their_tables_were_looked_at(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    with pytest.raises(RuntimeError, match="area='contracts'"):
        async with shop.port.transaction("ID964", "invoice/1", 1) as work:
            await work.update_contract(key, {"po_number": "1001"}, None)


async def test_a_contract_is_made_once_a_generation_of_its_agreement(shop: Shop) -> None:
    template = await shop.read(shop.template)

    async def make(generation: int) -> int:
        async with shop.writing() as work:
            key, _ = await work.clone_contract(template, shop.header(), "CW-")
            await work.created("contract", str(key), of="agreement/88", generation=generation)
        return key

    first = await make(0)
    count = len(await shop.port.contracts_starting("CW-"))
    with pytest.raises(UniqueViolation):
        await make(0)
    assert len(await shop.port.contracts_starting("CW-")) == count
    second = await make(1)

    rows = (await shop.port.created_rows("ID964", ["agreement/88"]))["agreement/88"]
    assert [(row.target_id, row.generation) for row in rows] == [(str(first), 0), (str(second), 1)]


async def test_a_new_contract_and_its_lines_are_one_transaction(shop: Shop) -> None:
    template = await shop.read(shop.template)
    before = len(await shop.port.contracts_starting("CW-"))

    async def stopped() -> None:
        async with shop.writing() as work:
            key, _ = await work.clone_contract(template, shop.header(), "CW-")
            await work.add_line(key, shop.seats())
            await work.note_lines(key, {"base": 1})
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await stopped()

    assert len(await shop.port.contracts_starting("CW-")) == before
