"""Sends cases to their agents again; what is sent is marked after the broker has it.

A crash in between sends it again, which is harmless: an agent overwrites nothing newer, and writes nothing twice.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from aiokafka.errors import KafkaError
from sqlalchemy.exc import SQLAlchemyError

from services.error_reporting.store import CaseStore
from services.error_reporting.wakes import Counts, Wake, Wakes
from shared import telemetry
from shared.bus.ahead import unread
from shared.bus.deadletter import send_again
from shared.bus.delivery import WAKE
from shared.bus.producer import Message, PublishError, TooLargeError
from shared.bus.rewind import Place
from shared.events import topics
from shared.links.models import Link
from shared.store.lease import Lease

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0
GATHER_SECONDS = 0.2
COUNT_SECONDS = 15.0
REMEMBERED = timedelta(hours=1)
"""What came about is remembered for so long: a case that waits for it may be told of later."""

Bounds = Callable[[], Awaitable[Mapping[Place, tuple[int, int]]]]


class Sender(Protocol):
    """What the waker needs of a producer."""

    async def send(self, messages: Sequence[Message]) -> None:
        """Send all; return once each is acknowledged.

        Raises:
            PublishError: not all were; what is there is unknown.
        """


class Waker:
    """Wakes cases while it holds the lease and once everything told before the start has been folded.

    Args:
        bounds: asks for the first offset and the end of each partition that is folded.
        prefix: of the topics.
        batch: cases sent together.
    """

    def __init__(
        self,
        store: CaseStore,
        wakes: Wakes,
        lease: Lease,
        sender: Sender,
        bounds: Bounds,
        prefix: str,
        batch: int,
    ) -> None:
        self._store = store
        self._wakes = wakes
        self._lease = lease
        self._sender = sender
        self._bounds = bounds
        self._prefix = prefix
        self._batch = batch
        self._ends: Mapping[Place, tuple[int, int]] | None = None
        self._caught_up = False
        self._links: dict[str, datetime] = {}
        self._nudged = asyncio.Event()
        self._counted = 0.0
        self._renewed = 0.0
        self._shown: set[tuple[str, str]] = set()
        self.beat = time.monotonic()
        self.trouble: str | None = None

    def nudge(self) -> None:
        """Look now: something was folded."""
        self._nudged.set()

    def linked(self, link: Link) -> None:
        """A link was made or ended."""
        at = link.made_at if link.ending is None else link.ending.at
        self._links[f"link:{link.kind}:{link.left}"] = at
        # Who waits for a company to get a customer knows only the company.
        self._links[f"link:{link.kind}:right:{link.right}"] = at

    async def run(self, stop: asyncio.Event) -> None:
        """Wake until told to stop; trouble is a pause, never an end."""
        try:
            while not stop.is_set():
                try:
                    more = await self.turn()
                    self.trouble = None
                except (PublishError, KafkaError, SQLAlchemyError, OSError, TimeoutError) as error:
                    # Not the text of a database error: it may quote values.
                    trouble = type(error).__name__
                    if trouble != self.trouble:
                        log.warning("cases cannot be woken now", error=trouble)
                    self.trouble = trouble
                    more = False
                self.beat = time.monotonic()
                await self._pause(stop, more)
                # Outcomes come in swarms; what those of one moment wake travels together.
                await asyncio.sleep(GATHER_SECONDS)
        finally:
            with contextlib.suppress(SQLAlchemyError, OSError):
                await self._lease.release()

    async def turn(self) -> bool:
        """One turn: take in links, catch up, hold the lease, send what is to be woken, mark it.

        Returns:
            Whether there may be more at once.

        Raises:
            PublishError: the broker did not take them; nothing was marked.
        """
        self._nudged.clear()
        now = datetime.now(UTC)
        await self._take_links(now)
        if not await self._all_folded() or not await self._hold():
            self._show([])
            return False
        woken = await self.wake(now)
        if time.monotonic() - self._counted > COUNT_SECONDS:
            self._counted = time.monotonic()
            await self._store.forget_triggers(now - REMEMBERED)
            await self._store.forget_days(now)
            self._show(await self._wakes.counts(now))
        return woken == self._batch

    async def wake(self, now: datetime) -> int:
        """Send what is to be woken at this moment; returns how many that were."""
        wakes = await self._wakes.next(now, self._batch)
        await self._send([self._message(wake) for wake in wakes])
        await self._wakes.sent(wakes, now)
        for wake in wakes:
            telemetry.CASES_WOKEN.labels(wake.agent, wake.reason.partition(":")[0]).inc()
        if wakes:
            log.info("woken", cases=len(wakes), first=wakes[0].record, reason=wakes[0].reason)
        return len(wakes)

    def state(self) -> str:
        """How it is, for people."""
        if self.trouble is not None:
            return f"paused: {self.trouble}"
        if not self._caught_up:
            return "reads what was told before the start; nothing is woken until then"
        return "wakes cases" if self._lease.epoch is not None else "standing by: another replica wakes"

    async def _send(self, messages: Sequence[Message]) -> None:
        try:
            await self._sender.send(messages)
        except TooLargeError:
            # One letter the broker will not have must not keep the others.
            for message in messages:
                try:
                    await self._sender.send([message])
                except TooLargeError as error:
                    log.error("a letter is too large to be sent again", key=message.key, error=str(error))

    def _message(self, wake: Wake) -> Message:
        topic = topics.redo(self._prefix, wake.agent)
        return send_again(topic, wake.key, wake.value, wake.headers, WAKE)

    async def _take_links(self, now: datetime) -> None:
        if self._links:
            links, self._links = self._links, {}
            try:
                await self._store.come_about(links, now)
            except BaseException:
                self._links = links | self._links
                raise

    async def _all_folded(self) -> bool:
        """Whether everything the topics held at the start has been folded, by whatever replica."""
        if self._caught_up:
            return True
        if self._ends is None:
            self._ends = await self._bounds()
        self._caught_up = not unread(self._ends, await self._store.positions())
        return self._caught_up

    async def _hold(self) -> bool:
        # A renewal now and then is enough while the lease outlasts the pause between two turns.
        if self._lease.epoch is not None and time.monotonic() - self._renewed < self._lease.seconds / 3:
            return True
        self._renewed = time.monotonic()
        if self._lease.epoch is not None and await self._lease.renew():
            return True
        return await self._lease.acquire() is not None

    def _show(self, counts: Sequence[Counts]) -> None:
        parked: dict[str, int] = {}
        shown = {(one.process, one.code) for one in counts}
        for process, code in self._shown - shown:
            telemetry.CASES.labels(process, code).set(0)
            telemetry.CASES_PARKED.labels(process).set(0)
        for one in counts:
            telemetry.CASES.labels(one.process, one.code).set(one.open)
            parked[one.process] = parked.get(one.process, 0) + one.parked
        for process, number in parked.items():
            telemetry.CASES_PARKED.labels(process).set(number)
        self._shown |= shown

    async def _pause(self, stop: asyncio.Event, more: bool) -> None:
        """At most one batch a second while there is more, and a look at once when something was folded."""
        wakers = [asyncio.create_task(stop.wait())]
        if not more:
            wakers.append(asyncio.create_task(self._nudged.wait()))
        try:
            await asyncio.wait(wakers, timeout=EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waker in wakers:
                waker.cancel()
