"""How much a reader has not read, asked of a real broker."""

from datetime import UTC, datetime

import pytest
from aiokafka.errors import KafkaError

from shared.bus.ahead import ahead
from shared.bus.producer import Message, Producer
from shared.bus.topics import apply_topics
from shared.config import KafkaSettings
from shared.events import topics

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(60)]


async def test_the_broker_tells_how_much_is_not_read_and_since_when(kafka: str, prefix: str) -> None:
    settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix, partitions=2)
    await apply_topics(settings)
    topic = topics.outcomes(prefix)
    producer = await Producer(settings, "test").start()
    began = datetime.now(UTC)
    await producer.send([Message(topic, b"a", b"1", partition=0), Message(topic, b"b", b"2", partition=0)])
    await producer.send([Message(topic, b"c", b"3", partition=1)])
    await producer.stop()

    waiting = await ahead(settings, [topic], {(topic, 0): 1}, 20)
    assert waiting.messages == 2
    assert waiting.since is not None
    assert abs((waiting.since - began).total_seconds()) < 10
    assert (await ahead(settings, [topic], {(topic, 0): 2, (topic, 1): 1}, 20)).messages == 0


async def test_without_a_broker_it_is_an_error_and_soon() -> None:
    with pytest.raises((KafkaError, TimeoutError)):
        await ahead(KafkaSettings(bootstrap_servers="127.0.0.1:1"), ["any"], {}, 3)
