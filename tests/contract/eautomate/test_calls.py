"""Reading service calls."""

from datetime import UTC, date, datetime
from decimal import Decimal

from services.simulator.eautomate import schema
from tests.contract.eautomate.board import NINE, TEN, Board
from tests.contract.eautomate.statements import recorded

FIVE = datetime(2026, 5, 4, 17, tzinfo=UTC)


def stored(moment: datetime) -> datetime:
    """As a column holds it."""
    return moment.replace(tzinfo=None)


async def test_a_call_comes_with_its_work_and_the_names_of_its_codes(board: Board) -> None:
    shop, hand = board.shop, board.hand
    contract = await shop.contract("CN7001-01")
    key = await board.call(
        "1140",
        Status="OKB",
        OnHoldCodeID=board.waiting,
        CustomerName="As it was called then",
        ContractID=contract,
        ItemID=shop.item,
        PriorityID=board.low,
        TechnicianID=board.technician,
        TerritoryID=hand.territory_id,
        BranchID=hand.branch_id,
        Caller="Priya Raman ",
        Description="Ticket 60211: Core switch",
        Location="Server room",
        Notes="Replaced.",
        WorkOrderRemarks="Printed",
        PONumber="IN-1001",
        Address="1 Elm St",
        Phone1="555",
        CloseDate=stored(FIVE),
        TrackingKey="T",
        ExternalID="60211",
        Locks=2,
    )
    first = await board.labor(
        key,
        DispatchDate=stored(NINE),
        DepartureDate=stored(TEN),
        LaborRate=Decimal("120"),
        LaborOverride=Decimal("90.50"),
        Notes="Replaced core switch",
    )
    second = await board.labor(key, hours="0.25")
    part = await board.material(key, Description="Two seats", Price=Decimal("9.99"))

    call = await board.read(key)

    assert (call.call_id, call.number, call.status, call.locks) == (key, "1140", "OKB", 2)
    assert (call.customer_id, call.customer_number) == (shop.customer, "AB00")
    assert (call.customer_name, call.bill_to_id) == ("As it was called then", shop.payer)
    assert (call.contract_id, call.contract_number) == (contract, "CN7001-01")
    assert (call.item_id, call.item, call.equipment_id) == (shop.item, "SEAT", None)
    assert (call.call_type, call.bill_code, call.priority) == ("NETWORK", "ALL", "LOW")
    assert (call.on_hold_code, call.technician_number) == ("WP", "T7")
    assert (call.branch, call.territory) == ("1", "NORTH")
    assert (call.date, call.close_date) == (NINE, FIVE)
    assert (call.caller, call.description) == ("Priya Raman", "Ticket 60211: Core switch")
    assert (call.location, call.notes, call.work_order_remarks) == ("Server room", "Replaced.", "Printed")
    assert (call.po_number, call.address, call.phone1) == ("IN-1001", "1 Elm St", "555")
    assert (call.tracking_key, call.external_id, call.invoice_id) == ("T", "60211", None)
    assert [labor.call_labor_id for labor in call.labors] == [first, second]
    labor = call.labors[0]
    assert (labor.technician_number, labor.activity_code) == ("T7", "REMOTE")
    assert (labor.dispatched, labor.arrived, labor.departed) == (NINE, NINE, TEN)
    assert (labor.labor_hours, labor.labor_rate) == (Decimal("1.5"), Decimal("120"))
    assert (labor.labor_override, labor.notes) == (Decimal("90.50"), "Replaced core switch")
    assert call.labors[1].labor_override is None
    [material] = call.materials
    assert (material.call_material_id, material.item) == (part, "SEAT")
    assert (material.description, material.quantity) == ("Two seats", Decimal("2"))
    assert material.price == Decimal("9.99")


async def test_calls_are_found_by_number_whatever_its_case_and_numbers_by_id(board: Board) -> None:
    first, second = await board.call("sc-1140"), await board.call("1141")

    found = await board.port.calls_by_numbers([" SC-1140 ", "1", "日", "9" * 99])

    assert {number: call.call_id for number, call in found.items()} == {"sc-1140": first}
    assert await board.port.call_numbers([first, second, 5]) == {first: "sc-1140", second: "1141"}


async def test_open_calls_of_customers_leave_out_what_is_done(board: Board) -> None:
    keys = {
        status: await board.call(f"N{status}", Status=status)
        for status in ("P", "S", "D", "H", "C", "CLR", "OKB", "I", "X")
    }
    theirs = await board.call("L1", CustomerID=board.location)

    found = await board.port.calls_of_customers([board.shop.customer, board.location, board.shop.payer])

    assert [call.call_id for call in found[board.shop.customer]] == [keys[one] for one in "PSDH"]
    assert [call.call_id for call in found[board.location]] == [theirs]
    assert board.shop.payer not in found


async def test_calls_are_found_by_what_their_description_holds(board: Board) -> None:
    shop = board.shop
    meant = await board.call("1", Description="Ticket 60211: 100% [A] core_switch/2")
    other = await board.call("2", Description="ticket 602110: spelled otherwise", CustomerID=board.location)
    await board.call("3", Description="Ticket 7: 1000 [A] coreXswitch/2")
    wanted = ["Ticket 60211", "Ticket 60211:", "100% [A] core_switch/", "Ticket 99", " ", "日"]

    found = await board.port.calls_described(wanted)
    of_one = await board.port.calls_described(["ticket 60211"], [shop.customer])

    assert {text: [call.call_id for call in calls] for text, calls in found.items()} == {
        "Ticket 60211": [meant, other],
        "Ticket 60211:": [meant],
        "100% [A] core_switch/": [meant],
    }
    assert [call.call_id for call in of_one["ticket 60211"]] == [meant]
    assert await board.port.calls_described([]) == {}
    assert await board.port.calls_described(["Ticket 60211"], []) == {}


async def test_many_texts_are_looked_for_in_few_statements(board: Board) -> None:
    key = await board.call("1", Description="Ticket 60211: switch")

    with recorded(board.port.engine) as seen:
        found = await board.port.calls_described([f"Ticket {number}:" for number in range(60_000, 60_250)])

    assert [call.call_id for call in found["Ticket 60211:"]] == [key]
    assert len(seen) <= 3 + 4


async def test_a_save_shows_in_the_window_of_rowversions(board: Board) -> None:
    key = await board.call("1140")
    await board.labor(key)
    mark = (await board.port.window()).high
    await board.edit(key, PONumber="8")

    window = await board.port.window(mark)
    page = await board.port.calls_changed(window.low, window.high)

    assert [(one.call_id, one.po_number, len(one.labors)) for one in page.records] == [(key, "8", 1)]
    assert page.next is None


async def test_calls_done_long_ago_are_left_out_and_others_are_not(board: Board) -> None:
    april = stored(datetime(2026, 4, 30, 12, tzinfo=UTC))
    mark = (await board.port.window()).high
    old = [
        await board.call("1", Status="I", Date=april, CloseDate=april),
        await board.call("2", Status="X", Date=april),
    ]
    kept = [
        await board.call("3", Status="I", Date=april, CloseDate=stored(NINE)),
        await board.call("4", Status="OKB", Date=april, CloseDate=april),
        await board.call("5", Status="H", Date=april),
    ]
    window, since = await board.port.window(mark), date(2026, 5, 1)

    changed = await board.port.calls_changed(window.low, window.high, since=since)
    paged = await board.port.calls_all(old[0] - 1, since=since)
    beside = [row.key async for page in board.port.calls_beside(since=since) for row in page]

    assert [call.call_id for call in changed.records] == kept
    assert [call.call_id for call in paged] == kept
    assert [key for key in beside if key in {*old, *kept}] == kept
    assert {call.call_id for call in await board.port.calls_all(old[0] - 1)} == {*old, *kept}
    assert set(await board.port.calls_by_id(old)) == set(old)


async def test_pages_by_id_hold_every_call_once(board: Board) -> None:
    made = [await board.call(f"{number}") for number in range(5)]

    found: list[int] = []
    after = made[0] - 1
    while page := await board.port.calls_all(after, 2):
        found += [one.call_id for one in page]
        after = found[-1]

    assert found == made


async def test_what_lies_beside_the_rows_is_what_the_calls_carry(board: Board) -> None:
    key = await board.call("1140", ItemID=board.shop.item, OnHoldCodeID=board.waiting)
    await board.labor(key)
    await board.material(key)
    bare = await board.call("1141")

    beside = {row.key: row async for page in board.port.calls_beside(1) for row in page}

    for call in (await board.read(key), await board.read(bare)):
        row = beside[call.call_id]
        assert row.fields == {name: getattr(call, name) for name in row.fields}
        assert row.row_version == call.row_version


async def test_work_somebody_else_enters_shows_beside_the_call_though_its_row_stays(board: Board) -> None:
    async def beside() -> tuple[str, str]:
        rows = {row.key: row async for page in board.port.calls_beside() for row in page}
        return rows[key].fields["children_stamp"], rows[key].row_version

    key = await board.call("1140")
    seen = [await beside()]
    labor = await board.labor(key)
    seen.append(await beside())
    await board.shop.edit(schema.SCCallLabors, labor, LaborHours=Decimal(3))
    seen.append(await beside())
    part = await board.material(key)
    seen.append(await beside())
    await board.shop.edit(schema.SCCallMaterials, part, Quantity=Decimal(3))
    seen.append(await beside())

    assert len({stamp for stamp, _ in seen}) == 5
    assert len({version for _, version in seen}) == 1


async def test_a_no_op_save_is_no_change_of_content(board: Board) -> None:
    key = await board.call("1140")
    labor = await board.labor(key)
    before = await board.read(key)
    await board.edit(key, Locks=1)
    await board.shop.edit(schema.SCCallLabors, labor, LaborHours=Decimal("1.5"))

    after = await board.read(key)

    assert after.row_version != before.row_version
    assert after.content_hash() == before.content_hash()


async def test_reading_takes_as_many_statements_for_many_as_for_one(board: Board) -> None:
    async def statements() -> tuple[int, int]:
        with recorded(board.port.engine) as paged:
            await board.port.calls_all(0, 500)
        with recorded(board.port.engine) as compared:
            async for _ in board.port.calls_beside():
                pass
        return len(paged), len(compared)

    await board.call("0")
    await board.port.calls_all(0, 1)
    few = await statements()
    for number in range(1, 30):
        key = await board.call(f"{number}")
        await board.labor(key)
        await board.material(key)

    assert await statements() == few
    assert max(few) <= 5
