"""A mapping service that runs, with a client that reaches it."""

import asyncio
from collections.abc import Callable
from types import TracebackType

import httpx
from fastapi import FastAPI

from services.mapping.app import MappingService
from services.mapping.kafka import KafkaSender
from services.mapping.settings import MappingSettings
from shared.config import KafkaSettings, StoreSettings
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import How, MakeLink

COMPANY = LinkKind.CUSTOMER_COMPANY


class Mapping:
    """The service from start to stop."""

    def __init__(self, kafka: KafkaSettings, store: StoreSettings) -> None:
        self._stop = asyncio.Event()
        self.service = MappingService(MappingSettings(poll_seconds=0.05), store, lambda: KafkaSender(kafka))
        application = FastAPI()
        for routes in self.service.routers():
            application.include_router(routes)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://mapping")
        self.client = MappingClient("http://mapping", http)

    async def __aenter__(self) -> "Mapping":
        self._task = asyncio.create_task(self.service.run(self._stop))
        await until(lambda: self.service.ready().ok)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        await self._task
        await self.client.close()


def wish(left: int, right: int, how: How = How.CREATED) -> MakeLink:
    """A request to link a customer and a company."""
    return MakeLink(kind=COMPANY, left=str(left), right=str(right), how=how, by="ann", why="asked for")


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return once ``condition`` holds.

    Raises:
        TimeoutError: it did not within ``seconds``.
    """
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition is a plain look at what a user sees
            await asyncio.sleep(0.05)
