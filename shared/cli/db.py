"""``tandem db``: Tandem's own tables, and its ledger in e-automate's database."""

import asyncio
from importlib.metadata import entry_points
from typing import Annotated

import typer

from shared.cli.failures import EXIT_CONFIG
from shared.cli.output import console, fail
from shared.config import EAutomateSettings, StoreSettings, load
from shared.eautomate.errors import EAutomateError
from shared.eautomate.ledger_schema import ledger_ddl
from shared.eautomate.port import EAutomate
from shared.eautomate.profile import load_profile
from shared.eautomate.rights import grants
from shared.eautomate.tables import build_tables
from shared.store.engine import open_store
from shared.store.migrate import upgrade as migrate

app = typer.Typer(
    help="Tandem's own database, and its ledger beside the dealer's records.", no_args_is_help=True
)


@app.command()
def script(
    user: Annotated[str, typer.Option(help="Tandem's user in e-automate's database.")] = "tandem",
) -> None:
    """T-SQL for whoever looks after e-automate's SQL Server: the ledger, and the rights Tandem needs. Runs nothing."""
    settings = load("eautomate", EAutomateSettings)
    try:
        tables = build_tables(load_profile(settings.profile), settings.ledger_schema)
    except EAutomateError as error:
        fail(str(error), EXIT_CONFIG)
    typer.echo(f"{ledger_ddl(tables)}\n{grants(tables, user)}", nl=False)


@app.command()
def upgrade() -> None:
    """Bring every service's tables and the ledger in e-automate to the newest version."""
    try:
        asyncio.run(_upgrade())
    except EAutomateError as error:
        fail(f"the ledger in e-automate cannot be made: {error}", 69)


async def _upgrade() -> None:
    store = load("store", StoreSettings)
    for point in sorted(entry_points(group="tandem.migrations"), key=lambda point: point.name):
        engine = open_store(store, point.name)
        try:
            await migrate(engine, point.name, [point.load()])
        finally:
            await engine.dispose()
        console.print(f"{point.name}: up to date")
    settings = load("eautomate", EAutomateSettings)
    if not settings.url.get_secret_value():
        console.print("e-automate: no TANDEM_EAUTOMATE__URL, no ledger made")
        return
    port = EAutomate.open(settings)
    try:
        await port.create_ledger()
    finally:
        await port.close()
    console.print(f"e-automate: ledger in schema {settings.ledger_schema} is there")
