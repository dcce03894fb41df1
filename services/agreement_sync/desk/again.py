"""``tandem reprocess invoice N`` and ``tandem release invoice N``: what a person decides about an agreement invoice.

Reprocess carries the invoice out again though the same version was applied before (spec/agreements.md 6.3, 6.9);
release lets a contract be billed although its total differs (6.7). Both are noted with who and why.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.markup import escape

from services.agreement_sync.asking import AGENT, RELEASE, REPROCESS, command
from services.agreement_sync.desk.beside import sides
from services.agreement_sync.desk.explain import AWAY
from services.agreement_sync.desk.looking import looking
from services.agreement_sync.desk.meant import invoices_meant
from services.agreement_sync.desk.pages import compared, facts, heading, queue, totals
from services.agreement_sync.settings import AgreementSyncSettings
from shared.cli.asked import Asked, end, send_and_wait, show
from shared.cli.output import console
from shared.config import ConnectWiseSettings, KafkaSettings, load
from shared.connectwise.agreements import AgreementInvoices
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from shared.events import topics
from shared.events.agreements import Invoice
from shared.events.named import named
from shared.links.talk import person, reason
from shared.sync.outcome import Outcome

RETRY_SECONDS = 5.0

Numbers = Annotated[list[str], typer.Argument(help="Invoice numbers in ConnectWise, or RecIDs.")]
Why = Annotated[str, typer.Option("--why", help="Noted with the outcome.")]
By = Annotated[str | None, typer.Option("--by", help="Who asks for it; the OS user by default.")]
Seconds = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for what comes of it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

reprocess = typer.Typer(
    help="Carry an agreement invoice out again, even if nothing changed.", no_args_is_help=True
)
release = typer.Typer(help="Let a contract be billed although its total differs.", no_args_is_help=True)


@reprocess.callback()
def _reprocess() -> None:
    """Carry an agreement invoice out again, even if nothing changed."""


@release.callback()
def _release() -> None:
    """Let a contract be billed although its total differs."""


@reprocess.command("invoice")
def reprocess_invoice(
    numbers: Numbers, why: Why, by: By = None, wait: Seconds = 20, as_json: AsJson = False
) -> None:
    """Make the contract follow these invoices now; filters hold, and what is billed stays as it is."""
    _ask(REPROCESS, numbers, why, by, wait, as_json)


@release.command("invoice")
def release_invoice(
    numbers: Numbers, why: Why, by: By = None, wait: Seconds = 20, as_json: AsJson = False
) -> None:
    """Put the contracts of these invoices into the billing queue as they are, red or held."""
    _ask(RELEASE, numbers, why, by, wait, as_json)


def message_label(invoice: Invoice) -> str:
    """``4711 Northgate Dental Group``."""
    company = (invoice.company.name if invoice.company is not None else None) or ""
    return f"{invoice.invoiceNumber or invoice.id} {company}".strip()


def _ask(action: str, numbers: Sequence[str], why: str, by: str | None, wait: float, as_json: bool) -> None:
    why, by = reason(why), person(by)
    kafka = load("kafka", KafkaSettings)
    asked, told = asyncio.run(_asked(kafka, action, numbers, wait, by, why))
    if as_json:
        for one in asked:
            typer.echo(json.dumps(_facts(one, told.get(one.record))))
    else:
        show("invoice", asked, told)
        for outcome in told.values():
            _beside(outcome)
    end(f"the {action}", AGENT, asked, told, wait)


async def _asked(
    kafka: KafkaSettings, action: str, numbers: Sequence[str], wait: float, by: str, why: str
) -> tuple[list[Asked], dict[str, Outcome]]:
    connectwise = load("connectwise", ConnectWiseSettings)
    pace = Limiter(action, connectwise.requests_per_minute, connectwise.concurrency)
    async with ConnectWise(connectwise, action, pace, retry_seconds=RETRY_SECONDS, read_only=True) as client:
        found = await invoices_meant(AgreementInvoices(client), numbers)
    topic = topics.redo(kafka.topic_prefix, AGENT)
    asked = [
        Asked(
            named(one.SOURCE, one.ENTITY, one.subject),
            message_label(one),
            command(topic, one.id, action, key=one.order_key, by=by, why=why, number=one.invoiceNumber),
            f"`tandem explain invoice {one.invoiceNumber or one.id}` tells",
        )
        for one in found
    ]
    told = await send_and_wait(kafka, f"tandem-{action}", asked, wait)
    return asked, await _with_both_sides(found, asked, told)


async def _with_both_sides(
    invoices: Sequence[Invoice], asked: Sequence[Asked], told: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """The outcomes; where an invoice was not compared, with its contract's lines as they are now."""
    lacking = {
        one.record: invoice
        for one, invoice in zip(asked, invoices, strict=True)
        if (outcome := told.get(one.record)) is not None and _lacks_a_side(outcome)
    }
    if not lacking:
        return dict(told)
    try:
        async with looking(load(AGENT, AgreementSyncSettings), "explain") as look:
            found = await sides(look, list(lacking.values()))
    except AWAY:
        return dict(told)  # what came of it is told all the same
    return dict(told) | {
        record: told[record].model_copy(update={"comparison": found[invoice.id]})
        for record, invoice in lacking.items()
        if invoice.id in found
    }


def _lacks_a_side(outcome: Outcome) -> bool:
    held = outcome.comparison
    return held is not None and held.ea_total is None and held.contract_id is not None


def _beside(outcome: Outcome) -> None:
    comparison = outcome.comparison
    if comparison is None:
        return
    console.print(escape(heading(comparison)))
    console.print(compared(comparison))
    console.print(escape(f"{totals(comparison)}; {queue(comparison)}"))
    for code, text in comparison.warnings:
        console.print(escape(f"note: {code} {text}"))


def _facts(one: Asked, outcome: Outcome | None) -> dict[str, object]:
    comparison = outcome.comparison if outcome is not None else None
    return {
        "invoice": one.label.partition(" ")[0],
        "record": one.record,
        "result": outcome.result if outcome is not None else None,
        "code": outcome.code if outcome is not None else "",
        "text": outcome.text if outcome is not None else "",
        "comparison": facts(comparison) if comparison is not None else None,
    }
