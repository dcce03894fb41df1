import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.simulator.eautomate import schema
from shared.eautomate.errors import (
    NotStorable,
    PropertyNotStorable,
    RowChanged,
    Superseded,
    UniqueViolation,
    ValueTooLong,
)
from shared.events.records import Customer
from tests.contract.eautomate.conftest import Database
from tests.contract.eautomate.hand import OTHER_CONFIGURATION

COMPANY, SITE = "ZCJ_CW_CompanyID", "ZCJ_CW_SiteAddressRecID"


async def _customer(database: Database, key: int) -> Customer:
    return (await database.port.customers_by_id([key]))[key]


async def _set(
    database: Database,
    customer: Customer,
    value: str,
    *,
    name: str = COMPANY,
    sequence: int = 1,
    generation: int = 0,
) -> bool:
    record = f"customer/{customer.customer_id}"
    async with database.port.transaction("ID747", record, sequence, generation) as tx:
        return await tx.set_customer_property(customer.customer_id, name, value, customer.row_version)


async def test_a_value_is_inserted_where_the_configuration_holds_it(database: Database) -> None:
    head = await database.hand.customer("AB00")

    assert await _set(database, await _customer(database, head), "77")

    assert (await _customer(database, head)).properties == {COMPANY: "77"}
    row = await database.hand.row(schema.ARCustomerCustomProperties, CustomerID=head)
    assert row["CreatorID"].rstrip() == "TANDEM"


async def test_a_value_is_updated_where_there_is_a_row(database: Database) -> None:
    head = await database.hand.customer("AB00")
    await database.hand.property(head, COMPANY, None)

    assert await _set(database, await _customer(database, head), "77")

    assert (await _customer(database, head)).properties == {COMPANY: "77"}


async def test_the_customer_is_saved_along_so_that_others_see_the_change(database: Database) -> None:
    head = await database.hand.customer("AB00")
    mark = (await database.port.window()).high

    await _set(database, await _customer(database, head), "77")

    window = await database.port.window(mark)
    [seen] = (await database.port.customers_changed(window.low, window.high)).records
    assert seen.properties == {COMPANY: "77"}
    row = await database.hand.row(schema.ARCustomers, CustomerID=head)
    assert row["UpdatorID"].rstrip() == "TANDEM"
    assert abs(row["LastUpdate"] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


async def test_a_value_that_is_there_already_is_not_written(database: Database) -> None:
    head = await database.hand.customer("AB00")
    await database.hand.property(head, COMPANY, "77")
    before = await _customer(database, head)

    assert not await _set(database, before, "77")

    assert (await _customer(database, head)).row_version == before.row_version


async def test_both_properties_of_a_customer_fit_in_one_transaction(database: Database) -> None:
    head = await database.hand.customer("AB00")
    seen = await _customer(database, head)

    async with database.port.transaction("ID747", f"customer/{head}", 1) as tx:
        assert await tx.set_customer_property(head, COMPANY, "77", seen.row_version)
        assert await tx.set_customer_property(head, SITE, "78", seen.row_version)

    assert (await _customer(database, head)).properties == {COMPANY: "77", SITE: "78"}


@pytest.mark.parametrize("configuration", [None, OTHER_CONFIGURATION])
async def test_a_property_the_configuration_lacks_is_refused(
    database: Database, configuration: str | None
) -> None:
    head = await database.hand.customer("AB00", configuration=configuration)

    with pytest.raises(PropertyNotStorable, match=r"AB00.*ZCJ_CW_CompanyID"):
        await _set(database, await _customer(database, head), "77")

    assert await database.port.applied_rows("ID747", [f"customer/{head}"]) == {}


async def test_a_row_saved_since_is_not_overwritten(database: Database) -> None:
    head = await database.hand.customer("AB00")
    seen = await _customer(database, head)
    await database.hand.edit(head, Phone1="555")

    with pytest.raises(RowChanged):
        await _set(database, seen, "77")

    assert (await _customer(database, head)).properties == {}


async def test_a_customer_that_is_gone_is_a_changed_row(database: Database) -> None:
    head = await database.hand.customer("AB00")
    gone = (await _customer(database, head)).model_copy(update={"customer_id": head + 1000})

    with pytest.raises(RowChanged, match="gone"):
        await _set(database, gone, "77")


async def test_a_value_wider_than_the_column_is_refused_by_name(database: Database) -> None:
    head = await database.hand.customer("AB00")

    with pytest.raises(ValueTooLong, match=r"ARCustomerCustomProperties.TextVal holds 1024 .* 1025"):
        await _set(database, await _customer(database, head), "7" * 1025)


async def test_a_value_outside_the_code_page_is_refused(database: Database) -> None:
    head = await database.hand.customer("AB00")

    with pytest.raises(NotStorable, match="TextVal"):
        await _set(database, await _customer(database, head), "日")
    assert await _set(database, await _customer(database, head), "Café \u2019 €")


async def test_a_value_is_cleared_and_its_row_stays(database: Database) -> None:
    head = await database.hand.customer("AB00")
    await database.hand.property(head, COMPANY, "77")
    seen = await _customer(database, head)

    async with database.port.transaction("ID747", f"customer/{head}", 1) as tx:
        assert await tx.clear_customer_property(head, COMPANY, seen.row_version)
        assert not await tx.clear_customer_property(head, SITE, seen.row_version)

    assert (await _customer(database, head)).properties == {}
    row = await database.hand.row(schema.ARCustomerCustomProperties, CustomerID=head)
    assert row["TextVal"] is None


async def test_an_older_change_is_superseded_and_writes_nothing(database: Database) -> None:
    head = await database.hand.customer("AB00")
    await _set(database, await _customer(database, head), "77", sequence=9)

    with pytest.raises(Superseded):
        await _set(database, await _customer(database, head), "66", sequence=8)

    assert (await _customer(database, head)).properties == {COMPANY: "77"}
    assert (await database.port.applied_rows("ID747", [f"customer/{head}"]))[f"customer/{head}"].sequence == 9


async def test_the_same_change_may_be_applied_again(database: Database) -> None:
    head = await database.hand.customer("AB00")
    await _set(database, await _customer(database, head), "77", sequence=9)

    assert not await _set(database, await _customer(database, head), "77", sequence=9)


async def test_a_higher_generation_overrides_a_later_sequence(database: Database) -> None:
    head = await database.hand.customer("AB00")
    await _set(database, await _customer(database, head), "77", sequence=9)

    assert await _set(database, await _customer(database, head), "88", sequence=3, generation=1)

    with pytest.raises(Superseded):
        await _set(database, await _customer(database, head), "99", sequence=20, generation=0)


async def test_processes_and_records_do_not_supersede_one_another(database: Database) -> None:
    async with database.port.transaction("ID747", "customer/1", 9):
        pass
    async with database.port.transaction("ID964", "customer/1", 1):
        pass
    async with database.port.transaction("ID747", "customer/2", 1):
        pass

    rows = await database.port.applied_rows("ID747", ["customer/1", "customer/2", "customer/3"])

    assert {record: row.sequence for record, row in rows.items()} == {"customer/1": 9, "customer/2": 1}


async def test_a_thing_is_created_once_a_generation(database: Database) -> None:
    port = database.port
    async with port.transaction("ID964", "agreement/5", 1) as tx:
        await tx.created("contract", "100")
    with pytest.raises(UniqueViolation):
        async with port.transaction("ID964", "agreement/5", 2) as tx:
            await tx.created("contract", "101")
    async with port.transaction("ID964", "agreement/5", 3, generation=1) as tx:
        await tx.created("contract", "102")

    rows = await port.created_rows("ID964", ["agreement/5", "agreement/6"])

    assert [(row.target_id, row.generation) for row in rows["agreement/5"]] == [("100", 0), ("102", 1)]
    assert "agreement/6" not in rows
    assert (await port.applied_rows("ID964", ["agreement/5"]))["agreement/5"].sequence == 3


async def test_an_exception_takes_back_everything(database: Database) -> None:
    head = await database.hand.customer("AB00")
    seen = await _customer(database, head)

    async def stopped() -> None:
        async with database.port.transaction("ID747", f"customer/{head}", 1) as tx:
            await tx.set_customer_property(head, COMPANY, "77", seen.row_version)
            await tx.created("company", "77")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await stopped()

    assert (await _customer(database, head)) == seen
    assert await database.port.created_rows("ID747", [f"customer/{head}"]) == {}
    assert await database.port.applied_rows("ID747", [f"customer/{head}"]) == {}


async def test_a_cancelled_worker_leaves_nothing_behind_and_no_lock(database: Database) -> None:
    head = await database.hand.customer("AB00")
    seen = await _customer(database, head)
    inside = asyncio.Event()

    async def work() -> None:
        async with database.port.transaction("ID747", f"customer/{head}", 1) as tx:
            await tx.set_customer_property(head, COMPANY, "77", seen.row_version)
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await _set(database, await _customer(database, head), "88", sequence=2)


async def test_two_workers_of_one_record_write_one_after_the_other(database: Database) -> None:
    head = await database.hand.customer("AB00")

    async def work(sequence: int) -> str:
        try:
            async with database.port.transaction("ID747", f"customer/{head}", sequence) as tx:
                await tx.set_customer_property(head, COMPANY, str(sequence), None)
                await asyncio.sleep(0.01)
        except Superseded:
            return "superseded"
        return "applied"

    outcomes = await asyncio.gather(*(work(sequence) for sequence in (3, 1, 2)))

    assert "applied" in outcomes
    assert (await _customer(database, head)).properties == {COMPANY: "3"}
