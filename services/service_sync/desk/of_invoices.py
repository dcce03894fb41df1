"""An invoice in invoice-only mode, as `tandem explain ticket` tells it."""

from rich.markup import escape

from services.service_sync.desk.looking import LookedInvoice
from services.service_sync.desk.verdict import last_words, stage_of, told
from shared.cli.checks import checks_table
from shared.cli.output import console


def show_invoice(looked: LookedInvoice) -> None:
    """What became, or would become, of an invoice and of each ticket on it."""
    invoice, verdict = looked.invoice, told(looked.decision)
    status = invoice.status.name if invoice.status is not None else "no status"
    console.print(escape(f"\ninvoice {invoice.invoiceNumber or invoice.id}, {status}"))
    console.print(checks_table(looked.decision.checks))
    if not looked.parts:
        console.print(f"[bold]{escape(verdict.coded)}[/bold]: {escape(verdict.text)}")
    for part in looked.parts:
        words = last_words(part)
        console.print(escape(f"ticket {part.ticket.id} so far: {stage_of(part.row)}"))
        if part.final.checks:
            console.print(checks_table(part.final.checks))
        console.print(f"[bold]{escape(words.coded)}[/bold]: {escape(words.text)}")


def invoice_facts(looked: LookedInvoice) -> dict[str, object]:
    """The same for ``--json``."""
    invoice, verdict = looked.invoice, told(looked.decision)
    return {
        "invoice": invoice.invoiceNumber,
        "status": invoice.status.name if invoice.status is not None else None,
        "verdict": verdict.coded,
        "text": verdict.text,
        "checks": [check.model_dump() for check in looked.decision.checks],
        "tickets": [
            {
                "ticket": part.ticket.id,
                "so_far": stage_of(part.row),
                "verdict": last_words(part).coded,
                "text": last_words(part).text,
                "checks": [check.model_dump() for check in part.final.checks],
            }
            for part in looked.parts
        ],
    }
