"""Commands of a person who keeps contracts."""

from datetime import datetime
from typing import Annotated, Any

import typer

from services.simulator.eautomate.commands.tools import (
    Contract,
    Day,
    Fields,
    Number,
    On,
    client,
    pairs,
    table,
    told,
)

app = typer.Typer()


@app.command()
def contracts(
    context: typer.Context,
    customer: Annotated[str | None, typer.Option(help="customer number; all customers unless given")] = None,
) -> None:
    """List contracts: when they are billed next, and whether they are at all."""
    with told():
        rows = client(context).contracts(customer)
        headings = ("contract", "customer", "type", "cycle", "next billing", "PO", "state")
        table(
            headings,
            [
                (
                    row["ContractNumber"],
                    row["CustomerNumber"],
                    row["ContractCode"],
                    row["BillingCycle"],
                    _day(row["BaseNextBillingDate"]),
                    row["PONumber"],
                    _state(row),
                )
                for row in rows
            ],
        )


@app.command("show-contract")
def show_contract(context: typer.Context, contract: Contract) -> None:
    """Print a contract's filled columns and its lines."""
    with told():
        people = client(context)
        for key, value in people.contract(contract).items():
            if value not in ("", None):
                typer.echo(f"{key} = {value.hex() if isinstance(value, bytes) else value}")
        typer.echo("")
        table(
            (
                "line",
                "item or equipment",
                "description",
                "quantity",
                "rate",
                "amount",
                "from",
                "to",
                "billed thru",
            ),
            [
                (
                    line["ContractDetailID"],
                    line["Item"] or line["EquipmentNumber"],
                    line["Text"],
                    line["Quantity"],
                    line["UnitBaseRate"],
                    line["BaseRate"],
                    *(_day(line[name]) for name in ("StartDate", "EndDate", "BaseBilledThruDate")),
                )
                for line in people.contract_lines(contract)
            ],
        )


@app.command("add-contract")
def add_contract(
    context: typer.Context,
    number: Number,
    contract: Contract,
    kind: Annotated[str, typer.Argument(help="contract code, e.g. MIT")],
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="its last day")] = None,
) -> None:
    """Add a contract to a customer, starting today."""
    with told():
        last = {} if expires is None else {"ExpDate": expires.date()}
        client(context).add_contract(number, contract, kind, **last)


@app.command("set-billing")
def set_billing(
    context: typer.Context,
    contract: Contract,
    cycle: Annotated[str, typer.Argument(help="billing cycle, e.g. Monthly")],
    first_day: Day,
) -> None:
    """Bill a contract by its lines in this cycle, from a day on."""
    with told():
        client(context).set_billing(contract, cycle, first_day.date())


@app.command("edit-contract")
def edit_contract(context: typer.Context, contract: Contract, fields: Fields = None) -> None:
    """Open a contract, change what is given, press OK; nothing given is a no-op save."""
    with told():
        client(context).save_contract(contract, **pairs(fields))


@app.command("terminate-contract")
def terminate_contract(
    context: typer.Context,
    contract: Contract,
    on: On = None,
    code: Annotated[str | None, typer.Option(help="termination code, e.g. CUST")] = None,
) -> None:
    """End a contract before its time."""
    with told():
        client(context).terminate_contract(contract, on.date() if on else None, code)


@app.command("inactivate-contract")
def inactivate_contract(context: typer.Context, contract: Contract) -> None:
    """Take a contract out of use: it leaves the billing queue."""
    with told():
        client(context).inactivate_contract(contract)


@app.command("activate-contract")
def activate_contract(context: typer.Context, contract: Contract) -> None:
    """Take a contract into use again."""
    with told():
        client(context).reactivate_contract(contract)


@app.command("rename-contract")
def rename_contract(context: typer.Context, contract: Contract, new: str) -> None:
    """Give a contract or a template another number; its id stays."""
    with told():
        client(context).rename_contract(contract, new)


@app.command("renew-contract")
def renew_contract(context: typer.Context, contract: Contract, first_day: Day) -> None:
    """Renew a contract from a day on; print its new number."""
    with told():
        typer.echo(client(context).renew_contract(contract, first_day.date()))


@app.command()
def acknowledge(context: typer.Context, contract: Contract) -> None:
    """Un-tick "require acknowledgement", so that the next invoice can be previewed."""
    with told():
        client(context).acknowledge(contract)


@app.command("open-contract")
def open_contract(context: typer.Context, contract: Contract) -> None:
    """Have a contract open on the screen: in use until it is closed."""
    with told():
        client(context).open_contract(contract)


@app.command("close-contract")
def close_contract(context: typer.Context, contract: Contract) -> None:
    """Close the contract's screen."""
    with told():
        client(context).close_contract(contract)


@app.command("add-templates")
def add_templates(context: typer.Context, number: Number) -> None:
    """Enter the templates for ConnectWise's agreements at the dealership's own customer."""
    with told():
        client(context).add_templates(number)


def _day(stored: str | None) -> str:
    return stored[:10] if stored else ""


def _state(row: dict[str, Any]) -> str:
    if row["Terminated"]:
        return f"terminated {_day(row['Terminated'])}"
    if not row["Active"]:
        return "inactive"
    return "billed" if row["Bill"] else "not billed"
