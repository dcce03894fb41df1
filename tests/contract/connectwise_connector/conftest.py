"""Passes of the ConnectWise connector over the stand-in, with a broker made by hand."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.connectwise_connector.app import MIGRATIONS, NAME
from services.connectwise_connector.reads import ConnectWiseReader
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.publisher import ChangePublisher, Origin
from shared.connector.runner import Session
from shared.connector.store import RecordStore
from shared.connector.tables import connector_tables
from shared.connectwise.client import ConnectWise
from shared.events.agreements import Invoice
from shared.events.envelope import Envelope
from shared.store.lease import Lease
from tests.contract.connectwise.billing import Billing
from tests.contract.connectwise.conftest import Control, client, control, settings, standin
from tests.stores import migrated, store_in
from tests.unit.shared.connector.fakes import FakeBroker

__all__ = ["client", "control", "settings", "standin"]

TODAY = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
SETTINGS: dict[str, Any] = {
    "invoices": True,
    "overlap_seconds": 2,
    "invoice_compare_seconds": 0,
    "sweep_hour": None,
}


@dataclass
class Passes:
    """A connector that does one pass when asked, and the tenant it reads."""

    client: ConnectWise
    control: Control
    billing: Billing
    session: Session
    broker: FakeBroker
    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))
    now: datetime = TODAY

    def __post_init__(self) -> None:
        self.again()

    def again(self, **more: Any) -> None:
        """Start anew, as after a restart of the process, with other settings; the store is kept."""
        self.settings |= more
        self.reader = ConnectWiseReader(
            self.client, self.session, ConnectWiseConnectorSettings(**self.settings), lambda: self.now
        )

    async def later(self, **ago: float) -> None:
        """Time passes, here and at the tenant."""
        passed = timedelta(**ago)
        self.now += passed
        await self.control.post("clock", {"advance": passed.total_seconds()})

    async def run(self, entity: str = Invoice.ENTITY) -> list[tuple[Envelope, dict[str, Any]]]:
        """What one pass publishes of a record kind."""
        before = len(self.broker.sent)
        await self.reader.run_pass()
        found = [
            (Envelope.from_headers(message.headers), json.loads(message.value or b""))
            for message in self.broker.sent[before:]
        ]
        return [one for one in found if one[0].entity == entity]

    async def settled(self) -> None:
        """Whatever was done so far is read, and lies before what the next pass reads again."""
        for _ in range(2):
            await self.run()
            await self.later(seconds=5)
        await self.run()

    async def invoices(self) -> list[Invoice]:
        """The same, as records."""
        return [
            Invoice.model_validate(record)
            for envelope, record in await self.run()
            if envelope.action == "changed"
        ]

    async def asked(self, path: str = "") -> int:
        """Requests since they were last forgotten."""
        return len(await self.control.requests(path))


@pytest.fixture
async def store_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await migrated(store_in(tmp_path), NAME, MIGRATIONS)
    yield engine
    await engine.dispose()


@pytest.fixture
def billing(control: Control) -> Billing:
    return Billing(control)


@pytest.fixture
async def passes(
    client: ConnectWise, control: Control, billing: Billing, store_engine: AsyncEngine
) -> Passes:
    """Nothing was read yet."""
    await control.post("clock", {"set": TODAY.strftime("%Y-%m-%dT%H:%M:%SZ"), "freeze": True})
    tables = connector_tables(NAME)
    lease = Lease(store_engine, tables.lease, "poll", "me", 600)
    await lease.acquire()
    store = RecordStore(store_engine, tables, lease)
    await store.begin()
    broker = FakeBroker()
    session = Session(store, ChangePublisher(Origin(NAME, "connectwise", "t"), store, broker), lambda: None)
    return Passes(client, control, billing, session, broker)
