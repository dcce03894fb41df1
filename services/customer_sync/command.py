"""``tandem explain customer N``: every question that is asked of a customer, with what was seen and wanted."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from services.customer_sync.gather import COMMAND, Gatherer
from services.customer_sync.rules import CustomerPlan, decide
from services.customer_sync.settings import CustomerSyncSettings
from services.customer_sync.store import CustomerStore
from shared.cli.output import console, fail
from shared.config import ConnectWiseSettings, EAutomateSettings, MappingClientSettings, StoreSettings, load
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import Companies
from shared.connectwise.limiter import Limiter
from shared.eautomate.port import EAutomate
from shared.events.change import Change
from shared.events.envelope import Envelope
from shared.events.records import Customer
from shared.links.client import MappingClient
from shared.store.engine import open_store
from shared.sync.decision import Apply, Check, Decision, Reject, Skip, Wait

app = typer.Typer(help="Why a record did, or did not, sync.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Explained:
    """What would become of a customer now."""

    customer: Customer
    verdict: str
    text: str
    checks: tuple[Check, ...]
    last: str


@app.callback()
def _explain() -> None:
    """Why a record did, or did not, sync."""


@app.command("customer")
def explain_customer(
    number: Annotated[str, typer.Argument(help="Customer number in e-automate.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Ask every question about a customer as if it had just changed; nothing is written."""
    explained = asyncio.run(_explained(number))
    if explained is None:
        fail(f"e-automate has no customer {number}")
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "customer": explained.customer.number,
                    "customer_id": explained.customer.customer_id,
                    "verdict": explained.verdict,
                    "text": explained.text,
                    "last": explained.last,
                    "checks": [check.model_dump() for check in explained.checks],
                }
            )
        )
        return
    customer = explained.customer
    console.print(f"customer {customer.number} {customer.name} (id {customer.customer_id})")
    console.print(f"last time: {explained.last}")
    table = Table("", "question", "seen", "wanted")
    for check in explained.checks:
        mark = "[green]yes[/green]" if check.passed else "[red]no[/red]"
        table.add_row(mark, check.name, check.seen, check.wanted)
    console.print(table)
    console.print(f"[bold]{explained.verdict}[/bold]: {explained.text}", markup=True)


async def _explained(number: str) -> Explained | None:
    settings = load("customer_sync", CustomerSyncSettings)
    connectwise = load("connectwise", ConnectWiseSettings)
    engine = open_store(load("store", StoreSettings), "customer_sync")
    eautomate = EAutomate.open(load("eautomate", EAutomateSettings))
    mapping = MappingClient(load("mapping", MappingClientSettings).url)
    limiter = Limiter("explain", connectwise.requests_per_minute, connectwise.concurrency)
    try:
        async with ConnectWise(connectwise, "explain", limiter, retry_seconds=2.0) as client:
            customer = await eautomate.customer_by_number(number)
            if customer is None:
                return None
            store = CustomerStore(engine)
            gatherer = Gatherer(
                store, eautomate, Companies(client), mapping, settings, connectwise.territory_filter
            )
            envelope = Envelope("eautomate", "customer", customer.subject, 0, datetime.now(UTC))
            change = Change(envelope, customer, COMMAND)
            gathered = (await gatherer.gather([change]))[customer.subject]
            decision = decide(change, gathered, settings)
            applied = gathered.applied
            last = (
                "never applied"
                if applied is None or not applied.sequence
                else f"applied for company {applied.target_id}"
            )
            verdict, text = _told(decision)
            return Explained(customer, verdict, text, tuple(decision.checks), last)
    finally:
        await mapping.close()
        await eautomate.close()
        await engine.dispose()


def _told(decision: Decision[CustomerPlan]) -> tuple[str, str]:
    match decision:
        case Apply(plan=plan):
            return "would be applied", _plan(plan)
        case Skip():
            return "left alone", decision.reason
        case Wait():
            return f"waits ({decision.code})", decision.reason
        case Reject():
            return f"refused ({decision.code})", decision.reason


def _plan(plan: CustomerPlan) -> str:
    steps = []
    if plan.insert is not None:
        steps.append("create a company")
    if plan.how is not None:
        steps.append("make the link")
    if plan.store:
        steps.append("store the RecID")
    if plan.patch:
        steps.append("update " + ", ".join(sorted(plan.patch)))
    return "; ".join(steps) or "in step, nothing to write"
