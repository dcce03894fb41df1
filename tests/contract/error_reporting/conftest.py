"""The store of error_reporting on both engines."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.error_reporting.app import MIGRATIONS, NAME
from services.error_reporting.queries import Queries
from services.error_reporting.store import CaseStore
from services.error_reporting.wakes import Wakes
from shared.config import StoreSettings
from tests.stores import migrated

RETRY, DAYS = timedelta(minutes=15), timedelta(days=30)


@pytest.fixture
async def engine(store_settings: StoreSettings) -> AsyncIterator[AsyncEngine]:
    opened = await migrated(store_settings, NAME, MIGRATIONS)
    yield opened
    await opened.dispose()


@pytest.fixture
def store(engine: AsyncEngine) -> CaseStore:
    return CaseStore(engine, RETRY)


@pytest.fixture
def wakes(engine: AsyncEngine) -> Wakes:
    return Wakes(engine, RETRY, DAYS)


@pytest.fixture
def queries(engine: AsyncEngine) -> Queries:
    return Queries(engine, DAYS)
