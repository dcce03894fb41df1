"""error_reporting, wired: store, fold, waker."""

import asyncio
import contextlib
import os
import socket
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import structlog
from aiokafka.errors import KafkaError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.error_reporting.folding import CaseFold, folded_topics
from services.error_reporting.settings import ErrorReportingSettings
from services.error_reporting.store import CaseStore
from services.error_reporting.tables import LEASE, WAKER
from services.error_reporting.waker import Waker
from services.error_reporting.wakes import Wakes
from shared.bus.producer import Producer, PublishError
from shared.bus.rewind import GroupInUse, bounds, rewind
from shared.bus.worker import Worker
from shared.config import EAutomateSettings, KafkaSettings, StoreSettings, load
from shared.links.view import LinkView
from shared.service import Health, Service
from shared.store.engine import open_store
from shared.store.lease import Lease
from shared.store.migrate import upgrade
from shared.zone import dealer_zone

log = structlog.get_logger(__name__)

NAME = "error_reporting"
MIGRATIONS = Path(__file__).parent / "migrations"
STALL_SECONDS = 120.0
AGAIN_SECONDS = 2.0


class ErrorReporting(Service):
    """Folds what agents tell into cases, and wakes them."""

    name: ClassVar[str] = NAME

    def __init__(self) -> None:
        """Read every setting; wrong ones surface here."""
        self._settings = load(NAME, ErrorReportingSettings)
        self._kafka = load("kafka", KafkaSettings)
        self._store = load("store", StoreSettings)
        self._zone = dealer_zone(load("eautomate", EAutomateSettings))
        self._worker: Worker | None = None
        self._waker: Waker | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop."""
        engine = open_store(self._store, self.name)
        prefix = self._kafka.topic_prefix
        producer = Producer(self._kafka, f"{prefix}-{NAME}-wakes")
        try:
            await upgrade(engine, self.name, [MIGRATIONS])
            store = CaseStore(
                engine,
                timedelta(minutes=self._settings.retry_minutes),
                self._zone,
                timedelta(days=self._settings.report_days),
            )
            folded = folded_topics(prefix)
            fold = CaseFold(store, prefix, lambda: waker.nudge())
            waker = self._make_waker(engine, store, producer, folded)
            worker = Worker(NAME, folded, fold, self._kafka)
            await self._from_the_beginning(store, worker.group, folded, stop)
            waker.beat = time.monotonic()
            self._waker, self._worker = waker, worker
            links = LinkView(self._kafka, waker.linked)
            links.start()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(worker.run(stop))
                    group.create_task(waker.run(stop))
            finally:
                await links.stop()
        finally:
            with contextlib.suppress(PublishError):
                await producer.stop()
            await engine.dispose()

    def live(self) -> Health:
        """Live while starting, pausing, or moving."""
        if self._worker is None or self._waker is None:
            return Health(ok=True, reason="starting")
        silent = time.monotonic() - self._waker.beat
        if silent > STALL_SECONDS:
            return Health(ok=False, reason=f"nobody looked for cases to wake for {silent:.0f} s")
        health = self._worker.live()
        return Health(ok=health.ok, reason=f"{health.reason}; {self._waker.state()}")

    def ready(self) -> Health:
        """Ready once partitions are assigned."""
        if self._worker is None or self._waker is None:
            return Health(ok=False, reason="starting")
        health = self._worker.ready()
        return Health(ok=health.ok, reason=f"{health.reason}; {self._waker.state()}")

    def _make_waker(
        self, engine: AsyncEngine, store: CaseStore, producer: Producer, topics: list[str]
    ) -> Waker:
        settings = self._settings
        retry, auto = timedelta(minutes=settings.retry_minutes), timedelta(days=settings.auto_retry_days)
        holder = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        return Waker(
            store,
            Wakes(engine, retry, auto),
            Lease(engine, LEASE, WAKER, holder, settings.lease_seconds),
            producer,
            lambda: bounds(self._kafka, topics),
            self._kafka.topic_prefix,
            settings.wake_batch,
        )

    async def _from_the_beginning(
        self, store: CaseStore, group: str, topics: list[str], stop: asyncio.Event
    ) -> None:
        """A new or lost store is folded from the beginning of the topics, whatever was read before."""
        while not stop.is_set() and not await store.positions():
            try:
                await rewind(self._kafka, group, topics)
            except GroupInUse:
                log.warning("another replica is reading; an empty store is filled by `tandem cases rebuild`")
                return
            except (KafkaError, OSError) as error:
                log.warning("the broker does not answer yet", error=str(error))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)
            else:
                return


def build() -> Service:
    """The service from the process's settings."""
    return ErrorReporting()
