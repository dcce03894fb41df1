"""A change's sequence: the epoch in the high bits, the record's counter in the low 32.

The epoch is in seconds since 2024-01-01 UTC. It never falls, and rises when a replica begins to poll and when
the source was restored: neither a store that was lost or restored nor a database that was turned back makes a
later change carry a lower number than an earlier one.
"""

from datetime import UTC, datetime

COUNTER_BITS = 32
_COUNTER_LIMIT = 1 << COUNTER_BITS
_EPOCH_LIMIT = 1 << 31
_START = datetime(2024, 1, 1, tzinfo=UTC).timestamp()


def compose(epoch: int, counter: int) -> int:
    """The sequence.

    Raises:
        ValueError: a part is out of range (counter 1 to 2**32-1, epoch 0 to 2**31-1).
    """
    if not 0 <= epoch < _EPOCH_LIMIT:
        raise ValueError(f"epoch {epoch} is out of range")
    if not 0 < counter < _COUNTER_LIMIT:
        raise ValueError(f"counter {counter} is out of range")
    return (epoch << COUNTER_BITS) | counter


def split(sequence: int) -> tuple[int, int]:
    """Epoch and counter of a sequence."""
    return sequence >> COUNTER_BITS, sequence & (_COUNTER_LIMIT - 1)


def epoch_at(unix_seconds: float) -> int:
    """The epoch a table made at this time gets.

    Args:
        unix_seconds: seconds since 1970, UTC.
    """
    return max(0, int(unix_seconds - _START))
