"""What calls are classed by, contracts that can take them, closed periods."""

from datetime import date

from services.simulator.eautomate import schema
from shared.eautomate.call_rows import CallType, Period
from tests.contract.eautomate.board import Board
from tests.contract.eautomate.shop import MAY, midnight


async def test_a_call_type_tells_what_its_calls_begin_with(board: Board) -> None:
    bare = await board.hand.keyed(
        schema.SCCallTypes, CallType="OLD", ActivityCodeID=board.remote, Active=False
    )

    found = {one.id: one for one in await board.port.call_types()}

    assert found[board.network] == CallType(
        board.network, "NETWORK", "Network", True, 90, board.low, board.remote
    )
    assert (found[bare].active, found[bare].priority_id, found[bare].duration) == (False, None, 0)


async def test_the_codes_of_calls_are_code_tables_like_others(board: Board) -> None:
    async def codes(kind: str) -> dict[int, str]:
        return {one.id: one.code for one in await board.port.codes(kind)}  # type: ignore[arg-type]

    assert (await codes("call_type"))[board.network] == "NETWORK"
    assert (await codes("activity_code"))[board.remote] == "REMOTE"
    assert (await codes("priority"))[board.low] == "LOW"
    assert (await codes("bill_code"))[board.shop.bill_code] == "ALL"
    assert {board.waiting: "WP", board.hand.hold_id: "CH"}.items() <= (await codes("call_hold_code")).items()


async def test_closed_periods_are_told_the_earliest_first(board: Board) -> None:
    for month, closed in ((4, True), (3, True), (5, False)):
        await board.hand.insert(
            schema.GLPeriods,
            DatePeriod=202600 + month,
            StartDate=midnight(date(2026, month, 1)),
            EndDate=midnight(date(2026, month, 30)),
            Closed=closed,
        )

    found = await board.port.closed_periods()

    assert found is not None
    march, april = (Period(date(2026, month, 1), date(2026, month, 30)) for month in (3, 4))
    assert [one for one in found if one.first.year == 2026] == [march, april]


async def test_contracts_that_hold_an_item_are_found_by_their_customers(board: Board) -> None:
    shop = board.shop
    other = await shop.add_item("OTHER")
    holding = await shop.contract("CN1-01")
    await shop.line(holding)
    await shop.line(holding, ItemID=other)
    ended = await shop.contract("CN2-01", Terminated=midnight(MAY))
    await shop.line(ended)
    inactive = await shop.contract("CN3-01", Active=False)
    await shop.line(inactive)
    without = await shop.contract("CN4-01")
    await shop.line(without, ItemID=other)
    theirs = await shop.contract("CN5-01", customer=shop.payer)
    await shop.line(theirs)

    found = await shop.port.contracts_holding(shop.item, [shop.customer, board.location, shop.payer])

    assert {owner: [one.contract_id for one in contracts] for owner, contracts in found.items()} == {
        shop.customer: [holding, ended],
        shop.payer: [theirs],
    }
    assert [one.terminated for one in found[shop.customer]] == [None, MAY]
    assert await shop.port.contracts_holding(shop.item, []) == {}
