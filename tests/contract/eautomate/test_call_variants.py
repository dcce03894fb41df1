"""Databases that differ about service calls where nobody has seen them for sure; SQLite whatever the URL."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from services.simulator.eautomate import schema
from services.simulator.eautomate.database import transaction
from services.simulator.eautomate.schema.variant import Variant
from shared.eautomate.call_rows import CallStatus
from shared.eautomate.errors import PermanentError, SchemaMismatch
from shared.eautomate.port import EAutomate
from tests.contract.eautomate.board import NINE, Board
from tests.contract.eautomate.conftest import Make, file_of

Boards = Callable[..., Awaitable[Board]]


@pytest.fixture
def boards(make: Make) -> Boards:
    """Makes a board in a database that was changed."""

    async def made(*changes: str, **more: object) -> Board:
        return await Board(await make(*changes, **more)).open()

    return made


async def test_a_description_is_as_wide_as_the_database_says(boards: Boards) -> None:
    board = await boards(like=Variant(call_description=255))

    key = await board.made(description="Ticket 60211: " + "d" * 300)
    call = await board.read(key)

    assert len(call.description) == 255
    assert call.description.endswith("d...")
    async with board.writing() as work:
        assert not await work.update_call(
            key, {"description": "Ticket 60211: " + "d" * 300}, call.row_version
        )
    assert await board.port.differences() == []


async def test_notes_of_an_older_kind_of_column_are_read_and_written(boards: Boards) -> None:
    board = await boards(
        "ALTER TABLE SCCalls RENAME COLUMN Notes TO OldNotes",
        "ALTER TABLE SCCalls ADD COLUMN Notes TEXT NOT NULL DEFAULT ''",
    )

    key = await board.made(notes="n" * 5000)

    assert (await board.read(key)).notes == "n" * 5000
    assert await board.port.differences("calls") == []


async def test_work_without_stamps_is_written_and_its_changes_seen(boards: Boards) -> None:
    board = await boards(like=Variant(labor_audit=False))
    key = await board.made()

    async def beside() -> str:
        rows = {row.key: row async for page in board.port.calls_beside() for row in page}
        stamp = str(rows[key].fields["children_stamp"])
        assert (await board.read(key)).children_stamp == stamp
        return stamp

    stamps = [await beside()]
    async with board.writing() as work:
        labor = await work.add_labor(key, board.hours())
        part = await work.add_material(key, {"item_id": board.shop.item, "quantity": Decimal(1)})
    stamps.append(await beside())
    for change, row in (
        ("UPDATE SCCallLabors SET LaborHours = 9 WHERE CallLaborID = ?", labor),
        ("UPDATE SCCallMaterials SET Quantity = 9 WHERE CallMaterialID = ?", part),
    ):
        with transaction(file_of(board.shop)) as file:
            file.execute(change, (row,))
        stamps.append(await beside())
    with transaction(file_of(board.shop)) as file:
        file.execute("DELETE FROM SCCallLabors")
    stamps.append(await beside())

    assert len(set(stamps)) == 5


async def test_without_a_series_a_call_is_numbered_behind_a_prefix_of_its_own(boards: Boards) -> None:
    board = await boards("DROP TABLE ea_double_NumberSeries")
    first = await board.made()
    await board.call(f"CW{first + 2}")

    second = await board.made()

    assert (await board.read(first)).number == f"CW{first}"
    assert second == first + 2
    assert (await board.read(second)).number == f"CW{second + 1}"


async def test_the_profile_names_series_prefix_columns_and_codes(boards: Boards) -> None:
    board = await boards(
        "ALTER TABLE SCCalls RENAME COLUMN PONumber TO CustomerPO",
        "ALTER TABLE SCCallLabors RENAME COLUMN LaborHours TO Hours",
        "ALTER TABLE SCCallMaterials RENAME TO SCCallParts",
        "UPDATE ea_double_NumberSeries SET Series = 'SC', Prefix = 'S-', NextNo = 7, Width = 4"
        " WHERE Series = 'Call'",
        profile=(
            "tables:\n"
            "  SCCalls: {columns: {PONumber: CustomerPO}}\n"
            "  SCCallLabors: {columns: {LaborHours: Hours}}\n"
            "  SCCallMaterials: {name: SCCallParts}\n"
            "number_series: {call: SC}\n"
            "call_statuses: {pending: NEW, on_hold: HLD, cancelled: CAN, open: [NEW, HLD]}\n"
            "call_hold_types: [2]\n"
            "material_status: 9\n"
        ),
    )
    key = await board.made(po_number="1001")
    async with board.writing() as work:
        await work.add_labor(key, board.hours())
        part = await work.add_material(key, {"item_id": board.shop.item, "quantity": Decimal(1)})
        await work.hold_call(key, board.waiting, None)

    call = await board.read(key)
    assert (call.number, call.po_number, call.status) == ("S-0007", "1001", "HLD")
    assert (call.labors[0].labor_hours, call.labors[0].activity_code) == (Decimal("1.5"), "REMOTE")
    assert [one.code for one in await board.port.codes("call_hold_code")] == ["WP"]
    assert [
        one.call_id for one in (await board.port.calls_of_customers([board.location]))[board.location]
    ] == [key]
    with transaction(file_of(board.shop)) as file:
        wanted = "SELECT UsageStatusID FROM SCCallParts WHERE CallMaterialID = ?"
        assert file.execute(wanted, (part,)).fetchone()[0] == 9
    gone = await board.call("9", Status="CAN", Date=datetime(2020, 1, 1))  # noqa: DTZ001 - as the column holds it
    assert gone not in {one.call_id for one in await board.port.calls_all(since=date(2026, 1, 1))}


async def test_a_series_far_behind_asks_for_help(boards: Boards, monkeypatch: pytest.MonkeyPatch) -> None:
    board = await boards("UPDATE ea_double_NumberSeries SET NextNo = 5 WHERE Series = 'Call'")
    monkeypatch.setattr("shared.eautomate.numbers.TRIES", 2)
    for number in (5, 6):
        await board.call(f"{number}")

    with pytest.raises(PermanentError, match="2 call numbers in a row up to 6 are taken"):
        await board.made()


async def test_columns_nobody_told_tandem_of_are_filled_when_they_must_not_be_empty(boards: Boards) -> None:
    board = await boards(
        "ALTER TABLE SCCalls ADD COLUMN Rank INTEGER NOT NULL DEFAULT 5",
        "ALTER TABLE SCCalls ADD COLUMN Jobsite VARCHAR(20) NOT NULL DEFAULT 'x'",
    )
    with transaction(file_of(board.shop)) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute(
            "UPDATE sqlite_schema SET sql = replace(replace(sql, ' DEFAULT 5', ''), ' DEFAULT ''x''', '')"
            " WHERE name = 'SCCalls'"
        )
    port = EAutomate.open(board.port.settings)
    board.port = port

    key = await board.made()

    with transaction(file_of(board.shop)) as file:
        row = file.execute("SELECT Rank, Jobsite FROM SCCalls WHERE CallID = ?", (key,)).fetchone()
    assert tuple(row) == (0, "")
    await port.close()


async def test_statuses_are_told_where_there_is_a_table_of_them(boards: Boards) -> None:
    board = await boards(like=Variant(cleared="RTR", canceled="CAN"))

    found = await board.port.call_statuses()

    assert found is not None
    assert CallStatus("OKB", "OK to invoice", False) in found
    assert {one.code for one in found if one.open} == {"P", "S", "D", "H"}
    assert {"RTR", "CAN"} <= {one.code for one in found}


@pytest.mark.parametrize("change", ["DROP TABLE {0}", "ALTER TABLE {0} RENAME COLUMN {1} TO Another"])
async def test_what_may_be_missing_is_unknown_and_stops_nothing(boards: Boards, change: str) -> None:
    board = await boards()
    port = EAutomate.open(board.port.settings)
    with transaction(file_of(board.shop)) as file:
        for table, column in (("SCCallStatuses", "IsOpen"), ("GLPeriods", "Closed")):
            file.execute(change.format(table, column))

    assert await port.call_statuses() is None
    assert await port.closed_periods() is None
    assert await port.differences() == []
    board.port = port
    await board.made()
    await port.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TABLE SCCallMaterials", "SCCallMaterials: no such table"),
        ("ALTER TABLE SCCalls RENAME COLUMN PONumber TO PO", "SCCalls.PONumber: no such column"),
        ("ALTER TABLE ShOnHoldCodes RENAME COLUMN TypeID TO Kind", "ShOnHoldCodes.TypeID: no such column"),
        ("DROP TABLE tandem_call_writes", "tandem_call_writes: the ledger table is missing"),
    ],
)
async def test_a_table_of_calls_that_differs_stops_calls_and_nothing_else(
    boards: Boards, change: str, said: str
) -> None:
    board = await boards()
    with transaction(file_of(board.shop)) as file:
        file.execute(change)
    port = EAutomate.open(board.port.settings)

    for process, area in (("ID747", "customers"), ("ID964", "contracts")):
        async with port.transaction(process, "customer/1", 1, area=area):  # type: ignore[arg-type]
            pass
    for areas in (("calls",), ("contracts", "calls")):
        with pytest.raises(SchemaMismatch, match=said.replace(".", r"\.")):
            async with port.transaction("ID965", "ticket/1", 1, area=areas):  # type: ignore[arg-type]
                pass

    assert await port.differences("customers", "contracts") == []
    [difference] = await port.differences()
    assert said in difference.text
    await port.close()


async def test_an_item_that_differs_where_only_contracts_need_it_stops_no_call(boards: Boards) -> None:
    board = await boards()
    with transaction(file_of(board.shop)) as file:
        file.execute("ALTER TABLE ICItems RENAME COLUMN SalesCodeID TO SalesCode")
    board.port = EAutomate.open(board.port.settings)

    await board.made(item_id=board.shop.item)

    assert await board.port.differences("calls") == []
    await board.port.close()


async def test_moments_are_the_dealers_own_time_in_the_database(boards: Boards) -> None:
    board = await boards(zone="America/Chicago")
    key = await board.made(date=NINE, close_date=NINE + timedelta(microseconds=4_900))

    row = await board.hand.row(schema.SCCalls, CallID=key)
    assert row["Date"] == datetime(2026, 5, 4, 4)  # noqa: DTZ001 - as the column holds it
    assert row["CloseDate"].microsecond == 3_000
    call = await board.read(key)
    assert (call.date, call.close_date) == (NINE, NINE + timedelta(microseconds=3_000))
    assert call.model_dump(mode="json")["date"] == "2026-05-04T09:00:00Z"


@pytest.mark.parametrize("hour", [6, 7])
async def test_the_hour_that_occurs_twice_is_written_once(boards: Boards, hour: int) -> None:
    board = await boards(zone="America/Chicago")
    twice = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    key = await board.made(date=twice)
    before = await board.read(key)

    async with board.writing() as work:
        assert not await work.update_call(key, {"date": twice}, before.row_version)

    assert before.date == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
