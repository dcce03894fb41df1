"""The ``tandem`` command. Services add commands of their own through the entry points ``tandem.commands``."""

import gc
import sys
from importlib import import_module
from importlib.metadata import entry_points

import typer

from shared.cli.output import fail
from shared.telemetry import configure_logging

OWN = {
    "config": "shared.cli.config",
    "db": "shared.cli.db",
    "dlq": "shared.cli.dlq",
    "explain": "shared.cli.explain",
    "keys": "shared.cli.keys",
    "topics": "shared.cli.topics",
}

COMMANDS = {"preview": "shared.cli.preview", "run": "shared.cli.run"}
"""Commands without any of their own below; the function is called like the command."""


def make_app(only: str | None = None) -> typer.Typer:
    """The command with all its commands, or with one: loading them all takes seconds."""
    app = typer.Typer(
        help="Tandem keeps e-automate and ConnectWise PSA in step.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )

    @app.callback()
    def tandem() -> None:
        """Tandem keeps e-automate and ConnectWise PSA in step."""
        # People read what a command says, not that it tries again; `run` sets its own.
        configure_logging("CRITICAL")

    added = {point.name: point for point in entry_points(group="tandem.commands")}
    known = {*COMMANDS, *OWN, *added}
    for name in sorted(known):
        if only in known and name != only:
            continue
        if name in COMMANDS:
            app.command(name)(getattr(import_module(COMMANDS[name]), name))
        elif name in OWN:
            app.add_typer(import_module(OWN[name]).app, name=name)
        else:
            app.add_typer(added[name].load(), name=name)
    return app


def main() -> None:
    """Entry point; settings and connection errors are told in words, with an exit code of their own."""
    # What is loaded stays: looking for garbage in it takes a tenth of the time that loading takes.
    gc.disable()
    try:
        app = make_app(sys.argv[1] if len(sys.argv) > 1 else None)
        gc.freeze()
        gc.enable()
        app()
    except Exception as error:
        # Only when there is something to tell: what it knows takes long to load.
        told = import_module("shared.cli.failures").told(error)
        if told is None:
            raise
        fail(*told)
