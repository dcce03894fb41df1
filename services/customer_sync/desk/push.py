"""``tandem push customer N``: sync customers now, even if nothing changed (spec/customers.md 5.4).

``--all`` is for after the sync type or the filters were widened: a change of settings is no change of a customer. It
overrides nothing: filters, sync type and ``ZCJ_SyncToCW`` hold, and what is in step is not written.
"""

import asyncio
import getpass
import json
from collections.abc import Sequence
from typing import Annotated

import typer

from services.customer_sync.asking import PUSH, command
from services.customer_sync.customers.writes import AGENT
from shared.bus.producer import Message, Producer
from shared.cli.asked import Asked, end, send_and_wait, show
from shared.cli.output import console, fail
from shared.config import EAutomateSettings, KafkaSettings, load
from shared.eautomate.port import EAutomate
from shared.events import topics
from shared.events.named import named
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.links.talk import confirm
from shared.sync.outcome import Outcome

CLIENT = "tandem-push"

app = typer.Typer(help="Sync a record now, even if nothing changed.", no_args_is_help=True)


@app.callback()
def _push() -> None:
    """Sync a record now, even if nothing changed."""


@app.command("customer")
def push_customer(
    numbers: Annotated[
        list[str] | None, typer.Argument(help="Numbers of customers or locations in e-automate.")
    ] = None,
    *,
    everybody: Annotated[
        bool, typer.Option("--all", help="Every active customer and location; does not wait.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --all: do not ask.")] = False,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for what comes of it.")] = 20,
    by: Annotated[str | None, typer.Option(help="Who asks for it; the OS user by default.")] = None,
    why: Annotated[str, typer.Option(help="Noted with the outcome.")] = "push",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Push customers or locations; filters and ZCJ_SyncToCW still hold."""
    if everybody is bool(numbers):
        fail("name customers or locations, or all of them with --all")
    kafka, who = load("kafka", KafkaSettings), by or getpass.getuser()
    if everybody:
        confirm("Push every active customer and location? Companies and sites get what e-automate has.", yes)
        console.print(
            f"asked for {asyncio.run(_all_pushed(kafka, who, why))} customers and locations; "
            "filters and ZCJ_SyncToCW still hold. `tandem cases ls` has what could not be synced"
        )
        return
    customers, asked, told = asyncio.run(_pushed(kafka, numbers or (), wait, who, why))
    if as_json:
        for customer, one in zip(customers, asked, strict=True):
            typer.echo(json.dumps(_facts(customer, told.get(one.record))))
    else:
        show("customer", asked, told)
        if not wait:
            console.print("asked; filters and ZCJ_SyncToCW still hold")
    end("the push", AGENT, asked, told, wait)


async def _pushed(
    kafka: KafkaSettings, numbers: Sequence[str], wait: float, by: str, why: str
) -> tuple[list[Customer], list[Asked], dict[str, Outcome]]:
    customers = await _customers(numbers)
    topic = topics.redo(kafka.topic_prefix, AGENT)
    asked = [asked_of(customer, message_of(topic, customer, by, why)) for customer in customers]
    return customers, asked, await send_and_wait(kafka, CLIENT, asked, wait)


async def _all_pushed(kafka: KafkaSettings, by: str, why: str) -> int:
    """Ask for everybody, head offices and locations by id; returns how many that are."""
    topic, count, last = topics.redo(kafka.topic_prefix, AGENT), 0, 0
    port = EAutomate.open(load("eautomate", EAutomateSettings))
    producer = await Producer(kafka, CLIENT).start()
    try:
        while page := await port.customers_all(last):
            last = page[-1].customer_id
            active = [customer for customer in page if customer.active]
            await producer.send([message_of(topic, customer, by, why) for customer in active])
            count += len(active)
    finally:
        await producer.stop()
        await port.close()
    return count


async def _customers(numbers: Sequence[str]) -> list[Customer]:
    """The customers, each once, in the order of their numbers as given.

    Raises:
        SystemExit: a number is nobody's; then nothing is sent.
    """
    port = EAutomate.open(load("eautomate", EAutomateSettings))
    try:
        found = await port.customers_by_numbers(numbers)
    finally:
        await port.close()
    wanted: dict[str, str] = {}
    for number in numbers:
        wanted.setdefault(number.strip().casefold(), number.strip())
    missing = [given for number, given in wanted.items() if number not in found]
    if missing:
        fail(f"e-automate has no customer {', '.join(missing)}; nothing was pushed")
    return [found[number] for number in wanted]


def asked_of(customer: Customer, message: Message) -> Asked:
    """The push of one customer or location, by the number people know."""
    record = named(customer.SOURCE, customer.ENTITY, customer.subject)
    hint = f"`tandem explain customer {customer.number}` tells"
    return Asked(record, f"{customer.number} {customer.name}", message, hint)


def message_of(topic: str, customer: Customer, by: str, why: str) -> Message:
    """The push of one customer or location, in order with its other changes."""
    kind = LinkKind.LOCATION_SITE if customer.is_location else LinkKind.CUSTOMER_COMPANY
    return command(topic, customer.subject, PUSH, by, why, kind=kind, key=customer.order_key)


def _facts(customer: Customer, outcome: Outcome | None) -> dict[str, object]:
    return {
        "customer": customer.number,
        "customer_id": customer.customer_id,
        "result": outcome.result if outcome is not None else None,
        "code": outcome.code if outcome is not None else "",
        "text": outcome.text if outcome is not None else "",
    }
