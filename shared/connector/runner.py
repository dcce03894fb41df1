"""The life of a connector: wait for the lease, pass after pass, pause while a system is away.

Trouble with the source, the broker or the store is a declared pause: alive, not ready, positions unchanged.
"""

import asyncio
import os
import random
import socket
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus.producer import PublishError
from shared.config import StoreSettings
from shared.connector.publisher import ChangePublisher, Origin, Sender
from shared.connector.settings import ConnectorSettings
from shared.connector.store import RecordStore
from shared.connector.tables import connector_tables
from shared.service import Health, Service
from shared.store.engine import open_store
from shared.store.lease import Lease, LeaseLostError
from shared.store.migrate import upgrade
from shared.telemetry import LEASE_HELD, PASS_SECONDS, PAUSED, PAUSES, WATERMARK_AGE

FIRST_PAUSE_SECONDS = 0.5
BROKER_PAUSE_SECONDS = 3.0
"""A broker that is away is asked with one connection, so work goes on soon after it is back."""
STORE_AWAY = (DBAPIError, PoolTimeoutError, OSError)
STOP_SECONDS = 5.0

log = structlog.get_logger(__name__)


class SourceError(Exception):
    """The source cannot be read now; the text is for people. The position stays, the pass is done again."""


class StoppedError(Exception):
    """The service was told to stop; the pass ends between two pages."""


class Reader(Protocol):
    """What differs between connectors: how a pass reads its source."""

    async def run_pass(self) -> None:
        """Read what changed and publish it.

        Raises:
            SourceError: the source cannot be read now.
        """

    async def close(self) -> None:
        """Let go of the source."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a reader works with while this replica holds the lease.

    Attributes:
        advance: tells of progress where no page is published; raises StoppedError when told to stop.
    """

    store: RecordStore
    publisher: ChangePublisher
    advance: Callable[[], None]


class ProducerLike(Sender, Protocol):
    """A sender that can be started and stopped."""

    async def start(self) -> object:
        """Connect, unless it is connected.

        Raises:
            PublishError: no broker answers.
        """

    async def stop(self) -> None:
        """Disconnect; ``send`` may be called again."""


class Phase(Enum):
    """What a connector is doing."""

    STARTING = "starting"
    STANDBY = "standing by: another replica polls"
    WORKING = "polling"
    PAUSED = "paused"


@dataclass(slots=True)
class Vitals:
    """How a connector is.

    Attributes:
        beat: monotonic time of the last sign of progress.
        passed: monotonic time of the last complete pass, None before the first.
        trouble: why it pauses.
    """

    phase: Phase = Phase.STARTING
    beat: float = field(default_factory=time.monotonic)
    passed: float | None = None
    trouble: str = ""

    def describe(self) -> str:
        """For people."""
        if self.phase is Phase.PAUSED:
            return f"paused: {self.trouble}"
        if self.passed is None:
            return str(self.phase.value)
        return f"{self.phase.value}; last complete pass {time.monotonic() - self.passed:.0f} s ago"


class ConnectorService(Service):
    """Runs a reader under a lease."""

    def __init__(
        self,
        *,
        origin: Origin,
        settings: ConnectorSettings,
        store: StoreSettings,
        migrations: Path,
        producer: Callable[[], ProducerLike],
        reader: Callable[[Session], Awaitable[Reader]],
    ) -> None:
        """Prepare; nothing is opened before ``run``.

        Args:
            origin: whose changes.
            settings: pace and caution.
            store: Tandem's database.
            migrations: folder of the service's migrations.
            producer: makes what takes messages to the broker.
            reader: opens the source; may raise SourceError.
        """
        self._origin = origin
        self._settings = settings
        self._store = store
        self._migrations = migrations
        self._producer = producer
        self._reader = reader
        self.vitals = Vitals()
        self._lost = False

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until ``stop`` is set; a page in hand is finished."""
        name = self._origin.connector
        WATERMARK_AGE.labels(name, "all").set_function(self._age)
        engine = open_store(self._store, name)
        producer = self._producer()
        try:
            while not stop.is_set():
                try:
                    await upgrade(engine, name, [self._migrations])
                    break
                except STORE_AWAY as error:
                    await self._pause(stop, f"the store: {_text(error)}", self._settings.pause_seconds / 4)
            await self._serve(stop, engine, producer)
        finally:
            LEASE_HELD.labels(name).set(0)
            await producer.stop()
            await engine.dispose()

    def live(self) -> Health:
        """Alive while pages, passes or pauses follow one another."""
        silent = time.monotonic() - self.vitals.beat
        if silent > self._settings.stall_seconds + self._settings.poll_seconds:
            return Health(ok=False, reason=f"no progress for {silent:.0f} s; {self.vitals.describe()}")
        return Health(ok=True, reason=self.vitals.describe())

    def ready(self) -> Health:
        """Ready while polling or standing by."""
        ok = self.vitals.phase in (Phase.WORKING, Phase.STANDBY)
        return Health(ok=ok, reason=self.vitals.describe())

    async def _serve(self, stop: asyncio.Event, engine: AsyncEngine, producer: ProducerLike) -> None:
        name = self._origin.connector
        tables = connector_tables(name)
        pause = FIRST_PAUSE_SECONDS
        while not stop.is_set():
            lease = Lease(engine, tables.lease, "poll", _holder(), self._settings.lease_seconds)
            passed = self.vitals.passed
            try:
                if await lease.acquire() is None:
                    self._be(Phase.STANDBY)
                    await _wait(stop, self._settings.lease_seconds / 3)
                    continue
                LEASE_HELD.labels(name).set(1)
                # Before anything is read that could not be told.
                await producer.start()
                await self._under_lease(stop, RecordStore(engine, tables, lease), lease, producer)
            except LeaseLostError:
                log.warning("the lease was lost; another replica polls", connector=name)
            except (SourceError, PublishError, *STORE_AWAY) as error:
                if self.vitals.passed != passed:
                    pause = FIRST_PAUSE_SECONDS
                LEASE_HELD.labels(name).set(0)
                await self._release(lease)
                await self._pause(stop, _text(error), pause)
                most = (
                    BROKER_PAUSE_SECONDS if isinstance(error, PublishError) else self._settings.pause_seconds
                )
                pause = min(pause * 2, most)
            finally:
                LEASE_HELD.labels(name).set(0)
                await self._release(lease)

    async def _under_lease(
        self, stop: asyncio.Event, store: RecordStore, lease: Lease, producer: ProducerLike
    ) -> None:
        ending = asyncio.Event()

        def check() -> None:
            self.vitals.beat = time.monotonic()
            if stop.is_set():
                raise StoppedError

        publisher = ChangePublisher(
            self._origin, store, producer, before_page=check, after_page=lambda: self._be(Phase.WORKING)
        )
        work = asyncio.create_task(self._passes(stop, Session(store, publisher, check)))
        keeping = asyncio.create_task(_keep(lease, ending))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({work, keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.done() and not work.done() and not keeping.done():
                await asyncio.wait({work, keeping}, timeout=STOP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
            elif keeping.done():
                keeping.result()
        finally:
            ending.set()
            for task in (work, keeping, stopping):
                task.cancel()
            await asyncio.gather(work, keeping, stopping, return_exceptions=True)

    async def _passes(self, stop: asyncio.Event, session: Session) -> None:
        name = self._origin.connector
        await session.store.begin()
        reader = await self._reader(session)
        try:
            while not stop.is_set():
                begun = time.monotonic()
                await reader.run_pass()
                PASS_SECONDS.labels(name, "all").observe(time.monotonic() - begun)
                self.vitals.passed = time.monotonic()
                self._be(Phase.WORKING)
                await _wait(stop, self._settings.poll_seconds)
        except StoppedError:
            return
        finally:
            await reader.close()

    async def _pause(self, stop: asyncio.Event, trouble: str, seconds: float) -> None:
        name = self._origin.connector
        if self.vitals.phase is not Phase.PAUSED:
            PAUSES.labels(name).inc()
        if trouble != self.vitals.trouble:
            log.warning("paused", connector=name, reason=trouble)
        self.vitals.trouble = trouble
        self._be(Phase.PAUSED)
        # Replicas and services that met the same trouble do not come back in the same instant.
        await _wait(stop, seconds * random.uniform(0.7, 1.0))  # noqa: S311 - no secret
        self.vitals.beat = time.monotonic()

    async def _release(self, lease: Lease) -> None:
        try:
            await lease.release()
        except STORE_AWAY as error:
            log.warning("the lease could not be given back; it runs out", error=_text(error))

    def _be(self, phase: Phase) -> None:
        self.vitals.phase = phase
        self.vitals.beat = time.monotonic()
        if phase is not Phase.PAUSED:
            self.vitals.trouble = ""
        PAUSED.labels(self._origin.connector).set(1 if phase is Phase.PAUSED else 0)

    def _age(self) -> float:
        return -1.0 if self.vitals.passed is None else time.monotonic() - self.vitals.passed


async def _keep(lease: Lease, ending: asyncio.Event) -> None:
    while not ending.is_set():
        await _wait(ending, lease.seconds / 3)
        if not ending.is_set() and not await lease.renew():
            raise LeaseLostError(f"the lease {lease.name!r} is held by another worker")


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _holder() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _text(error: BaseException) -> str:
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return f"{type(origin).__name__}: {' '.join(str(origin).split())[:300]}"
