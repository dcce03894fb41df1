"""``tandem explain``: why a record did, or did not, sync; services add their records by entry points ``tandem.explains``.

An entry point is named after the record (``customer``, ``invoice``) and is the function behind that command.
"""

from importlib.metadata import entry_points

import typer

HELP = "Why a record did, or did not, sync."


def make_app() -> typer.Typer:
    """The command with everything that can be explained."""
    made = typer.Typer(help=HELP, no_args_is_help=True)

    @made.callback()
    def explain() -> None:
        """Why a record did, or did not, sync."""

    for point in sorted(entry_points(group="tandem.explains"), key=lambda one: one.name):
        made.command(point.name)(point.load())
    return made


app = make_app()
