"""Where a group's topics begin and end, and putting a group back to the beginning, so that it reads all again."""

from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from shared.config import KafkaSettings

Place = tuple[str, int]


class GroupInUse(RuntimeError):  # noqa: N818 - reads as what it says
    """A member of the group is running: its place cannot be changed under its feet."""


async def bounds(settings: KafkaSettings, topics: Sequence[str]) -> dict[Place, tuple[int, int]]:
    """First offset and end of every partition of the topics.

    Raises:
        KafkaError: the broker does not answer.
    """
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap_servers, enable_auto_commit=False)
    try:
        await consumer.start()
        return await bounds_told(consumer, topics)
    finally:
        await consumer.stop()


async def rewind(settings: KafkaSettings, group: str, topics: Sequence[str]) -> None:
    """Put a group back to the first offset of each partition.

    Raises:
        GroupInUse: somebody reads as this group now.
        KafkaError: the broker does not answer.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers, group_id=group, enable_auto_commit=False
    )
    try:
        await consumer.start()
        found = await bounds_told(consumer, topics)
        if not found:
            return
        consumer.assign([TopicPartition(*place) for place in found])
        await consumer.commit({TopicPartition(*place): first for place, (first, _) in found.items()})
    except (
        CommitFailedError,
        IllegalGenerationError,
        RebalanceInProgressError,
        UnknownMemberIdError,
    ) as error:
        raise GroupInUse(f"{group} is being read by a running service") from error
    finally:
        await consumer.stop()


async def bounds_told(consumer: Any, topics: Sequence[str]) -> dict[Place, tuple[int, int]]:
    """First offset and end of every partition of the topics, asked by a consumer that is started.

    Raises:
        KafkaError: the broker does not answer.
    """
    # By the broker's own word: a client's kept metadata may not have a topic yet.
    cluster = await consumer._client.fetch_all_metadata()
    places = [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(cluster.partitions_for_topic(topic) or ())
    ]
    if not places:
        return {}
    first = await consumer.beginning_offsets(places)
    ends = await consumer.end_offsets(places)
    return {(place.topic, place.partition): (first[place], ends[place]) for place in places}
