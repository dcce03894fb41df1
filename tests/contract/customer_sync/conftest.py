"""ID747 in one process against the stand-ins: everything real but Kafka."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

import services.customer_sync.app as customer_sync
import services.mapping.app as mapping
from services.mapping.api import Backend, router
from services.mapping.writes import LinkWriter
from services.simulator.connectwise.server import ConnectWiseServer
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import Companies
from shared.connectwise.limiter import Limiter
from shared.links.client import MappingClient
from shared.sync import creating
from tests.contract.connectwise.conftest import Control, control, settings_for, standin
from tests.contract.customer_sync.world import World
from tests.contract.eautomate.conftest import Database, coded, database, empty
from tests.stores import migrated, store_in

__all__ = ["coded", "control", "database", "empty", "standin"]


class Flaky(httpx.AsyncBaseTransport):
    """The way to mapping; it may lose the answer of the next call that matches."""

    def __init__(self, application: FastAPI) -> None:
        self._inner = httpx.ASGITransport(application)
        self.lose = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if self.lose and request.url.path.endswith(self.lose):
            self.lose = ""
            raise httpx.ReadError("connection reset by peer")
        return answer


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[Flaky]:
    engine = await migrated(store_in(tmp_path), "mapping", mapping.MIGRATIONS)
    backend = Backend()
    backend.open(engine, LinkWriter(engine))
    application = FastAPI()
    application.include_router(router(backend))
    yield Flaky(application)
    await engine.dispose()


@pytest.fixture
async def world(
    standin: ConnectWiseServer,
    control: Control,
    database: Database,
    way: Flaky,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[World]:
    monkeypatch.setattr(creating, "LOOK_AGAIN_SECONDS", 0.01)
    engine = await migrated(store_in(tmp_path), "customer_sync", customer_sync.MIGRATIONS)
    http = httpx.AsyncClient(transport=way, base_url="http://mapping")
    links = MappingClient("http://mapping", http, window=0.0)
    settings = settings_for(standin.url)
    async with ConnectWise(settings, "test", Limiter("test", 1e6, 5), retry_seconds=2) as client:
        yield World(control, database, Companies(client), links, engine)
    await links.close()
    await engine.dispose()
    await asyncio.sleep(0)
