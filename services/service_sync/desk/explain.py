"""``tandem explain ticket``: why a ticket did, or did not, become a call; nothing is written (scenario 78)."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape

from services.service_sync.asking import AGENT
from services.service_sync.desk.looking import Looked, LookedInvoice, looking
from services.service_sync.desk.of_invoices import invoice_facts, show_invoice
from services.service_sync.desk.verdict import last_words, stage_of
from services.service_sync.handlers import named_ticket
from services.service_sync.rules.asked import name_of, told
from services.service_sync.rules.invoices import billing
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from shared.cli.checks import checks_table
from shared.cli.output import console, fail
from shared.config import load
from shared.events.tickets import Ticket
from shared.sync.decision import Check

AsJson = Annotated[bool, typer.Option("--json")]


def explain_ticket(
    number: Annotated[str, typer.Argument(help="Ticket number in ConnectWise.")], as_json: AsJson = False
) -> None:
    """Why a ticket did, or did not, become a service call: every question answered, and what to do next."""
    ident = number.strip().lstrip("#").partition("@")[0]
    if not (ident.isascii() and ident.isdigit()):
        fail(f"{number} is no ticket number: tickets are known by their number in ConnectWise, e.g. 60211")
    looked, invoices = asyncio.run(_looked(int(ident)))
    if as_json:
        facts = _facts(looked)
        typer.echo(
            json.dumps(facts | {"invoices": [invoice_facts(one) for one in invoices]} if invoices else facts)
        )
        return
    _show(looked)
    for one in invoices:
        show_invoice(one)


async def _looked(number: int) -> tuple[Looked, list[LookedInvoice]]:
    """A ticket, and in invoice-only mode the invoices that bill its time."""
    async with looking(load(AGENT, ServiceSyncSettings), "explain") as look:
        ticket = await look.tickets.fresh(number)
        if ticket is not None:
            looked = (await look.decided([ticket]))[0]
            if look.settings.sync_mode is not SyncMode.INVOICE:
                return looked, []
            ids = {*billing(ticket)}
            ids |= {part.invoice.id for part in looked.parts if part.invoice is not None}
            return looked, await look.decided_invoices(await look.invoices.by_ids(sorted(ids)))
        row = (await look.store.by_subjects([str(number)])).get(str(number))
        known = f"; Tandem knew it: {stage_of(row)}" if row is not None else ", and Tandem never saw one"
        return fail(f"ConnectWise has no ticket {number}{known}. Is it an opportunity or a project's number?")


def _show(looked: Looked) -> None:
    verdict, ticket = last_words(looked), looked.ticket
    console.print(escape(_title(ticket)))
    console.print(escape(f"so far: {stage_of(looked.row)}"))
    console.print(checks_table([*looked.decision.checks, *_more(looked)]))
    console.print(f"[bold]{escape(verdict.coded)}[/bold]: {escape(verdict.text)}")
    for warning in verdict.warnings:
        console.print(escape(f"note: {warning}"))
    if verdict.code:
        console.print(escape(f"what to do about it: tandem cases show ticket {ticket.id}"))


def _facts(looked: Looked) -> dict[str, object]:
    verdict = last_words(looked)
    return {
        "ticket": looked.ticket.id,
        "summary": looked.ticket.summary,
        "so_far": stage_of(looked.row),
        "call": looked.row.call_number if looked.row is not None else "",
        "verdict": verdict.coded,
        "text": verdict.text,
        "code": verdict.code,
        "steps": verdict.steps,
        "warnings": verdict.warnings,
        "checks": [check.model_dump() for check in (*looked.decision.checks, *_more(looked))],
    }


def _more(looked: Looked) -> Sequence[Check]:
    return looked.afterwards.checks if looked.afterwards is not None else ()


def _title(ticket: Ticket) -> str:
    parts = [
        named_ticket(ticket.subject, ticket.summary),
        told(ticket.company, "no company"),
        f"{name_of(ticket.board) or 'no board'}: {name_of(ticket.status) or 'no status'}",
    ]
    return ", ".join(parts)
