import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.connectwise_connector.app import NAME, ConnectWiseConnector
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from services.simulator.connectwise.server import ConnectWiseServer
from shared.bus.producer import Message, Producer
from shared.config import KafkaSettings, StoreSettings
from shared.connector.sequences import split
from shared.connector.tables import connector_tables
from shared.store.engine import open_store
from tests.contract.connectwise.conftest import Control, settings_for
from tests.integration.connectors.conftest import Delivered, Topics, running, until

pytestmark = pytest.mark.kafka

TABLES = connector_tables(NAME)
FAST: dict[str, Any] = {
    "poll_seconds": 0.2,
    "overlap_seconds": 2,
    "lease_seconds": 1.5,
    "pause_seconds": 0.5,
    "retry_seconds": 0.3,
    "budget_share": 1.0,
    "sweep_hour": None,
}
MEMBER = 176
Build = Callable[..., ConnectWiseConnector]


@pytest.fixture
def build(standin: ConnectWiseServer, kafka_settings: KafkaSettings, store_settings: StoreSettings) -> Build:
    def made(**more: Any) -> ConnectWiseConnector:
        settings = ConnectWiseConnectorSettings(**(FAST | more))
        connectwise = settings_for(standin.url, requests_per_minute=1_000_000)
        return ConnectWiseConnector(settings, connectwise, kafka_settings, store_settings)

    return made


@pytest.fixture
def engine(store_settings: StoreSettings) -> AsyncEngine:
    return open_store(store_settings, NAME)


async def position(engine: AsyncEngine) -> datetime:
    async with engine.connect() as connection:
        found = await connection.execute(
            TABLES.positions.select().where(TABLES.positions.c.entity == "company")
        )
        return datetime.fromisoformat(found.one().position)


def of(found: list[Delivered], subject: int) -> list[Delivered]:
    return [one for one in found if one.envelope.subject == str(subject)]


async def edit(control: Control, company: int, **changes: Any) -> None:
    await control.post(f"human/company/{company}", {"changes": changes})


async def add_company(control: Control, identifier: str = "Probe") -> int:
    record = {
        "identifier": identifier,
        "name": identifier,
        "site": {"name": "Main"},
        "city": "X",
        "status": {"id": 1},
    }
    return int((await control.post("human/company", {"record": record}))["id"])


async def test_the_first_run_publishes_every_company_and_site_once(
    build: Build, topics: Topics, control: Control
) -> None:
    probe = await add_company(control)
    connector = build()
    async with running(connector):
        companies = await topics.until("connectwise", "company", lambda found: len(found) >= 31)
        sites = await topics.until("connectwise", "site", lambda found: len(found) >= 31)
        await asyncio.sleep(1)
        assert len(await topics.read("connectwise", "company")) == len(companies)
        assert len(await topics.read("connectwise", "site")) == len(sites)
        assert connector.ready().ok
        assert connector.live().ok
    assert len({one.envelope.subject for one in companies}) == len(companies)
    [mine] = of(companies, probe)
    assert json.loads(mine.value)["identifier"] == "Probe"
    assert any(json.loads(one.value)["company"]["id"] == probe for one in sites)


async def test_a_change_arrives_once_and_a_no_op_save_does_not(
    build: Build, topics: Topics, control: Control
) -> None:
    probe = await add_company(control)
    async with running(build()):
        await topics.until("connectwise", "company", lambda found: bool(of(found, probe)))
        await edit(control, probe, name="Renamed")
        await topics.until("connectwise", "company", lambda found: len(of(found, probe)) == 2)
        await edit(control, probe, name="Renamed")
        await asyncio.sleep(3)
        found = of(await topics.read("connectwise", "company"), probe)
    assert [json.loads(one.value)["name"] for one in found] == ["Probe", "Renamed"]
    assert found[0].envelope.sequence < found[1].envelope.sequence


async def test_a_restart_publishes_nothing_that_was_published(
    build: Build, topics: Topics, control: Control
) -> None:
    async with running(build()):
        before = await topics.until("connectwise", "company", lambda found: len(found) >= 30)
    async with running(again := build()):
        await until(lambda: again.vitals.passed is not None)
        await asyncio.sleep(0.5)
    assert len(await topics.read("connectwise", "company")) == len(before)


async def test_connectwise_down_keeps_the_position_and_loses_no_change(
    build: Build, topics: Topics, control: Control, engine: AsyncEngine
) -> None:
    probe = await add_company(control)
    connector = build(overlap_seconds=0)
    async with running(connector):
        await topics.until("connectwise", "company", lambda found: bool(of(found, probe)))
        await until(lambda: connector.ready().ok)
        await control.fault("503_html")
        await until(lambda: not connector.ready().ok)
        held = await position(engine)
        await edit(control, probe, name="While down")
        await asyncio.sleep(1.5)
        assert connector.live().ok
        assert "503" in connector.ready().reason
        assert await position(engine) == held
        await control.clear_faults()
        await topics.until("connectwise", "company", lambda found: len(of(found, probe)) == 2)
        await until(lambda: connector.ready().ok)
    await engine.dispose()


@pytest.mark.parametrize("kind", ["truncated_json", "cut_middle", "500"])
async def test_trouble_in_mid_walk_loses_nothing(
    build: Build, topics: Topics, control: Control, kind: str
) -> None:
    await control.fault(kind, path="company/companies", probability=0.4, seed=7, times=15)
    async with running(build()):
        await topics.until("connectwise", "company", lambda found: len(found) >= 30)
        await topics.until("connectwise", "site", lambda found: len(found) >= 30)


async def test_stale_lists_lose_nothing_within_the_overlap(
    build: Build, topics: Topics, control: Control
) -> None:
    probe = await add_company(control)
    async with running(build(overlap_seconds=5)):
        await topics.until("connectwise", "company", lambda found: bool(of(found, probe)))
        await control.fault("stale_search", path="company/companies", seconds=3)
        await edit(control, probe, name="Seen late")
        await topics.until("connectwise", "company", lambda found: len(of(found, probe)) == 2)


async def test_two_replicas_one_polls_and_the_other_takes_over(
    build: Build, topics: Topics, control: Control
) -> None:
    probe = await add_company(control)
    one, two = build(), build()
    stop_one, stop_two = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(one.run(stop_one))
    await until(lambda: one.vitals.passed is not None)
    second = asyncio.create_task(two.run(stop_two))
    await until(lambda: two.live().reason.startswith("standing by"))
    await asyncio.sleep(2)
    assert two.vitals.passed is None
    assert two.ready().ok
    stop_one.set()
    await first
    await until(lambda: two.vitals.passed is not None)
    await edit(control, probe, name="After the change of hands")
    found = await topics.until("connectwise", "company", lambda found: len(of(found, probe)) == 2)
    sequences = [one.envelope.sequence for one in of(found, probe)]
    assert sequences[0] < sequences[1]
    stop_two.set()
    await second


class KilledError(Exception):
    """Stands for the end of the process."""


class Killed(Producer):
    """Dies once, before or after the broker has the messages."""

    def __init__(self, settings: KafkaSettings, after: bool) -> None:
        super().__init__(settings, "killed")
        self._after = after

    async def send(self, messages: Sequence[Message]) -> None:
        if self._after:
            await super().send(messages)
        raise KilledError


@pytest.mark.parametrize("after", [False, True])
async def test_killed_between_allocate_and_mark_nothing_is_lost_and_numbers_rise(
    build: Build, topics: Topics, control: Control, kafka_settings: KafkaSettings, after: bool
) -> None:
    probe = await add_company(control)
    dying = build(sites=False)
    dying._producer = lambda: Killed(kafka_settings, after)
    with pytest.raises(KilledError):
        await dying.run(asyncio.Event())
    sent = of(await topics.read("connectwise", "company"), probe)
    assert len(sent) == (1 if after else 0)
    await edit(control, probe, name="Changed since")
    async with running(build(sites=False)):
        found = await topics.until("connectwise", "company", lambda found: len(of(found, probe)) > len(sent))
    assert len({one.envelope.subject for one in found}) >= 31
    sequences = [one.envelope.sequence for one in of(found, probe)]
    assert sequences == sorted(set(sequences))
    assert split(sequences[-1])[1] == 2
    assert json.loads(of(found, probe)[-1].value)["name"] == "Changed since"


async def test_a_sweep_finds_deletions_and_what_no_pass_saw(
    build: Build, topics: Topics, control: Control
) -> None:
    probe = await add_company(control)
    other = await add_company(control, "Other")
    async with running(build(sweep_seconds=0.5)):
        await topics.until(
            "connectwise", "company", lambda found: bool(of(found, probe) and of(found, other))
        )
        await topics.until("connectwise", "site", lambda found: len(found) >= 32)
        site = await control.post("human/site", {"record": {"name": "Branch", "company": {"id": other}}})
        await topics.until("connectwise", "site", lambda found: bool(of(found, site["id"])))
        await control.post(f"human/site/{site['id']}/delete", {})
        await topics.until("connectwise", "site", lambda found: len(of(found, site["id"])) == 2)
        await control.post(f"human/company/{probe}/delete", {})
        found = await topics.until("connectwise", "company", lambda found: len(of(found, probe)) == 2)
        sites = await topics.read("connectwise", "site")
    assert [one.envelope.action for one in of(found, probe)] == ["changed", "deleted"]
    assert of(found, probe)[-1].value
    assert [one.envelope.action for one in of(sites, site["id"])] == ["changed", "deleted"]


async def test_members_are_published_once_and_again_when_they_change(
    build: Build, topics: Topics, control: Control
) -> None:
    async with running(build(sites=False)):
        first = await topics.until("connectwise", "member", lambda found: bool(of(found, MEMBER)))
        await control.post(f"human/member/{MEMBER}", {"changes": {"employeeIdentifer": "E001"}})
        found = await topics.until("connectwise", "member", lambda found: len(of(found, MEMBER)) == 2)
        await control.post(f"human/member/{MEMBER}", {"changes": {"inactiveFlag": True}})
        await topics.until("connectwise", "member", lambda found: len(of(found, MEMBER)) == 3)
        await asyncio.sleep(1)
        assert len(of(await topics.read("connectwise", "member"), MEMBER)) == 3
    assert len({one.envelope.subject for one in first}) == len(first)
    assert json.loads(of(found, MEMBER)[-1].value)["employeeIdentifer"] == "E001"


async def test_a_sweep_finds_a_member_no_pass_saw(build: Build, topics: Topics, control: Control) -> None:
    async with running(build(sites=False, sweep_seconds=0.5)):
        await topics.until("connectwise", "member", lambda found: bool(of(found, MEMBER)))
        await control.fault("stale_search", path="system/members", seconds=2)
        await control.post(f"human/member/{MEMBER}", {"changes": {"lastName": "Seen late"}})
        await topics.until("connectwise", "member", lambda found: len(of(found, MEMBER)) == 2)


async def test_without_the_right_to_see_members_companies_go_on(
    build: Build, topics: Topics, control: Control
) -> None:
    probe = await add_company(control)
    await control.post("role", {"rights": {"Member Maintenance": {"inquire": "None"}}})
    async with running(connector := build(sites=False)):
        await topics.until("connectwise", "company", lambda found: bool(of(found, probe)))
        await until(lambda: connector.ready().ok and connector.vitals.passed is not None)
        assert await topics.read("connectwise", "member") == []
        await control.post("role", {"rights": {"Member Maintenance": {"inquire": "All"}}})
        await topics.until("connectwise", "member", lambda found: bool(of(found, MEMBER)))


async def test_a_thousand_unchanged_records_cost_about_one_list_request(
    build: Build, topics: Topics, control: Control
) -> None:
    rows = [{"identifier": f"Bulk{n}", "name": f"Bulk {n}", "status": {"id": 1}} for n in range(20_000)]
    for start in range(0, len(rows), 5000):
        await control.post("seed", {"company": rows[start : start + 5000]})
    connector = build(sites=False, sweep_seconds=None)
    async with running(connector):
        await until(lambda: connector.vitals.passed is not None)
    await control.forget()
    swept = build(sites=False, sweep_seconds=0.01, poll_seconds=60)
    async with running(swept):
        await until(lambda: swept.vitals.passed is not None)
    asked = await control.requests("company/companies")
    sweeps = [entry for entry in asked if "lastUpdated%20%3E" not in entry["query"]]
    assert len(sweeps) <= 1.05 * 20.1
    assert len(await topics.read("connectwise", "company")) == 20_030
