"""Types of contracts that hold today (reference eautomate 4.1), on the server's day."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from services.simulator.eautomate import schema
from shared.config import EAutomateSettings
from shared.eautomate.port import EAutomate
from tests.contract.eautomate.conftest import LEDGER, Database
from tests.contract.eautomate.statements import recorded

NOON = datetime(2026, 5, 10, 12)  # noqa: DTZ001 - the zone is the port's


def port_at(database: Database, moment: datetime = NOON, zone: str = "UTC") -> EAutomate:
    """The same database at another time."""
    url = database.port.engine.url.render_as_string(hide_password=False)
    settings = EAutomateSettings(url=SecretStr(url), ledger_schema=LEDGER, time_zone=zone)

    def clock(zone: ZoneInfo) -> datetime:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(zone)

    return EAutomate(database.port.engine, settings, clock)


async def types(port: EAutomate, key: int) -> tuple[str, ...]:
    """As a customer carries them."""
    return (await port.customers_by_id([key]))[key].contract_types


async def test_each_type_comes_once_in_order_and_of_the_own_contracts_only(database: Database) -> None:
    hand = database.hand
    head, other = await hand.customer("AB00"), await hand.customer("CD00")
    branch = await hand.customer("AB00-A", LocationID=head)
    for code in ("MIT", "CPC", "MIT"):
        await hand.contract(head, code)
    await hand.contract(branch, "BKUP")

    assert await types(database.port, head) == ("CPC", "MIT")
    assert await types(database.port, branch) == ("BKUP",)
    assert await types(database.port, other) == ()


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({}, True),
        ({"Active": False}, False),
        ({"Terminated": datetime(2030, 1, 1)}, False),  # noqa: DTZ001 - as the column holds it
        ({"StartDate": datetime(2026, 5, 10, 23)}, True),  # noqa: DTZ001
        ({"StartDate": datetime(2026, 5, 11)}, False),  # noqa: DTZ001
        ({"ExpDate": datetime(2026, 5, 10)}, True),  # noqa: DTZ001
        ({"ExpDate": datetime(2026, 5, 9, 23, 59)}, False),  # noqa: DTZ001
    ],
)
async def test_a_contract_holds_or_not(database: Database, fields: dict[str, Any], holds: bool) -> None:
    head = await database.hand.customer("AB00")
    await database.hand.contract(head, "MIT", **fields)

    assert await types(port_at(database), head) == (("MIT",) if holds else ())


async def test_the_day_is_the_servers(database: Database) -> None:
    head = await database.hand.customer("AB00")
    await database.hand.contract(head, "MIT", ExpDate=datetime(2026, 5, 10))  # noqa: DTZ001
    late = datetime(2026, 5, 11, 3, tzinfo=ZoneInfo("UTC"))

    assert await types(port_at(database, late, "America/Chicago"), head) == ("MIT",)
    assert await types(port_at(database, late, "UTC"), head) == ()


async def test_every_read_of_customers_brings_them(database: Database) -> None:
    hand, port = database.hand, database.port
    mark = (await port.window()).high
    head = await hand.customer("AB00")
    branch = await hand.customer("AB00-A", LocationID=head)
    for key in (head, branch):
        await hand.contract(key, "MIT")
    window = await port.window(mark)

    reads = [
        *(await port.customers_changed(window.low, window.high)).records,
        *await port.customers_all(head - 1),
        *(await port.customers_by_numbers(["AB00"])).values(),
        *(await port.locations_of([head]))[head],
    ]

    assert {read.contract_types for read in reads} == {("MIT",)}
    assert len(reads) == 6


async def test_what_lies_beside_the_rows_is_what_the_customers_carry(database: Database) -> None:
    hand, port = database.hand, database.port
    head = await hand.customer(
        "AB00",
        CustomerTypeID=hand.type_id,
        TerritoryID=hand.territory_id,
        OnHoldCodeID=hand.hold_id,
        SalesRepID=hand.rep_id,
    )
    await hand.contract(head, "MIT")
    await hand.property(head, "ZCJ_CW_CompanyID", "77 ")
    await hand.customer("CD00", configuration=None)

    records = {customer.customer_id: customer for customer in await port.customers_all(head - 1)}
    beside = {row.key: row async for page in port.customers_beside(1) for row in page if row.key in records}

    assert len(beside) == 2
    for key, row in beside.items():
        assert row.fields == {name: getattr(records[key], name) for name in row.fields}
        assert row.row_version == records[key].row_version
    assert beside[head].fields["contract_types"] == ("MIT",)
    assert beside[head].fields["sales_rep_name"] == "Ana Fox"


async def test_a_renamed_code_shows_beside_the_row(database: Database) -> None:
    hand, port = database.hand, database.port
    head = await hand.customer("AB00", CustomerTypeID=hand.type_id)
    async with hand.engine.begin() as connection:
        await connection.execute(
            schema.ARCustomerTypes.update()
            .where(schema.ARCustomerTypes.c.CustomerTypeID == hand.type_id)
            .values(CustomerType="MSP2")
        )

    rows = {row.key: row async for page in port.customers_beside() for row in page}

    assert rows[head].fields["customer_type"] == "MSP2"


async def test_the_comparison_in_full_takes_as_many_statements_for_many_as_for_one(
    database: Database,
) -> None:
    async def statements() -> int:
        with recorded(database.port.engine) as seen:
            async for _ in database.port.customers_beside():
                pass
        return len(seen)

    await database.hand.contract(await database.hand.customer("AB00"), "MIT")
    few = await statements()
    for number in range(40):
        await database.hand.contract(await database.hand.customer(f"N{number:02d}"), "CPC")

    assert await statements() == few
    assert few <= 12
