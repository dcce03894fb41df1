"""``tandem explain`` for the records of ID747: every question with what was seen and wanted; nothing is written."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from services.customer_sync.customers.writes import AGENT
from services.customer_sync.desk.claims import Claims, claims_of
from services.customer_sync.desk.looking import Looked, LookedAt, looking
from services.customer_sync.desk.nearest import near_companies, near_misses
from services.customer_sync.desk.verdict import AnyPlan, Verdict, told
from services.customer_sync.pairs.known import Known
from services.customer_sync.settings import CustomerSyncSettings
from shared.cli.checks import checks_table
from shared.cli.output import console, fail
from shared.config import load
from shared.links.models import Link
from shared.sync.decision import Decision
from shared.sync.intents import Intent

AsJson = Annotated[bool, typer.Option("--json")]


@dataclass(frozen=True, slots=True)
class Explained:
    """Whom it is about.

    Attributes:
        kind: ``customer``, ``location`` or ``employee``.
        right: what it is in ConnectWise.
        ident: ``CustomerID`` or ``AgentID``.
    """

    kind: str
    right: str
    number: str
    name: str
    ident: int

    @property
    def key(self) -> str:
        """What JSON calls it: a location is a customer of e-automate."""
        return "employee" if self.kind == "employee" else "customer"


def explain_customer(
    number: Annotated[str, typer.Argument(help="Customer number in e-automate.")], as_json: AsJson = False
) -> None:
    """Ask every question about a customer as if it had just changed; nothing is written."""
    _tell_customer(asyncio.run(_looked(number)), as_json)


def explain_location(
    number: Annotated[str, typer.Argument(help="Number of the location in e-automate.")],
    as_json: AsJson = False,
) -> None:
    """Ask every question about a location as if it had just changed; nothing is written."""
    _tell_customer(asyncio.run(_looked(number)), as_json)


def explain_employee(
    number: Annotated[str, typer.Argument(help="Number of the employee in e-automate.")],
    as_json: AsJson = False,
) -> None:
    """Ask every question about an employee as if it had just changed; nothing is written."""
    for one in asyncio.run(_staff(number)):
        agent = one.agent
        told_of = Explained("employee", "member", agent.number, agent.name, agent.agent_id)
        _tell(told_of, one.gathered, one.decision, as_json)


def explain_company(
    company: Annotated[str, typer.Argument(help="RecID or Company ID in ConnectWise.")],
    as_json: AsJson = False,
) -> None:
    """Which customer a company is or could be, and why; nothing is written."""
    claims = asyncio.run(_claims(company))
    if as_json:
        typer.echo(json.dumps(claims.facts()))
        return
    console.print(escape(claims.title))
    for line in claims.lines():
        console.print(escape(line))
    if claims.claims:
        table = Table("customer", "says so", "what would become of it")
        for claim in claims.claims:
            customer = claim.looked.customer
            verdict = told(claim.looked.decision)
            table.add_row(
                escape(f"{customer.number} {customer.name}"),
                escape("\n".join(claim.why)),
                escape(f"{_named(verdict)}: {verdict.text}"),
            )
        console.print(table)
    console.print(f"[bold]{escape(claims.text)}[/bold]")


async def _looked(number: str) -> Looked:
    async with looking(load(AGENT, CustomerSyncSettings), "explain") as look:
        customer = await look.eautomate.customer_by_number(number)
        if customer is None:
            fail(await near_misses(look.eautomate, number))
        return (await look.decided([customer]))[0]


async def _staff(number: str) -> list[LookedAt]:
    async with looking(load(AGENT, CustomerSyncSettings), "explain") as look:
        found = await look.eautomate.agents_by_numbers([number])
        if not found:
            fail(f"e-automate has no employee {number}")
        return await look.decided_agents([agent for agents in found.values() for agent in agents])


async def _claims(named: str) -> Claims:
    async with looking(load(AGENT, CustomerSyncSettings), "explain") as look:
        claims = await claims_of(look, named)
        return claims if claims is not None else fail(await near_companies(look.client, named))


def _tell_customer(looked: Looked, as_json: bool) -> None:
    customer = looked.customer
    kind, right = ("location", "site") if customer.is_location else ("customer", "company")
    told_of = Explained(kind, right, customer.number, customer.name, customer.customer_id)
    _tell(told_of, looked.gathered, looked.decision, as_json)


def _tell(about: Explained, gathered: Known, decision: Decision[AnyPlan], as_json: bool) -> None:
    verdict, applied = told(decision), gathered.applied
    done = applied is not None and applied.sequence
    last = (
        f"applied for {about.right} {applied.target_id}" if applied is not None and done else "never applied"
    )
    if as_json:
        typer.echo(
            json.dumps(
                {
                    about.key: about.number,
                    f"{about.key}_id": about.ident,
                    "kind": about.kind,
                    "verdict": _named(verdict),
                    "text": verdict.text,
                    "code": verdict.code,
                    "steps": verdict.steps,
                    "changes": verdict.changes,
                    "warnings": verdict.warnings,
                    "last": last,
                    "sequence": applied.sequence if applied is not None else None,
                    "link": gathered.link.model_dump(mode="json") if gathered.link is not None else None,
                    "pending": _pending(gathered.intent),
                    "checks": [check.model_dump() for check in decision.checks],
                }
            )
        )
        return
    console.print(escape(f"{about.kind} {about.number} {about.name} (id {about.ident})"))
    for line in (f"last time: {last}", _linked(gathered.link), _pending(gathered.intent)):
        if line:
            console.print(escape(line))
    console.print(checks_table(decision.checks))
    console.print(f"[bold]{verdict.verdict}[/bold]{_coded(verdict)}: {escape(verdict.text)}")
    for name, (now, wanted) in verdict.changes.items():
        console.print(escape(f"  {name}: {now or 'blank'} -> {wanted or 'blank'}"))
    for warning in verdict.warnings:
        console.print(escape(f"note: {warning}"))
    if verdict.code:
        console.print(escape(f"what to do about it: tandem cases show {about.kind} {about.number}"))


def _named(verdict: Verdict) -> str:
    return f"{verdict.verdict}{_coded(verdict)}"


def _coded(verdict: Verdict) -> str:
    return f" ({verdict.code})" if verdict.code else ""


def _linked(link: Link | None) -> str:
    if link is None:
        return "link: none"
    how = link.how.value.replace("_", " ")
    return f"link: to {link.right} ({how}; {link.why}), by {link.by} on {link.made_at:%Y-%m-%d %H:%M} UTC"


def _pending(intent: Intent | None) -> str:
    """What was begun and has no answer yet."""
    if intent is None or intent.target is not None:
        return ""
    at = datetime.fromtimestamp(intent.attempted_at, UTC)
    return f"pending: {intent.reference} was to be created on {at:%Y-%m-%d %H:%M} UTC; the answer was lost"
