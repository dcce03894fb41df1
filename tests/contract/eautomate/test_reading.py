from sqlalchemy import event

from services.simulator.eautomate import schema
from shared.eautomate.rows import Changes
from shared.events.records import Customer
from tests.contract.eautomate.conftest import Database
from tests.contract.eautomate.hand import CONFIGURATION, OTHER_CONFIGURATION
from tests.contract.eautomate.statements import recorded

NAMES = ("ZCJ_CW_CompanyID", "ZCJ_CW_SiteAddressRecID", "ZCJ_SyncToCW")


async def _since(database: Database, low: bytes) -> Changes[Customer]:
    window = await database.port.window(low)
    return await database.port.customers_changed(window.low, window.high)


async def test_a_customer_comes_with_its_codes_and_properties(database: Database) -> None:
    hand = database.hand
    head = await hand.customer(
        "AB00",
        Address="1 Main St\r\nSuite 2",
        CustomerTypeID=hand.type_id,
        TerritoryID=hand.territory_id,
        OnHoldCodeID=hand.hold_id,
        Hold=True,
        SalesRepID=hand.rep_id,
    )
    await hand.property(head, "ZCJ_CW_CompanyID", "1234 ")
    await hand.property(head, "ZCJ_SyncToCW", "")

    customer = (await database.port.customers_by_id([head]))[head]

    assert (customer.number, customer.branch, customer.customer_type) == ("AB00", "1", "MSP")
    assert (customer.on_hold_code, customer.hold, customer.territory) == ("CH", True, "NORTH")
    assert (customer.sales_rep_number, customer.sales_rep_name) == ("E1", "Ana Fox")
    assert customer.address == "1 Main St\r\nSuite 2"
    assert customer.configuration == CONFIGURATION
    assert customer.storable_properties == NAMES
    assert customer.properties == {"ZCJ_CW_CompanyID": "1234"}


async def test_a_drop_down_without_text_reads_as_its_entry(database: Database) -> None:
    hand = database.hand
    head = await hand.customer("AB00")
    entry = await hand.keyed(
        schema.ShAttributeListValues, ShAttributeID=await hand.attribute("ZCJ_SyncToCW"), Value="No"
    )
    await hand.property(head, "ZCJ_SyncToCW", None, IDVal=entry)

    customer = await database.port.customer_by_number("AB00")

    assert customer is not None
    assert customer.properties == {"ZCJ_SyncToCW": "No"}


async def test_codes_that_are_not_set_are_none(database: Database) -> None:
    head = await database.hand.customer("AB00", configuration=None)

    customer = (await database.port.customers_by_id([head]))[head]

    assert (customer.customer_type, customer.on_hold_code, customer.sales_rep_number) == (None, None, None)
    assert (customer.configuration, customer.storable_properties, customer.properties) == (None, (), {})


async def test_a_configuration_without_our_properties_stores_none(database: Database) -> None:
    head = await database.hand.customer("AB00", configuration=OTHER_CONFIGURATION)

    customer = (await database.port.customers_by_id([head]))[head]

    assert (customer.configuration, customer.storable_properties) == (OTHER_CONFIGURATION, ())


async def test_only_what_changed_since_the_mark_is_read(database: Database) -> None:
    first = await database.hand.customer("AB00")
    await database.hand.customer("CD00")
    mark = (await database.port.window()).high

    assert (await _since(database, mark)).records == []
    await database.hand.edit(first, Phone1="555")

    assert [customer.number for customer in (await _since(database, mark)).records] == ["AB00"]


async def test_a_save_without_a_change_is_seen_again_with_the_same_content(database: Database) -> None:
    head = await database.hand.customer("AB00")
    before = (await database.port.customers_by_id([head]))[head]
    mark = (await database.port.window()).high

    await database.hand.edit(head)

    [after] = (await _since(database, mark)).records
    assert after.row_version > before.row_version
    assert after.content_hash() == before.content_hash()


async def test_pages_follow_the_rowversion_and_lose_nothing(database: Database) -> None:
    mark = (await database.port.window()).high
    made = [await database.hand.customer(f"N{index:02d}") for index in range(7)]
    await database.hand.edit(made[0])
    window = await database.port.window(mark)

    found, after = [], None
    while True:
        page = await database.port.customers_changed(window.low, window.high, after, limit=3)
        found += [customer.customer_id for customer in page.records]
        after = page.next
        if after is None:
            break

    assert found == [*made[1:], made[0]]


async def test_a_page_takes_four_statements_whatever_its_size(database: Database) -> None:
    mark = (await database.port.window()).high
    for index in range(12):
        await database.hand.property(await database.hand.customer(f"N{index:02d}"), NAMES[0], str(index))
    window = await database.port.window(mark)

    with recorded(database.port.engine) as statements:
        page = await database.port.customers_changed(window.low, window.high)

    assert len(page.records) == 12
    assert len(statements) == 4


async def test_many_ids_are_asked_in_chunks(database: Database) -> None:
    head = await database.hand.customer("AB00")
    sizes: list[int] = []

    def note(
        _connection: object, _cursor: object, _statement: str, parameters: tuple[object, ...], *_: object
    ) -> None:
        sizes.append(len(parameters))

    event.listen(database.port.engine.sync_engine, "before_cursor_execute", note)
    found = await database.port.customers_by_id([head, *range(2_000_000, 2_003_000)])
    event.remove(database.port.engine.sync_engine, "before_cursor_execute", note)

    assert set(found) == {head}
    assert max(sizes) <= 2_100


async def test_a_number_is_found_whatever_its_case_and_blanks(database: Database) -> None:
    head = await database.hand.customer("Ab00-TBS")

    found = await database.port.customer_by_number(" aB00-tbs ")

    assert found is not None
    assert found.customer_id == head
    assert await database.port.customer_by_number("ZZ99") is None
    assert await database.port.customer_by_number("x" * 33) is None
    assert await database.port.customer_by_number("日本") is None
    assert await database.port.customer_by_number("") is None


async def test_many_numbers_are_found_at_once(database: Database) -> None:
    first, second = await database.hand.customer("Ab00"), await database.hand.customer("CD00")

    found = await database.port.customers_by_numbers([" aB00", "CD00", "CD00", "ZZ99", "", "x" * 33])

    assert {number: customer.customer_id for number, customer in found.items()} == {
        "ab00": first,
        "cd00": second,
    }


async def test_locations_are_found_by_their_head_offices(database: Database) -> None:
    first, second = await database.hand.customer("AB00"), await database.hand.customer("CD00")
    await database.hand.edit(second, LocationID=second)
    branches = [await database.hand.customer(f"AB00-{n}", LocationID=first) for n in range(2)]
    await database.hand.customer("CD00-A", LocationID=second)

    found = await database.port.locations_of([first, second, 2_000_000])

    assert [location.customer_id for location in found[first]] == branches
    assert [location.number for location in found[second]] == ["CD00-A"]
    assert set(found) == {first, second}


async def test_a_scan_reaches_every_customer(database: Database) -> None:
    made = [await database.hand.customer(f"N{index:02d}") for index in range(5)]

    found: list[int] = []
    after = made[0] - 1
    while page := await database.port.customers_all(after, limit=2):
        found += [customer.customer_id for customer in page]
        after = found[-1]

    assert [key for key in found if key in made] == made


async def test_foreign_sql_on_a_property_moves_no_rowversion_but_shows_in_full(database: Database) -> None:
    head = await database.hand.customer("AB00")
    await database.hand.property(head, NAMES[0], "1")
    mark = (await database.port.window()).high

    await database.hand.edit_property(head, NAMES[0], "2")

    assert (await _since(database, mark)).records == []
    seen = {row.key: row async for page in database.port.customers_beside(page=2) for row in page}
    fields = seen[head].fields
    assert fields["properties"] == {NAMES[0]: "2"}
    assert (fields["configuration"], fields["storable_properties"]) == (CONFIGURATION, NAMES)
    assert seen[head].row_version == (await database.port.customers_by_id([head]))[head].row_version


async def test_every_code_table_can_be_read(database: Database) -> None:
    port = database.port
    assert "MSP" in {code.code for code in await port.codes("customer_type")}
    assert ("1", "Head office") in {(code.code, code.description) for code in await port.codes("branch")}
    assert "CH" in {code.code for code in await port.codes("on_hold_code")}
    assert "NORTH" in {code.code for code in await port.codes("territory")}
    assert {"MIT", "CPC"} <= {code.code for code in await port.codes("contract_type")}


async def test_a_database_keeps_its_identity(database: Database) -> None:
    assert await database.port.database_identity() == await database.port.database_identity()
    assert "@" in str(await database.port.database_identity())
