"""What the commands of the stand-in have in common: the desk, words for what is wrong, plain tables."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from services.simulator.eautomate.client import Client

REFUSALS = {
    r"CHECK constraint failed: [^_]+_(\w+)_width_(\d+)": "{0} holds {1} characters, not more",
    r"CHECK constraint failed: [^_]+_(\w+)_bit": "{0} is 0 or 1",
    r"CHECK constraint failed: \w+_equipment_or_item": "a line is for an item or for equipment, one of them",
    r"CHECK constraint failed: \w+_inventory_or_expense": "an item has an inventory code or an expense code, one of them",
    r"UNIQUE constraint failed: \w+\.(\w+)": "this {0} is taken",
    r"NOT NULL constraint failed: \w+\.(\w+)": "{0} cannot be empty",
    r"FOREIGN KEY constraint failed": "there is no record with this id",
}


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is no amount") from None
    if not amount.is_finite():
        raise typer.BadParameter(f"{text!r} is no amount")
    return amount


Number = Annotated[str, typer.Argument(help="customer number")]
Contract = Annotated[str, typer.Argument(help="contract number with its revision, e.g. CN7084-01")]
Invoice = Annotated[str, typer.Argument(help="invoice number, e.g. IN810001")]
Call = Annotated[str, typer.Argument(help="call number, e.g. 1001")]
Item = Annotated[str, typer.Argument(help="item number")]
Amount = Annotated[Decimal, typer.Argument(parser=_amount, metavar="AMOUNT")]
SomeAmount = Annotated[
    Decimal | None, typer.Option(parser=_amount, metavar="AMOUNT", help="all that is due unless told")
]
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])]
On = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="today unless told otherwise")
]
OnHour = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="now unless told otherwise"),
]
Fields = Annotated[list[str] | None, typer.Argument(help="COLUMN=VALUE")]


def client(context: typer.Context) -> Client:
    """The desk the callback opened."""
    opened = context.obj
    if not isinstance(opened, Client):
        raise typer.BadParameter("the stand-in was not opened")
    return opened


def pairs(fields: Iterable[str] | None) -> dict[str, str]:
    """COLUMN=VALUE, each.

    Raises:
        typer.BadParameter: one of them is not.
    """
    return dict(_pair(field) for field in fields or ())


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under headings; amounts to the right."""
    shown = [[_shown(value) for value in row] for row in rows]
    right = [bool(shown) and all(_is_number(row[place]) for row in shown) for place in range(len(headings))]
    widths = [max(len(row[place]) for row in [list(headings), *shown]) for place in range(len(headings))]
    for row in [list(headings), *shown]:
        cells = [
            text.rjust(width) if numeric else text.ljust(width)
            for text, width, numeric in zip(row, widths, right, strict=True)
        ]
        typer.echo("  ".join(cells).rstrip())


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong in a line, exit 1."""
    try:
        yield
    except (LookupError, ValueError) as error:
        typer.echo(error.args[0] if error.args else str(error), err=True)
        raise typer.Exit(1) from error
    except sqlite3.Error as error:
        typer.echo(_refusal(str(error)), err=True)
        raise typer.Exit(1) from error


def _pair(field: str) -> tuple[str, str]:
    name, sign, value = field.partition("=")
    if not sign:
        raise typer.BadParameter(f"{field!r} is not COLUMN=VALUE")
    return name, value


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return "" if value is None else str(value)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[\d,]*\.?\d+", text) is not None


def _refusal(said: str) -> str:
    """What the database refuses, in the field's words."""
    for pattern, words in REFUSALS.items():
        if (found := re.search(pattern, said)) is not None:
            return words.format(*found.groups())
    return f"the stand-in refuses it: {said}"
