"""``tandem simulate eautomate``: makes the stand-in, and plays a person who works in it."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.commands import PARTS
from services.simulator.eautomate.database import url as url_of
from services.simulator.eautomate.seed import seed as fill

app = typer.Typer(help="A stand-in for e-automate's database.", no_args_is_help=False)
for heading, part in PARTS.items():
    for command in part.registered_commands:
        command.rich_help_panel = heading
    app.add_typer(part)

File = Annotated[
    Path | None, typer.Option("--file", help="the SQLite file", envvar="TANDEM_SIMULATOR_EAUTOMATE")
]
Url = Annotated[str | None, typer.Option("--url", help="or its SQLAlchemy URL")]
User = Annotated[str, typer.Option("--user", help="e-automate login")]


@app.callback(invoke_without_command=True)
def eautomate(
    context: typer.Context,
    *,
    file: File = None,
    url: Url = None,
    customers: Annotated[int, typer.Option(min=1)] = 50,
    locations: Annotated[int, typer.Option(min=0)] = 20,
    contracts: Annotated[int | None, typer.Option(min=0, help="none to two a customer unless told")] = None,
    seed: Annotated[int, typer.Option(help="another seed, another dealer")] = 1,
    user: User = "JSMITH",
) -> None:
    """Make the stand-in with invented data unless it exists; print its URL."""
    path = _path(file, url)
    if not path.exists():
        fill(path, customers, locations, contracts=contracts, random_seed=seed)
    context.obj = Client(path, user)
    if context.invoked_subcommand is None:
        typer.echo(url_of(path))


def _path(file: Path | None, url: str | None) -> Path:
    if (file is None) == (url is None):
        raise typer.BadParameter("give --file or --url, one of them")
    if file is not None:
        return file
    try:
        parsed = make_url(url or "")
    except ArgumentError as error:
        raise typer.BadParameter(f"--url: {error}") from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise typer.BadParameter("--url: the stand-in is a SQLite file: sqlite+aiosqlite:///path")
    return Path(parsed.database)
