"""``tandem tickets``: what a person decides about a ticket that was taken (spec/tickets.md 8.10)."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from services.service_sync.asking import ACCEPT, AGENT, IGNORE, RE_POINT, REFRESH, RESTORE, RETURN, command
from services.service_sync.desk.late import late
from services.service_sync.desk.verdict import stage_of
from services.service_sync.rules.gathered import Stage, Staged
from services.service_sync.rules.texts import one_line
from services.service_sync.store import TicketStore
from shared.cli.asked import Asked, end, send_and_wait, show
from shared.cli.output import console, fail
from shared.config import EAutomateSettings, KafkaSettings, StoreSettings, load
from shared.eautomate.port import EAutomate
from shared.events import topics
from shared.events.named import named
from shared.events.records import Customer
from shared.events.tickets import Ticket
from shared.links.kinds import LinkKind, facts
from shared.links.talk import person, reason
from shared.store.engine import open_store

Numbers = Annotated[
    list[str], typer.Argument(help="Ticket numbers; by invoice as `ls` shows them, 60211@18001.")
]
Why = Annotated[str, typer.Option("--why", help="Noted with the outcome.")]
By = Annotated[str | None, typer.Option("--by", help="Who asks for it; the OS user by default.")]
Seconds = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for what comes of it.")]

app = typer.Typer(help="Tickets that were taken, and what people decide about them.", no_args_is_help=True)


@app.command("ls")
def listed(
    all_: Annotated[bool, typer.Option("--all", help="Those that have their call, too.")] = False,
) -> None:
    """List tickets that settle, that were taken and have no call yet, and that are ignored."""
    rows = asyncio.run(_rows(all_))
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("ticket", "invoice", "company", "summary", "so far"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        company = row.ticket.company
        name = (company.name or company.identifier or "") if company is not None else ""
        number = row.invoice.number if row.invoice is not None else ""
        table.add_row(
            row.subject, Text(number), Text(name), Text(one_line(row.ticket.summary)), stage_of(row)
        )
    console.print(table)
    console.print(f"{len(rows)} tickets")


app.command("late")(late)


def _asking(action: str) -> Callable[..., None]:
    def run(numbers: Numbers, why: Why, by: By = None, wait: Seconds = 20) -> None:
        _ask(action, numbers, why, by, wait)

    return run


for _action, _told in {
    REFRESH: "Take tickets without a call anew, as they are in ConnectWise now.",
    IGNORE: "Leave tickets alone: no call is made of them.",
    RETURN: "End that tickets are ignored, or that their call was unlinked: they go on.",
    RESTORE: "Put ConnectWise's amounts back into calls on which somebody pressed OK, and their status too.",
    ACCEPT: "Leave e-automate's amounts in calls on which somebody pressed OK: they are not watched any more.",
}.items():
    app.command(_action, help=_told)(_asking(_action))


@app.command("re-point")
def re_point(
    numbers: Numbers,
    customer: Annotated[str, typer.Option("--customer", help="Customer number in e-automate.")],
    why: Why,
    by: By = None,
    wait: Seconds = 20,
) -> None:
    """Make the calls of tickets for another customer, whatever company ConnectWise names."""
    found = asyncio.run(_customer(customer))
    if found is None:
        fail(f"e-automate has no customer {customer}")
    _ask(RE_POINT, numbers, why, by, wait, found.customer_id)


def _ask(
    action: str, numbers: list[str], why: str, by: str | None, wait: float, customer_id: int | None = None
) -> None:
    why, by = reason(why), person(by)
    kafka = load("kafka", KafkaSettings)
    topic = topics.redo(kafka.topic_prefix, AGENT)
    shape = facts(LinkKind.TICKET_CALL).left_shape
    for number in numbers:
        if not shape.fullmatch(number):
            fail(f"{number} is no ticket number")
    known = asyncio.run(_known(numbers))
    strangers = ", ".join(number for number in numbers if number not in known)
    if strangers and action != IGNORE:
        fail(
            f"Tandem knows no ticket {strangers}: it was never taken, or is not chosen any more; `tandem explain ticket` "
            "tells why. None was changed."
        )
    asked = [
        Asked(
            named(Ticket.SOURCE, Ticket.ENTITY, number),
            number,
            command(topic, number, action, by=by, why=why, customer_id=customer_id),
            f"`tandem explain ticket {number.partition('@')[0]}` tells",
        )
        for number in numbers
    ]
    told = asyncio.run(send_and_wait(kafka, f"tandem-{action}", asked, wait))
    show("ticket", asked, told)
    end(f"the {action}", AGENT, asked, told, wait)


async def _rows(all_: bool) -> list[Staged]:
    engine = open_store(load("store", StoreSettings), AGENT)
    try:
        stages = [stage for stage in Stage if all_ or stage is not Stage.DONE]
        return await TicketStore(engine).of_stages(stages)
    finally:
        await engine.dispose()


async def _known(numbers: Sequence[str]) -> Collection[str]:
    engine = open_store(load("store", StoreSettings), AGENT)
    try:
        return await TicketStore(engine).by_subjects(numbers)
    finally:
        await engine.dispose()


async def _customer(number: str) -> Customer | None:
    eautomate = EAutomate.open(load("eautomate", EAutomateSettings))
    try:
        return await eautomate.customer_by_number(number)
    finally:
        await eautomate.close()
