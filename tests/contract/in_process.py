"""A sync agent in this process against the stand-ins: everything real but Kafka."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from shutil import copyfile

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from services.simulator.connectwise.server import ConnectWiseServer
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.codes import insert_codes
from services.simulator.eautomate.database import transaction, url
from shared.config import EAutomateSettings
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from shared.eautomate.port import EAutomate
from shared.links.client import MappingClient
from shared.sync import creating
from tests.contract.connectwise.conftest import Control, control, settings_for, standin
from tests.contract.customer_sync.conftest import Flaky, way
from tests.contract.eautomate.conftest import LEDGER, empty
from tests.contract.running import Running
from tests.stores import migrated, store_in

__all__ = ["control", "empty", "people", "standin", "systems", "way"]

DEALER = "DEALER"


@dataclass(frozen=True)
class Systems:
    """Both stand-ins and mapping, opened.

    Attributes:
        people: whoever sits at e-automate.
        folder: for stores.
    """

    control: Control
    people: Client
    port: EAutomate
    mapping: MappingClient
    client: ConnectWise
    folder: Path


class AgentWorld(Running):
    """The stand-ins, and an agent that can be killed and started anew."""

    def __init__(self, agent: str, systems: Systems, engine: AsyncEngine) -> None:
        super().__init__(agent)
        self.control = systems.control
        self.people = systems.people
        self.port = systems.port
        self.mapping = systems.mapping
        self.client = systems.client
        self.engine = engine
        self._sequence = 100


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
async def systems(
    standin: ConnectWiseServer,
    control: Control,
    people: Client,
    way: Flaky,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Systems]:
    monkeypatch.setattr(creating, "LOOK_AGAIN_SECONDS", 0.01)
    port = EAutomate.open(EAutomateSettings(url=SecretStr(url(people.path)), ledger_schema=LEDGER))
    await port.create_ledger()
    links = MappingClient(
        "http://mapping", httpx.AsyncClient(transport=way, base_url="http://mapping"), window=0.0
    )
    async with ConnectWise(
        settings_for(standin.url), "test", Limiter("test", 1e6, 5), retry_seconds=2
    ) as client:
        yield Systems(control, people, port, links, client, tmp_path)
    await links.close()
    await port.close()


@asynccontextmanager
async def own_store(systems: Systems, service: str, migrations: Path) -> AsyncIterator[AsyncEngine]:
    """The agent's own tables."""
    engine = await migrated(store_in(systems.folder), service, migrations)
    yield engine
    await engine.dispose()
