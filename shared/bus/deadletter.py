"""Dead letters: key and value byte-identical, the reason in headers that common tools know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.bus.delivery import REDO_HEADER, REDRIVES_HEADER, Fault
from shared.bus.producer import Message
from shared.events.topics import PRODUCER_MAX_BYTES

MAX_TEXT = 1000
OWN_PREFIXES = ("kafka_dlt-", "tandem-")
FIRST_FAILED_HEADER = "tandem-first-failed-at"
FAILED_HEADER = "tandem-failed-at"
STUB_HEADER = "tandem-stub"


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as it came from the broker; ``time_ms`` is the broker's timestamp."""

    topic: str
    partition: int
    offset: int
    time_ms: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]

    def header(self, name: str) -> str | None:
        """Last value of a header as text, None when it is missing or null."""
        found = [value for key, value in self.headers if key == name and value is not None]
        return found[-1].decode(errors="replace") if found else None


def dead_letter(topic: str, group: str, raw: Raw, fault: Fault, attempts: int, trace_key: str) -> Message:
    """The message for the dead-letter topic.

    Offsets and partitions are written as text, so that every tool shows them. A value too large even for that
    topic is replaced by a stub that says where the original lies.
    """
    failed = (fault.at or datetime.now(UTC)).isoformat().replace("+00:00", "Z")
    first_failed = raw.header(FIRST_FAILED_HEADER) or failed
    reason: list[tuple[str, bytes]] = [
        ("kafka_dlt-original-topic", raw.topic.encode()),
        ("kafka_dlt-original-partition", str(raw.partition).encode()),
        ("kafka_dlt-original-offset", str(raw.offset).encode()),
        ("kafka_dlt-original-timestamp", str(raw.time_ms).encode()),
        ("kafka_dlt-original-consumer-group", group.encode()),
        ("kafka_dlt-exception-fqcn", (fault.exception or f"tandem.{fault.code}").encode()),
        ("kafka_dlt-exception-message", fault.text[:MAX_TEXT].encode(errors="replace")),
        ("tandem-error-code", fault.code.encode()),
        ("tandem-trace-key", trace_key.encode(errors="replace")),
        ("tandem-attempts", str(attempts).encode()),
        (FIRST_FAILED_HEADER, first_failed.encode()),
        (FAILED_HEADER, failed.encode()),
        ("tandem-blocked-on", ",".join(fault.blocked_on).encode(errors="replace")),
    ]
    kept = [
        (name, value)
        for name, value in raw.headers
        if name == REDRIVES_HEADER or not name.startswith(OWN_PREFIXES)
    ]
    value = raw.value
    if value is not None and len(value) > PRODUCER_MAX_BYTES:
        reason.append(
            (STUB_HEADER, b"value too large for a dead letter; read it at the original topic and offset")
        )
        value = b"{}"
    if raw.key is None and value is None:
        # The client sends no message that has neither.
        reason.append((STUB_HEADER, b"the message had neither key nor value"))
        value = b""
    return Message(topic, raw.key, value, [*kept, *reason])


def send_again(
    topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], mark: str
) -> Message:
    """A dead letter as the message it was, for the redo topic of its agent.

    Args:
        topic: the redo topic.
        headers: the letter's; what says why it failed stays behind, how often and since when goes along.
        mark: who or what sends it, the ``tandem-redo`` of the delivery: ``WAKE`` or ``REDRIVE``.
    """
    held = dict(headers)
    before = (held.get(REDRIVES_HEADER) or b"").decode(errors="replace")
    count = (int(before) if re.fullmatch("[0-9]{1,9}", before) else 0) + 1
    own = [(REDO_HEADER, mark.encode()), (REDRIVES_HEADER, str(count).encode())]
    first = held.get(FIRST_FAILED_HEADER)
    if first:
        own.append((FIRST_FAILED_HEADER, first))
    kept = [(name, held) for name, held in headers if not name.startswith(OWN_PREFIXES)]
    return Message(topic, key, value, [*kept, *own])
