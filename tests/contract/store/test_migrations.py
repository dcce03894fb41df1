import asyncio
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, inspect

import services.agreement_sync.app
import services.customer_sync.app
import services.error_reporting.app
import services.mapping.app
import services.service_sync.app
from services.mapping.app import MIGRATIONS
from shared.config import StoreSettings
from shared.store.engine import open_store
from shared.store.migrate import upgrade

SERVICES = (
    services.agreement_sync.app,
    services.customer_sync.app,
    services.error_reporting.app,
    services.mapping.app,
    services.service_sync.app,
)


def shape_of(connection: Connection) -> dict[str, Any]:
    """Columns, indexes and unique constraints, by table."""
    seen = inspect(connection)
    return {
        name: (
            {(column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(name)},
            {index["name"] for index in seen.get_indexes(name)},
            {tuple(unique["column_names"]) for unique in seen.get_unique_constraints(name)},
        )
        for name in seen.get_table_names()
        if not name.startswith(("alembic_version", "sqlite_"))
    }


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
async def test_migrations_make_the_tables_the_code_expects(
    service: ModuleType, store_settings: StoreSettings
) -> None:
    name = service.__name__.split(".")[1]
    tables = import_module(f"services.{name}.tables").METADATA
    engine = open_store(store_settings, name)
    await upgrade(engine, name, [service.MIGRATIONS])
    async with engine.connect() as connection:
        found = await connection.run_sync(shape_of)
    assert set(found) == set(tables.tables)
    async with engine.begin() as connection:
        await connection.run_sync(tables.drop_all)
        await connection.run_sync(tables.create_all)
    async with engine.connect() as connection:
        assert await connection.run_sync(shape_of) == found
    await engine.dispose()


async def test_migrating_again_does_nothing(store_settings: StoreSettings) -> None:
    store = open_store(store_settings, "mapping")
    for _ in range(2):
        await upgrade(store, "mapping", [MIGRATIONS])
    await store.dispose()


async def test_services_of_one_process_may_migrate_at_once(store_settings: StoreSettings) -> None:
    stores = [open_store(store_settings, "mapping") for _ in range(3)]
    await asyncio.gather(*(upgrade(store, "mapping", [MIGRATIONS]) for store in stores))
    for store in stores:
        await store.dispose()


async def test_replicas_may_migrate_at_once(store_settings: StoreSettings) -> None:
    url = store_settings.url.get_secret_value()
    replicas = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.contract.store.migrating", url,
            stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3],
        )
        for _ in range(3)
    ]  # fmt: skip
    faults = [(await replica.communicate())[1].decode() for replica in replicas]
    assert [replica.returncode for replica in replicas] == [0, 0, 0], faults


async def test_two_services_may_share_a_database(store_settings: StoreSettings, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "m1.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        "from shared.store.lease import lease_columns\n"
        "revision = 'other_1'\n"
        "down_revision = None\n"
        "def upgrade():\n"
        "    op.create_table('other_lease', *lease_columns())\n"
    )
    store = open_store(store_settings, "mapping")
    await upgrade(store, "mapping", [MIGRATIONS])
    await upgrade(store, "other", [other])
    await upgrade(store, "mapping", [MIGRATIONS])
    async with store.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await store.dispose()
    assert {"mapping_lease", "other_lease", "alembic_version_mapping", "alembic_version_other"} <= set(tables)
