"""The mapping service's parts on both engines."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mapping.api import Backend, router
from services.mapping.app import MIGRATIONS
from services.mapping.writes import LinkWriter
from shared.config import StoreSettings
from tests.postgres import postgres, postgres_database
from tests.stores import migrated, store_settings

__all__ = ["postgres", "postgres_database", "store_settings"]


@pytest.fixture
async def engine(store_settings: StoreSettings) -> AsyncIterator[AsyncEngine]:
    store = await migrated(store_settings, "mapping", MIGRATIONS)
    yield store
    await store.dispose()


@pytest.fixture
def writer(engine: AsyncEngine) -> LinkWriter:
    return LinkWriter(engine)


@pytest.fixture
def application(engine: AsyncEngine, writer: LinkWriter) -> FastAPI:
    backend = Backend()
    backend.open(engine, writer)
    application = FastAPI()
    application.include_router(router(backend))
    return application


@pytest.fixture
async def http(application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://mapping") as client:
        yield client
