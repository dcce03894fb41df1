"""Of several changes of one record in a batch only the newest matters, for it is a full snapshot."""

from collections import Counter
from collections.abc import Callable, Sequence

from shared.bus.delivery import Delivery
from shared.events.named import COMMAND_SOURCE


def coalesce(
    deliveries: Sequence[Delivery], readable: Callable[[Delivery], bool]
) -> tuple[list[Delivery], list[Delivery]]:
    """Split into what is worked on, in arrival order, and what a newer snapshot makes needless.

    The highest sequence of a record wins whatever its place; at equal sequences a redo wins, for somebody
    asked for it. Commands are never coalesced: each was meant, and their sequences do not compare with a
    connector's. Nor does a message that cannot be read make an older one needless: it is worked on beside it,
    and becomes a dead letter.

    Args:
        readable: whether a message holds the record it says; asked only of those that others compete with.
    """
    often = Counter(_record(delivery) for delivery in deliveries)
    newest: dict[str, Delivery] = {}
    kept: dict[int, Delivery] = {}
    superseded: list[Delivery] = []
    for place, delivery in enumerate(deliveries):
        record = _record(delivery)
        command = delivery.envelope.source == COMMAND_SOURCE
        if command or (often[record] > 1 and not readable(delivery)):
            kept[place] = delivery
            continue
        other = newest.get(record)
        if other is None or _rank(delivery) >= _rank(other):
            newest[record] = delivery
            kept[place] = delivery
            if other is not None:
                superseded.append(other)
        else:
            superseded.append(delivery)
    gone = {id(delivery) for delivery in superseded}
    return [delivery for delivery in kept.values() if id(delivery) not in gone], superseded


def _record(delivery: Delivery) -> str:
    return f"{delivery.envelope.source}:{delivery.envelope.record}"


def _rank(delivery: Delivery) -> tuple[int, bool]:
    return delivery.envelope.sequence, delivery.redo is not None
