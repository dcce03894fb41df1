"""The wrapper around Faust: the only way a sync agent meets Kafka.

A batch is acknowledged when everything about it is durable: effects, outcomes, dead letters. Trouble that
outlasts the budget is a declared pause: the app stops with its gate shut, waits, and is built anew. When even a
dead letter cannot be written the gate is shut, the process is told to stop, and the agent parks.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

from shared.bus.batch import BatchRunner
from shared.bus.deadletter import Raw
from shared.bus.delivery import Processor, Transient
from shared.bus.faust_app import define_agent, let_go, make_app
from shared.bus.fold import Fold, FoldRunner
from shared.bus.gate import Gate
from shared.bus.pauses import BrokerAway, Paused, Pauses
from shared.bus.producer import Message, Producer, PublishError, TooLargeError
from shared.bus.retries import RetryBudget
from shared.bus.watch import Watch
from shared.config import KafkaSettings
from shared.events.topics import dead_letters
from shared.service import Health

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 8.0
STOP_SECONDS = 15.0
OBSERVE_SECONDS = 2.0
SILENT_SECONDS = 12.0
"""A broker that is started anew is back sooner; a longer absence is a declared pause."""
SEND_SECONDS = 30.0
TELL_SECONDS = 5.0


class DeadLetterUnwritable(RuntimeError):  # noqa: N818 - reads as what it says
    """A dead letter could not be written; going on would lose it. The process must be restarted."""


class Runner(Protocol):
    """What works on a batch, see ``BatchRunner``."""

    draining: bool
    told: list[Message]

    async def run(self, raws: Sequence[Raw]) -> list[Message] | None:
        """Work on a batch; None when it was left unfinished."""

    async def sent(self) -> None:
        """What ``run`` returned is with the broker."""


class Worker:
    """Runs one processor over its topics until told to stop."""

    def __init__(
        self,
        agent: str,
        topics: Sequence[str],
        processor: Processor | Fold,
        settings: KafkaSettings,
        *,
        hello: Sequence[Message] = (),
        pool_size: int = 8,
        batch_size: int = 200,
        batch_seconds: float = 0.05,
        budget: RetryBudget | None = None,
    ) -> None:
        """Wire a worker; nothing is connected before ``run``.

        Args:
            agent: names the consumer group and the dead-letter topic.
            topics: the source topics and the agent's redo topic, equal in partitions.
            processor: what is done with changes; or a fold, which takes messages of any kind as they are.
            hello: sent once, before anything is taken.
            pool_size: how many keys are worked on at once.
            batch_size: most messages of a batch.
            batch_seconds: how long a batch is gathered.
        """
        self.agent = agent
        self.group = f"{settings.topic_prefix}-{agent}"
        self._topics = list(topics)
        self._processor = processor
        self._hello = list(hello)
        self._settings = settings
        self._pool_size = pool_size
        self._batch = (batch_size, batch_seconds)
        self._budget = budget or RetryBudget()
        self._dlq = dead_letters(settings.topic_prefix, agent)
        self._producer = Producer(settings, f"{self.group}-producer")
        self._watch = Watch(agent, self._topics[0], settings, f"{self.group}-offsets")
        self._progress = self._watch.progress
        self._pauses = Pauses(agent)
        self._running = False
        self._left_behind = ""
        self.app: Any = None
        """The Faust app of the current session."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set.

        Raises:
            TooManyFailures: uncatalogued errors pile up.
            DeadLetterUnwritable: see there.
            Exception: the Faust app crashed.
        """
        try:
            while not stop.is_set():
                try:
                    await _Session(self, stop).run()
                except BrokerAway as away:
                    await self._pauses.until_broker(away, self._producer, stop)
                except Paused as pause:
                    await self._pauses.rest(pause, stop)
        finally:
            self._running = False
            await self._watch.close()
            with contextlib.suppress(PublishError):
                await self._producer.stop()

    def live(self) -> Health:
        """Live in a declared pause and while every partition moves."""
        if self._pauses.reason is not None:
            return Health(ok=True, reason=f"paused: {self._pauses.reason}")
        stalled = self._progress.stalled()
        return Health(ok=stalled is None, reason=stalled or f"{self._progress.lag} messages ahead")

    def ready(self) -> Health:
        """Ready once partitions are assigned, while the broker answers, and not in a pause."""
        if self._pauses.reason is not None:
            return Health(ok=False, reason=f"paused: {self._pauses.reason}")
        if self._progress.silence > SILENT_SECONDS:
            return Health(ok=False, reason=f"Kafka has not answered for {self._progress.silence:.0f} s")
        if not self._running or self._progress.assigned == 0:
            return Health(ok=False, reason="no partitions assigned yet")
        return Health(
            ok=True, reason=f"{self._progress.assigned} partitions, {self._progress.lag} messages ahead"
        )

    def _batches(self) -> Runner:
        if isinstance(self._processor, Fold):
            return FoldRunner(self.agent, self._processor, self._budget)
        return BatchRunner(self.agent, self.group, self._dlq, self._processor, self._pool_size, self._budget)


class _Session:
    """One Faust app from start to stop."""

    def __init__(self, worker: Worker, stop: asyncio.Event) -> None:
        self._worker = worker
        self._stop = stop
        self._gate = Gate()
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._idle = asyncio.Event()
        self._idle.set()
        self._runner: Runner = worker._batches()

    async def run(self) -> None:
        worker = self._worker
        worker._progress.restart()
        await self._connect()
        worker.app = app = make_app(worker._settings, worker.group)
        define_agent(app, worker._topics, self._consume)
        observer = asyncio.create_task(self._observe(app))
        stopped = asyncio.create_task(self._stop.wait())
        crashed = asyncio.create_task(self._run_app(app))
        try:
            first: set[asyncio.Future[Any]] = {self._ended, stopped, crashed}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            await self._drain()
        finally:
            observer.cancel()
            stopped.cancel()
            if not self._idle.is_set():
                self._gate.shut()
            await self._stop_app(app, crashed)
        if self._ended.done():
            self._ended.result()
        if crashed.done() and not crashed.cancelled() and not self._stop.is_set():
            error = crashed.exception()
            raise error if error is not None else RuntimeError("the Faust app stopped by itself")

    async def _connect(self) -> None:
        try:
            await self._worker._producer.start()
            await self._worker._producer.send(self._worker._hello)
            self._worker._hello.clear()
            if self._worker._left_behind:
                await self._worker._watch.leave(self._worker.group, self._worker._left_behind)
                self._worker._left_behind = ""
        except PublishError as error:
            raise BrokerAway(str(error)) from error

    async def _run_app(self, app: Any) -> None:
        # A crash during the start leaves `start` waiting for ever, so both are watched.
        starting = asyncio.create_task(app.start())
        ending = asyncio.create_task(app.wait_until_stopped())
        try:
            await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                starting.result()
                self._worker._running = True
                await ending
        finally:
            starting.cancel()
            ending.cancel()
        if app.crash_reason is not None:
            raise app.crash_reason

    async def _stop_app(self, app: Any, running: "asyncio.Task[None]") -> None:
        self._worker._running = False
        if self._away:
            self._worker._left_behind = let_go(app)
        try:
            await asyncio.wait_for(app.stop(), STOP_SECONDS)
        except Exception as error:  # noqa: BLE001 - a stop that fails must not hide why we stop
            log.warning("the Faust app did not stop cleanly", agent=self._worker.agent, error=repr(error))
        if not running.done():
            running.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await running

    async def _drain(self) -> None:
        """Let the records in hand come to an end; what is not done by then is done again later."""
        self._runner.draining = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), DRAIN_SECONDS)

    @property
    def _away(self) -> bool:
        return self._ended.done() and isinstance(self._ended.exception(), BrokerAway)

    def _end(self, reason: BaseException) -> None:
        self._gate.shut()
        if not self._ended.done():
            self._ended.set_exception(reason)

    async def _consume(self, stream: Any) -> None:
        self._gate.guard(stream)
        async for events in stream.take_events(*self._worker._batch):
            self._idle.clear()
            try:
                finished = not self._gate.is_shut and not self._runner.draining and await self._finish(events)
            except Transient as trouble:
                self._end(Paused(str(trouble)))
                finished = False
            except Exception as error:  # noqa: BLE001 - nothing may leave the loop: Faust would acknowledge
                self._end(error)
                finished = False
            if not finished:
                await self._tell(self._runner.told)
            self._idle.set()
            if not finished:
                await self._park()

    async def _finish(self, events: Sequence[Any]) -> bool:
        messages = await self._runner.run([_raw(event) for event in events])
        if messages is None:
            return False
        await self._send(messages)
        await self._runner.sent()
        self._gate.finish(events)
        for event in events:
            self._worker._progress.finish(event.message.tp, event.message.offset)
        self._worker._pauses.worked()
        return True

    async def _send(self, messages: Sequence[Message]) -> None:
        end = asyncio.get_running_loop().time() + SEND_SECONDS
        while True:
            try:
                await self._worker._producer.send(messages)
            except PublishError as error:
                if self._ended.done():
                    raise Transient(f"outcomes cannot be published: {error}") from error
                lasting = isinstance(error, TooLargeError)
                if not lasting and asyncio.get_running_loop().time() < end:
                    await asyncio.sleep(0.5)
                    continue
                if any(message.topic == self._worker._dlq for message in messages):
                    await self._give_up(error)
                raise Transient(f"outcomes cannot be published: {error}") from error
            return

    async def _tell(self, messages: Sequence[Message]) -> None:
        """Outcomes of what was done in an unfinished batch: done again, it would only be called done before."""
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await self._worker._producer.send(messages)
        except (PublishError, TimeoutError) as error:
            log.warning(
                "outcomes of an unfinished batch are not told", agent=self._worker.agent, error=str(error)
            )

    async def _give_up(self, error: PublishError) -> None:
        log.error("a dead letter cannot be written; stopping", agent=self._worker.agent, error=str(error))
        self._end(DeadLetterUnwritable(f"{self._worker._dlq}: {error}"))
        os.kill(os.getpid(), signal.SIGTERM)
        self._idle.set()
        await self._park()

    async def _park(self) -> None:
        """Hold the loop without unwinding it, until the app is stopped."""
        self._gate.shut()
        await asyncio.Event().wait()

    async def _observe(self, app: Any) -> None:
        worker = self._worker
        while True:
            await asyncio.sleep(OBSERVE_SECONDS)
            try:
                await worker._watch.look(app if worker._running else None)
            except Exception as error:  # noqa: BLE001 - no answer is no progress, which is what we measure
                log.debug("end offsets unknown", agent=worker.agent, error=repr(error))
            silence = worker._progress.silence
            if silence > SILENT_SECONDS:
                self._end(BrokerAway(f"Kafka has not answered for {silence:.0f} s"))
                return


def _raw(event: Any) -> Raw:
    message = event.message
    headers = message.headers or []
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers)
    return Raw(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        time_ms=int((message.timestamp or 0) * 1000),
        key=message.key,
        value=message.value,
        headers=pairs,
    )
