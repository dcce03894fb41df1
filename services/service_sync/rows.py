"""A ticket as its row in Tandem's own table, and back."""

from datetime import UTC, datetime
from typing import Any

from services.service_sync.rules.gathered import Invoiced, Stage, Staged
from services.service_sync.tables import INVOICE_NUMBER_MOST
from shared.events.tickets import Ticket


def row_of(
    subject: str, ticket: Ticket, sequence: int, due: float, invoice: Invoiced | None = None
) -> dict[str, Any]:
    """The row of a ticket that settles; ``due`` in epoch seconds."""
    return {
        "subject": subject,
        "ticket_id": ticket.id,
        "stage": Stage.CANDIDATE.value,
        "content": ticket.value().decode(),
        "sequence": sequence,
        "generation": 0,
        "due_at": due,
        "sent_at": 0.0,
        "taken_at": None,
        "customer_id": None,
        "call_number": "",
        "invoice_id": invoice.id if invoice is not None else None,
        "invoice_number": invoice.number[:INVOICE_NUMBER_MOST] if invoice is not None else "",
        "invoice_place": "",
        "overridden": False,
        "by": "",
        "why": "",
    }


def staged_of(row: Any) -> Staged:
    """What a row tells."""
    return Staged(
        subject=row.subject,
        stage=Stage(row.stage),
        ticket=Ticket.model_validate_json(row.content),
        due=row.due_at,
        sequence=row.sequence,
        generation=row.generation,
        taken_at=datetime.fromtimestamp(row.taken_at, UTC) if row.taken_at is not None else None,
        customer_id=row.customer_id,
        call_number=row.call_number,
        by=row.by,
        invoice=Invoiced(row.invoice_id, row.invoice_number, row.invoice_place)
        if row.invoice_id is not None
        else None,
        overridden=row.overridden,
    )
