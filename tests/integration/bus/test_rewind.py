"""Putting a consumer group back to the beginning, on a real broker."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest

from shared.bus.deadletter import Raw
from shared.bus.fold import Fold
from shared.bus.producer import Message, Producer
from shared.bus.rewind import GroupInUse, bounds, rewind
from shared.bus.topics import apply_topics
from shared.bus.worker import Worker
from shared.config import KafkaSettings
from shared.events import topics

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120)]


class Kept(Fold):
    def __init__(self) -> None:
        self.values: list[bytes | None] = []

    async def fold(self, raws: Sequence[Raw]) -> None:
        self.values += [raw.value for raw in raws]


@contextlib.asynccontextmanager
async def working(
    settings: KafkaSettings, fold: Fold, hello: Sequence[Message] = ()
) -> AsyncIterator[Worker]:
    stop = asyncio.Event()
    worker = Worker("reporting", [topics.outcomes(settings.topic_prefix)], fold, settings, hello=hello)
    running = asyncio.create_task(worker.run(stop))
    try:
        yield worker
    finally:
        stop.set()
        await running


async def until_folded(kept: Kept, values: set[bytes]) -> None:
    async with asyncio.timeout(40):
        while not values <= set(kept.values):  # noqa: ASYNC110 - what a test sees
            await asyncio.sleep(0.05)


async def test_a_group_reads_all_again_once_it_is_put_back(kafka: str, prefix: str) -> None:
    settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix, partitions=2)
    await apply_topics(settings)
    topic = topics.outcomes(prefix)
    producer = await Producer(settings, "test").start()
    await producer.send(
        [Message(topic, b"a", b"1"), Message(topic, None, b"no key"), Message(topic, b"b", b"2")]
    )
    await producer.stop()

    first = Kept()
    async with working(settings, first, hello=[Message(topic, b"c", b"hello")]) as worker:
        await until_folded(first, {b"1", b"2", b"hello"})
        with pytest.raises(GroupInUse):
            await rewind(settings, worker.group, [topic])
    assert first.values.count(b"hello") == 1

    ends = await bounds(settings, [topic])
    assert sum(end - start for start, end in ends.values()) == 4
    await rewind(settings, worker.group, [topic])
    again = Kept()
    async with working(settings, again):
        await until_folded(again, {b"1", b"2", b"hello"})
    assert sorted(again.values, key=str) == sorted(first.values, key=str)
