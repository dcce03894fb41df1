"""Commands of technicians and of those who invoice calls; closed periods and options."""

from typing import Annotated, Any

import typer

from services.simulator.eautomate.commands.tools import (
    Amount,
    Call,
    Day,
    Fields,
    Item,
    On,
    OnHour,
    client,
    pairs,
    told,
)

app = typer.Typer()

Labor = Annotated[int, typer.Argument(help="number of the labour, as show-call prints it")]


@app.command("add-labor")
def add_labor(
    context: typer.Context,
    call: Call,
    technician: Annotated[str, typer.Argument(help="employee number")],
    hours: Amount,
    activity: Annotated[str | None, typer.Option(help="activity code; the call type's unless given")] = None,
    on: OnHour = None,
) -> None:
    """Enter a technician's work on a call and press OK; print the labour's number."""
    with told():
        typer.echo(client(context).add_labor(call, technician, hours, activity, arrived=on))


@app.command("edit-labor")
def edit_labor(context: typer.Context, call: Call, labor: Labor, fields: Fields = None) -> None:
    """Change a labour record, e.g. LaborHours=2, and press OK on the call."""
    with told():
        client(context).edit_labor(call, labor, **pairs(fields))


@app.command("remove-labor")
def remove_labor(context: typer.Context, call: Call, labor: Labor) -> None:
    """Take a labour record away and press OK on the call."""
    with told():
        client(context).remove_labor(call, labor)


@app.command("add-material")
def add_material(
    context: typer.Context,
    call: Call,
    item: Item,
    quantity: Amount,
    price: Annotated[str | None, typer.Option(help="the item's list price unless given")] = None,
) -> None:
    """Use an item on a call and press OK; print the material's number."""
    with told():
        given: dict[str, Any] = {} if price is None else {"Price": price}
        typer.echo(client(context).add_material(call, item, quantity, **given))


@app.command("add-problem")
def add_problem(context: typer.Context, call: Call, code: str) -> None:
    """Say what was wrong, by problem code."""
    with told():
        client(context).add_problem(call, code)


@app.command("add-repair")
def add_repair(context: typer.Context, call: Call, code: str) -> None:
    """Say what was done about it, by repair code."""
    with told():
        client(context).add_repair(call, code)


@app.command("invoice-call")
def invoice_call(context: typer.Context, call: Call, on: On = None) -> None:
    """Open a call, press OK and invoice it: overrides are lost; print the invoice's number."""
    with told():
        typer.echo(client(context).invoice_call(call, on.date() if on else None))


@app.command("invoice-calls")
def invoice_calls(
    context: typer.Context,
    on: On = None,
    bill_code: Annotated[str | None, typer.Option(help="only calls of this bill code")] = None,
    call_type: Annotated[str | None, typer.Option(help="only calls of this type")] = None,
) -> None:
    """Invoice every call that is OK to invoice, as the eAgent's task does; print the invoices' numbers."""
    with told():
        day = on.date() if on else None
        for number in client(context).invoice_calls(day, bill_code=bill_code, call_type=call_type):
            typer.echo(number)


@app.command("close-period")
def close_period(context: typer.Context, day: Day) -> None:
    """Close the accounting period a day is in."""
    with told():
        client(context).close_period(day.date())


@app.command("open-period")
def open_period(context: typer.Context, day: Day) -> None:
    """Open the accounting period a day is in again."""
    with told():
        client(context).open_period(day.date())


@app.command("set-option")
def set_option(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="OkToBillNeedsLabor")],
    *,
    value: Annotated[bool, typer.Option("--on/--off")],
) -> None:
    """Switch an option on or off."""
    with told():
        client(context).set_option(name, value)
