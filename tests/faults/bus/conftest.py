"""A bench of worker processes on a topic of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.bus.bench import Bench


@pytest.fixture
async def bench(tmp_path: Path, kafka: str, prefix: str) -> AsyncIterator[Bench]:
    made = await Bench(tmp_path, kafka, prefix).start()
    yield made
    await made.stop()
