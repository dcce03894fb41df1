"""``tandem demo``: a dealer's day on this machine."""

import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.simulator.demo.month_end import SETTINGS as BILLING
from services.simulator.demo.play import ACTS, leave_running, play
from services.simulator.kafka.artefacts import KafkaUnavailable
from services.simulator.stage import Stage, StageError, clear
from shared.cli.output import console

SETTINGS = BILLING | {
    "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "insert/update customers and locations",
    "TANDEM_CUSTOMER_SYNC__SALES_REP_FIELD": "ZCJ_SalesRep",
}

REPORTS = Path("build")
"""Where the report goes without a folder of one's own."""

app = typer.Typer(help="A dealer's day through real Kafka, on this machine.", invoke_without_command=True)


@app.callback()
def demo(
    keep: Annotated[bool, typer.Option(help="Leave everything running afterwards, until Ctrl-C.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where files and logs go; emptied first.")] = None,
    act: Annotated[
        list[str] | None, typer.Option(help=f"{' or '.join(ACTS)}; all of them unless told.")
    ] = None,
) -> None:
    """Play the day; exit code 0 only if both sides agree at the end."""
    unknown = sorted(set(act or []) - set(ACTS))
    if unknown:
        raise typer.BadParameter(f"--act: {unknown[0]} is none; there are {' and '.join(ACTS)}")
    # A terminate ends the block like Ctrl-C does, so that broker and services go down with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if folder is not None:
        clear(folder)
    try:
        with tempfile.TemporaryDirectory(prefix="tandem-demo-") as temporary:
            # The temporary folder goes; the report stays.
            reports = REPORTS if folder is None else None
            code = _demo(console, folder or Path(temporary), reports, keep, act or list(ACTS))
    except KeyboardInterrupt:
        console.print("stopped")
        code = 130
    except (KafkaUnavailable, StageError) as error:
        console.print(f"[red]{error}[/red]", markup=True)
        code = 69
    raise typer.Exit(code)


def _watch(stage: Stage, console: Console) -> None:
    """Wait for Ctrl-C; say once when a process is gone."""
    gone: set[str] = set()
    try:
        while True:
            for name in stage.ended() - gone:
                gone.add(name)
                console.print(f"[red]{name} has ended[/red]; its last words are in {stage.folder / name}.log")
                console.print(f"  next: . {stage.folder / 'tandem.env'}; tandem run all", soft_wrap=True)
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("stopping ...")


def _demo(console: Console, folder: Path, reports: Path | None, keep: bool, acts: list[str]) -> int:
    console.print("Starting Apache Kafka and the stand-ins for e-automate and ConnectWise ...")
    named = os.environ.get("TANDEM_KAFKA__BOOTSTRAP_SERVERS")
    prefix = f"demo-{os.getpid()}" if named else "tandem"
    with Stage(folder.resolve(), bootstrap_servers=named, prefix=prefix, settings=SETTINGS) as stage:
        console.print(
            f" Apache Kafka {stage.bootstrap_servers}, ConnectWise stand-in {stage.connectwise_url}, "
            f"e-automate stand-in {stage.eautomate_file.name}"
        )
        if reports is not None:
            reports.mkdir(parents=True, exist_ok=True)
            stage.reports = reports.resolve()
        code = play(stage, console, acts)
        if keep:
            leave_running(stage, console, folder)
            _watch(stage, console)
    return code
