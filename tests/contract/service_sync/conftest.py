"""ID965 in one process against the stand-ins: everything real but Kafka."""

from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from shutil import copyfile

import httpx
import pytest
from pydantic import SecretStr

import services.service_sync.app as service_sync
from services.simulator.connectwise.server import ConnectWiseServer
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.codes import insert_codes
from services.simulator.eautomate.database import transaction, url
from shared.config import EAutomateSettings, StoreSettings
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from shared.eautomate.port import EAutomate
from shared.links.client import MappingClient
from shared.store.engine import open_store
from shared.store.migrate import upgrade
from shared.sync import creating
from tests.contract.connectwise.conftest import Control, control, settings_for, standin
from tests.contract.customer_sync.conftest import Flaky, way
from tests.contract.eautomate.conftest import LEDGER, empty
from tests.contract.service_sync.world import DEALER, World

__all__ = ["control", "empty", "standin", "way"]


@pytest.fixture
def people(tmp_path: Path, empty: Path) -> Client:
    path = tmp_path / "ea.db"
    copyfile(empty, path)
    with transaction(path) as file:
        insert_codes(file)
    people = Client(path, zone=UTC)
    people.add_customer(DEALER, "The dealership itself", CompanyCustomer=1)
    people.add_templates(DEALER)
    return people


@pytest.fixture
async def world(
    standin: ConnectWiseServer,
    control: Control,
    people: Client,
    way: Flaky,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[World]:
    monkeypatch.setattr(creating, "LOOK_AGAIN_SECONDS", 0.01)
    port = EAutomate.open(EAutomateSettings(url=SecretStr(url(people.path)), ledger_schema=LEDGER))
    await port.create_ledger()
    store = StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db"))
    engine = open_store(store, "service_sync")
    await upgrade(engine, "service_sync", [service_sync.MIGRATIONS])
    links = MappingClient(
        "http://mapping", httpx.AsyncClient(transport=way, base_url="http://mapping"), window=0.0
    )
    async with ConnectWise(
        settings_for(standin.url), "test", Limiter("test", 1e6, 5), retry_seconds=2
    ) as client:
        yield World(control, people, port, links, engine, client)
    await links.close()
    await port.close()
    await engine.dispose()
