"""One stand-in a test module, running in a thread of its own; every test begins with a fresh tenant."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pyconnectwise import ConnectWiseManageAPIClient
from pyconnectwise.config import Config

from services.simulator.connectwise.server import ConnectWiseServer
from services.simulator.connectwise.settings import Settings

BASE = "/v4_6_release/apis/3.0"
_TLS = ssl.create_default_context()  # made once: every client would load the certificates anew


@contextmanager
def running(server: ConnectWiseServer) -> Iterator[ConnectWiseServer]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def client(server: ConnectWiseServer, *, settings: Settings | None = None, base: str = BASE) -> httpx.Client:
    known = settings or server.state.settings
    return httpx.Client(
        base_url=server.url + base,
        auth=(f"{known.company}+{known.public_key}", known.private_key),
        headers={"clientId": known.client_id},
        timeout=10,
        verify=_TLS,
    )


@pytest.fixture(scope="module")
def server() -> Iterator[ConnectWiseServer]:
    with running(ConnectWiseServer()) as started:
        yield started


@pytest.fixture
def api(server: ConnectWiseServer) -> Iterator[httpx.Client]:
    """The API as the API member sees it."""
    with client(server) as session:
        session.post(f"{server.url}/_sim/reset").raise_for_status()
        yield session


@pytest.fixture
def sim(server: ConnectWiseServer) -> Iterator[httpx.Client]:
    """The control plane."""
    with httpx.Client(base_url=f"{server.url}/_sim", timeout=10, verify=_TLS) as session:
        yield session


@pytest.fixture
def manage(server: ConnectWiseServer, api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An API client written by others."""
    known = server.state.settings
    address = f"{server.url}/v4_6_release/apis/3.0"
    # The client speaks only https to a host name; the stand-in is plain http on loopback.
    monkeypatch.setattr(ConnectWiseManageAPIClient, "_get_url", lambda _self: address)
    return ConnectWiseManageAPIClient(
        known.company,
        "unused",
        known.client_id,
        known.public_key,
        known.private_key,
        codebase="v4_6_release/",
        config=Config(max_retries=2),
    )
