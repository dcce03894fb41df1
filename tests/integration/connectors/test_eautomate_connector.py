import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.eautomate_connector.app import EAutomateConnector
from services.eautomate_connector.settings import EAutomateConnectorSettings
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import url
from services.simulator.eautomate.seed import seed
from shared.config import EAutomateSettings, KafkaSettings, StoreSettings
from shared.connector.sequences import split
from tests.integration.connectors.conftest import Delivered, Topics, running, until

pytestmark = pytest.mark.kafka

FAST: dict[str, Any] = {
    "poll_seconds": 0.1,
    "lease_seconds": 1.5,
    "pause_seconds": 0.5,
    "sweep_hour": None,
    "page_rows": 10,
    "property_page_rows": 25,
}
Build = Callable[..., EAutomateConnector]


@pytest.fixture
def dealer(tmp_path: Path) -> Client:
    path = tmp_path / "CoDealer.db"
    seed(path, customers=30, locations=10)
    client = Client(path)
    client.add_customer("PROBE", "Probe")
    return client


@pytest.fixture
def build(dealer: Client, kafka_settings: KafkaSettings, store_settings: StoreSettings) -> Build:
    def made(**more: Any) -> EAutomateConnector:
        settings = EAutomateConnectorSettings(**(FAST | more))
        eautomate = EAutomateSettings(url=SecretStr(url(dealer.path)))
        return EAutomateConnector(settings, eautomate, kafka_settings, store_settings)

    return made


def of(found: list[Delivered], client: Client, number: str = "PROBE") -> list[Delivered]:
    return of_id(found, client.customer(number)["CustomerID"])


def of_id(found: list[Delivered], customer: int) -> list[Delivered]:
    return [one for one in found if one.envelope.subject == str(customer)]


def held(one: Delivered) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(one.value)
    return record


async def published(topics: Topics, enough: Callable[[list[Delivered]], bool]) -> list[Delivered]:
    return await topics.until("eautomate", "customer", enough)


async def test_the_first_run_publishes_every_customer_once(
    build: Build, topics: Topics, dealer: Client
) -> None:
    connector = build()
    async with running(connector):
        found = await published(topics, lambda found: len(found) >= 41)
        await asyncio.sleep(1)
        assert len(await topics.read("eautomate", "customer")) == len(found) == 41
        assert connector.ready().ok
    assert held(of(found, dealer)[0])["number"] == "PROBE"
    assert all(one.key.decode() == str(held(one)["parent_id"] or held(one)["customer_id"]) for one in found)


async def test_a_change_arrives_once_and_a_no_op_save_does_not(
    build: Build, topics: Topics, dealer: Client
) -> None:
    async with running(build()):
        await published(topics, lambda found: bool(of(found, dealer)))
        dealer.save_customer("PROBE", City="Akron")
        await published(topics, lambda found: len(of(found, dealer)) == 2)
        dealer.save_customer("PROBE")
        await asyncio.sleep(1)
        found = of(await topics.read("eautomate", "customer"), dealer)
    assert [held(one)["city"] for one in found] == ["", "Akron"]
    assert [split(one.envelope.sequence)[1] for one in found] == [1, 2]


async def test_a_property_written_by_foreign_sql_arrives_once(
    build: Build, topics: Topics, dealer: Client
) -> None:
    dealer.assign_configuration("PROBE", configuration_of(dealer))
    async with running(build()):
        await published(topics, lambda found: bool(of(found, dealer)))
        dealer.foreign_property("PROBE", "ZCJ_CW_CompanyID", "77")
        found = await published(topics, lambda found: len(of(found, dealer)) == 2)
        dealer.foreign_property("PROBE", "ZCJ_CW_CompanyID", "77")
        await asyncio.sleep(1)
        assert len(of(await topics.read("eautomate", "customer"), dealer)) == 2
    assert held(of(found, dealer)[-1])["properties"]["ZCJ_CW_CompanyID"] == "77"


def configuration_of(dealer: Client) -> str:
    """A configuration that holds the property."""
    with dealer._file() as file:
        found = file.execute(
            "SELECT t.TrackingConfig FROM ShTrackingConfigs t"
            " JOIN ShTrackingConfigAttributes c ON c.ShTrackingConfigID = t.ShTrackingConfigID"
            " JOIN ShAttributes a ON a.ShAttributeID = c.ShAttributeID"
            " WHERE a.AttributeName = 'ZCJ_CW_CompanyID'"
        ).fetchone()
    return str(found[0])


async def test_a_merged_customer_becomes_a_deletion(build: Build, topics: Topics, dealer: Client) -> None:
    dealer.add_customer("WINNER", "Winner")
    probe = int(dealer.customer("PROBE")["CustomerID"])
    async with running(build()):
        await published(topics, lambda found: len(found) >= 42)
        dealer.merge("PROBE", "WINNER")
        found = await published(topics, lambda found: len(of_id(found, probe)) == 2)
    last = of_id(found, probe)[-1]
    assert last.envelope.action == "deleted"
    assert held(last) == {"entity": "customer", "key": str(probe), "deleted": True}


async def test_a_renamed_branch_arrives_with_its_customers(
    build: Build, topics: Topics, dealer: Client
) -> None:
    async with running(build()):
        await published(topics, lambda found: len(found) >= 41)
        dealer.rename_code("GLBranches", "1", "NEW1")
        await published(topics, lambda found: any(held(one).get("branch") == "NEW1" for one in found))


async def test_employees_and_their_members_arrive(build: Build, topics: Topics, dealer: Client) -> None:
    probe = dealer.add_agent("T9", "Tom", "Tech")
    async with running(build()):
        await topics.until("eautomate", "agent", lambda found: bool(of_id(found, probe)))
        dealer.set_agent_property("T9", "ZCJ_CW_MemberID", "150")
        found = await topics.until("eautomate", "agent", lambda found: len(of_id(found, probe)) == 2)
    assert held(of_id(found, probe)[-1])["properties"] == {"ZCJ_CW_MemberID": "150"}


async def test_a_contract_that_begins_and_ends_arrives(build: Build, topics: Topics, dealer: Client) -> None:
    async with running(build()):
        await published(topics, lambda found: bool(of(found, dealer)))
        dealer.add_contract("PROBE", "CN9-01", "MIT")
        await published(topics, lambda found: len(of(found, dealer)) == 2)
        dealer.terminate_contract("CN9-01")
        found = await published(topics, lambda found: len(of(found, dealer)) == 3)
    assert [held(one)["contract_types"] for one in of(found, dealer)] == [[], ["MIT"], []]


async def test_a_restored_database_raises_the_epoch_and_is_read_again(
    build: Build, topics: Topics, dealer: Client, tmp_path: Path
) -> None:
    connector = build()
    async with running(connector):
        await published(topics, lambda found: len(found) >= 41)
        dealer.backup(tmp_path / "backup.db")
        for number in range(5):
            dealer.save_customer("PROBE", City=f"City {number}")
            await asyncio.sleep(0.3)
        before = await published(
            topics, lambda found: bool(of(found, dealer)) and held(of(found, dealer)[-1])["city"] == "City 4"
        )
        dealer.restore(tmp_path / "backup.db")
        after = await published(topics, lambda found: len(found) > len(before))
        assert held(of(after, dealer)[-1])["city"] == ""
        last, new = of(before, dealer)[-1].envelope.sequence, of(after, dealer)[-1].envelope.sequence
        assert new > last
        assert split(new)[0] > split(last)[0]
        dealer.save_customer("PROBE", City="After")
        await published(topics, lambda found: held(of(found, dealer)[-1])["city"] == "After")


async def test_a_database_that_is_not_there_is_a_declared_pause(
    build: Build, topics: Topics, dealer: Client
) -> None:
    hidden = dealer.path.with_suffix(".away")
    dealer.path.rename(hidden)
    connector = build()
    async with running(connector):
        await until(lambda: connector.live().reason.startswith("paused"))
        assert connector.live().ok
        assert not connector.ready().ok
        hidden.rename(dealer.path)
        await published(topics, lambda found: len(found) >= 41)


async def test_two_replicas_publish_every_change_once(build: Build, topics: Topics, dealer: Client) -> None:
    one, two = build(), build()
    async with running(one, two):
        await published(topics, lambda found: len(found) >= 41)
        dealer.save_customer("PROBE", City="Akron")
        await published(topics, lambda found: len(of(found, dealer)) == 2)
        await asyncio.sleep(1)
        assert len(await topics.read("eautomate", "customer")) == 42
        assert sum(1 for it in (one, two) if it.vitals.passed is None) == 1
