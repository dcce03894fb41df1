"""Commands of a person who keeps items and equipment."""

from typing import Annotated

import typer

from services.simulator.eautomate.commands.tools import Fields, Item, Number, client, pairs, told

app = typer.Typer()


@app.command("add-item")
def add_item(
    context: typer.Context,
    item: Item,
    description: str,
    like: Annotated[str | None, typer.Option(help="item whose codes are taken over")] = None,
) -> None:
    """Add an item: a serviceable expense item unless it is to be like another."""
    with told():
        client(context).add_item(item, description, like)


@app.command("edit-item")
def edit_item(context: typer.Context, item: Item, fields: Fields = None) -> None:
    """Open an item, change what is given, press OK."""
    with told():
        client(context).edit_item(item, **pairs(fields))


@app.command("rename-item")
def rename_item(context: typer.Context, item: Item, new: str) -> None:
    """Give an item or an item template another number; its id stays."""
    with told():
        client(context).rename_item(item, new)


@app.command("inactivate-item")
def inactivate_item(context: typer.Context, item: Item) -> None:
    """Take an item out of use."""
    with told():
        client(context).inactivate_item(item)


@app.command("add-equipment")
def add_equipment(
    context: typer.Context,
    number: Number,
    equipment: Annotated[str, typer.Argument(help="equipment number")],
    model: Annotated[str, typer.Argument(help="e.g. 'KX 3050'")],
    serial: str = "",
) -> None:
    """Add a piece of equipment to a customer."""
    with told():
        client(context).add_equipment(number, equipment, model, serial)
