"""Commands: what people, mapping and Tandem itself want done about a record, as they travel to a redo topic."""

import time
from datetime import UTC, datetime

from pydantic import BaseModel

from shared.bus.delivery import REDO_HEADER, Delivery
from shared.bus.producer import Message
from shared.events.change import RecordError
from shared.events.envelope import Envelope
from shared.events.named import COMMAND_SOURCE

LINKED, UNLINKED = "linked", "unlinked"
"""A person made or ended a link; mapping says so."""
COMMAND = "command"
"""``Change.redo`` of a record somebody asked about: as it is now, under no sequence of the source."""

KEY_MOST = 18


def command_message(
    redo_topic: str, entity: str, subject: str, action: str, body: BaseModel, key: str | None = None
) -> Message:
    """A command about one record.

    Args:
        key: what the record stays in order with; None: itself.
    """
    stamp = time.time_ns() // 1_000_000
    envelope = Envelope(COMMAND_SOURCE, entity, subject, stamp, datetime.now(UTC), action)
    headers = [*envelope.headers(), (REDO_HEADER, action.encode())]
    return Message(redo_topic, (key or subject).encode(), body.model_dump_json().encode(), headers)


def number_of(delivery: Delivery) -> int:
    """The number in ``ce_subject``: which record a message is about.

    Raises:
        RecordError: it is none.
    """
    subject = delivery.envelope.subject
    if not (subject.isascii() and subject.isdigit() and len(subject) <= KEY_MOST):
        raise RecordError(f"ce_subject is {subject[:40]!r}, wanted the record's number")
    return int(subject)
