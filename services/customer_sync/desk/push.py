"""``tandem push customer N``: sync customers now, even if nothing changed (spec/customers.md 5.4).

It overrides nothing: filters, sync type and ``ZCJ_SyncToCW`` hold, and what is in step is not written.
"""

import asyncio
import getpass
import json
from collections.abc import Sequence
from typing import Annotated

import typer

from services.customer_sync.asking import PUSH, command
from services.customer_sync.customers.writes import AGENT
from shared.bus.producer import Message
from shared.cli.asked import Asked, end, send_and_wait, show
from shared.cli.output import console, fail
from shared.config import EAutomateSettings, KafkaSettings, load
from shared.eautomate.port import EAutomate
from shared.events import topics
from shared.events.named import named
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.sync.outcome import Outcome

app = typer.Typer(help="Sync a record now, even if nothing changed.", no_args_is_help=True)


@app.callback()
def _push() -> None:
    """Sync a record now, even if nothing changed."""


@app.command("customer")
def push_customer(
    numbers: Annotated[list[str], typer.Argument(help="Numbers of customers or locations in e-automate.")],
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for what comes of it.")] = 20,
    by: Annotated[str | None, typer.Option(help="Who asks for it; the OS user by default.")] = None,
    why: Annotated[str, typer.Option(help="Noted with the outcome.")] = "push",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Push customers or locations; filters and ZCJ_SyncToCW still hold."""
    kafka = load("kafka", KafkaSettings)
    customers, asked, told = asyncio.run(_pushed(kafka, numbers, wait, by or getpass.getuser(), why))
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
    return customers, asked, await send_and_wait(kafka, "tandem-push", asked, wait)


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
