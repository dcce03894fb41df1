"""Commands of a dispatcher: calls from their entry to their invoice."""

from datetime import datetime
from typing import Annotated

import typer

from services.simulator.eautomate.charges import Charges
from services.simulator.eautomate.commands.tools import (
    Call,
    Fields,
    Number,
    OnHour,
    client,
    pairs,
    table,
    told,
)
from services.simulator.eautomate.drafts import exact

app = typer.Typer()

Technician = Annotated[str | None, typer.Option(help="employee number of the technician")]


@app.command()
def calls(
    context: typer.Context,
    customer: Annotated[str | None, typer.Option(help="customer number; all customers unless given")] = None,
    contract: Annotated[str | None, typer.Option(help="contract number")] = None,
    status: Annotated[str | None, typer.Option(help="status, e.g. P, H, OKB or I")] = None,
    *,
    open_only: Annotated[bool, typer.Option("--open", help="only calls that are still worked on")] = False,
) -> None:
    """List service calls."""
    with told():
        rows = client(context).calls(customer, contract=contract, status=status, open_only=open_only)
        table(
            ("call", "date", "customer", "type", "status", "contract", "bill code", "invoice", "description"),
            [
                (
                    row["CallNumber"],
                    row["Date"][:10],
                    row["CustomerNumber"],
                    row["CallType"],
                    row["StatusText"],
                    row["ContractNumber"],
                    row["BillCode"],
                    row["InvoiceNumber"],
                    row["Description"].partition("\n")[0][:50].rstrip(),
                )
                for row in rows
            ],
        )


@app.command("show-call")
def show_call(context: typer.Context, call: Call) -> None:
    """Print a call's filled columns, its labour and materials, and what it would charge."""
    with told():
        people = client(context)
        for key, value in people.call(call).items():
            if value not in ("", None):
                typer.echo(f"{key} = {value.hex() if isinstance(value, bytes) else value}")
        typer.echo("")
        table(
            ("labour", "technician", "activity", "arrived", "hours", "rate", "override"),
            [
                (
                    row["CallLaborID"],
                    row["AgentNumber"],
                    row["ActivityCode"],
                    (row["ArrivalDate"] or "")[:16],
                    row["LaborHours"],
                    row["LaborRate"],
                    row["LaborOverride"],
                )
                for row in people.call_labors(call)
            ],
        )
        typer.echo("")
        table(
            ("material", "item", "description", "quantity", "price"),
            [
                (row["CallMaterialID"], row["Item"], row["Text"], row["Quantity"], row["Price"])
                for row in people.call_materials(call)
            ],
        )
        typer.echo("")
        _print(people.preview_call(call))


@app.command("preview-call")
def preview_call(context: typer.Context, call: Call) -> None:
    """Print what the task would invoice for a call as it is; nothing is saved."""
    with told():
        _print(client(context).preview_call(call))


@app.command("add-call")
def add_call(
    context: typer.Context,
    number: Number,
    kind: Annotated[str, typer.Argument(help="call type, e.g. CM or 'IT Remote'")],
    description: str,
    fields: Fields = None,
    equipment: Annotated[str | None, typer.Option(help="equipment number")] = None,
    item: Annotated[str | None, typer.Option(help="item number, e.g. CW-SERVICE")] = None,
    contract: Annotated[
        str | None, typer.Option(help="the one that holds equipment or item unless given")
    ] = None,
    bill_code: Annotated[str | None, typer.Option(help="the contract's unless given")] = None,
    technician: Technician = None,
    on: OnHour = None,
) -> None:
    """Enter a service call; print its number."""
    with told():
        typer.echo(
            client(context).add_call(
                number,
                kind,
                description,
                equipment=equipment,
                item=item,
                contract=contract,
                bill_code=bill_code,
                technician=technician,
                on=on,
                **pairs(fields),
            )
        )


@app.command("edit-call")
def edit_call(context: typer.Context, call: Call, fields: Fields = None) -> None:
    """Open a call, change what is given, press OK: labour is computed anew, overrides are lost."""
    with told():
        client(context).save_call(call, **pairs(fields))


@app.command("open-call")
def open_call(context: typer.Context, call: Call) -> None:
    """Have a call open on the screen: in use until it is closed."""
    with told():
        client(context).open_call(call)


@app.command("close-call")
def close_call(context: typer.Context, call: Call) -> None:
    """Close the call's screen without pressing OK."""
    with told():
        client(context).close_call(call)


@app.command("hold-call")
def hold_call(
    context: typer.Context,
    call: Call,
    code: Annotated[str, typer.Argument(help="on-hold code for service calls")] = "WP",
) -> None:
    """Put a call on hold."""
    with told():
        client(context).hold_call(call, code)


@app.command("release-call")
def release_call(context: typer.Context, call: Call) -> None:
    """Take a call off hold: it is pending, the code stays on the row."""
    with told():
        client(context).release_call(call)


@app.command("schedule-call")
def schedule_call(
    context: typer.Context,
    call: Call,
    when: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"])],
    technician: Technician = None,
) -> None:
    """Plan a call."""
    with told():
        client(context).schedule_call(call, when, technician)


@app.command("dispatch-call")
def dispatch_call(context: typer.Context, call: Call, technician: Technician = None) -> None:
    """Send the call's technician, or another one."""
    with told():
        client(context).dispatch_call(call, technician)


@app.command("complete-call")
def complete_call(context: typer.Context, call: Call) -> None:
    """Say that the work is done."""
    with told():
        client(context).complete_call(call)


@app.command("clear-call")
def clear_call(context: typer.Context, call: Call) -> None:
    """Clear a call: it is ready to review."""
    with told():
        client(context).clear_call(call)


@app.command("ok-to-bill")
def ok_to_bill(context: typer.Context, call: Call) -> None:
    """Review a call and let it be invoiced."""
    with told():
        client(context).ok_to_bill(call)


@app.command("incomplete-call")
def incomplete_call(
    context: typer.Context,
    call: Call,
    code: Annotated[str, typer.Argument(help="incomplete code, e.g. PARTS")],
) -> None:
    """Leave a call incomplete; print the number of the one that goes on with it."""
    with told():
        typer.echo(client(context).incomplete_call(call, code))


@app.command("cancel-call")
def cancel_call(
    context: typer.Context,
    call: Call,
    code: Annotated[str, typer.Argument(help="cancel code, e.g. Duplicate")],
    description: Annotated[str, typer.Argument()] = "",
) -> None:
    """Cancel a call."""
    with told():
        client(context).cancel_call(call, code, description)


def _print(made: Charges) -> None:
    rows = [(line.description, line.quantity, line.amount, line.cost) for line in made.lines]
    if made.drawn:
        rows.append(("covered by the contract's deposit", None, -made.drawn, exact(0)))
    cost = sum((line.cost for line in made.lines), exact(0))
    table(
        ("charge", "quantity", "amount", "cost"),
        [
            *rows,
            ("before tax", None, made.amount, cost),
            ("tax", None, made.tax, None),
            ("total", None, made.total, None),
        ],
    )
