"""Outcomes: what Tandem did about a change, told on one topic for everybody who wants to know."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from shared import telemetry
from shared.bus.delivery import Delivery
from shared.bus.producer import Message
from shared.events.envelope import CONTENT_TYPE
from shared.events.named import named
from shared.sync.comparison import Comparison
from shared.sync.decision import Check

Writes = tuple[dict[str, tuple[str, str]], ...]
"""Of writes into one record, oldest first; by field: what stood there and what was to be written."""


class Effect(BaseModel):
    """One thing that was written.

    Attributes:
        system: ``ConnectWise``, ``e-automate`` or ``Tandem``.
        action: ``created``, ``updated``, ``linked``, ``stored``, ``cleared`` ...
        target: what was written, for people, e.g. ``company 19 (ACME01)``.
        fields: names of the fields that changed.
        record, values: only read, of outcomes that were told before ``Outcome.overwritten`` was.
    """

    model_config = ConfigDict(frozen=True)

    system: str
    action: str
    target: str
    fields: tuple[str, ...] = ()
    record: str = ""
    values: dict[str, tuple[str, str]] = {}


class Overwritten(BaseModel):
    """What stood in a record before it was written, so that a write into the wrong one can be taken back.

    It is noted before the write and told at least once, so the write may not have come about, and the same may be
    told again.

    Attributes:
        record: what was written: ``<source>/<entity>/<key>``.
        generation: of the link through which it was written.
        at: when the first of the writes was about to be made, UTC.
    """

    model_config = ConfigDict(frozen=True)

    record: str
    generation: int
    at: datetime
    writes: Writes


class Outcome(BaseModel):
    """What came of one change.

    Attributes:
        process: the number users know, e.g. ``ID747``.
        record: ``<source>/<entity>/<key>``.
        label: the record for people, e.g. ``customer 1001 Acme Dental``.
        result: ``applied``, ``skipped``, ``superseded``, ``waiting`` or ``rejected``.
        text: one sentence for people.
        wakes: what has come about beside the record itself, for those who wait for it.
        command: somebody asked for it: its sequence does not compare with the connector's.
        again: skipped because this change was applied before.
        overwritten: of this change and of earlier ones whose outcome may be lost.
        comparison: of an agreement invoice: what both sides hold.
        at: UTC.
    """

    model_config = ConfigDict(frozen=True)

    process: str
    agent: str
    record: str
    label: str
    sequence: int
    result: str
    text: str
    code: str = ""
    effects: tuple[Effect, ...] = ()
    checks: tuple[Check, ...] = ()
    blocked_on: tuple[str, ...] = ()
    wakes: tuple[str, ...] = ()
    redo: str | None = None
    command: bool = False
    again: bool = False
    comparison: Comparison | None = None
    overwritten: tuple[Overwritten, ...] = ()
    at: datetime

    def message(self, topic: str) -> Message:
        """The outcome as it goes to its topic; the key is the record."""
        headers: Sequence[tuple[str, bytes]] = [
            ("ce_type", b"tandem.outcome"),
            ("content-type", CONTENT_TYPE),
            ("tandem-result", self.result.encode()),
        ]
        return Message(topic, self.record.encode(), self.model_dump_json(exclude_none=True).encode(), headers)


def written(agent: str, system: str, action: str, target: str, changed: tuple[str, ...] = ()) -> Effect:
    """One thing that was written; it is counted."""
    telemetry.WRITES.labels(agent, system, action).inc()
    return Effect(system=system, action=action, target=target, fields=changed)


def record_name(delivery: Delivery) -> str:
    """``<source>/<entity>/<key>`` of a delivery; a command speaks about the record itself."""
    envelope = delivery.envelope
    return named(envelope.source, envelope.entity, envelope.subject)


def now() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)
