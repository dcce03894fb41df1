"""Commands of a person who keeps the lines of contracts."""

from typing import Annotated

import typer

from services.simulator.eautomate.commands.tools import (
    Amount,
    Contract,
    Fields,
    Item,
    On,
    client,
    pairs,
    told,
)

app = typer.Typer()

Line = Annotated[int, typer.Argument(help="number of the line, as show-contract prints it")]
Equipment = Annotated[str, typer.Argument(help="equipment number")]


@app.command("add-line")
def add_line(context: typer.Context, contract: Contract, item: Item, quantity: Amount, rate: Amount) -> None:
    """Put an item on a contract; print the line's number."""
    with told():
        typer.echo(client(context).add_line(contract, item, quantity, rate))


@app.command("add-equipment-line")
def add_equipment_line(
    context: typer.Context, contract: Contract, equipment: Equipment, rate: Amount
) -> None:
    """Put a piece of equipment on a contract; print the line's number."""
    with told():
        typer.echo(client(context).add_equipment_line(contract, equipment, rate))


@app.command("add-meter-group")
def add_meter_group(
    context: typer.Context,
    contract: Contract,
    name: str,
    covered: Annotated[int, typer.Argument(help="copies covered a period")],
    overage_rate: Amount,
) -> None:
    """Put a meter group on a contract."""
    with told():
        client(context).add_meter_group(contract, name, covered, overage_rate)


@app.command("edit-line")
def edit_line(context: typer.Context, contract: Contract, line: Line, fields: Fields = None) -> None:
    """Change a line, e.g. Quantity=5, and press OK on the contract."""
    with told():
        client(context).edit_line(contract, line, **pairs(fields))


@app.command("end-line")
def end_line(
    context: typer.Context,
    contract: Contract,
    line: Line,
    on: On = None,
    code: Annotated[str | None, typer.Option(help="termination code, e.g. CUST")] = None,
) -> None:
    """End a line; it is still in force on that day."""
    with told():
        client(context).end_line(contract, line, on.date() if on else None, code)


@app.command("remove-line")
def remove_line(context: typer.Context, contract: Contract, line: Line) -> None:
    """Take a line away that was never billed."""
    with told():
        client(context).remove_line(contract, line)
