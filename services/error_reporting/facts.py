"""What error_reporting learns from one message: an outcome, a dead letter, a deed, an agent's settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.bus.deadletter import FAILED_HEADER, FIRST_FAILED_HEADER, STUB_HEADER, Raw
from shared.bus.delivery import REDRIVES_HEADER
from shared.events.case_events import CaseEvent, Redriven, SettingsTold, read_event
from shared.events.envelope import Envelope, EnvelopeError
from shared.events.named import COMMAND_SOURCE, named
from shared.events.topics import CHANGE_MAX_BYTES
from shared.sync.outcome import Outcome

RECORD_MOST = 300
TEXT_MOST = 4000


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter with its bytes.

    Attributes:
        record: as outcomes name it; ``<topic>:<partition>:<offset>`` of a message whose envelope is unreadable.
        command: it is about something a person or Tandem asked for; such sequences compare with nothing.
        at: when it failed, UTC: the same moment as in the outcome of that failure, where there is one.
        redrives: how often it had been sent again before.
        sendable: whether sending it again can come to anything.
    """

    agent: str
    record: str
    sequence: int
    command: bool
    at: datetime
    first_failed_at: datetime
    redrives: int
    code: str
    text: str
    blocked_on: tuple[str, ...]
    sendable: bool
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


Fact = Outcome | Letter | CaseEvent | Redriven | SettingsTold


def read_outcome(raw: Raw) -> Outcome:
    """An outcome.

    Raises:
        pydantic.ValidationError: it is none.
    """
    return Outcome.model_validate_json(raw.value or b"")


def read_deed(raw: Raw) -> CaseEvent | Redriven | SettingsTold:
    """What people did, or what an agent runs with.

    Raises:
        pydantic.ValidationError: it is none of these.
    """
    return read_event(raw.value)


def read_letter(raw: Raw, agent: str) -> Letter:
    """A dead letter, whatever it holds."""
    try:
        envelope = Envelope.from_headers(raw.headers)
    except EnvelopeError:
        envelope = None
    failed = _time(raw.header(FAILED_HEADER)) or datetime.fromtimestamp(max(0, raw.time_ms) / 1000, UTC)
    redrives = raw.header(REDRIVES_HEADER) or ""
    blocked = (raw.header("tandem-blocked-on") or "").split(",")
    return Letter(
        agent=agent,
        record=(_name(envelope) if envelope is not None else _place(raw))[:RECORD_MOST],
        sequence=envelope.sequence if envelope is not None else 0,
        command=envelope is not None and envelope.source == COMMAND_SOURCE,
        at=failed,
        first_failed_at=_time(raw.header(FIRST_FAILED_HEADER)) or failed,
        redrives=int(redrives) if redrives.isascii() and redrives.isdigit() and len(redrives) < 10 else 0,
        code=raw.header("tandem-error-code") or "",
        text=(raw.header("kafka_dlt-exception-message") or "")[:TEXT_MOST],
        blocked_on=tuple(trigger for trigger in blocked if trigger),
        sendable=envelope is not None
        and raw.header(STUB_HEADER) is None
        and len(raw.value or b"") <= CHANGE_MAX_BYTES,
        key=raw.key,
        value=raw.value,
        headers=tuple(raw.headers),
    )


def record_of(trace: str) -> str:
    """The record a trace key is about, as outcomes name it; the trace itself where it names none."""
    parts = trace.split(":")
    if len(parts) != 4:
        return trace
    return named(parts[0], parts[1], parts[2])


def _name(envelope: Envelope) -> str:
    return named(envelope.source, envelope.entity, envelope.subject)


def _place(raw: Raw) -> str:
    held: list[Any] = [raw.header(f"kafka_dlt-original-{part}") for part in ("topic", "partition", "offset")]
    own = [raw.topic, raw.partition, raw.offset]
    return ":".join(str(part) for part in (held if all(part is not None for part in held) else own))


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
