"""Writing labour and materials of calls, and how the ledger remembers a call."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy import Update

from services.simulator.eautomate import schema
from shared.eautomate.call_rows import CallWrite
from shared.eautomate.errors import (
    ConstraintViolation,
    NotStorable,
    RowChanged,
    UnknownOutcome,
    ValueTooLong,
)
from tests.contract.eautomate.board import NINE, TEN, Board
from tests.contract.eautomate.statements import recorded
from tests.contract.killing import one_commit_unanswered


async def test_labour_has_what_it_is_given_and_no_travel(board: Board) -> None:
    key = await board.call("1140")
    async with board.writing() as work:
        first = await work.add_labor(
            key,
            board.hours(
                labor_rate=Decimal(120),
                labor_override=Decimal("120.00"),
                overtime_rate=Decimal(180),
                billable_mileage=Decimal("4.5"),
                assist=True,
                remarks="second man",
                notes="Replaced core switch",
            ),
        )
        second = await work.add_labor(
            key, board.hours("0.25", dispatched=NINE, arrived=TEN, travel_hours=Decimal("1.5"))
        )

    labor, travelled = (await board.read(key)).labors
    assert (labor.call_labor_id, travelled.call_labor_id) == (first, second)
    assert (labor.technician_number, labor.activity_code) == ("T7", "REMOTE")
    assert (labor.dispatched, labor.arrived, labor.departed) == (NINE, NINE, TEN)
    assert (labor.labor_hours, labor.labor_rate, labor.overtime_rate) == (
        Decimal("1.5"),
        Decimal(120),
        Decimal(180),
    )
    assert (labor.labor_override, labor.travel_hours) == (Decimal(120), Decimal(0))
    assert (labor.remarks, labor.notes) == ("second man", "Replaced core switch")
    assert (travelled.dispatched, travelled.travel_hours) == (NINE, Decimal("1.5"))
    assert travelled.labor_override is None
    row = await board.hand.row(schema.SCCallLabors, CallLaborID=first)
    assert (row["Assist"], row["BillableMileage"]) == (True, Decimal("4.5"))
    assert row["CreatorID"].rstrip() == "TANDEM"


async def test_labour_is_written_where_it_differs_and_only_of_its_call(board: Board) -> None:
    key, other = await board.call("1140"), await board.call("1141")
    async with board.writing() as work:
        labor = await work.add_labor(key, board.hours(labor_rate=Decimal(120), notes="Replaced core switch"))
    before = await board.read(key)
    async with board.writing() as work:
        assert await work.update_labor(key, labor, {"labor_override": Decimal("60.00")})
    after = await board.read(key)
    assert (after.labors[0].labor_override, after.labors[0].notes) == (Decimal(60), "Replaced core switch")
    assert after.row_version != before.row_version
    async with board.writing() as work:
        assert not await work.update_labor(key, labor, {"labor_override": Decimal(60)})
    assert await board.read(key) == after
    with pytest.raises(RowChanged, match="is gone from the call"):
        async with board.writing() as work:
            await work.update_labor(other, labor, {"labor_override": Decimal(0)})


async def test_work_saves_its_call_once(board: Board) -> None:
    key = await board.call("1140")
    before = await board.read(key)

    with recorded(board.port.engine) as seen:
        async with board.writing() as work:
            await work.update_call(key, {}, before.row_version)
            await work.add_labor(key, board.hours())
            await work.add_material(key, {"item_id": board.shop.item, "quantity": Decimal(1)})
            await work.add_labor(key, board.hours())

    saves = [one for one in seen if isinstance(one, Update) and one.table is board.port.tables.calls]
    assert len(saves) == 1
    after = await board.read(key)
    assert (len(after.labors), len(after.materials)) == (2, 1)
    assert after.row_version != before.row_version
    assert (await board.hand.row(schema.SCCalls, CallID=key))["UpdatorID"].rstrip() == "TANDEM"


async def test_work_and_status_are_guarded_by_the_version_that_was_read(board: Board) -> None:
    key = await board.call("1140")
    before = await board.read(key)

    async with board.writing() as work:
        await work.add_labor(key, board.hours())
        assert await work.update_call(key, {"status": "OKB"}, before.row_version)

    after = await board.read(key)
    assert (len(after.labors), after.status) == (1, "OKB")


async def test_a_material_is_called_as_its_item_and_used_as_the_newest_was(board: Board) -> None:
    key = await board.call("1140")
    least = {"item_id": board.shop.item, "quantity": Decimal(2)}
    async with board.writing() as work:
        first = await work.add_material(key, least)  # type: ignore[arg-type]
    await board.material(key, UsageStatusID=4)
    async with board.writing() as work:
        second = await work.add_material(
            key,
            {
                "item_id": board.shop.item,
                "quantity": Decimal("0.5"),
                "description": "Half a seat",
                "price": Decimal("9.99"),
                "cost": Decimal("4"),
                "serial_number": "S1",
                "warehouse_id": 3,
                "bin_id": 2,
            },
        )

    rows = [await board.hand.row(schema.SCCallMaterials, CallMaterialID=one) for one in (first, second)]
    assert [row["Description"] for row in rows] == ["A seat", "Half a seat"]
    assert [row["UsageStatusID"] for row in rows] == [1, 4]
    assert [(row["Price"], row["Cost"]) for row in rows] == [
        (Decimal(0), Decimal(0)),
        (Decimal("9.99"), Decimal(4)),
    ]
    assert [row["SerialNumber"] for row in rows] == ["", "S1"]
    assert (rows[1]["WarehouseID"], rows[1]["BinID"]) == (3, 2)


async def test_work_no_column_can_hold_is_refused_by_name(board: Board) -> None:
    key = await board.call("1140")
    for fields, said in (
        ({"notes": "x" * 1025}, "SCCallLabors.Notes holds 1024 characters"),
        ({"labor_hours": Decimal("0.3333333")}, "SCCallLabors.LaborHours holds 6 digits behind"),
        ({"labor_override": Decimal("1.00001")}, "SCCallLabors.LaborOverride holds 4 digits behind"),
    ):
        with pytest.raises(ValueTooLong, match=said):
            async with board.writing() as work:
                await work.add_labor(key, board.hours(**fields))
    with pytest.raises(NotStorable, match=r"SCCallMaterials\.Description"):
        async with board.writing() as work:
            await work.add_material(
                key, {"item_id": board.shop.item, "quantity": Decimal(1), "description": "日"}
            )
    assert (await board.read(key)).labors == ()


async def test_work_on_what_is_gone_is_refused(board: Board) -> None:
    key = await board.call("1140")
    with pytest.raises(RowChanged, match="call 5 is gone"):
        async with board.writing() as work:
            await work.add_labor(5, board.hours())
    with pytest.raises(RowChanged, match="item 5 is gone"):
        async with board.writing() as work:
            await work.add_material(key, {"item_id": 5, "quantity": Decimal(1)})
    with pytest.raises(ConstraintViolation):
        async with board.writing() as work:
            await work.add_labor(key, board.hours(activity_code_id=5))
    assert (await board.read(key)).labors == ()


async def test_a_call_as_it_is_left_is_the_call_as_it_is_read_afterwards(board: Board) -> None:
    async with board.writing() as work:
        key, _ = await work.create_call(board.header(status="OKB"))
        labor = await work.add_labor(key, board.hours())
        await work.add_material(key, {"item_id": board.shop.item, "quantity": Decimal(1)})
        left = await work.call_as_left(key)
        assert left is not None
        await work.note_call_write(
            CallWrite(key, "ticket/60211", 1, 7, left.row_version, left.content_hash())
        )

    assert left == await board.read(key)
    assert [one.call_labor_id for one in left.labors] == [labor]
    [noted] = (await board.port.call_writes_of([key, key + 1])).values()
    assert noted == CallWrite(key, "ticket/60211", 1, 7, left.row_version, left.content_hash())


async def test_a_later_write_takes_the_place_of_what_was_noted(board: Board) -> None:
    key = await board.call("1140")
    for sequence in (1, 2):
        async with board.writing() as work:
            await work.note_call_write(CallWrite(key, "ticket/1", 0, sequence, "0" * 16, "c"))

    assert (await board.port.call_writes_of([key]))[key].sequence == 2
    with pytest.raises(ValueTooLong, match=r"call_writes\.record"):
        async with board.writing() as work:
            await work.note_call_write(CallWrite(key, "t" * 129, 0, 3, "0" * 16, "c"))


@pytest.mark.parametrize("landed", [True, False])
async def test_the_ledger_tells_whether_a_call_was_made_when_the_answer_is_lost(
    board: Board, landed: bool
) -> None:
    made: list[int] = []

    async def make() -> None:
        async with board.writing("ticket/60211") as work:
            key, _ = await work.create_call(board.header(description="Ticket 60211: switch"))
            await work.add_labor(key, board.hours())
            await work.created("call", str(key))
            made.append(key)

    with one_commit_unanswered(board.port, landed), pytest.raises(UnknownOutcome) as caught:
        await make()

    [key] = made
    assert await board.port.landed(caught.value) is landed
    created = await board.port.created_rows("ID965", ["ticket/60211"])
    found = await board.port.calls_described(["Ticket 60211:"], [board.location])
    assert [row.target_id for row in created.get("ticket/60211", [])] == ([str(key)] if landed else [])
    assert [(call.call_id, len(call.labors)) for call in found.get("Ticket 60211:", [])] == (
        [(key, 1)] if landed else []
    )


async def test_two_calls_made_at_once_have_numbers_of_their_own(board: Board) -> None:
    async def make(ticket: int) -> str:
        async with board.port.transaction("ID965", f"ticket/{ticket}", 1, area="calls") as work:
            _, number = await work.create_call(board.header())
        return number

    numbers = await asyncio.gather(*(make(ticket) for ticket in range(5)))

    assert len(set(numbers)) == 5
