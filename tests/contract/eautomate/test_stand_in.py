"""The port against people at work in the stand-in; SQLite whatever the URL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import url
from services.simulator.eautomate.seed import seed
from shared.config import EAutomateSettings
from shared.eautomate.port import EAutomate


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A desk at a small dealer."""
    seed(tmp_path / "ea.db", customers=5, locations=2)
    return Client(tmp_path / "ea.db")


@pytest.fixture
async def port(client: Client) -> AsyncIterator[EAutomate]:
    """The port to that dealer."""
    port = EAutomate.open(EAutomateSettings(url=SecretStr(url(client.path))))
    await port.create_ledger()
    yield port
    await port.close()


async def test_a_seeded_dealer_reads_in_full(port: EAutomate) -> None:
    window = await port.window()
    page = await port.customers_changed(window.low, window.high)
    assert len(page.records) == 7
    assert sum(customer.is_location for customer in page.records) == 2
    assert {customer.branch for customer in page.records} <= {"1", "2"}
    assert page.next is None


async def test_a_restore_shows_as_another_database_whose_counter_went_back(
    port: EAutomate, client: Client, tmp_path: Path
) -> None:
    client.backup(tmp_path / "backup.db")
    client.add_customer("AB00", "Abel Baker")
    identity, high = await port.database_identity(), (await port.window()).high

    client.restore(tmp_path / "backup.db")

    assert await port.database_identity() != identity
    assert (await port.window()).high < high
    assert await port.customer_by_number("AB00") is None


async def test_a_value_written_by_the_port_is_what_the_client_shows(port: EAutomate, client: Client) -> None:
    key = client.add_customer("AB00", "Abel Baker")
    client.assign_configuration("AB00", "ConnectWise")
    customer = (await port.customers_by_id([key]))[key]

    async with port.transaction("ID747", f"customer/{key}", 1) as tx:
        await tx.set_customer_property(key, "ZCJ_CW_CompanyID", "77", customer.row_version)

    assert client.properties("AB00")["ZCJ_CW_CompanyID"] == "77"
    assert client.customer("AB00")["UpdatorID"] == "TANDEM  "


async def test_choosing_another_configuration_takes_the_value_away(port: EAutomate, client: Client) -> None:
    key = client.add_customer("AB00", "Abel Baker")
    client.assign_configuration("AB00", "ConnectWise")
    client.set_property("AB00", "ZCJ_CW_CompanyID", "77")

    client.assign_configuration("AB00", "Deliveries")

    customer = (await port.customers_by_id([key]))[key]
    assert (customer.configuration, customer.storable_properties, customer.properties) == (
        "Deliveries",
        (),
        {},
    )


async def test_an_empty_text_in_an_id_column_reads_as_no_id(port: EAutomate, client: Client) -> None:
    client.add_customer("AB00", "Abel Baker")
    client.add_location("AB00", "AB00-T", "Abel Baker - Tulsa")
    client.foreign_sql(
        "UPDATE ARCustomers SET LocationID = '', BillToID = '' WHERE CustomerNumber = ?", "AB00"
    )
    found = await port.customers_by_numbers(["AB00", "AB00-T"])
    assert (found["ab00"].parent_id, found["ab00"].bill_to_id, found["ab00"].is_location) == (
        None,
        None,
        False,
    )
    assert found["ab00-t"].parent_id == found["ab00"].customer_id
    assert [one for page in [page async for page in port.customers_beside()] for one in page]
