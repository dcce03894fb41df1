"""``tandem links customers``: the view "CW Mapped Customers" (spec/customers.md 5.8)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from aiokafka.errors import KafkaError
from rich import box
from rich.table import Table

from shared.bus.producer import PublishError
from shared.cli.outcomes import read_outcomes
from shared.cli.output import console, fail
from shared.config import EAutomateSettings, KafkaSettings, load
from shared.eautomate.mapped import COMPANY_KIND, PROCESS, SITE_KIND, mapped_customers_sql
from shared.eautomate.profile import PropertyNames, load_profile
from shared.eautomate.tables import build_tables
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.links.models import How, Link
from shared.links.restore import CONNECTWISE
from shared.links.sheet import write_sheet
from shared.links.sides import Sides
from shared.links.talk import REFUSED, Json, Url, note, plain, run
from shared.sync.outcome import Outcome

WORDS = {
    How.PROPERTY: "property",
    How.COMPANY_ID: "Company ID",
    How.ACCOUNT_ID: "Account ID",
    How.CREATED: "inserted",
    How.BY_HAND: "by hand",
    How.ADOPTED: "adopted",
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A customer or location with its mapping; times in UTC."""

    number: str
    name: str
    parent_number: str
    active: bool
    branch: str
    customer_type: str
    company_id: str
    site_id: str
    sync_to_cw: str
    mapped: bool
    id_kind: str
    linked_how: str
    last_push: datetime | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("customers")(customers)


def customers(
    *,
    unmapped: Annotated[bool, typer.Option("--unmapped", help="Only those that are not mapped.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a spreadsheet.")] = None,
    sql: Annotated[bool, typer.Option("--sql", help="The SELECT for an e-view inside e-automate.")] = False,
    days: Annotated[
        int, typer.Option("--days", min=0, help="How far back pushes are looked for; 0: not at all.")
    ] = 30,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """CW Mapped Customers: every customer and location, mapped or not, how, and its last push."""
    if sql:
        settings = load("eautomate", EAutomateSettings)
        tables = build_tables(load_profile(settings.profile), settings.ledger_schema)
        typer.echo(mapped_customers_sql(tables), nl=False)
        return

    async def ask(sides: Sides) -> list[Mapped]:
        return await _view(sides, days)

    rows = [row for row in run(url, ask) if not (unmapped and row.mapped)]
    if csv is not None:
        names = [field.name.replace("_", " ") for field in fields(Mapped)]
        try:
            csv.write_bytes(write_sheet(names, [_cells(row) for row in rows]))
        except OSError as error:
            fail(f"{csv} cannot be written: {error.strerror}", REFUSED)
        note(f"{len(rows)} line(s) written to {csv}")
    elif as_json:
        for row in rows:
            stamp = row.last_push.isoformat() if row.last_push is not None else None
            typer.echo(json.dumps(asdict(row) | {"last_push": stamp}))
    else:
        _show(rows)


async def _view(sides: Sides, days: int) -> list[Mapped]:
    found: list[Customer] = []
    stored: dict[str, datetime] = {}
    port = sides.ours.port
    after = 0
    while page := await port.customers_all(after):
        after = page[-1].customer_id
        found += page
        ledger = await port.applied_rows(PROCESS, (f"customer/{row.subject}" for row in page))
        stored |= {key.rpartition("/")[2]: row.applied_at for key, row in ledger.items()}
    links = [*await sides.links(LinkKind.CUSTOMER_COMPANY), *await sides.links(LinkKind.LOCATION_SITE)]
    return view(found, links, stored, await _pushes(days), port.tables.profile.properties)


async def _pushes(days: int) -> list[Outcome]:
    if not days:
        return []
    try:
        since = datetime.now(UTC) - timedelta(days=days)
        return await read_outcomes(load("kafka", KafkaSettings), since, result="applied")
    except (KafkaError, PublishError, OSError) as error:
        note(f"last pushes are told by e-automate's ledger alone: {error}")
        return []


def view(
    found: Iterable[Customer],
    links: Iterable[Link],
    stored: Mapping[str, datetime],
    outcomes: Iterable[Outcome],
    names: PropertyNames,
) -> list[Mapped]:
    """The view's rows, head offices before their locations, by number.

    Args:
        stored: when Tandem last wrote for a record in e-automate, by ``CustomerID``.
        outcomes: applied ones; an effect in ConnectWise is a push.
    """
    everybody = list(found)
    numbers = {row.subject: row.number for row in everybody}
    how = {(link.kind, link.left): link.how for link in links}
    pushed = dict(stored)
    for outcome in outcomes:
        source, _, key = outcome.record.rpartition("/")
        if source == "eautomate/customer" and any(one.system == CONNECTWISE for one in outcome.effects):
            pushed[key] = max(outcome.at, pushed.get(key, outcome.at))

    def mapped(row: Customer) -> Mapped:
        kind = LinkKind.LOCATION_SITE if row.is_location else LinkKind.CUSTOMER_COMPANY
        company, site = row.properties.get(names.company_id, ""), row.properties.get(names.site_id, "")
        known = how.get((kind, row.subject))
        return Mapped(
            number=row.number,
            name=row.name,
            parent_number=numbers.get(str(row.parent_id), "") if row.is_location else "",
            active=row.active,
            branch=row.branch or "",
            customer_type=row.customer_type or "",
            company_id=company,
            site_id=site,
            sync_to_cw=row.properties.get(names.sync_to_cw, ""),
            mapped=bool(site if row.is_location else company),
            id_kind=SITE_KIND if row.is_location else COMPANY_KIND,
            linked_how=WORDS[known] if known is not None else "",
            last_push=pushed.get(row.subject),
        )

    rows = [mapped(row) for row in everybody]
    return sorted(
        rows, key=lambda row: (row.parent_number or row.number, bool(row.parent_number), row.number)
    )


def _cells(row: Mapped) -> list[str]:
    texts = []
    for name, value in asdict(row).items():
        if isinstance(value, bool):
            texts.append("Y" if value else "N")
        elif name == "last_push":
            texts.append(f"{value:%Y-%m-%d %H:%M}" if value is not None else "")
        else:
            texts.append(str(value))
    return texts


def _show(rows: Sequence[Mapped]) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("number", no_wrap=True)
    table.add_column("name", overflow="fold", min_width=12)
    headings = ("of", "active", "branch", "type", "company", "site", "sync", "mapped", "how")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    table.add_column("last push (UTC)", no_wrap=True)
    for row in rows:
        cells = _cells(row)
        del cells[10]  # which id counts is seen by the column that holds it
        table.add_row(*plain(*cells))
    console.print(table)
    count = sum(row.mapped for row in rows)
    console.print(f"{len(rows)} customers and locations, {count} mapped")
