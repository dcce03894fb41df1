"""Connectors against stand-ins of both systems and a real Kafka."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import SecretStr

from services.simulator.connectwise.server import ConnectWiseServer
from shared.bus.topics import apply_topics
from shared.config import KafkaSettings, StoreSettings
from shared.events.envelope import Envelope
from shared.events.topics import change
from shared.service import Service
from tests.contract.connectwise.conftest import Control

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message as a consumer sees it."""

    envelope: Envelope
    key: bytes
    value: bytes


class Topics:
    """Reads whole topics."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    async def read(self, source: str, entity: str) -> list[Delivered]:
        """Everything that is there now, by partition and offset."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.bootstrap_servers,
            enable_auto_commit=False,
            group_id=None,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            topic = change(self._settings.topic_prefix, source, entity)
            parts = [TopicPartition(topic, number) for number in range(self._settings.partitions)]
            consumer.assign(parts)
            ends = await consumer.end_offsets(parts)
            found: list[Delivered] = []
            while any([await consumer.position(part) < ends[part] for part in parts]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += [
                        Delivered(Envelope.from_headers(record.headers), record.key, record.value)
                        for record in records
                    ]
            return found
        finally:
            await consumer.stop()

    async def until(
        self, source: str, entity: str, enough: Callable[[list[Delivered]], bool]
    ) -> list[Delivered]:
        """Read again and again until it is enough.

        Raises:
            TimeoutError: it was not in time.
        """
        async with asyncio.timeout(SECONDS):
            while not enough(found := await self.read(source, entity)):  # noqa: ASYNC110 - a topic has no event
                await asyncio.sleep(0.1)
            return found


@asynccontextmanager
async def running(*services: Service) -> AsyncIterator[None]:
    """Run services; an exception of one is the test's."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(service.run(stop)) for service in services]
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(SECONDS):
            await asyncio.gather(*tasks)


async def until(condition: Callable[[], bool]) -> None:
    """Return once it holds.

    Raises:
        TimeoutError: it did not in time.
    """
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - the condition is a plain look at what a user sees
            await asyncio.sleep(0.02)


@pytest.fixture
async def kafka_settings(kafka: str, prefix: str) -> KafkaSettings:
    settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix, partitions=2)
    await apply_topics(settings)
    return settings


@pytest.fixture
def topics(kafka_settings: KafkaSettings) -> Topics:
    return Topics(kafka_settings)


@pytest.fixture
def store_settings(tmp_path: Path) -> StoreSettings:
    return StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db"))


@pytest.fixture
async def standin() -> AsyncIterator[ConnectWiseServer]:
    async with ConnectWiseServer(seed_companies=30) as server:
        yield server


@pytest.fixture
async def control(standin: ConnectWiseServer) -> AsyncIterator[Control]:
    control = Control(standin.url)
    yield control
    await control.close()
