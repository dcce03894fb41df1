"""ID747, wired: bus, store, both systems, mapping."""

import asyncio
import contextlib
from pathlib import Path
from typing import ClassVar

from services.customer_sync.asking import settling
from services.customer_sync.customers.gather import PROCESS
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.customers.writes import AGENT
from services.customer_sync.employees.wiring import member_handlers, member_store
from services.customer_sync.settings import CustomerSyncSettings
from services.customer_sync.wiring import handlers, location_store
from shared.bus.producer import Producer, PublishError
from shared.bus.worker import Worker
from shared.config import (
    ConnectWiseSettings,
    EAutomateSettings,
    KafkaSettings,
    MappingClientSettings,
    StoreSettings,
    load,
)
from shared.connectwise.client import ConnectWise, check_settings
from shared.connectwise.companies import Companies
from shared.connectwise.limiter import limiter
from shared.connectwise.members import Members
from shared.eautomate.engine import check_url
from shared.eautomate.port import EAutomate
from shared.events import topics
from shared.events.case_events import settings_told
from shared.links.client import MappingClient
from shared.mode import check_mode
from shared.service import Health, Service
from shared.store.engine import open_store
from shared.store.migrate import upgrade
from shared.sync.agent import SyncAgent
from shared.sync.settle import settle

MIGRATIONS = Path(__file__).parent / "migrations"


class CustomerSync(Service):
    """Keeps ConnectWise companies equal to e-automate customers."""

    name: ClassVar[str] = AGENT

    def __init__(self) -> None:
        """Read every setting; wrong ones surface here."""
        self._settings = load(AGENT, CustomerSyncSettings)
        self._kafka = load("kafka", KafkaSettings)
        self._connectwise = load("connectwise", ConnectWiseSettings)
        self._eautomate = load("eautomate", EAutomateSettings)
        self._mapping = load("mapping", MappingClientSettings)
        self._store = load("store", StoreSettings)
        check_settings(self._connectwise)
        check_url(self._eautomate)
        check_mode(self._settings.mode, self._kafka, self._store)
        self._worker: Worker | None = None
        self._starting = "starting"

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop."""
        engine = open_store(self._store, self.name)
        eautomate = EAutomate.open(self._eautomate)
        mapping = MappingClient(self._mapping.url)
        pace = limiter(self._connectwise, self.name, self._settings.budget_share)
        producer = Producer(self._kafka, f"{self._kafka.topic_prefix}-{AGENT}-due")
        prefix = self._kafka.topic_prefix
        try:
            await upgrade(engine, self.name, [MIGRATIONS])
            async with ConnectWise(
                self._connectwise, self.name, pace, read_only=not self._settings.writes_to_connectwise
            ) as client:
                store = CustomerStore(engine)
                companies = Companies(client)
                agent = SyncAgent(
                    PROCESS,
                    AGENT,
                    topics.outcomes(prefix),
                    {
                        **handlers(
                            store,
                            location_store(engine),
                            eautomate,
                            companies,
                            mapping,
                            self._settings,
                            self._connectwise.territory_filter,
                            topics.redo(prefix, AGENT),
                        ),
                        **member_handlers(
                            member_store(engine),
                            eautomate,
                            Members(client),
                            mapping,
                            topics.redo(prefix, AGENT),
                        ),
                    },
                )
                self._worker = Worker(
                    AGENT,
                    [
                        topics.change(prefix, "eautomate", "customer"),
                        topics.change(prefix, "connectwise", "company"),
                        topics.change(prefix, "connectwise", "site"),
                        topics.change(prefix, "eautomate", "agent"),
                        topics.change(prefix, "connectwise", "member"),
                        topics.redo(prefix, AGENT),
                    ],
                    agent,
                    self._kafka,
                    hello=[settings_told(AGENT, {AGENT: self._settings}).message(prefix)],
                    pool_size=self._settings.pool_size,
                )
                command, again = settling(topics.redo(prefix, AGENT)), self._settings.settle_lookup
                due = asyncio.create_task(settle(store.due_intents, producer, command, again, stop))
                try:
                    await self._worker.run(stop)
                finally:
                    due.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await due
        finally:
            with contextlib.suppress(PublishError):
                await producer.stop()
            await mapping.close()
            await eautomate.close()
            await engine.dispose()

    def live(self) -> Health:
        """Live while starting, pausing, or moving."""
        return self._worker.live() if self._worker is not None else Health(ok=True, reason=self._starting)

    def ready(self) -> Health:
        """Ready once partitions are assigned."""
        return self._worker.ready() if self._worker is not None else Health(ok=False, reason=self._starting)


def build() -> Service:
    """The service from the process's settings."""
    return CustomerSync()
