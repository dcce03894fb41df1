"""The agent loop: change -> gather -> decide -> apply -> outcome.

A ``Handler`` knows one record kind. It gathers for a whole batch, decides purely, and applies one plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from shared.bus.delivery import Delivery, Fault, Processor, Transient, Verdict
from shared.bus.producer import Message
from shared.events.change import Change, RecordError, RecordTooLargeError, decode
from shared.events.named import COMMAND_SOURCE
from shared.events.records import Record
from shared.sync.comparison import Comparison
from shared.sync.decision import Apply, Decision, Reject, Skip, Wait
from shared.sync.outcome import Effect, Outcome, Overwritten, now, record_name
from shared.sync.overwritten import Untold
from shared.sync.trouble import Stale, as_fault, as_stale, as_transient

R = TypeVar("R", bound=BaseModel)
G = TypeVar("G")
P = TypeVar("P")

STALE_TRIES = 3
STALE_ROUNDS = 5
"""After so many times three tries a record that keeps moving is put aside: it must not hold up the others."""
LABEL_MOST = 200
TEXT_MOST = 4000
_NOT_GATHERED = object()
"""``None`` is something a handler may have gathered."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a plan came to.

    Attributes:
        text: one sentence for people.
        refused: set when the other side refused: what was not done, and why.
        result: overrides ``applied``, e.g. ``waiting`` when an answer is unknown.
        messages: sent with the outcome, e.g. a command to look at another record.
        comparison: of an agreement invoice: what both sides hold now.
        overwritten: what was noted for the outcome before anything was written.
    """

    text: str
    effects: tuple[Effect, ...] = ()
    refused: Fault | None = None
    result: str = "applied"
    messages: tuple[Message, ...] = ()
    comparison: Comparison | None = None
    overwritten: tuple[Overwritten, ...] = ()


class Handler(Protocol[R, G, P]):
    """What an agent knows about one record kind."""

    def read(self, delivery: Delivery) -> R:
        """Message to record.

        Raises:
            RecordError: it is not one.
        """

    async def gather(self, changes: Sequence[Change[R]]) -> Mapping[str, G]:
        """Look up plain values for all changes, by subject; in lists, never one request a record."""

    def decide(self, change: Change[R], gathered: G) -> Decision[P]:
        """Decide; pure."""

    async def apply(self, change: Change[R], plan: P) -> Applied:
        """Write; idempotent. Raises ``Stale`` when what was gathered has moved."""

    def label(self, change: Change[R]) -> str:
        """The record for people."""


@dataclass(slots=True)
class _Prepared:
    changes: dict[int, Change[Any]] = field(default_factory=dict)
    unreadable: dict[int, RecordError] = field(default_factory=dict)
    gathered: dict[int, Any] = field(default_factory=dict)
    untold: Mapping[str, Sequence[Overwritten]] = field(default_factory=dict)


class SyncAgent(Processor):
    """Carries messages through the handlers and tells the outcome."""

    def __init__(
        self,
        process: str,
        agent: str,
        outcomes: str,
        handlers: Mapping[tuple[str, str], Handler[Any, Any, Any]],
        untold: Untold | None = None,
    ) -> None:
        """Wire an agent.

        Args:
            process: the number users know, e.g. ``ID747``.
            outcomes: the outcomes topic.
            handlers: by (source, entity); the source ``tandem`` is for commands.
            untold: of an agent that notes what it overwrites.
        """
        self._process = process
        self._agent = agent
        self._outcomes = outcomes
        self._handlers = handlers
        self._untold = untold
        self._moved: dict[tuple[str, int, int], int] = {}

    def readable(self, delivery: Delivery) -> bool:
        """Whether a handler can read it."""
        try:
            self._read(delivery)
        except RecordError:
            return False
        return True

    async def prepare(self, deliveries: Sequence[Delivery]) -> _Prepared:
        """Decode all and gather kind by kind."""
        prepared = _Prepared()
        kinds: dict[tuple[str, str], list[tuple[Delivery, Change[Any]]]] = {}
        for delivery in deliveries:
            kind = (delivery.envelope.source, delivery.envelope.entity)
            try:
                change = self._read(delivery)
            except RecordError as error:
                prepared.unreadable[id(delivery)] = error
                continue
            prepared.changes[id(delivery)] = change
            kinds.setdefault(kind, []).append((delivery, change))
        for kind, found in kinds.items():
            gathered = await self._gather(self._handlers[kind], [change for _, change in found])
            for delivery, change in found:
                prepared.gathered[id(delivery)] = gathered[change.envelope.subject]
        prepared.untold = await self._untold_of([record_name(delivery) for delivery in deliveries])
        return prepared

    async def process(self, delivery: Delivery, prepared: _Prepared) -> Verdict:
        """Decide and apply; three tries when the world moves in between, then it is trouble like any other.

        Raises:
            Transient: something does not answer, or the record keeps moving.
        """
        unreadable = prepared.unreadable.get(id(delivery))
        if unreadable is not None:
            fault = as_fault(unreadable) or Fault("E1", str(unreadable))
            return self._fault(delivery, record_name(delivery), fault, Reject(fault.code, fault.text, ()))
        change = prepared.changes[id(delivery)]
        gathered = prepared.gathered.pop(id(delivery), _NOT_GATHERED)
        handler = self._handlers[delivery.envelope.source, delivery.envelope.entity]
        record = record_name(delivery)
        untold = prepared.untold.get(record, ())
        place = (delivery.topic, delivery.partition, delivery.offset)
        stale: Stale | None = None
        for _ in range(STALE_TRIES):
            if gathered is _NOT_GATHERED:
                gathered = (await self._gather(handler, [change]))[change.envelope.subject]
                untold = (await self._untold_of([record])).get(record, ())
            decision = handler.decide(change, gathered)
            try:
                verdict = await self._carry_out(delivery, handler, change, decision, untold)
            except Exception as error:
                trouble = as_transient(error)
                if trouble is not None:
                    raise trouble from error
                stale = as_stale(error)
                if stale is None:
                    raise
                gathered = _NOT_GATHERED
            else:
                self._moved.pop(place, None)
                return verdict
        self._moved[place] = self._moved.get(place, 0) + 1
        if self._moved[place] < STALE_ROUNDS:
            raise Transient(f"{record} keeps moving: {stale}")
        del self._moved[place]
        fault = Fault(
            "X2", f"{handler.label(change)} was changed each time it was about to be written: {stale}"
        )
        decision = Reject(fault.code, fault.text, ())
        return self._fault(delivery, handler.label(change), fault, decision, overwritten=untold)

    async def _gather(
        self, handler: Handler[Any, Any, Any], changes: Sequence[Change[Any]]
    ) -> Mapping[str, Any]:
        try:
            return await handler.gather(changes)
        except Exception as error:
            trouble = as_transient(error)
            if trouble is not None:
                raise trouble from error
            raise

    async def _untold_of(self, records: Sequence[str]) -> Mapping[str, Sequence[Overwritten]]:
        return await self._untold.of(records) if self._untold is not None else {}

    def _read(self, delivery: Delivery) -> Change[Any]:
        kind = (delivery.envelope.source, delivery.envelope.entity)
        handler = self._handlers.get(kind)
        if handler is None:
            raise RecordError(f"{self._agent} has no use for {kind[0]}/{kind[1]}")
        return Change(delivery.envelope, handler.read(delivery), delivery.redo)

    async def _carry_out(
        self,
        delivery: Delivery,
        handler: Handler[Any, Any, Any],
        change: Change[Any],
        decision: Decision[Any],
        untold: Sequence[Overwritten],
    ) -> Verdict:
        label = handler.label(change)
        match decision:
            case Apply():
                applied = await handler.apply(change, decision.plan)
                overwritten = _together(untold, applied.overwritten)
                if applied.refused is not None:
                    reject = Reject(
                        applied.refused.code,
                        applied.refused.text,
                        decision.checks,
                        applied.refused.blocked_on,
                    )
                    verdict = self._fault(
                        delivery,
                        label,
                        applied.refused,
                        reject,
                        applied.effects,
                        applied.comparison,
                        overwritten,
                    )
                    return replace(verdict, messages=[*verdict.messages, *applied.messages])
                outcome = self._outcome(delivery, label, applied.result, applied.text, decision)
                told = {
                    "effects": applied.effects,
                    "wakes": tuple(decision.wakes),
                    "comparison": applied.comparison,
                    "overwritten": overwritten,
                }
                verdict = self._verdict(outcome.model_copy(update=told))
                return replace(verdict, messages=[*verdict.messages, *applied.messages])
            case Skip():
                outcome = self._outcome(delivery, label, decision.result, decision.reason, decision)
                skipped = {
                    "wakes": tuple(decision.wakes),
                    "again": decision.again,
                    "comparison": decision.comparison,
                    "overwritten": tuple(untold),
                }
                return self._verdict(outcome.model_copy(update=skipped))
            case Wait() | Reject():
                fault = Fault(decision.code, decision.reason, blocked_on=decision.blocked_on)
                return self._fault(delivery, label, fault, decision, overwritten=untold)

    def _fault(
        self,
        delivery: Delivery,
        label: str,
        fault: Fault,
        decision: Wait | Reject,
        effects: tuple[Effect, ...] = (),
        comparison: Comparison | None = None,
        overwritten: Sequence[Overwritten] = (),
    ) -> Verdict:
        result = "waiting" if isinstance(decision, Wait) else "rejected"
        outcome = self._outcome(delivery, label, result, fault.text, decision).model_copy(
            update={
                "code": fault.code,
                "blocked_on": tuple(fault.blocked_on),
                "effects": effects,
                "comparison": comparison if comparison is not None else decision.comparison,
                "overwritten": tuple(overwritten),
            }
        )
        # One moment in both: who folds them must see that they are about one failure.
        return self._verdict(outcome, replace(fault, at=outcome.at))

    def _verdict(self, outcome: Outcome, fault: Fault | None = None) -> Verdict:
        sent = None
        if self._untold is not None and outcome.overwritten:
            sent = partial(self._untold.told, outcome.record, outcome.overwritten)
        return Verdict(outcome.result, [outcome.message(self._outcomes)], fault, sent)

    def _outcome(
        self, delivery: Delivery, label: str, result: str, text: str, decision: Decision[Any]
    ) -> Outcome:
        return Outcome(
            process=self._process,
            agent=self._agent,
            record=record_name(delivery),
            label=label[:LABEL_MOST],
            sequence=delivery.envelope.sequence,
            result=result,
            text=text[:TEXT_MOST],
            checks=tuple(decision.checks),
            redo=delivery.redo,
            command=delivery.envelope.source == COMMAND_SOURCE,
            at=now(),
        )


def _together(untold: Sequence[Overwritten], noted: Sequence[Overwritten]) -> tuple[Overwritten, ...]:
    """What was noted last holds what was untold of the same record and link."""
    last = {(one.record, one.generation) for one in noted}
    return (*(one for one in untold if (one.record, one.generation) not in last), *noted)


def decode_record(model: type[Record], delivery: Delivery) -> Any:
    """A change's record.

    Raises:
        RecordTooLargeError: it was too large to be sent.
        RecordError: an unknown version, a NUL character, or not the record it says.
    """
    envelope = delivery.envelope
    if envelope.action == "oversized":
        raise RecordTooLargeError("the record was too large to be sent; its stub has the size")
    if envelope.schema > model.SCHEMA:
        raise RecordError(
            f"unknown version: schema {envelope.schema}, this release reads up to {model.SCHEMA}"
        )
    record = decode(model, delivery.value)
    # Looked for in the bytes first: walking every record would cost more than decoding it.
    field = _nul(record.model_dump()) if b"\\u0000" in (delivery.value or b"") else None
    if field is not None:
        raise RecordError(f"{field}: holds a NUL character, which no database of ours stores")
    if record.subject != envelope.subject:
        raise RecordError(
            f"ce_subject is {envelope.subject[:40]!r}, the record's own key is {record.subject!r}"
        )
    return record


def _nul(value: Any, path: str = "") -> str | None:
    """Where a NUL character is, ``None`` when there is none."""
    match value:
        case str():
            return path if "\0" in value else None
        case dict():
            found = (
                "a field's name" if "\0" in str(name) else _nul(held, f"{path}.{name}" if path else str(name))
                for name, held in value.items()
            )
        case list() | tuple():
            found = (_nul(held, f"{path}.{place}") for place, held in enumerate(value))
        case _:
            return None
    return next((name for name in found if name is not None), None)
