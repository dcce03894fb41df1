import asyncio
import json

import pytest
from aiokafka import AIOKafkaConsumer

from services.simulator.kafka.broker import Broker
from shared.bus.producer import Message, Producer
from shared.bus.topics import apply_topics
from shared.config import KafkaSettings, StoreSettings
from shared.events import topics
from shared.events.envelope import Envelope
from shared.links.models import How
from shared.links.view import LinkView
from tests.integration.mapping.running import COMPANY, Mapping, until, wish

pytestmark = pytest.mark.kafka


async def test_views_see_links_made_before_and_after_they_started(
    mapping: Mapping, settings: KafkaSettings
) -> None:
    await asyncio.gather(*(mapping.client.make(wish(n, n + 1000)) for n in range(1, 301)))
    early, late = LinkView(settings), LinkView(settings)
    await early.started()
    await until(lambda: len(early) == 300)
    await mapping.client.unlink(COMPANY, "5", by="ann", why="wrong")
    await mapping.client.make(wish(6000, 1005))
    await until(lambda: early.by_left(COMPANY, "6000") is not None)
    await late.started()
    for view in (early, late):
        assert view.by_left(COMPANY, "5") is None
        assert view.generation(COMPANY, "5") == 1
        holder = view.by_right(COMPANY, "1005")
        assert holder is not None
        assert holder.left == "6000"
        assert len(view) == 300
        await view.stop()


async def test_the_owner_finds_the_command_on_its_redo_topic(
    mapping: Mapping, settings: KafkaSettings
) -> None:
    await mapping.client.make(wish(1, 7, How.BY_HAND))
    await mapping.client.unlink(COMPANY, "1", by="ann", why="wrong")
    consumer = AIOKafkaConsumer(
        topics.redo(settings.topic_prefix, "customer_sync"),
        bootstrap_servers=settings.bootstrap_servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    async with asyncio.timeout(30):
        found = [await consumer.getone() for _ in range(2)]
    await consumer.stop()
    assert [Envelope.from_headers(each.headers).action for each in found] == ["linked", "unlinked"]
    assert {each.key for each in found} == {b"1"}
    assert all(("tandem-redo", b"link") in each.headers for each in found)
    assert [json.loads(each.value)["generation"] for each in found] == [0, 1]


async def test_a_malformed_message_does_not_stop_a_view(mapping: Mapping, settings: KafkaSettings) -> None:
    producer = await Producer(settings, "vandal").start()
    links = topics.links(settings.topic_prefix)
    await producer.send([Message(links, b"x", b"no json"), Message(links, b"y", None)])
    await producer.stop()
    await mapping.client.make(wish(1, 7))
    view = LinkView(settings)
    await view.started()
    await until(lambda: view.by_left(COMPANY, "1") is not None)
    assert view.malformed == 2
    await view.stop()


async def test_a_view_waits_for_a_topic_that_does_not_exist_yet(kafka: str, prefix: str) -> None:
    settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix)
    view = LinkView(settings)
    waiting = asyncio.create_task(view.started())
    await asyncio.sleep(3)
    assert not waiting.done()
    await apply_topics(settings)
    async with asyncio.timeout(30):
        await waiting
    await view.stop()


async def test_links_made_while_the_broker_is_down_reach_views_when_it_is_back(
    prefix: str, store: StoreSettings
) -> None:
    with Broker() as broker:
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap_servers, topic_prefix=prefix)
        await apply_topics(settings)
        async with Mapping(settings, store) as mapping:
            await mapping.client.make(wish(1, 7))
            view = LinkView(settings)
            await view.started()
            await until(lambda: view.by_left(COMPANY, "1") is not None)
            await asyncio.to_thread(broker.kill)
            await mapping.client.make(wish(2, 8))
            await mapping.client.unlink(COMPANY, "1", by="ann", why="wrong")
            assert mapping.service.live().ok
            await asyncio.to_thread(broker.start)
            await until(lambda: view.by_left(COMPANY, "2") is not None, seconds=90)
            await until(lambda: view.by_left(COMPANY, "1") is None)
            await view.stop()
