"""``tandem push customer N``: sync customers now, even if nothing changed (spec/customers.md 5.4).

It overrides nothing: filters, sync type and ``ZCJ_SyncToCW`` hold, and what is in step is not written.
"""

import asyncio
import getpass
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from services.customer_sync.asking import PUSH, command
from services.customer_sync.customers.writes import AGENT
from shared.bus.producer import Message, Producer
from shared.cli.outcomes import read_outcomes
from shared.cli.output import COLOURS, console, fail
from shared.config import EAutomateSettings, KafkaSettings, load
from shared.eautomate.port import EAutomate
from shared.events import topics
from shared.events.envelope import Envelope
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.sync.outcome import Outcome

LOOK_EVERY_SECONDS = 0.5
REFUSED = {"rejected": "refused", "waiting": "waits"}
SKEW = timedelta(minutes=1)

app = typer.Typer(help="Sync a record now, even if nothing changed.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer whose push was sent."""

    customer: Customer
    sequence: int


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
    asked, told = asyncio.run(_pushed(numbers, wait, by or getpass.getuser(), why))
    if as_json:
        for one in asked:
            typer.echo(json.dumps(_facts(one, told.get(one.customer.subject))))
    else:
        _show(asked, told, wait)
    missing = [one.customer.number for one in asked if one.customer.subject not in told]
    if wait and missing:
        fail(
            f"nothing came back yet within {wait:.0f} s for {', '.join(missing)}; the push stays asked for: "
            "does `tandem run customer_sync` run?"
        )
    if any(one.result in REFUSED for one in told.values()):
        fail(refusals(asked, told))


async def _pushed(
    numbers: Sequence[str], wait: float, by: str, why: str
) -> tuple[list[Asked], dict[str, Outcome]]:
    kafka = load("kafka", KafkaSettings)
    customers = await _customers(numbers)
    producer = await Producer(kafka, "tandem-push").start()
    begun = datetime.now(UTC) - SKEW
    asked = []
    try:
        for customer in customers:
            message = message_of(topics.redo(kafka.topic_prefix, AGENT), customer, by, why)
            await producer.send([message])
            asked.append(Asked(customer, _sequence(message)))
    finally:
        await producer.stop()
    told: dict[str, Outcome] = {}
    end = time.monotonic() + wait
    while wait and len(told) < len(asked) and time.monotonic() < end:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        told = answers(asked, await read_outcomes(kafka, begun))
    return asked, told


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


def refusals(asked: Sequence[Asked], told: dict[str, Outcome]) -> str:
    """Which pushes came to nothing, by the numbers people know: ``refused (C8): 1001 Acme Dental``."""
    by_code: dict[str, list[str]] = {}
    for one in asked:
        outcome = told.get(one.customer.subject)
        if outcome is not None and outcome.result in REFUSED:
            by_code.setdefault(f"{REFUSED[outcome.result]} ({outcome.code})", []).append(
                f"{one.customer.number} {one.customer.name}"
            )
    return "; ".join(f"{what}: {', '.join(who)}" for what, who in by_code.items())


def message_of(topic: str, customer: Customer, by: str, why: str) -> Message:
    """The push of one customer or location, in order with its other changes."""
    kind = LinkKind.LOCATION_SITE if customer.is_location else LinkKind.CUSTOMER_COMPANY
    return command(topic, customer.subject, PUSH, by, why, kind=kind, key=customer.order_key)


def _sequence(message: Message) -> int:
    return Envelope.from_headers(message.headers).sequence


def answers(asked: Sequence[Asked], outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    """What came of each push, by ``CustomerID``; a later push of the same customer answers an earlier one too."""
    wanted = {f"eautomate/customer/{one.customer.subject}": one for one in asked}
    found = {}
    for outcome in outcomes:
        one = wanted.get(outcome.record)
        if one is not None and outcome.redo == PUSH and outcome.sequence >= one.sequence:
            found[one.customer.subject] = outcome
    return found


def _facts(one: Asked, outcome: Outcome | None) -> dict[str, object]:
    return {
        "customer": one.customer.number,
        "customer_id": one.customer.customer_id,
        "result": outcome.result if outcome is not None else None,
        "code": outcome.code if outcome is not None else "",
        "text": outcome.text if outcome is not None else "",
    }


def _show(asked: Sequence[Asked], told: dict[str, Outcome], wait: float) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("customer", overflow="fold")
    table.add_column("result", no_wrap=True)
    table.add_column("what came of it", overflow="fold")
    for one in asked:
        outcome = told.get(one.customer.subject)
        label = f"{one.customer.number} {one.customer.name}"
        if outcome is None:
            hint = f"`tandem explain customer {one.customer.number}` tells"
            table.add_row(Text(label), "asked", Text(hint))
        else:
            result = Text(outcome.result, COLOURS.get(outcome.result, ""))
            table.add_row(Text(label), result, Text(f"{outcome.code} {outcome.text}".strip()))
    console.print(table)
    if not wait:
        console.print("asked; filters and ZCJ_SyncToCW still hold")
