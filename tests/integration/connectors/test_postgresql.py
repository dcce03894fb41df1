"""What the connectors remember, on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

import services.connectwise_connector.app as connectwise
import services.eautomate_connector.app as eautomate
from shared.config import StoreSettings
from shared.connector.deletions import publish_deletions, vanished
from shared.connector.tables import connector_tables
from shared.store.engine import open_store
from shared.store.lease import Lease, LeaseLostError
from shared.store.migrate import upgrade
from tests.unit.shared.connector.fakes import NAME, TABLES, FakeBroker, publisher, snap, taken

pytestmark = pytest.mark.postgres


@pytest.fixture
async def engine(postgres_database: URL) -> AsyncIterator[AsyncEngine]:
    settings = StoreSettings(url=SecretStr(postgres_database.render_as_string(hide_password=False)))
    engine = open_store(settings, NAME)
    await upgrade(engine, NAME, [connectwise.MIGRATIONS])
    await upgrade(engine, eautomate.NAME, [eautomate.MIGRATIONS])
    yield engine
    await engine.dispose()


async def test_both_connectors_share_a_database_with_tables_of_their_own(engine: AsyncEngine) -> None:
    tables = connector_tables(eautomate.NAME)
    lease = Lease(engine, tables.lease, "poll", "x", 60)
    assert await lease.acquire() == 1
    assert {table.name for table in TABLES.metadata.sorted_tables}.isdisjoint(tables.metadata.tables)


async def test_pages_positions_children_and_deletions(engine: AsyncEngine) -> None:
    store, broker = await taken(engine), FakeBroker()
    it = publisher(store, broker)
    page = [snap(str(n), stamp="s") for n in range(1500)]
    await it.publish("company", page, position="1", watch_children=True)
    result = await it.publish("company", [*page[:-1], snap("1499", "b", stamp="t")], position="2")
    assert (result.published, result.unchanged) == (1, 1499)
    assert await store.position("company") == "2"
    assert len(await store.children_due("company", 10_000)) == 1499
    gone = vanished(await store.known("company"), {str(n) for n in range(1499)})
    assert await publish_deletions(it, "company", gone) == 1
    assert await store.count("company") == 1499
    assert len(broker.sent) == 1502


async def test_a_replica_that_lost_the_lease_saves_nothing(engine: AsyncEngine) -> None:
    store = await taken(engine, "old")
    async with engine.begin() as connection:
        await connection.execute(TABLES.lease.update().values(expires_at=0.0))
    await taken(engine, "new")
    with pytest.raises(LeaseLostError):
        await publisher(store, FakeBroker()).publish("company", [snap("1")], position="old")
