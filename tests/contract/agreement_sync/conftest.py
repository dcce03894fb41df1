"""ID964 in one process against the stand-ins."""

from collections.abc import AsyncIterator

import pytest

import services.agreement_sync.app as agreement_sync
from tests.contract.agreement_sync.world import World
from tests.contract.in_process import Systems, control, empty, own_store, people, standin, systems, way

__all__ = ["control", "empty", "people", "standin", "systems", "way"]


@pytest.fixture
async def world(systems: Systems) -> AsyncIterator[World]:
    async with own_store(systems, "agreement_sync", agreement_sync.MIGRATIONS) as engine:
        yield World(systems, engine)
