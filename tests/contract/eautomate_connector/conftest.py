"""Passes of the e-automate connector over the stand-in, with a broker made by hand."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from services.eautomate_connector.app import MIGRATIONS, NAME
from services.eautomate_connector.entity import Memory
from services.eautomate_connector.reads import EAutomateReader
from services.eautomate_connector.settings import EAutomateConnectorSettings
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import url
from services.simulator.eautomate.seed import seed
from shared.config import EAutomateSettings
from shared.connector.publisher import ChangePublisher, Origin
from shared.connector.runner import Session
from shared.connector.store import RecordStore
from shared.connector.tables import connector_tables
from shared.eautomate.engine import open_engine
from shared.eautomate.port import EAutomate
from shared.events.envelope import Envelope
from shared.store.lease import Lease
from tests.stores import migrated, store_in
from tests.unit.shared.connector.fakes import FakeBroker

CUSTOMERS, LOCATIONS, AGENTS = 30, 10, 12


@dataclass
class Passes:
    """A connector that does one pass when asked."""

    client: Client
    port: EAutomate
    session: Session
    broker: FakeBroker
    clock: list[datetime]
    """The server's time when not empty; the last counts."""
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.again()

    async def run(self) -> list[tuple[Envelope, dict[str, Any]]]:
        """What one pass publishes."""
        before = len(self.broker.sent)
        await self.reader.run_pass()
        return [
            (Envelope.from_headers(message.headers), json.loads(message.value or b""))
            for message in self.broker.sent[before:]
        ]

    async def changed(self, name: str) -> dict[str, Any]:
        """What one pass publishes of a field: by number."""
        return {record["number"]: record.get(name) for _, record in await self.run()}

    def again(self, **more: Any) -> None:
        """Start anew, as after a restart of the process, with other settings; the store is kept."""
        self.settings |= more
        settings = EAutomateConnectorSettings(
            page_rows=10, property_page_rows=25, sweep_hour=None, **self.settings
        )
        self.reader = EAutomateReader(self.port, self.session, settings, Memory())


@pytest.fixture(scope="session")
def dealer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dealer, not to be written to."""
    path = tmp_path_factory.mktemp("connector") / "CoDealer.db"
    seed(path, customers=CUSTOMERS, locations=LOCATIONS, agents=AGENTS)
    return path


@pytest.fixture
async def store_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await migrated(store_in(tmp_path), NAME, MIGRATIONS)
    yield engine
    await engine.dispose()


@pytest.fixture
async def passes(dealer_file: Path, tmp_path: Path, store_engine: AsyncEngine) -> AsyncIterator[Passes]:
    """The first pass is done: everything was published once."""
    path = tmp_path / "CoDealer.db"
    copyfile(dealer_file, path)
    client = Client(path)
    client.add_customer("PROBE", "Probe")
    tables = connector_tables(NAME)
    lease = Lease(store_engine, tables.lease, "poll", "me", 60)
    await lease.acquire()
    store = RecordStore(store_engine, tables, lease)
    await store.begin()
    broker = FakeBroker()
    settings = EAutomateSettings(url=SecretStr(url(path)))
    clock: list[datetime] = []

    def now(zone: ZoneInfo) -> datetime:
        return clock[-1].astimezone(zone) if clock else datetime.now(zone)

    port = EAutomate(open_engine(settings), settings, now)
    session = Session(store, ChangePublisher(Origin(NAME, "eautomate", "t"), store, broker), lambda: None)
    made = Passes(client, port, session, broker, clock)
    await made.run()
    yield made
    await port.close()
