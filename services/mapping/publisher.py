"""Sends the outbox to Kafka, in order, from one worker at a time.

A message is marked after the broker acknowledged it. A crash in between sends it again with the same
revision, which readers ignore.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.mapping.messages import Outgoing
from services.mapping.outbox import Backlog, Outbox, Waiting
from services.mapping.settings import MappingSettings
from shared.bus.producer import PublishError
from shared.store.lease import Lease, LeaseLostError

log = structlog.get_logger(__name__)

_HOUSEKEEPING_SECONDS = 3600.0
_GATHER_SECONDS = 0.02
_BACKOFF_FIRST = 0.5
_BACKOFF_MOST = 30.0
_BROKER_MOST = 3.0
"""A broker that is away is asked with one connection, so links are told soon after it is back."""


class Sender(Protocol):
    """What the publisher needs of a producer."""

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send all, in order; return once each is acknowledged.

        Raises:
            PublishError: not all were; what is there is unknown.
        """

    async def stop(self) -> None:
        """Drop or send what is buffered; ``send`` may be called again."""


@dataclass(slots=True)
class Progress:
    """How the publisher is doing, for probes and metrics.

    Attributes:
        beat: monotonic time of the last turn of the loop.
        holding: whether this worker is the one that publishes.
        trouble: what keeps it from publishing, None when nothing does.
        store_away: whether the trouble is with the store; commands cannot be answered then.
    """

    beat: float
    backlog: Backlog = field(default_factory=lambda: Backlog(0, 0.0))
    holding: bool = False
    trouble: str | None = None
    store_away: bool = False


class Publisher:
    """Works the outbox off while it holds the lease.

    Args:
        outbox: the rows.
        lease: this worker's own lease object.
        sender: takes the messages to the broker.
        settings: pace and limits.
        report: called with the progress after every turn.
    """

    def __init__(
        self,
        outbox: Outbox,
        lease: Lease,
        sender: Sender,
        settings: MappingSettings,
        report: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._outbox = outbox
        self._lease = lease
        self._sender = sender
        self._settings = settings
        self._report = report
        self._wake = asyncio.Event()
        self._housekept = 0.0
        self._renewed = 0.0
        self._unsure: int | None = None
        self.progress = Progress(beat=time.monotonic())

    def wake(self) -> None:
        """Look for work now: something was put into the outbox."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until ``stop`` is set; trouble with the broker or the store is a pause, never an end."""
        backoff = _BACKOFF_FIRST
        try:
            while not stop.is_set():
                try:
                    more = await self.turn()
                except (PublishError, SQLAlchemyError, OSError) as error:
                    self._trouble(error, backoff)
                    await self._pause(stop, backoff)
                    most = _BROKER_MOST if isinstance(error, PublishError) else _BACKOFF_MOST
                    backoff = min(backoff * 2, most)
                    continue
                backoff = _BACKOFF_FIRST
                if not more:
                    await self._pause(stop, self._settings.poll_seconds)
                    # Links come in swarms; those of one moment travel together.
                    await asyncio.sleep(_GATHER_SECONDS)
        finally:
            await self._leave()

    async def turn(self) -> bool:
        """One turn: hold the lease, send the oldest messages, mark them.

        Returns:
            Whether there may be more to do at once.

        Raises:
            PublishError: the broker did not take them; nothing was marked.
        """
        self._wake.clear()
        if not await self._hold():
            self._beat(Backlog(0, 0.0))
            return False
        rows = await self._outbox.next(self._settings.publish_batch)
        if rows:
            await self._publish(rows)
        elif time.monotonic() - self._housekept > _HOUSEKEEPING_SECONDS:
            self._housekept = time.monotonic()
            await self._outbox.forget(self._settings.keep_sent_days)
        self._beat(await self._outbox.backlog())
        return len(rows) == self._settings.publish_batch

    async def _publish(self, rows: Sequence[Waiting]) -> None:
        if self._unsure is None:
            self._unsure = rows[0].id
        await self._sender.send([row.message for row in rows])
        try:
            await self._outbox.mark_sent(rows, self._lease)
        except LeaseLostError:
            await self._lost()
        else:
            self._unsure = None

    async def _hold(self) -> bool:
        # A renewal now and then is enough while what remains of the lease outlasts any send.
        if self._lease.epoch is not None and time.monotonic() - self._renewed < self._lease.seconds / 6:
            return True
        if self._lease.epoch is None or not await self._lease.renew():
            await self._lost()
            await self._lease.acquire()
        self._renewed = time.monotonic()
        self.progress.holding = self._lease.epoch is not None
        return self.progress.holding

    async def _lost(self) -> None:
        self.progress.holding = False
        if self._unsure is None:
            return
        log.warning("links may have been published without the lease; they are sent again")
        # First nothing more may leave this worker, then what may have come late is sent anew.
        await self._sender.stop()
        await self._outbox.reopen(self._unsure)
        self._unsure = None

    def _beat(self, backlog: Backlog) -> None:
        self.progress.beat = time.monotonic()
        self.progress.backlog = backlog
        self.progress.trouble = None
        self.progress.store_away = False
        self._report(self.progress)

    def _trouble(self, error: Exception, backoff: float) -> None:
        # Not the text of a database error: it may quote values.
        fault = str(error) if isinstance(error, PublishError) else type(error).__name__
        if fault != self.progress.trouble:
            log.warning("links cannot be published now", error=fault, again_in=backoff)
        self.progress.beat = time.monotonic()
        self.progress.trouble = fault
        self.progress.store_away = not isinstance(error, PublishError)
        self._report(self.progress)

    async def _pause(self, stop: asyncio.Event, seconds: float) -> None:
        wakers = [asyncio.create_task(stop.wait()), asyncio.create_task(self._wake.wait())]
        try:
            await asyncio.wait(wakers, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waker in wakers:
                waker.cancel()

    async def _leave(self) -> None:
        self.progress.holding = False
        await self._sender.stop()
        try:
            await self._lease.release()
        except (SQLAlchemyError, OSError) as error:
            log.warning("the lease was not released; it expires by itself", error=type(error).__name__)
