"""A stand-in a test, a client that talks to it, and its control plane."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.simulator.connectwise.server import ConnectWiseServer
from shared.config import ConnectWiseSettings
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter


class Control:
    """What a test does to the stand-in."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()

    async def post(self, path: str, body: Any) -> Any:
        answer = await self._http.post(f"/_sim/{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def fault(self, kind: str, **more: Any) -> None:
        await self.post("faults", [{"kind": kind, **more}])

    async def clear_faults(self) -> None:
        (await self._http.delete("/_sim/faults")).raise_for_status()

    async def requests(self, path: str = "", method: str = "") -> list[dict[str, Any]]:
        answer = await self._http.get("/_sim/requests", params={"path": path, "method": method})
        found: list[dict[str, Any]] = answer.json()
        return found

    async def forget(self) -> None:
        (await self._http.delete("/_sim/requests")).raise_for_status()


@pytest.fixture
async def standin() -> AsyncIterator[ConnectWiseServer]:
    async with ConnectWiseServer() as server:
        yield server


@pytest.fixture
async def control(standin: ConnectWiseServer) -> AsyncIterator[Control]:
    control = Control(standin.url)
    yield control
    await control.close()


def settings_for(url: str, **more: Any) -> ConnectWiseSettings:
    given: dict[str, Any] = {
        "url": url,
        "company": "northgate",
        "public_key": SecretStr("FakePublicKey0001"),
        "private_key": SecretStr("FakePrivateKey001"),
        "client_id": SecretStr("00000000-0000-4000-8000-000000000000"),
        "timeout_seconds": 5.0,
    }
    return ConnectWiseSettings(**(given | more))


@pytest.fixture
def settings(standin: ConnectWiseServer) -> ConnectWiseSettings:
    return settings_for(standin.url)


@pytest.fixture
async def client(settings: ConnectWiseSettings) -> AsyncIterator[ConnectWise]:
    async with ConnectWise(settings, "test", Limiter("test", 1e6, 5)) as it:
        yield it


@pytest.fixture
async def once(settings: ConnectWiseSettings) -> AsyncIterator[ConnectWise]:
    """A client that tries once."""
    async with ConnectWise(settings, "test", Limiter("test", 1e6, 5), retry_seconds=0) as it:
        yield it
