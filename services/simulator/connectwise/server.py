"""The stand-in as a server: uvicorn on loopback, with connections that can be cut for real."""

import asyncio
import contextlib
import socket
import time
from pathlib import Path
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.simulator.connectwise import persist
from services.simulator.connectwise.app import App
from services.simulator.connectwise.settings import Settings
from services.simulator.connectwise.state import State

_SAVE_EVERY = 2.0


class Connections:
    """Open connections by client address."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def opened(self, transport: asyncio.Transport) -> None:
        """Remember a connection."""
        address = self._address(transport)
        if address is not None:
            self._open[address] = transport

    def closed(self, transport: asyncio.Transport) -> None:
        """Forget a connection."""
        address = self._address(transport)
        if address is not None and self._open.get(address) is transport:
            del self._open[address]

    def cut(self, address: tuple[str, int]) -> None:
        """Close the connection of a client at once, without another byte."""
        transport = self._open.get(address)
        if transport is not None:
            transport.abort()

    @staticmethod
    def _address(transport: asyncio.Transport) -> tuple[str, int] | None:
        peer = transport.get_extra_info("peername")
        return (str(peer[0]), int(peer[1])) if peer else None


def _protocol(connections: Connections) -> type[H11Protocol]:
    class Watched(H11Protocol):
        """The HTTP protocol, telling `connections` what is open."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            connections.opened(transport)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.closed(self.transport)
            super().connection_lost(exc)

    return Watched


class ConnectWiseServer:
    """A stand-in in this process: `async with` gives the server, with its `url` and its `state`.

    Port 0 takes a free one. With `state_file` records are read from it at start and kept there.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        seed_companies: int = 0,
        state_file: Path | None = None,
    ) -> None:
        self.state = State(settings or Settings(), seed_companies)
        self._host, self._port = host, port
        self._file = state_file
        self._connections = Connections()
        self._tasks: list[asyncio.Task[Any]] = []
        self._server: _Quiet | None = None

    @property
    def url(self) -> str:
        """The bound address, without a path."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Bind and serve. Raises OSError when the port is taken, ValueError for a broken state file."""
        if self._file is not None:
            persist.load(self.state.store, self._file)
        # The protocol is named because only then asyncio turns Nagle's delay off.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._host, self._port))
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            App(self.state, self._connections.cut),
            http=_protocol(self._connections),
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Quiet(config)
        self._tasks = [asyncio.create_task(self._server.serve(sockets=[listener]))]
        while not self._server.started:
            if self._tasks[0].done():
                await self._tasks[0]
                raise OSError("the server stopped before it had started")
            await asyncio.sleep(0.005)
        self._tasks.append(asyncio.create_task(self.state.callbacks.deliver()))
        if self._file is not None:
            self._tasks.append(asyncio.create_task(self._keep(self._file)))

    async def stop(self) -> None:
        """Stop serving, and save the records if a file was given."""
        if self._server is not None:
            self._server.leave()
            for task in self._tasks[1:]:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._file is not None:
            persist.save(self.state.store, self._file)

    async def wait(self) -> None:
        """Until the server has stopped."""
        await asyncio.gather(*self._tasks[:1])

    async def _keep(self, file: Path) -> None:
        saved, took = -1, 0.0
        while True:
            # A large tenant takes long to write down, and nobody is served meanwhile.
            await asyncio.sleep(max(_SAVE_EVERY, 20 * took))
            if self.state.store.writes != saved:
                saved, began = self.state.store.writes, time.monotonic()
                persist.save(self.state.store, file)
                took = time.monotonic() - began

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


class _Quiet(uvicorn.Server):
    """Stops as soon as it is told to, and leaves signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Stop serving."""
        self.should_exit = True
        self._leaving.set()

    async def main_loop(self) -> None:
        # Uvicorn's own loop ticks for what is off here (date header, limits), and sees only then that it shall stop.
        await self._leaving.wait()

    # Signals belong to the program around this server, which may be a test or a demonstration.
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield
