"""The mapping service on a real Apache Kafka, with SQLite under it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.bus.topics import apply_topics
from shared.config import KafkaSettings, StoreSettings
from tests.integration.mapping.running import Mapping


@pytest.fixture
async def settings(kafka: str, prefix: str) -> KafkaSettings:
    settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix)
    await apply_topics(settings)
    return settings


@pytest.fixture
def store(tmp_path: Path) -> StoreSettings:
    return StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db"))


@pytest.fixture
async def mapping(settings: KafkaSettings, store: StoreSettings) -> AsyncIterator[Mapping]:
    async with Mapping(settings, store) as running:
        yield running
