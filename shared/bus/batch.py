"""One batch from raw messages to verdicts: read, coalesce, prepare, work in the pool."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from shared import telemetry
from shared.bus.breaker import Breaker
from shared.bus.coalesce import coalesce
from shared.bus.deadletter import Raw, dead_letter
from shared.bus.delivery import (
    REDO_HEADER,
    REDRIVE,
    WAKE,
    Delivery,
    Fault,
    Processor,
    Transient,
    Verdict,
)
from shared.bus.pool import run_keyed
from shared.bus.producer import Message
from shared.bus.retries import RetryBudget
from shared.events.envelope import Envelope, EnvelopeError
from shared.events.topics import CHANGE_MAX_BYTES

log = structlog.get_logger(__name__)

ALONE = object()
"""In place of what was prepared: the batch could not be, so each record is prepared by itself."""


class _OversizedError(EnvelopeError):
    pass


def read(raw: Raw) -> Delivery:
    """Raw message to delivery.

    Raises:
        EnvelopeError: no envelope Tandem understands, or no key.
    """
    if raw.key is None:
        raise EnvelopeError("the message has no key; the key says what must stay in order")
    return Delivery(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        time=_time(raw.time_ms),
        key=raw.key,
        value=raw.value,
        headers=raw.headers,
        envelope=Envelope.from_headers(raw.headers),
        redo=raw.header(REDO_HEADER),
    )


def _time(milliseconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        # Producers may stamp what they like; nothing is ordered by it.
        return datetime.fromtimestamp(0, UTC)


class BatchRunner:
    """Works on batches; what must be sent before a batch is finished comes back as messages."""

    def __init__(
        self,
        agent: str,
        group: str,
        dlq_topic: str,
        processor: Processor,
        pool_size: int,
        budget: RetryBudget,
    ) -> None:
        """Wire one agent's batches."""
        self._agent = agent
        self._group = group
        self._dlq = dlq_topic
        self._processor = processor
        self._pool_size = pool_size
        self._budget = budget
        self._breaker = Breaker()
        self.draining = False
        """Set on a stop: nothing new is begun, the batch then counts as unfinished."""
        self.told: list[Message] = []
        """Of the latest batch: what is worth sending of the records that were done, even if the batch was not."""
        self._sent: list[Callable[[], Awaitable[None]]] = []

    async def run(self, raws: Sequence[Raw]) -> list[Message] | None:
        """Work on a batch.

        Returns:
            The messages that make it finished once they are sent, or None when it was left unfinished.

        Raises:
            Transient: trouble outlasted the budget.
            TooManyFailures: the breaker stops the agent.
        """
        self._budget.new_batch()
        self.told = []
        self._sent = []
        messages: list[Message] = []
        deliveries: list[Delivery] = []
        sources: dict[int, Raw] = {}
        for raw in raws:
            try:
                delivery = self._readable(raw)
            except EnvelopeError as error:
                code = "E2" if isinstance(error, _OversizedError) else "E1"
                messages.append(self._letter(raw, Fault(code, str(error), "EnvelopeError"), 1))
                continue
            deliveries.append(delivery)
            sources[id(delivery)] = raw
        work, coalesced = coalesce(deliveries, self._processor.readable)
        telemetry.CHANGES.labels(self._agent, "coalesced").inc(len(coalesced))
        prepared = await self._prepare(work)
        halt: list[Transient] = []
        finished = 0

        async def one(delivery: Delivery) -> None:
            nonlocal finished
            try:
                verdict, attempts = await self._one(delivery, prepared)
            except Transient as trouble:
                halt.append(trouble)
                return
            if verdict.fault is not None:
                messages.append(self._letter(sources[id(delivery)], verdict.fault, attempts))
            else:
                self.told.extend(verdict.messages)
            messages.extend(verdict.messages)
            if verdict.sent is not None:
                self._sent.append(verdict.sent)
            finished += 1

        await run_keyed(
            work,
            key=lambda delivery: delivery.key,
            work=one,
            size=self._pool_size,
            halted=lambda: bool(halt) or self.draining,
        )
        if halt:
            raise halt[0]
        self._breaker.check()
        return messages if finished == len(work) else None

    async def sent(self) -> None:
        """The messages of the latest batch are with the broker; who cannot take that in hears it another time."""
        for error in await asyncio.gather(*(tell() for tell in self._sent), return_exceptions=True):
            if error is not None:
                log.warning("sent, but not written down", agent=self._agent, error=repr(error))

    def _readable(self, raw: Raw) -> Delivery:
        if raw.value is not None and len(raw.value) > CHANGE_MAX_BYTES:
            raise _OversizedError(
                f"the value has {len(raw.value)} bytes, at most {CHANGE_MAX_BYTES} are allowed"
            )
        return read(raw)

    async def _prepare(self, work: Sequence[Delivery]) -> Any:
        if not work:
            return None

        async def attempt() -> Any:
            return await self._processor.prepare(work)

        try:
            return await self._budget.run(attempt, self._retried)
        except Transient:
            raise
        except Exception:
            log.exception("a batch cannot be prepared, each record is by itself", agent=self._agent)
            return ALONE

    async def _one(self, delivery: Delivery, prepared: Any) -> tuple[Verdict, int]:
        attempts = 1
        began = time.monotonic()

        def retried() -> None:
            nonlocal attempts
            attempts += 1
            self._retried()

        async def attempt() -> Verdict:
            own = await self._processor.prepare([delivery]) if prepared is ALONE else prepared
            return await self._processor.process(delivery, own)

        telemetry.IN_FLIGHT.labels(self._agent).inc()
        try:
            verdict = await self._budget.run(attempt, retried)
        except Transient:
            raise
        except Exception as error:
            log.exception("unexpected error", agent=self._agent, record=delivery.envelope.record)
            if delivery.redo not in {WAKE, REDRIVE}:
                # What is sent again has failed before: that says nothing about this release, and loses nothing.
                self._breaker.failed()
            verdict = Verdict(
                "rejected", fault=Fault("X1", f"{type(error).__name__}: {error}", type(error).__name__)
            )
        else:
            self._breaker.succeeded()
        finally:
            telemetry.IN_FLIGHT.labels(self._agent).dec()
        telemetry.CHANGES.labels(self._agent, verdict.result).inc()
        telemetry.RECORD_SECONDS.labels(self._agent).observe(time.monotonic() - began)
        return verdict, attempts

    def _letter(self, raw: Raw, fault: Fault, attempts: int) -> Message:
        telemetry.DEAD_LETTERS.labels(self._agent, fault.code).inc()
        trace = raw.header("ce_id") or f"{raw.topic}/{raw.partition}/{raw.offset}"
        log.warning("dead letter", agent=self._agent, code=fault.code, trace=trace)
        return dead_letter(self._dlq, self._group, raw, fault, attempts, trace)

    def _retried(self) -> None:
        telemetry.RETRIES.labels(self._agent).inc()
