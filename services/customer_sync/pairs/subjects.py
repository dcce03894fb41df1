"""Which record a message is about."""

from shared.bus.delivery import Delivery
from shared.events.change import RecordError

KEY_MOST = 18


def number_of(delivery: Delivery) -> int:
    """The number in ``ce_subject``.

    Raises:
        RecordError: it is none.
    """
    subject = delivery.envelope.subject
    if not (subject.isascii() and subject.isdigit() and len(subject) <= KEY_MOST):
        raise RecordError(f"ce_subject is {subject[:40]!r}, wanted the record's number")
    return int(subject)
