"""`tandem simulate connectwise`: the stand-in from the command line."""

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Annotated

import typer

from services.simulator.connectwise.server import ConnectWiseServer
from services.simulator.connectwise.settings import NEWEST, OLDEST, Settings

_DEFAULTS = Settings()


def connectwise(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 0,
    company: Annotated[str, typer.Option(help="Company id of the tenant.")] = _DEFAULTS.company,
    public_key: Annotated[str, typer.Option(help="Public key of the API member.")] = _DEFAULTS.public_key,
    private_key: Annotated[str, typer.Option(help="Private key of the API member.")] = _DEFAULTS.private_key,
    client_id: Annotated[
        str, typer.Option(help="The clientId that is accepted; empty accepts any.")
    ] = _DEFAULTS.client_id,
    member: Annotated[str, typer.Option(help="Identifier of the API member.")] = _DEFAULTS.member,
    generation: Annotated[str, typer.Option(help=f"Model generation: {OLDEST} or {NEWEST}.")] = NEWEST,
    mode: Annotated[str, typer.Option(help="cloud or onprem: how bad credentials are answered.")] = "cloud",
    href_host: Annotated[
        str, typer.Option(help="Host in hrefs and links; `self` for the address called.")
    ] = "",
    seed_companies: Annotated[int, typer.Option(help="Invented customer companies to begin with.")] = 0,
    write_latency: Annotated[float, typer.Option(help="Seconds a write takes.")] = 0.0,
    read_latency: Annotated[float, typer.Option(help="Seconds a read takes.")] = 0.0,
    state: Annotated[Path | None, typer.Option(help="File in which records outlive a restart.")] = None,
) -> None:
    """Run a stand-in for the ConnectWise PSA REST API. Faults and clock are set under /_sim."""
    if generation not in (OLDEST, NEWEST):
        raise typer.BadParameter(f"generation is {OLDEST} or {NEWEST}")
    if mode not in ("cloud", "onprem"):
        raise typer.BadParameter("mode is cloud or onprem")
    settings = Settings(
        company=company,
        public_key=public_key,
        private_key=private_key,
        client_id=client_id,
        member=member,
        generation=generation,
        mode=mode,
        href_host=href_host,
    )
    server = ConnectWiseServer(
        settings, host=host, port=port, seed_companies=seed_companies, state_file=state
    )
    server.state.knobs.write_latency, server.state.knobs.read_latency = write_latency, read_latency
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server))


async def _serve(server: ConnectWiseServer) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await server.start()
    typer.echo(f"ConnectWise stand-in: {server.url}")
    await stopped.wait()
    await server.stop()
