"""``tandem simulate eautomate``: makes the stand-in, and plays a person who works in it."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import url as url_of
from services.simulator.eautomate.seed import seed as fill

app = typer.Typer(help="A stand-in for e-automate's database.", no_args_is_help=False)

File = Annotated[
    Path | None, typer.Option("--file", help="the SQLite file", envvar="TANDEM_SIMULATOR_EAUTOMATE")
]
Url = Annotated[str | None, typer.Option("--url", help="or its SQLAlchemy URL")]
Number = Annotated[str, typer.Argument(help="customer number")]
Employee = Annotated[str, typer.Argument(help="employee number")]
CodeTable = Annotated[str, typer.Argument(help="e.g. GLBranches, ARCustomerTypes, SCContractCodes")]
REFUSALS = {
    r"CHECK constraint failed: [^_]+_(\w+)_width_(\d+)": "{0} holds {1} characters, not more",
    r"CHECK constraint failed: [^_]+_(\w+)_bit": "{0} is 0 or 1",
    r"UNIQUE constraint failed: \w+\.(\w+)": "this {0} is taken",
    r"NOT NULL constraint failed: \w+\.(\w+)": "{0} cannot be empty",
    r"FOREIGN KEY constraint failed": "there is no record with this id",
}
User = Annotated[str, typer.Option("--user", help="e-automate login")]


@app.callback(invoke_without_command=True)
def eautomate(
    context: typer.Context,
    *,
    file: File = None,
    url: Url = None,
    customers: Annotated[int, typer.Option(min=1)] = 50,
    locations: Annotated[int, typer.Option(min=0)] = 20,
    seed: Annotated[int, typer.Option(help="another seed, another dealer")] = 1,
    user: User = "JSMITH",
) -> None:
    """Make the stand-in with invented data unless it exists; print its URL."""
    path = _path(file, url)
    if not path.exists():
        fill(path, customers=customers, locations=locations, random_seed=seed)
    context.obj = Client(path, user)
    if context.invoked_subcommand is None:
        typer.echo(url_of(path))


@app.command()
def edit(
    context: typer.Context,
    number: Number,
    fields: Annotated[list[str] | None, typer.Argument(help="COLUMN=VALUE, e.g. City=Akron")] = None,
    phone: Annotated[str | None, typer.Option(help="Phone1")] = None,
    name: Annotated[str | None, typer.Option(help="CustomerName")] = None,
) -> None:
    """Open a customer, change what is given, press OK; nothing given is a no-op save."""
    values = dict(_pair(field) for field in fields or [])
    values |= {key: value for key, value in (("Phone1", phone), ("CustomerName", name)) if value is not None}
    with _told():
        _client(context).save_customer(number, **values)


@app.command()
def add(
    context: typer.Context,
    number: Number,
    name: str,
    parent: Annotated[str | None, typer.Option(help="customer number of the head office")] = None,
    configuration: Annotated[str | None, typer.Option(help="custom-property configuration")] = None,
) -> None:
    """Add a customer, or a location of one."""
    with _told():
        client = _client(context)
        if configuration is not None:
            # First: a customer without the configuration asked for would be half of what was wanted.
            client.know_configuration(configuration)
        if parent is None:
            client.add_customer(number, name)
        else:
            client.add_location(parent, number, name)
        if configuration is not None:
            client.assign_configuration(number, configuration)


@app.command()
def hold(context: typer.Context, number: Number, code: str = "CH") -> None:
    """Put a customer on hold."""
    with _told():
        _client(context).put_on_hold(number, code)


@app.command()
def release(context: typer.Context, number: Number) -> None:
    """Release a customer from hold; the code stays on the row."""
    with _told():
        _client(context).release(number)


@app.command()
def inactivate(context: typer.Context, number: Number) -> None:
    """Take a customer out of use."""
    with _told():
        _client(context).inactivate(number)


@app.command("assign-configuration")
def assign_configuration(context: typer.Context, number: Number, configuration: str) -> None:
    """Choose a custom-property configuration; the values of the one before are gone."""
    with _told():
        _client(context).assign_configuration(number, configuration)


@app.command("set-property")
def set_property(
    context: typer.Context, number: Number, name: str, value: Annotated[str, typer.Argument()] = ""
) -> None:
    """Type a property value and press OK."""
    with _told():
        _client(context).set_property(number, name, value or None)


@app.command("add-contract")
def add_contract(
    context: typer.Context,
    number: Number,
    contract: Annotated[str, typer.Argument(help="contract number, e.g. CN7084-01")],
    kind: Annotated[str, typer.Argument(help="contract code, e.g. MIT")],
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="its last day")] = None,
) -> None:
    """Add a contract to a customer, starting today."""
    with _told():
        last = {} if expires is None else {"ExpDate": expires.date()}
        _client(context).add_contract(number, contract, kind, **last)


@app.command("terminate-contract")
def terminate_contract(context: typer.Context, contract: str) -> None:
    """End a contract today."""
    with _told():
        _client(context).terminate_contract(contract)


@app.command("add-employee")
def add_employee(
    context: typer.Context,
    number: Employee,
    first: str,
    last: str,
    email: Annotated[str, typer.Option()] = "",
    *,
    sales_rep: Annotated[bool, typer.Option("--sales-rep", help="sells as well")] = False,
) -> None:
    """Add an employee with the configuration for ConnectWise."""
    with _told():
        _client(context).add_agent(number, first, last, sales_rep=sales_rep, Email=email)


@app.command("edit-employee")
def edit_employee(
    context: typer.Context,
    number: Employee,
    fields: Annotated[list[str] | None, typer.Argument(help="COLUMN=VALUE, e.g. Email=a@b.example")] = None,
) -> None:
    """Open an employee, change what is given, press OK."""
    with _told():
        _client(context).edit_agent(number, **dict(_pair(field) for field in fields or []))


@app.command("set-employee-property")
def set_employee_property(
    context: typer.Context, number: Employee, name: str, value: Annotated[str, typer.Argument()] = ""
) -> None:
    """Type an employee's property value and press OK."""
    with _told():
        _client(context).set_agent_property(number, name, value or None)


@app.command("assign-sales-rep")
def assign_sales_rep(
    context: typer.Context, number: Number, employee: Annotated[str, typer.Argument(help="or nobody")] = ""
) -> None:
    """Give a customer to a sales rep."""
    with _told():
        _client(context).assign_sales_rep(number, employee or None)


@app.command("rename-code")
def rename_code(context: typer.Context, table: CodeTable, code: str, new: str) -> None:
    """Rename a code; the rows that carry it do not move."""
    with _told():
        _client(context).rename_code(table, code, new)


@app.command()
def show(context: typer.Context, number: Number) -> None:
    """Print a customer's filled columns and its property values."""
    with _told():
        client = _client(context)
        filled = {key: value for key, value in client.customer(number).items() if value not in ("", None)}
        for key, value in (filled | client.properties(number)).items():
            typer.echo(f"{key} = {value.hex() if isinstance(value, bytes) else value}")


def _client(context: typer.Context) -> Client:
    client = context.obj
    if not isinstance(client, Client):
        raise typer.BadParameter("the stand-in was not opened")
    return client


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


def _pair(field: str) -> tuple[str, str]:
    name, sign, value = field.partition("=")
    if not sign:
        raise typer.BadParameter(f"{field!r} is not COLUMN=VALUE")
    return name, value


@contextmanager
def _told() -> Iterator[None]:
    """Say what is wrong in a line, exit 1."""
    try:
        yield
    except (LookupError, ValueError) as error:
        typer.echo(error.args[0] if error.args else str(error), err=True)
        raise typer.Exit(1) from error
    except sqlite3.Error as error:
        typer.echo(_refusal(str(error)), err=True)
        raise typer.Exit(1) from error


def _refusal(said: str) -> str:
    """What the database refuses, in the field's words."""
    for pattern, told in REFUSALS.items():
        if (found := re.search(pattern, said)) is not None:
            return told.format(*found.groups())
    return f"the stand-in refuses it: {said}"
