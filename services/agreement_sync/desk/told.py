"""One agreement invoice explained: the checklist, both sides, what would become of it, what to do next."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import typer
from rich.markup import escape

from services.agreement_sync.desk.beside import beside
from services.agreement_sync.desk.checklist import Answers, answers, next_steps
from services.agreement_sync.desk.history import History, histories
from services.agreement_sync.desk.looking import Looked, Looking
from services.agreement_sync.desk.pages import compared, facts, heading, queue, totals
from services.agreement_sync.desk.verdict import Verdict, names_of, told
from services.agreement_sync.rules.numbers import carries
from shared.cli.checks import checks_table
from shared.cli.output import console
from shared.eautomate.port import EAutomate
from shared.events.agreements import Invoice
from shared.events.contracts import Contract
from shared.sync.outcome import Outcome

SHOWN_OUTCOMES = 5


@dataclass(frozen=True, slots=True)
class Explained:
    """What is told of one invoice."""

    looked: Looked
    verdict: Verdict
    answers: Answers
    history: History

    @property
    def steps(self) -> list[str]:
        """What to do next."""
        return next_steps(self.looked.invoice, self.verdict, self.answers.checks, self.answers.contract)


async def explained(look: Looking, invoice: Invoice, days: int) -> Explained:
    """Everything about one invoice, as it is now; nothing is written.

    Args:
        days: how far back outcomes are looked for.
    """
    [looked] = await look.decided([invoice])
    history = (await histories([invoice.id], days))[invoice.id]
    verdict = told(looked.decision, names_of(looked.gathered))
    if verdict.comparison is not None:
        both = beside(verdict.comparison, looked.invoice, looked.gathered, look.settings)
        verdict = replace(verdict, comparison=both)
    unread = look.since if looked.seen is None else None
    found = answers(invoice, looked.gathered, look.settings, verdict, history.last, unread)
    if found.contract is None and invoice.invoiceNumber:
        carrying = await carrying_contracts(look.eautomate, invoice.invoiceNumber)
        found = answers(invoice, looked.gathered, look.settings, verdict, history.last, unread, carrying)
    return Explained(looked, verdict, found, history)


async def carrying_contracts(eautomate: EAutomate, number: str) -> list[Contract]:
    """Contracts whose PO number or Remarks carry an invoice's number; e-automate has no index on them."""
    found: list[Contract] = []
    last = 0
    while page := await eautomate.contracts_all(last):
        last = page[-1].contract_id
        found += [one for one in page if carries(number, one.po_number, one.remarks)]
    return found


def title(invoice: Invoice) -> str:
    """The invoice for people."""
    company = (invoice.company.name if invoice.company is not None else None) or ""
    agreement = invoice.agreement
    parts = [f"invoice {invoice.invoiceNumber or invoice.id} (RecID {invoice.id}, {invoice.type})", company]
    if invoice.date is not None:
        parts.insert(1, f"of {invoice.date:%Y-%m-%d}")
    if agreement is not None:
        kind = (agreement.type.name if agreement.type is not None else None) or "no type"
        parts.append(f"agreement {agreement.id} {agreement.name} ({kind})")
    return ", ".join(part for part in parts if part)


def show(one: Explained) -> None:
    """Print it."""
    verdict = one.verdict
    console.print(escape(title(one.looked.invoice)))
    console.print(escape(_last(one.looked)))
    for line in past(one.history):
        console.print(escape(line))
    console.print(checks_table(one.answers.checks))
    if verdict.comparison is not None and verdict.comparison.lines:
        console.print(compared(verdict.comparison))
        console.print(escape(f"{totals(verdict.comparison)}; {queue(verdict.comparison)}"))
    console.print(f"[bold]{escape(verdict.coded)}[/bold]: {escape(verdict.text)}")
    for name, (now, wanted) in verdict.changes.items():
        console.print(escape(f"  {name}: {now or 'blank'} -> {wanted or 'blank'}"))
    for warning in verdict.warnings:
        console.print(escape(f"note: {warning}"))
    for step in one.steps:
        console.print(escape(f"next: {step}"))


def of_programs(one: Explained) -> dict[str, Any]:
    """It for programs."""
    verdict, invoice = one.verdict, one.looked.invoice
    comparison = verdict.comparison
    return {
        "invoice": invoice.invoiceNumber,
        "invoice_id": invoice.id,
        "agreement_id": invoice.agreement_id,
        "contract": one.answers.contract.number if one.answers.contract is not None else None,
        "verdict": verdict.coded,
        "text": verdict.text,
        "code": verdict.code,
        "steps": verdict.steps,
        "changes": verdict.changes,
        "warnings": verdict.warnings,
        "last": _last(one.looked),
        "outcomes": [_outcome(each) for each in one.history.outcomes[-SHOWN_OUTCOMES:]],
        "checklist": [check.model_dump() for check in one.answers.checks],
        "checks": [check.model_dump() for check in one.looked.decision.checks],
        "comparison": facts(comparison) if comparison is not None else None,
        "next": one.steps,
    }


def past(history: History) -> list[str]:
    """The last outcomes, newest first, one a line; the same several times in a row is one line with a count."""
    runs: list[list[Outcome]] = []
    for one in reversed(history.outcomes):
        if runs and _said(runs[-1][0]) == _said(one):
            runs[-1].append(one)
        else:
            runs.append([one])
    lines = [_line(run) for run in runs[:SHOWN_OUTCOMES]]
    return [*lines, history.trouble] if history.trouble else lines


def coded(one: Outcome) -> str:
    """``rejected G10``."""
    return f"{one.result} {one.code}".rstrip()


def _said(one: Outcome) -> tuple[str, str, str]:
    return (one.result, one.code, one.text)


def _line(run: Sequence[Outcome]) -> str:
    newest, oldest = run[0], run[-1]
    often = f" ({len(run)} times since {oldest.at:%Y-%m-%d %H:%M} UTC)" if len(run) > 1 else ""
    return f"{newest.at:%Y-%m-%d %H:%M} UTC: {coded(newest)}: {newest.text}{often}"


def known_last(number: str, history: History, why: str, as_json: bool) -> None:
    """What Tandem last knew, when the systems cannot be asked."""
    last, both = history.last, history.compared
    if as_json:
        comparison = both.comparison if both is not None else None
        whole = {
            "invoice": number,
            "verdict": "not asked",
            "text": why,
            "outcomes": [_outcome(one) for one in history.outcomes[-SHOWN_OUTCOMES:]],
            "checks": [check.model_dump() for check in last.checks] if last is not None else [],
            "comparison": facts(comparison) if comparison is not None else None,
        }
        typer.echo(json.dumps(whole))
        return
    console.print(escape(why))
    console.print(f"what Tandem last knew of invoice {escape(number)}:")
    for line in past(history) or ["nothing"]:
        console.print(escape(line))
    if last is not None and last.checks:
        console.print(checks_table(last.checks))
    if both is not None and both.comparison is not None:
        console.print(escape(heading(both.comparison)))
        console.print(compared(both.comparison))
        console.print(escape(f"{totals(both.comparison)}; {queue(both.comparison)}"))


def _last(looked: Looked) -> str:
    seen = looked.seen
    if seen is None:
        return "last time: never seen by agreement_sync"
    if seen.deleted:
        return "last time: seen as deleted in ConnectWise"
    if not seen.done:
        return "last time: seen, never carried out"
    return "last time: carried out" + (
        ""
        if seen.done >= seen.seen
        else "; of what ConnectWise changed since, nothing was to be written, or it is not done: see the outcomes"
    )


def _outcome(one: Outcome) -> dict[str, Any]:
    return {"at": one.at.isoformat(), "result": one.result, "code": one.code, "text": one.text}
