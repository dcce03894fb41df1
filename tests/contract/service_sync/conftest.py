"""ID965 in one process against the stand-ins."""

from collections.abc import AsyncIterator

import pytest

import services.service_sync.app as service_sync
from tests.contract.in_process import Systems, control, empty, own_store, people, standin, systems, way
from tests.contract.service_sync.world import World

__all__ = ["control", "empty", "people", "standin", "systems", "way"]


@pytest.fixture
async def world(systems: Systems) -> AsyncIterator[World]:
    async with own_store(systems, "service_sync", service_sync.MIGRATIONS) as engine:
        yield World(systems, engine)
