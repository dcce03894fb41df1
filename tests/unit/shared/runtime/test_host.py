import asyncio
import os
import signal
import socket

import pytest

from shared import runtime
from shared.config import HttpSettings
from shared.runtime import Host, run_services
from shared.service import Service
from tests.unit.shared.runtime.services import Fake


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "RESTART_SECONDS", 0.0)


async def test_a_service_that_fails_twice_is_built_anew_and_goes_on() -> None:
    built: list[Fake] = []

    def build() -> Service:
        built.append(Fake(failures=2 - len(built) if len(built) < 2 else 0))
        return built[-1]

    host, stop, rebuilt = Host("fake", build), asyncio.Event(), list[int]()
    host.on_rebuilt = lambda: rebuilt.append(1)
    running = asyncio.create_task(host.run(stop))
    while len(built) < 3:  # noqa: ASYNC110 - each is another object
        await asyncio.sleep(0)
    await built[2].ran.wait()
    assert host.service is built[2]
    assert len(rebuilt) == 2
    stop.set()
    await running
    assert host.fatal is None


async def test_the_third_failure_is_the_end() -> None:
    built: list[int] = []

    def build() -> Service:
        built.append(1)
        return Fake(failures=1)

    host = Host("fake", build)
    await host.run(asyncio.Event())
    assert isinstance(host.fatal, RuntimeError)
    assert len(built) == 3


async def test_a_service_that_cannot_be_built_anew_is_the_end_too() -> None:
    built: list[int] = []

    def build() -> Service:
        built.append(1)
        if len(built) == 2:
            raise ValueError("the settings are wrong now")
        return Fake(failures=1)

    host = Host("fake", build)
    await host.run(asyncio.Event())
    assert isinstance(host.fatal, ValueError)


async def test_one_service_that_ends_ends_the_process_with_70_and_the_others_are_let_finish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = Fake()
    known = {"good": lambda: good, "bad": lambda: Fake(failures=1)}
    monkeypatch.setattr(runtime, "known_services", lambda: known)
    assert await run_services(["good", "bad"], HttpSettings(port=0)) == 70
    assert good.ran.is_set()


async def test_a_signal_ends_the_process_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    good = Fake()
    monkeypatch.setattr(runtime, "known_services", lambda: {"good": lambda: good})
    running = asyncio.create_task(run_services(["good"], HttpSettings(port=0)))
    await good.ran.wait()
    await asyncio.sleep(0.1)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, 10) == 0


async def test_a_port_that_is_taken_ends_the_process_with_70(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "known_services", lambda: {"good": Fake})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = HttpSettings(port=taken.getsockname()[1])
        assert await asyncio.wait_for(run_services(["good"], settings), 10) == 70
