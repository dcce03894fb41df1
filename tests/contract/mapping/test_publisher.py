import asyncio
import json
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mapping.messages import Outgoing
from services.mapping.outbox import Outbox
from services.mapping.publisher import Publisher
from services.mapping.settings import MappingSettings
from services.mapping.tables import LEASE
from services.mapping.writes import LinkWriter
from shared.bus.producer import PublishError
from shared.store.lease import Lease
from tests.contract.mapping.requests import wish
from tests.contract.mapping.waiting import until


class Topic:
    """Keeps what it was sent."""

    def __init__(self) -> None:
        self.messages: list[Outgoing] = []
        self.broken: BaseException | None = None
        self.stops = 0

    async def send(self, messages: Sequence[Outgoing]) -> None:
        if isinstance(self.broken, PublishError):
            raise self.broken
        self.messages.extend(messages)
        if self.broken is not None:
            raise self.broken

    async def stop(self) -> None:
        self.stops += 1

    def revisions(self) -> list[int]:
        return [json.loads(message.value)["revision"] for message in self.messages]


class PowerCutError(BaseException):
    """Nothing handles this, as nothing handles a kill."""


def publisher(engine: AsyncEngine, topic: Topic, holder: str = "a", seconds: float = 60) -> Publisher:
    lease = Lease(engine, LEASE, "publisher", holder, seconds)
    return Publisher(Outbox(engine), lease, topic, MappingSettings(publish_batch=2, poll_seconds=0.02))


@pytest.fixture
def topic() -> Topic:
    return Topic()


async def test_messages_go_out_in_the_order_of_their_revisions_and_once(
    engine: AsyncEngine, writer: LinkWriter, topic: Topic
) -> None:
    await writer.make([wish(n, n) for n in range(1, 6)])
    sender = publisher(engine, topic)
    while await sender.turn():
        pass
    await sender.turn()
    assert topic.revisions() == [1, 2, 3, 4, 5]
    assert sender.progress.backlog.messages == 0


async def test_a_crash_between_sending_and_marking_repeats_the_same_revisions(
    engine: AsyncEngine, writer: LinkWriter, topic: Topic
) -> None:
    await writer.make([wish(1, 1), wish(2, 2)])
    topic.broken = PowerCutError()
    with pytest.raises(PowerCutError):
        await publisher(engine, topic, "a", seconds=0.1).turn()
    topic.broken = None
    await asyncio.sleep(0.2)
    await publisher(engine, topic, "b").turn()
    assert topic.revisions() == [1, 2, 1, 2]


async def test_while_the_broker_is_away_links_are_taken_and_published_later(
    engine: AsyncEngine, writer: LinkWriter, topic: Topic
) -> None:
    sender, stop = publisher(engine, topic), asyncio.Event()
    topic.broken = PublishError("no broker")
    running = asyncio.create_task(sender.run(stop))
    await writer.make([wish(1, 1)])
    sender.wake()
    await until(lambda: sender.progress.trouble is not None)
    await writer.make([wish(2, 2)])
    topic.broken = None
    await until(lambda: len(topic.messages) == 2)
    stop.set()
    await running
    assert topic.revisions() == [1, 2]
    assert sender.progress.trouble is None


async def test_a_second_replica_stands_by_until_the_first_leaves(
    engine: AsyncEngine, writer: LinkWriter
) -> None:
    first, second = Topic(), Topic()
    one, two = publisher(engine, first, "a"), publisher(engine, second, "b")
    await one.turn()
    await writer.make([wish(1, 1)])
    await two.turn()
    assert second.messages == []
    stop = asyncio.Event()
    stop.set()
    await one.run(stop)
    await two.turn()
    assert second.revisions() == [1]


async def test_what_a_worker_sent_after_losing_its_lease_is_sent_again_behind_it(
    engine: AsyncEngine, writer: LinkWriter, topic: Topic
) -> None:
    await writer.make([wish(1, 1)])
    rival = publisher(engine, topic, "b")

    class Slow(Topic):
        """Sleeps past the end of the lease, while another worker publishes and links go on."""

        async def send(self, messages: Sequence[Outgoing]) -> None:
            await asyncio.sleep(0.3)
            await rival.turn()
            await topic.send(messages)

    slow = Slow()
    await publisher(engine, slow, "a", seconds=0.1).turn()
    assert slow.stops == 1
    await rival.turn()
    assert topic.revisions() == [1, 1, 1]


async def test_sent_messages_are_forgotten_after_their_days(
    engine: AsyncEngine, writer: LinkWriter, topic: Topic
) -> None:
    await writer.make([wish(1, 1)])
    await publisher(engine, topic).turn()
    await writer.make([wish(2, 2)])
    outbox = Outbox(engine)
    await outbox.forget(keep_days=0)
    await outbox.reopen(first=0)
    assert [json.loads(row.message.value)["revision"] for row in await outbox.next(10)] == [2]
