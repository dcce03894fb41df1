"""A sync agent as a service: everything is opened, the worker runs beside its due work, everything is closed."""

import asyncio
import contextlib
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus.producer import Message, Producer, PublishError
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
from shared.connectwise.limiter import limiter
from shared.eautomate.engine import check_url
from shared.eautomate.port import EAutomate
from shared.events import topics
from shared.events.case_events import settings_told
from shared.links.client import MappingClient
from shared.mode import check_mode
from shared.service import Health, Service
from shared.store.engine import open_store
from shared.store.migrate import upgrade
from shared.sync.agent import Handler, SyncAgent
from shared.sync.intents import DueIntent
from shared.sync.overwritten import Untold
from shared.sync.settings import AgentSettings
from shared.sync.settle import settle


@dataclass(frozen=True, slots=True)
class Opened:
    """What an agent works with.

    Attributes:
        engine: of its own tables, on which its migrations have run.
        territory_filter: ConnectWise territories that take part, empty: all.
        redo_topic: the agent's own, where commands go.
    """

    engine: AsyncEngine
    eautomate: EAutomate
    connectwise: ConnectWise
    mapping: MappingClient
    territory_filter: Sequence[str]
    redo_topic: str


@dataclass(frozen=True, slots=True)
class Wired:
    """The agent itself.

    Attributes:
        handlers: by (source, entity).
        due: given now (epoch seconds) and the time to settle: creations with an unknown answer to look at.
        look: the command that has one of them looked at.
        untold: of an agent that overwrites fields in ConnectWise.
    """

    handlers: Mapping[tuple[str, str], Handler[Any, Any, Any]]
    due: Callable[[float, float], Awaitable[Sequence[DueIntent]]]
    look: Callable[[DueIntent], Message]
    untold: Untold | None = None


class SyncService(Service):
    """Runs one agent.

    Attributes:
        name: the agent: its section of the settings, its topics and its store.
        process: the number users know.
        sources: (source, entity) of the change topics it may listen to, beside its own redo topic.
        migrations: folder of its migrations.
    """

    name: ClassVar[str]
    process: ClassVar[str]
    sources: ClassVar[Sequence[tuple[str, str]]]
    migrations: ClassVar[Path]

    def __init__(self, settings: AgentSettings) -> None:
        """Read every setting; wrong ones surface here.

        Args:
            settings: the agent's own section.
        """
        self._settings = settings
        self._kafka = load("kafka", KafkaSettings)
        self._connectwise = load("connectwise", ConnectWiseSettings)
        self._eautomate = load("eautomate", EAutomateSettings)
        self._mapping = load("mapping", MappingClientSettings)
        self._store = load("store", StoreSettings)
        check_settings(self._connectwise)
        check_url(self._eautomate)
        check_mode(settings.mode, self._kafka, self._store)
        self._worker: Worker | None = None

    def listens(self) -> Sequence[tuple[str, str]]:
        """Those of ``sources`` it listens to as it is set."""
        return self.sources

    @abstractmethod
    def wire(self, opened: Opened) -> Wired:
        """The agent's handlers over what was opened."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop."""
        engine = open_store(self._store, self.name)
        eautomate = EAutomate.open(self._eautomate)
        mapping = MappingClient(self._mapping.url)
        pace = limiter(self._connectwise, self.name, self._settings.budget_share)
        prefix = self._kafka.topic_prefix
        producer = Producer(self._kafka, f"{prefix}-{self.name}-due")
        try:
            await upgrade(engine, self.name, [self.migrations])
            async with ConnectWise(
                self._connectwise, self.name, pace, read_only=not self._settings.writes_to_connectwise
            ) as client:
                redo = topics.redo(prefix, self.name)
                territories = self._connectwise.territory_filter
                wired = self.wire(Opened(engine, eautomate, client, mapping, territories, redo))
                self._worker = self._working(wired)
                again = self._settings.settle_lookup
                due = asyncio.create_task(settle(wired.due, producer, wired.look, again, stop))
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
        return self._worker.live() if self._worker is not None else Health(ok=True, reason="starting")

    def ready(self) -> Health:
        """Ready once partitions are assigned."""
        return self._worker.ready() if self._worker is not None else Health(ok=False, reason="starting")

    def _working(self, wired: Wired) -> Worker:
        prefix = self._kafka.topic_prefix
        return Worker(
            self.name,
            [*(topics.change(prefix, *source) for source in self.listens()), topics.redo(prefix, self.name)],
            SyncAgent(self.process, self.name, topics.outcomes(prefix), wired.handlers, wired.untold),
            self._kafka,
            hello=[settings_told(self.name, {self.name: self._settings}).message(prefix)],
            pool_size=self._settings.pool_size,
        )
