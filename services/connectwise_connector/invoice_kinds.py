"""The two kinds of invoices: those of agreements with credit memos, and those of work."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.connectwise_connector.marks import Mark
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.snapshots import Snapshot, malformed, of_record
from shared.connectwise.agreements import AgreementInvoices
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import MalformedRecordError
from shared.connectwise.invoices import INVOICE_FIELDS, Row, agreement_of, invoice
from shared.connectwise.service_invoices import SERVICE_INVOICE_FIELDS, ServiceInvoices, service_invoice
from shared.connectwise.ticket_rows import TicketList
from shared.connectwise.tickets import Tickets
from shared.events.agreements import Invoice
from shared.events.service_invoices import ServiceInvoice

Lines = Mapping[int, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class InvoiceKind:
    """One kind of invoices.

    Attributes:
        entity: the record kind, as in topics.
        plural: for people.
        types: of the invoices.
        fields: names asked for.
        since: the day before which none is published, None = the window before the first run.
        lines: rows of invoices, by invoice: what they bill.
        lines_move: whether rows may change while the invoice's own fields stay.
        whole: invoices with all that explains them.
        snapshot: of an invoice with its parts.
    """

    entity: str
    plural: str
    types: Sequence[str]
    fields: tuple[str, ...]
    since: date | None
    lines: Callable[[Iterable[int]], Awaitable[Lines]]
    lines_move: bool
    whole: Callable[[Sequence[Row], Lines], Awaitable[list[Row]]]
    snapshot: Callable[[Row, Mark], Snapshot]


def agreement_invoices(client: ConnectWise, settings: ConnectWiseConnectorSettings) -> InvoiceKind:
    """Agreement invoices and credit memos."""
    read = AgreementInvoices(client)
    return InvoiceKind(
        Invoice.ENTITY,
        "invoices",
        settings.invoice_types,
        INVOICE_FIELDS,
        settings.invoices_since,
        read.billed_rows,
        lines_move=True,
        whole=read.whole,
        snapshot=invoice_snapshot,
    )


def service_invoices(
    client: ConnectWise, settings: ConnectWiseConnectorSettings, lists: Sequence[TicketList]
) -> InvoiceKind:
    """Invoices of tickets, projects and orders; the tickets on them are looked for in these lists."""
    read = ServiceInvoices(client, Tickets(client, lists))
    return InvoiceKind(
        ServiceInvoice.ENTITY,
        "service invoices",
        settings.service_invoice_types,
        SERVICE_INVOICE_FIELDS,
        settings.service_invoices_since,
        read.tickets.time_of_invoices,
        # Billed time is locked, and the invoice's own totals move with it.
        lines_move=False,
        whole=read.whole,
        snapshot=service_invoice_snapshot,
    )


def invoice_snapshot(row: Row, mark: Mark) -> Snapshot:
    """An agreement invoice with its parts; without its model's shape it travels as it is.

    Args:
        row: joined JSON.
        mark: of the state that was read.
    """
    try:
        return of_record(invoice(row), stamp=mark.text)
    except MalformedRecordError:
        agreement = agreement_of(row)
        order_key = str(agreement) if agreement is not None else f"invoice-{row['id']}"
        return malformed(str(row["id"]), order_key, row, stamp=mark.text)


def service_invoice_snapshot(row: Row, mark: Mark) -> Snapshot:
    """An invoice of work with its tickets; without its model's shape it travels as it is.

    Args:
        row: joined JSON.
        mark: of the state that was read.
    """
    try:
        return of_record(service_invoice(row), stamp=mark.text)
    except MalformedRecordError:
        return malformed(str(row["id"]), str(row["id"]), row, stamp=mark.text)
