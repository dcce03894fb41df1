"""The mapping service, wired: store, writer, routes, publisher."""

import asyncio
import contextlib
import os
import socket
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mapping.api import Backend, router
from services.mapping.kafka import KafkaSender
from services.mapping.outbox import Outbox
from services.mapping.publisher import Progress, Publisher, Sender
from services.mapping.queries import counts
from services.mapping.settings import MappingSettings
from services.mapping.tables import LEASE
from services.mapping.writes import LinkWriter
from shared import telemetry
from shared.config import KafkaSettings, StoreSettings, load
from shared.links.kinds import LinkKind
from shared.service import Health, Service
from shared.store.engine import open_store, reading
from shared.store.lease import Lease
from shared.store.migrate import upgrade

MIGRATIONS = Path(__file__).parent / "migrations"
LEASE_NAME = "publisher"
_COUNT_SECONDS = 30.0


class MappingService(Service):
    """The one writer of links.

    Args:
        settings: its own section.
        store: Tandem's database.
        sender: makes what takes messages to the broker.
    """

    name: ClassVar[str] = "mapping"

    def __init__(self, settings: MappingSettings, store: StoreSettings, sender: Callable[[], Sender]) -> None:
        self._settings = settings
        self._store = store
        self._sender = sender
        self._backend = Backend()
        self._progress = Progress(beat=time.monotonic())

    async def run(self, stop: asyncio.Event) -> None:
        """Answer and publish until ``stop`` is set."""
        engine = open_store(self._store, self.name)
        try:
            await upgrade(engine, self.name, [MIGRATIONS])
            lease = Lease(engine, LEASE, LEASE_NAME, _holder(), self._settings.lease_seconds)
            publisher = Publisher(Outbox(engine), lease, self._sender(), self._settings, _report)
            self._progress = publisher.progress
            self._backend.open(engine, LinkWriter(engine, publisher.wake))
            async with asyncio.TaskGroup() as group:
                group.create_task(publisher.run(stop))
                group.create_task(_count_links(engine, stop))
        finally:
            self._backend.close()
            await engine.dispose()

    def live(self) -> Health:
        """Alive while the publisher's loop turns; a broker or store that is away is a declared pause."""
        progress, stall = self._progress, self._settings.stall_seconds
        silent = time.monotonic() - progress.beat
        if silent > stall:
            return Health(ok=False, reason=f"the publisher has not turned for {silent:.0f} s")
        oldest = progress.backlog.oldest_seconds
        if progress.holding and progress.trouble is None and oldest > stall:
            return Health(ok=False, reason=f"the oldest link has waited {oldest:.0f} s to be published")
        return Health(ok=True, reason=_state(progress))

    def ready(self) -> Health:
        """Ready while requests are answered; without a broker links are taken and published later."""
        if not self._backend.is_open:
            return Health(ok=False, reason="the store is not open")
        if self._progress.store_away:
            return Health(ok=False, reason=_state(self._progress))
        return Health(ok=True, reason=_state(self._progress))

    def routers(self) -> Sequence[APIRouter]:
        """The routes under ``/links``."""
        return (router(self._backend),)


def build() -> Service:
    """The service from the process's settings."""
    kafka = load("kafka", KafkaSettings)
    return MappingService(
        load("mapping", MappingSettings), load("store", StoreSettings), lambda: KafkaSender(kafka)
    )


def _holder() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _state(progress: Progress) -> str:
    if progress.trouble is not None:
        return f"paused: {progress.trouble}"
    if not progress.holding:
        return "standing by: another replica publishes"
    waiting = progress.backlog
    return f"publishing; {waiting.messages} messages wait, the oldest for {waiting.oldest_seconds:.0f} s"


async def _count_links(engine: AsyncEngine, stop: asyncio.Event) -> None:
    while not stop.is_set():
        # A store that is away is the publisher's to report; the gauge keeps what was last counted.
        with contextlib.suppress(SQLAlchemyError, OSError):
            async with reading(engine) as connection:
                found = await counts(connection)
            for kind in LinkKind:
                telemetry.LINKS.labels(kind.value).set(found.get(kind.value, 0))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _COUNT_SECONDS)


def _report(progress: Progress) -> None:
    telemetry.LEASE_HELD.labels("mapping").set(1 if progress.holding else 0)
    telemetry.OUTBOX_AGE.set(progress.backlog.oldest_seconds)
