"""The acts of the demo, one after the other on one stage."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from services.simulator.demo.month_end import month_end
from services.simulator.demo.morning import morning
from services.simulator.stage import Stage

ACTS: dict[str, Callable[[Stage, Console], Awaitable[int]]] = {"morning": morning, "month-end": month_end}
"""By name: plays the act; how much is wrong at its end."""


def play(stage: Stage, console: Console, names: list[str]) -> int:
    """Play acts in order; the exit code: 0 only if both sides agree at the end of each."""
    began = time.monotonic()
    wrong = sum(asyncio.run(_act(name, stage, console)) for name in names)
    told = "[red]not everything went as it should[/red]" if wrong else "[green]everything agrees[/green]"
    console.print(f"\n{' and '.join(names)}: {told}, in {time.monotonic() - began:.0f} s.")
    return 1 if wrong else 0


async def _act(name: str, stage: Stage, console: Console) -> int:
    return await ACTS[name](stage, console)


def leave_running(stage: Stage, console: Console, folder: Path) -> None:
    """Say where everything is, for people who want to play on."""
    environment = stage.environment()
    names = sorted(name for name in environment if name.startswith("TANDEM_"))
    path = folder / "tandem.env"
    lines = [f"export {name}='{environment[name]}'\n" for name in names]
    # The command lies beside the interpreter that runs this.
    path.write_text("".join(lines) + f"export PATH='{Path(sys.executable).parent}':\"$PATH\"\n")
    path.chmod(0o600)
    console.print(Rule("It keeps running; Ctrl-C ends it", align="left"))
    console.print(f" in another shell:    [bold]. {path}[/bold]")
    console.print(" then, for example:   tandem cases ls | tandem links ls | tandem explain customer NEW01")
    console.print(
        f" e-automate, a person: tandem simulate eautomate --file {stage.eautomate_file} edit NEW01 --phone 330-555-0188"
    )
    console.print(f" health and metrics:  {stage.url}/readyz  {stage.url}/metrics  {stage.url}/docs")
    console.print(f" ConnectWise:         {stage.connectwise_url}   logs: {stage.folder}")
