"""Services made by hand."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from fastapi import APIRouter

from shared.service import Health, Service


class Fake(Service):
    """Fails as often as told, then runs until it is stopped."""

    name: ClassVar[str] = "fake"

    def __init__(self, failures: int = 0, healthy: bool = True, route: str = "") -> None:
        self.failures, self.healthy, self.route = failures, healthy, route
        self.ran = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        if self.failures:
            raise RuntimeError("broken")
        self.ran.set()
        await stop.wait()

    def live(self) -> Health:
        return Health(self.healthy, "as told")

    def ready(self) -> Health:
        return Health(self.healthy, "as told")

    def routers(self) -> Sequence[APIRouter]:
        router = APIRouter()
        if self.route:
            router.add_api_route(f"/{self.route}", lambda: self.route)
        return [router]
