import asyncio
import time
from collections.abc import Sequence

import httpx
from fastapi import FastAPI
from prometheus_client import REGISTRY

from services.mapping.app import MappingService
from services.mapping.messages import Outgoing
from services.mapping.settings import MappingSettings
from shared.config import StoreSettings
from tests.contract.mapping.requests import body
from tests.contract.mapping.waiting import until


class Topic:
    def __init__(self) -> None:
        self.messages: list[Outgoing] = []

    async def send(self, messages: Sequence[Outgoing]) -> None:
        self.messages.extend(messages)

    async def stop(self) -> None:
        """Nothing to stop."""


async def test_the_service_starts_on_an_empty_store_answers_publishes_and_stops(
    store_settings: StoreSettings,
) -> None:
    topic = Topic()
    service = MappingService(MappingSettings(poll_seconds=0.05), store_settings, lambda: topic)
    application = FastAPI()
    for routes in service.routers():
        application.include_router(routes)
    stop = asyncio.Event()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="http://mapping"
    ) as http:
        early = await http.get("/links")
        assert (early.status_code, early.json()["code"]) == (503, "not_ready")
        assert not service.ready().ok
        running = asyncio.create_task(service.run(stop))
        await until(lambda: service.ready().ok)
        assert (await http.post("/links", json=body())).status_code == 201
        await until(lambda: bool(topic.messages))
        assert service.live().ok
        await until(lambda: "0 messages wait" in service.live().reason)
        assert REGISTRY.get_sample_value("tandem_lease_held", {"lease": "mapping"}) == 1
        stop.set()
        await running
        assert (await http.get("/links")).status_code == 503
    assert not service.ready().ok


def test_a_publisher_that_stopped_turning_is_not_alive(store_settings: StoreSettings) -> None:
    service = MappingService(MappingSettings(stall_seconds=5), store_settings, Topic)
    assert service.live().ok
    service._progress.beat = time.monotonic() - 6
    assert not service.live().ok
    assert "6 s" in service.live().reason
