"""The process: one event loop, one HTTP port, any number of services.

A fatal error of a service builds that service anew; the third time the process exits 70. SIGTERM and SIGINT let
every service finish what is in hand.
"""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import structlog
import uvicorn

from shared.config import HttpSettings
from shared.http import make_http
from shared.service import Service

log = structlog.get_logger(__name__)

GROUP = "tandem.services"
FATAL_LIMIT = 3
EXIT_FATAL = 70
RESTART_SECONDS = 1.0
GARBAGE_THRESHOLDS = (50_000, 20, 50)
"""After how many new objects, and rounds of the younger ones, cycles are looked for."""

Build = Callable[[], Service]


def known_services() -> dict[str, Build]:
    """Every installed service by name; the value loads it and builds it from the settings."""
    return {point.name: partial(_build, point) for point in entry_points(group=GROUP)}


def _build(point: EntryPoint) -> Service:
    build: Build = point.load()
    return build()


class Host:
    """Runs one service, building it anew after a fatal error."""

    def __init__(self, name: str, build: Build) -> None:
        """Build the service; settings errors surface here, before anything starts."""
        self.name = name
        self._build = build
        self.service = build()
        self.fatal: BaseException | None = None
        self.on_rebuilt: Callable[[], None] = lambda: None

    async def run(self, stop: asyncio.Event) -> None:
        """Run until told to stop, or until the third fatal error."""
        for count in range(1, FATAL_LIMIT + 1):
            try:
                await self.service.run(stop)
            except Exception as error:
                log.exception("fatal error", service=self.name, count=count)
                if count == FATAL_LIMIT or stop.is_set():
                    self.fatal = error
                    return
                await asyncio.sleep(RESTART_SECONDS)
                if not self._rebuilt():
                    return
            else:
                return

    def _rebuilt(self) -> bool:
        try:
            self.service = self._build()
        except Exception as error:
            log.exception("cannot be built anew", service=self.name)
            self.fatal = error
            return False
        self.on_rebuilt()
        return True


async def run_services(names: Sequence[str], http: HttpSettings) -> int:
    """Run services until a signal; returns the process's exit code.

    Raises:
        KeyError: a name is unknown.
        pydantic.ValidationError: a setting is wrong.
    """
    known = known_services()
    hosts = [Host(name, known[name]) for name in names]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    server = uvicorn.Server(
        uvicorn.Config(
            make_http(hosts),
            host=http.host,
            port=http.port,
            log_config=None,
            access_log=False,
            lifespan="off",
        )
    )
    # uvicorn would take the signals for itself.
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    web: asyncio.Future[Any] = asyncio.create_task(_serve(server))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = [asyncio.create_task(_run_host(host, stop)) for host in hosts]
    try:
        everything: asyncio.Future[Any] = asyncio.gather(*running)
        await asyncio.wait([web, everything], return_when=asyncio.FIRST_COMPLETED)
        if web.done() and not stop.is_set():
            log.error("the HTTP port cannot be served", host=http.host, port=http.port)
            stop.set()
            await asyncio.gather(*running)
            return EXIT_FATAL
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(web, 5)
    return EXIT_FATAL if any(host.fatal is not None for host in hosts) else 0


async def _run_host(host: Host, stop: asyncio.Event) -> None:
    await host.run(stop)
    if host.fatal is not None:
        stop.set()


async def _serve(server: uvicorn.Server) -> object:
    with contextlib.suppress(SystemExit):
        await server._serve()
    return None


def run(names: Sequence[str], http: HttpSettings) -> int:
    """``run_services`` for the command line."""
    for point in entry_points(group=GROUP):
        if point.name in names:
            point.load()
    # What is imported stays for good, and 100,000 links in memory are no garbage: looking through them again and
    # again took a fifth of the processor's time at 5,000 customers, in pauses of 0.3 s.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    code = asyncio.run(run_services(names, http))
    sys.stdout.flush()
    sys.stderr.flush()
    return code
