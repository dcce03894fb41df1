"""Tandem's own database for tests, once on SQLite and once on PostgreSQL."""

import tempfile
from functools import cache
from pathlib import Path
from shutil import copyfile

import pytest
from pydantic import SecretStr
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.config import StoreSettings
from shared.store.engine import open_store
from shared.store.migrate import upgrade


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    """Settings of an empty store; the test runs once an engine."""
    if request.param == "sqlite":
        return StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db"))
    database: URL = request.getfixturevalue("postgres_database")
    return StoreSettings(url=SecretStr(database.render_as_string(hide_password=False)))


def store_in(folder: Path) -> StoreSettings:
    """Settings of a store of SQLite files, one a service."""
    return StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{folder}/{{service}}.db"))


async def migrated(settings: StoreSettings, service: str, migrations: Path) -> AsyncEngine:
    """A service's store with its newest tables; a new SQLite file is a copy of one that was migrated once."""
    engine = open_store(settings, service)
    own = Path(str(engine.url.database))
    if engine.dialect.name != "sqlite" or own.exists():  # noqa: ASYNC240 - once a test, on the local disk
        await upgrade(engine, service, [migrations])
        return engine
    kept = Path(_kept().name) / f"{service}.db"
    if not kept.exists():
        await _keep(service, migrations, kept)
    copyfile(kept, own)
    return engine


async def _keep(service: str, migrations: Path, kept: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(store_in(Path(folder)), service)
        await upgrade(engine, service, [migrations])
        await engine.dispose()
        copyfile(f"{folder}/{service}.db", kept)


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tandem-stores-")
