"""``tandem templates``: whether every type in use has its template, and making the missing ones from a pattern."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from services.agreement_sync.desk.health import FAULTS, Health, State, What, health
from services.agreement_sync.desk.making import (
    Becomes,
    Known,
    Pattern,
    Template,
    faults_of,
    make,
    owner_of,
    plan,
)
from services.agreement_sync.desk.systems import Systems, systems
from services.agreement_sync.desk.used import BILLED_DAYS, held, in_use, internal_customers
from services.agreement_sync.rules.templates import latest
from shared.cli.output import console, fail
from shared.eautomate.port import EAutomate
from shared.eautomate.values import folded
from shared.events.contracts import Contract

MARKS = {
    State.OK: "[green]ok[/green]",
    State.NOTE: "[yellow]note[/yellow]",
    State.INCOMPLETE: "[red]incomplete[/red]",
    State.MISSING: "[red]missing[/red]",
    State.TOO_LONG: "[red]too long[/red]",
}
COLOURS = {Becomes.CREATE: "green", Becomes.CREATED: "green", Becomes.EXISTS: "dim", Becomes.REFUSED: "red"}


class ItemKind(StrEnum):
    """What items are made for, where a name is both an agreement type and a product type."""

    BASE = "base"
    PRODUCT = "product"


ITEMS = {ItemKind.BASE: What.BASE, ItemKind.PRODUCT: What.PRODUCT}

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Types = Annotated[
    list[str] | None, typer.Argument(help="Agreement types or product types, as ConnectWise spells them.")
]

app = typer.Typer(
    help="Templates of contracts and items: what is missing, and making it.", no_args_is_help=True
)


@app.command("check")
def check(
    everything: Annotated[bool, typer.Option("--all", help="Types too that nothing uses yet.")] = False,
    days: Annotated[
        int, typer.Option("--days", min=1, help="How far back invoices tell which products are billed.")
    ] = BILLED_DAYS,
    as_json: AsJson = False,
) -> None:
    """Every agreement type and product type in use with its template; exit code 1 when one is missing or incomplete."""
    found = asyncio.run(_checked(everything, days))
    if as_json:
        for one in found:
            typer.echo(json.dumps(asdict(one)))
    else:
        _show(found)
    if any(one.fault for one in found):
        raise typer.Exit(1)


@app.command("create")
def create(
    types: Types = None,
    *,
    pattern: Annotated[str, typer.Option("--from", help="Number of the contract or item that is copied.")],
    kind: Annotated[
        ItemKind | None, typer.Option("--kind", help="Of items: for base amounts or for products.")
    ] = None,
    missing: Annotated[bool, typer.Option("--missing", help="All that `check` finds missing.")] = False,
    owner: Annotated[
        str | None,
        typer.Option("--customer", help="Number of the dealer's own customer, which owns contracts."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make templates from a pattern: shown first, made after a yes. A contract is never billed and has no cycle."""
    if bool(types) == missing:
        fail("name the types, or say --missing", 64)
    done = asyncio.run(_created(pattern, types or [], kind, missing, owner, yes=yes, quiet=as_json))
    if as_json:
        for one in done:
            typer.echo(json.dumps(asdict(one)))
    refused = [one.type_name for one in done if one.becomes is Becomes.REFUSED]
    if refused:
        fail(f"refused: {', '.join(refused)}")


async def _checked(everything: bool, days: int) -> list[Health]:
    async with systems() as both:
        used = await in_use(both.client, everything, days)
        return health(used, await held(both.eautomate, used, both.settings), both.settings)


async def _created(
    number: str,
    types: Sequence[str],
    kind: ItemKind | None,
    missing: bool,
    owner: str | None,
    *,
    yes: bool,
    quiet: bool,
) -> list[Template]:
    async with systems() as both:
        pattern = await _pattern(both.eautomate, number)
        faults = faults_of(pattern)
        if faults:
            fail(f"{faults}: what is copied from it would lack the same")
        what = ITEMS[kind] if kind is not None else None
        everything = await in_use(both.client, everything=True)
        templates = await held(both.eautomate, everything, both.settings)
        known = Known(
            list(everything.agreement_types),
            list(everything.product_types),
            {folded(key) for key in templates.templates},
            set(templates.items),
        )
        if missing:
            types = await _missing(both, pattern, what)
        planned = plan(pattern, types, what, known, both.settings)
        if not quiet:
            _show_planned(planned)
        todo = [one for one in planned if one.becomes is Becomes.CREATE]
        if not todo:
            return planned
        customer = await _owner(both.eautomate, pattern, owner) if isinstance(pattern, Contract) else 0
        if not yes and not typer.confirm(f"Make {len(todo)} template(s) in e-automate?", err=True):
            fail("nothing was changed")
        today = datetime.now(ZoneInfo(both.eautomate.settings.time_zone)).date()
        made = {one.key: await make(both.eautomate, pattern, one, customer, today) for one in todo}
        if not quiet:
            console.print(
                escape("\n".join(f"{one.becomes.value}: {one.what.value} {one.key}" for one in made.values()))
            )
        return [made.get(one.key, one) for one in planned]


async def _pattern(eautomate: EAutomate, number: str) -> Pattern:
    contract = (await eautomate.contracts_by_numbers([number])).get(folded(number))
    if contract is None:
        contract = latest((await eautomate.contract_templates([number])).get(folded(number), ()))
    item = (await eautomate.items_by_numbers([number])).get(folded(number))
    if contract is not None and item is not None:
        _both(number, contract)
    found = contract if contract is not None else item
    return found if found is not None else fail(f"e-automate has neither a contract nor an item {number}")


def _both(number: str, contract: Contract) -> NoReturn:
    fail(f"{number} is a contract and an item; name the contract with its revision, {contract.number}")


async def _missing(both: Systems, pattern: Pattern, what: What | None) -> list[str]:
    """Types whose template `check` finds missing, of the kind the pattern makes."""
    kind = What.CONTRACT if isinstance(pattern, Contract) else what
    if kind is None:
        fail("say with --missing what the item is for: --kind base or --kind product", 64)
    used = await in_use(both.client)
    found = health(used, await held(both.eautomate, used, both.settings), both.settings)
    names = [one.type_name for one in found if one.what is kind and one.state is State.MISSING]
    return names or fail(f"no {kind.value} is missing", 0)


async def _owner(eautomate: EAutomate, pattern: Contract, number: str | None) -> int:
    asked = None
    if number is not None:
        customer = await eautomate.customer_by_number(number)
        if customer is None:
            fail(f"e-automate has no customer {number}")
        asked = customer.customer_id
    found = owner_of(pattern, await internal_customers(eautomate), asked)
    if found is None:
        fail(
            f"contract {pattern.number} belongs to a customer, and templates belong to the dealer's own: name it with "
            "--customer"
        )
    return found


def _show(found: Sequence[Health]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("")
    for heading in ("type", "template", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(
            MARKS[one.state],
            escape(f"{one.type_name}\n{one.what.value}".strip()),
            escape(one.called),
            escape(one.told),
            escape(one.fix),
        )
    if found:
        console.print(table)
    wrong = sum(one.state in FAULTS for one in found)
    notes = sum(one.state is State.NOTE for one in found)
    verdict = f"[red]{wrong} missing or incomplete[/red]" if wrong else "[green]nothing missing[/green]"
    console.print(f"{verdict}, {notes} to note; {len(found)} templates looked at")


def _show_planned(planned: Sequence[Template]) -> None:
    table = Table("", "type", "template", "", box=box.SIMPLE_HEAD)
    for one in planned:
        colour = COLOURS[one.becomes]
        table.add_row(
            f"[{colour}]{one.becomes.value}[/{colour}]",
            escape(f"{one.type_name}\n{one.what.value}"),
            escape(one.key),
            escape(one.told),
        )
    console.print(table)
