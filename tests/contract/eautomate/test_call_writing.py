"""Writing calls' own rows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.simulator.eautomate import schema
from shared.eautomate.areas import Area
from shared.eautomate.call_rows import CallFields
from shared.eautomate.errors import (
    ConstraintViolation,
    NotStorable,
    RecordLocked,
    RowChanged,
    UniqueViolation,
    ValueTooLong,
)
from tests.contract.eautomate.board import NINE, TEN, Board


async def test_a_new_call_has_what_it_is_given(board: Board) -> None:
    shop = board.shop
    contract = await shop.contract("CN7001-01")

    async with board.writing() as work:
        key, number = await work.create_call(
            board.header(
                bill_to_id=shop.customer,
                contract_id=contract,
                item_id=shop.item,
                technician_id=board.technician,
                status="OKB",
                date=NINE,
                close_date=TEN,
                caller="Priya Raman, 3292250111",
                description="Ticket 60211: Core switch",
                notes="Replaced.",
                work_order_remarks="Thank you",
                po_number="1001",
                phone1="3292250111",
                external_id="60211",
                tracking_key="T",
                misc_charge=Decimal("12.50"),
                misc_description="Part line",
            )
        )

    call = await board.read(key)
    assert (call.number, call.status) == (number, "OKB")
    assert (call.customer_number, call.bill_to_id) == ("AB00-TBS", shop.customer)
    assert (call.contract_number, call.item, call.call_type) == ("CN7001-01", "SEAT", "NETWORK")
    assert (call.bill_code, call.technician_number) == ("ALL", "T7")
    assert (call.date, call.close_date) == (NINE, TEN)
    assert (call.caller, call.description) == ("Priya Raman, 3292250111", "Ticket 60211: Core switch")
    assert (call.notes, call.work_order_remarks, call.po_number) == ("Replaced.", "Thank you", "1001")
    assert (call.phone1, call.external_id, call.tracking_key) == ("3292250111", "60211", "T")
    row = await board.hand.row(schema.SCCalls, CallID=key)
    assert (row["WorkOrderNumber"], row["UseContractInfo"]) == (number, True)
    assert (row["MiscCharge"], row["MiscDescription"]) == (Decimal("12.50"), "Part line")
    assert (row["CreatorID"].rstrip(), row["UpdatorID"].rstrip()) == ("TANDEM", "TANDEM")
    assert abs(row["CreateDate"] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


async def test_a_new_call_keeps_its_customers_address_and_the_times_of_its_type(board: Board) -> None:
    call = await board.read(await board.made())

    assert (call.customer_name, call.address, call.city) == ("Abel, Tulsa", "7 Pine Rd", "Tulsa")
    assert (call.state, call.zip, call.phone1) == ("OK", "74102", "918 555 0100")
    assert (call.branch, call.territory, call.bill_to_id) == ("1", "NORTH", board.shop.payer)
    assert (call.priority, call.status, call.contract_id) == ("LOW", "P", None)
    row = await board.hand.row(schema.SCCalls, CallID=call.call_id)
    assert (row["Duration"], row["UseContractInfo"], row["Locks"]) == (90, False, 0)
    assert abs(row["Date"] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


async def test_who_pays_is_the_customer_itself_when_it_names_nobody_else(board: Board) -> None:
    await board.hand.edit(board.location, BillToID=None)

    call = await board.read(await board.made())

    assert call.bill_to_id == board.location


async def test_each_call_is_a_work_order_with_the_next_number(board: Board) -> None:
    first = await board.read(await board.made())
    taken = int(first.number) + 1
    await board.call(f"{taken}")
    await board.call("by hand", WorkOrderNumber=f"{taken + 1}")

    second = await board.read(await board.made())

    assert second.number == f"{taken + 2}"


async def test_a_call_needs_a_customer_and_codes_that_are_there(board: Board) -> None:
    for wrong, said in ({"customer_id": 5}, "customer 5"), ({"call_type_id": 5}, "call type 5"):
        with pytest.raises(RowChanged, match=f"{said} is gone"):
            await board.made(**wrong)
    with pytest.raises(ConstraintViolation):
        await board.made(bill_code_id=5)

    assert await board.port.calls_of_customers([board.location]) == {}


async def test_a_value_no_column_can_hold_is_refused_by_name(board: Board) -> None:
    for fields, said in (
        ({"po_number": "9" * 16}, "SCCalls.PONumber holds 15 characters"),
        ({"caller": "x" * 256}, "SCCalls.Caller holds 255 characters"),
        ({"status": "LONG"}, "SCCalls.Status holds 3 characters"),
        ({"misc_charge": Decimal("1.00001")}, "SCCalls.MiscCharge holds 4 digits behind"),
    ):
        with pytest.raises(ValueTooLong, match=said):
            await board.made(**fields)
    for name, column in (("description", "Description"), ("notes", "Notes")):
        with pytest.raises(NotStorable, match=rf"SCCalls\.{column} holds characters of code page 1252"):
            await board.made(**{name: "日"})


async def test_notes_have_no_width_and_a_description_is_cut_to_its_own(board: Board) -> None:
    call = await board.read(await board.made(description="d" * 3000, notes="n" * 9000))

    assert call.notes == "n" * 9000
    assert call.description == "d" * 2045 + "..."


async def test_only_what_differs_is_written(board: Board) -> None:
    key = await board.call("1140", PONumber="old", Caller="Ann")
    before = await board.read(key)

    async with board.writing() as work:
        assert await work.update_call(
            key, {"po_number": "1001", "caller": "Ann", "close_date": TEN}, before.row_version
        )

    after = await board.read(key)
    assert (after.po_number, after.caller, after.close_date) == ("1001", "Ann", TEN)
    assert after.row_version != before.row_version
    row = await board.hand.row(schema.SCCalls, CallID=key)
    assert row["UpdatorID"].rstrip() == "TANDEM"
    assert row["CreatorID"].rstrip() != "TANDEM"


async def test_nothing_is_written_when_nothing_differs(board: Board) -> None:
    odd = TEN + timedelta(microseconds=123_456)
    fields: CallFields = {
        "status": "OKB",
        "close_date": odd,
        "description": "d" * 3000,
        "misc_charge": Decimal("12.5"),
        "contract_id": None,
        "notes": "done",
    }
    key = await board.made(**fields)
    before = await board.read(key)

    async with board.writing() as work:
        assert not await work.update_call(key, fields, before.row_version)
        assert not await work.update_call(key, {}, before.row_version)
        assert not await work.set_call_status(key, "OKB", before.row_version)
        assert await work.call_as_left(key) is None

    assert (await board.read(key)).row_version == before.row_version


async def test_another_customer_brings_his_address_and_who_pays(board: Board) -> None:
    key = await board.call("1140", CustomerName="Wrong", Address="Wrong St", BranchID=7)

    async with board.writing() as work:
        assert await work.update_call(key, {"customer_id": board.location, "phone1": "1"}, None)

    call = await board.read(key)
    assert (call.customer_number, call.customer_name) == ("AB00-TBS", "Abel, Tulsa")
    assert (call.address, call.branch, call.territory) == ("7 Pine Rd", "1", "NORTH")
    assert (call.bill_to_id, call.phone1) == (board.shop.payer, "1")


async def test_a_call_is_held_and_released_and_keeps_its_code(board: Board) -> None:
    key = await board.call("1140")
    seen = (await board.read(key)).row_version

    async with board.writing() as work:
        assert await work.hold_call(key, board.waiting, seen)
        assert not await work.hold_call(key, board.waiting, seen)
    held = await board.read(key)
    assert (held.status, held.on_hold_code) == ("H", "WP")

    async with board.writing() as work:
        assert await work.release_call(key, held.row_version)
    released = await board.read(key)
    assert (released.status, released.on_hold_code) == ("P", "WP")

    async with board.writing() as work:
        assert not await work.release_call(key, released.row_version)
        assert await work.set_call_status(key, "OKB", released.row_version)
        assert not await work.release_call(key, released.row_version, "P")
    assert (await board.read(key)).status == "OKB"


async def test_a_held_call_may_go_on_as_what_it_is_told(board: Board) -> None:
    key = await board.call("1140", Status="H", OnHoldCodeID=board.waiting)

    async with board.writing() as work:
        assert await work.release_call(key, None, "OKB")

    assert (await board.read(key)).status == "OKB"


async def test_a_note_is_added_once_below_the_others(board: Board) -> None:
    key = await board.call("1140", Notes="By hand.\r\nTwo lines.")
    async with board.writing() as work:
        assert not await work.append_note(key, "By hand.\nTwo lines.", None)
        assert await work.append_note(key, " Ticket 60211 \n", None)
        assert not await work.append_note(key, "Ticket 60211", None)
        assert not await work.append_note(key, " ", None)
        assert await work.append_note(key, "Thank you", None, "work_order_remarks")

    call = await board.read(key)
    assert call.notes == "By hand.\r\nTwo lines.\n\nTicket 60211"
    assert call.work_order_remarks == "Thank you"


async def test_a_call_saved_since_is_not_overwritten(board: Board) -> None:
    key = await board.call("1140")
    seen = (await board.read(key)).row_version
    await board.edit(key, PONumber="theirs")

    for fields in ({"po_number": "ours"}, {}):
        with pytest.raises(RowChanged, match="call 1140 was saved since"):
            async with board.writing() as work:
                await work.update_call(key, fields, seen)  # type: ignore[arg-type]
    with pytest.raises(RowChanged, match="call 1140"):
        async with board.writing() as work:
            await work.hold_call(key, board.waiting, seen)
    with pytest.raises(RowChanged, match="call 1140"):
        async with board.writing() as work:
            await work.release_call(key, seen)
    with pytest.raises(RowChanged, match="call 1140"):
        async with board.writing() as work:
            await work.append_note(key, "x", seen)
    with pytest.raises(RowChanged, match="gone from SCCalls"):
        async with board.writing() as work:
            await work.update_call(key + 1000, {}, None)

    assert (await board.read(key)).po_number == "theirs"


async def test_a_call_somebody_has_open_is_left_alone(board: Board) -> None:
    key = await board.call("1140", Locks=1)

    with pytest.raises(RecordLocked, match="call 1140 is open on somebody's screen"):
        async with board.writing() as work:
            await work.update_call(key, {"po_number": "1001"}, None)
    with pytest.raises(RecordLocked):
        async with board.writing() as work:
            await work.add_labor(key, board.hours())
    with pytest.raises(RecordLocked):
        async with board.writing() as work:
            await work.add_material(key, {"item_id": board.shop.item, "quantity": Decimal(1)})

    call = await board.read(key)
    assert (call.po_number, call.labors, call.materials) == ("", (), ())


async def test_calls_are_written_only_where_their_tables_were_looked_at(board: Board) -> None:
    key = await board.call("1140")
    with pytest.raises(RuntimeError, match="area='calls'"):
        async with board.port.transaction("ID965", "ticket/1", 1, area="contracts") as work:
            await work.update_call(key, {"po_number": "1001"}, None)
    contract = await board.shop.contract("CN1-01")
    with pytest.raises(RuntimeError, match="area='contracts'"):
        async with board.writing() as work:
            await work.update_contract(contract, {"po_number": "1"}, None)


async def test_calls_and_items_are_written_together_where_both_were_looked_at(board: Board) -> None:
    template = await board.shop.read_item("SEAT")
    areas: tuple[Area, ...] = ("calls", "contracts")
    async with board.port.transaction("ID965", "ticket/1", 1, area=areas) as work:
        item = await work.create_item(template, "CABLE", "A cable", None)
        call, _ = await work.create_call(board.header())
        await work.add_material(call, {"item_id": item, "quantity": Decimal(2)})

    [material] = (await board.read(call)).materials
    assert (material.item, material.description) == ("CABLE", "A cable")


async def test_a_call_is_made_once_a_generation_of_its_ticket(board: Board) -> None:
    async def make(generation: int) -> int:
        async with board.writing("ticket/60211", generation) as work:
            key, _ = await work.create_call(board.header())
            await work.created("call", str(key))
        return key

    first = await make(0)
    with pytest.raises(UniqueViolation):
        await make(0)
    assert [
        call.call_id for call in (await board.port.calls_of_customers([board.location]))[board.location]
    ] == [first]
    second = await make(1)

    rows = (await board.port.created_rows("ID965", ["ticket/60211"]))["ticket/60211"]
    assert [(row.target_id, row.generation) for row in rows] == [(str(first), 0), (str(second), 1)]


async def test_a_new_call_and_its_labour_are_one_transaction(board: Board) -> None:
    async def stopped() -> None:
        async with board.writing() as work:
            key, _ = await work.create_call(board.header())
            await work.add_labor(key, board.hours())
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await stopped()

    assert await board.port.calls_of_customers([board.location]) == {}
