"""How much of some topics a reader that keeps its own place has not read yet."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus.rewind import Place, bounds_told
from shared.config import KafkaSettings

LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is not read yet.

    Attributes:
        messages: how many.
        since: when the oldest of them came, by the broker's clock, UTC; None when there is none, or it was not
            told in time.
    """

    messages: int
    since: datetime | None = None


def unread(bounds: Mapping[Place, tuple[int, int]], done: Mapping[Place, int]) -> dict[Place, int]:
    """Messages not read yet, of each partition that has some.

    Args:
        bounds: first offset and end of each partition.
        done: the offset after the last message that was read; what retention removed needs no reading.
    """
    left = {place: end - max(first, done.get(place, 0)) for place, (first, end) in bounds.items()}
    return {place: messages for place, messages in left.items() if messages > 0}


async def ahead(
    settings: KafkaSettings, topics: Sequence[str], done: Mapping[Place, int], seconds: float
) -> Ahead:
    """Ask the broker.

    Args:
        done: as for ``unread``.
        seconds: for the whole question.

    Raises:
        KafkaError, TimeoutError: the broker does not answer in time.
    """
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap_servers, enable_auto_commit=False)
    try:
        async with asyncio.timeout(seconds):
            await consumer.start()
            bounds = await bounds_told(consumer, topics)
            left = unread(bounds, done)
            if not left:
                return Ahead(0)
            return Ahead(
                sum(left.values()),
                await _oldest(consumer, {place: bounds[place][1] - left[place] for place in left}),
            )
    finally:
        await consumer.stop()


async def _oldest(consumer: AIOKafkaConsumer, next_: Mapping[Place, int]) -> datetime | None:
    """When the oldest message of these came."""
    consumer.assign([TopicPartition(*place) for place in next_])
    for place, offset in next_.items():
        consumer.seek(TopicPartition(*place), offset)
    came: list[int] = []
    # One answer of the broker may not hold all partitions; each is let go once it was seen.
    end = asyncio.get_running_loop().time() + LOOK_SECONDS
    while len(came) < len(next_) and asyncio.get_running_loop().time() < end:
        found = await consumer.getmany(timeout_ms=200, max_records=100)
        for place, messages in found.items():
            consumer.pause(place)
            came.append(messages[0].timestamp)
    return datetime.fromtimestamp(min(came) / 1000, UTC) if came else None
