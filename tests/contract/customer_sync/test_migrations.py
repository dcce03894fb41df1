"""What customers had before locations came is still known after the upgrade, on both engines."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.customer_sync.app import MIGRATIONS
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.pairs.known import AppliedState
from services.customer_sync.tables import APPLIED
from services.customer_sync.wiring import location_store
from shared.config import StoreSettings
from shared.store.engine import open_store
from shared.store.migrate import ENVIRONMENT
from shared.sync.intents import Intent

FIRST, NEWEST = "customer_sync_0001", "head"


def migrated(step: Callable[[Config, str], None], revision: str) -> Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(ENVIRONMENT))
        config.set_main_option("version_locations", str(MIGRATIONS))
        config.set_main_option("path_separator", "newline")
        config.attributes["connection"] = connection
        config.attributes["version_table"] = "alembic_version_customer_sync"
        step(config, revision)
        connection.commit()

    return run


@pytest.fixture
async def engine(store_settings: StoreSettings) -> AsyncEngine:
    return open_store(store_settings, "customer_sync")


async def test_customers_keep_what_was_applied_and_intended_up_and_down(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.run_sync(migrated(command.upgrade, FIRST))
        await connection.execute(
            text(
                "INSERT INTO customer_sync_applied "
                "(customer, claimed, sequence, generation, configuration, company_id) VALUES ('7', 5, 4, 1, 'MSP', 19)"
            )
        )
        await connection.execute(
            text(
                "INSERT INTO customer_sync_intent (customer, action, generation, reference, attempted_at, due_at, target) "
                "VALUES ('7', 'create company', 1, 'A1', 100.0, 160.0, NULL)"
            )
        )
        await connection.commit()
        await connection.run_sync(migrated(command.upgrade, NEWEST))
    store, locations = CustomerStore(engine), location_store(engine)
    assert await store.applied(["7"]) == {"7": AppliedState(4, 5, 1, "MSP", 19)}
    assert await store.intents({"7": 1}) == {"7": Intent(1, "A1", 100.0, None)}
    assert await locations.applied(["7"]) == {}
    assert [due.subject for due in await store.due_intents(200.0, 60.0)] == ["7"]
    async with engine.connect() as connection:
        await connection.execute(
            insert(APPLIED).values(kind="location-site", subject="7", claimed=1, sequence=1, generation=0)
        )
        await connection.commit()
        await connection.run_sync(migrated(command.downgrade, FIRST))
        rows = (
            await connection.execute(text("SELECT customer, company_id FROM customer_sync_applied"))
        ).all()
        assert [tuple(row) for row in rows] == [("7", 19)]
        await connection.rollback()
        await connection.run_sync(migrated(command.upgrade, NEWEST))
    assert await store.applied(["7"]) == {"7": AppliedState(4, 5, 1, "MSP", 19)}
    await engine.dispose()
