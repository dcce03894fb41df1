"""Bringing the broker's topics to what ``shared.events.topics`` says (``tandem topics apply``)."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.config import KafkaSettings
from shared.events.topics import Topic, all_topics


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done about one topic: ``created``, ``unchanged``, or what was altered."""

    topic: Topic
    action: str


async def apply_topics(settings: KafkaSettings) -> list[Applied]:
    """Create what is missing, bring configuration and partition counts in line; never removes anything.

    Raises:
        aiokafka.errors.KafkaError: the broker cannot be reached or refuses.
    """
    wanted = all_topics(settings.topic_prefix, settings.partitions)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in existing]
        result = await _create(admin, missing, settings) if missing else []
        there = [topic for topic in wanted if topic.name in existing]
        if there:
            counts = {
                found["topic"]: len(found["partitions"])
                for found in await admin.describe_topics([topic.name for topic in there])
            }
            result += [await _align(admin, topic, counts[topic.name]) for topic in there]
        return result
    finally:
        await admin.close()


async def _create(
    admin: AIOKafkaAdminClient, missing: Sequence[Topic], settings: KafkaSettings
) -> list[Applied]:
    answer = await admin.create_topics(
        [
            NewTopic(topic.name, topic.partitions, settings.replication_factor, topic_configs=topic.config)
            for topic in missing
        ]
    )
    for name, code, *rest in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"{name}: {rest[0] if rest else ''}")
    return [Applied(topic, "created") for topic in missing]


async def _align(admin: AIOKafkaAdminClient, topic: Topic, partitions: int) -> Applied:
    done = []
    if partitions < topic.partitions:
        await admin.create_partitions({topic.name: NewPartitions(topic.partitions)})
        done.append(f"partitions {partitions} -> {topic.partitions}")
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, topic.config)
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])
    current = {entry[0]: entry[1] for answer in answers for found in answer.resources for entry in found[4]}
    if any(current.get(name) != value for name, value in topic.config.items()):
        await admin.alter_configs([resource])
        done.append("configuration")
    return Applied(topic, ", ".join(done) or "unchanged")
