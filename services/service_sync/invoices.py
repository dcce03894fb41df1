"""What ID965 does in invoice-only mode about an invoice that was raised or changed in ConnectWise."""

from collections.abc import Mapping, Sequence

from services.service_sync.gather import Gatherer
from services.service_sync.rules.invoices import (
    GatheredInvoice,
    InvoicePlan,
    decide_deleted_invoice,
    decide_invoice,
)
from services.service_sync.rules.texts import one_line
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
from shared.bus.delivery import Delivery, Fault
from shared.events.change import Change
from shared.events.service_invoices import ServiceInvoice
from shared.sync.agent import Applied, decode_record
from shared.sync.commands import number_of
from shared.sync.decision import Decision


class InvoiceHandler:
    """An invoice of work changed, or is gone."""

    def __init__(
        self,
        gatherer: Gatherer,
        store: TicketStore,
        settings: ServiceSyncSettings,
    ) -> None:
        """Wire reading, rules and Tandem's own table."""
        self._gatherer = gatherer
        self._store = store
        self._settings = settings

    def read(self, delivery: Delivery) -> ServiceInvoice:
        """The invoice's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return ServiceInvoice(id=number_of(delivery), type="")
        invoice: ServiceInvoice = decode_record(ServiceInvoice, delivery)
        return invoice

    async def gather(self, changes: Sequence[Change[ServiceInvoice]]) -> Mapping[str, GatheredInvoice]:
        """See ``Gatherer.invoices``."""
        return await self._gatherer.invoices([change.record for change in changes])

    def decide(self, change: Change[ServiceInvoice], gathered: GatheredInvoice) -> Decision[InvoicePlan]:
        """See ``rules.invoices``."""
        if change.envelope.action == "deleted":
            return decide_deleted_invoice(change.record, change.envelope.sequence, gathered)
        return decide_invoice(change.record, change.envelope.sequence, gathered, self._settings)

    async def apply(self, change: Change[ServiceInvoice], plan: InvoicePlan) -> Applied:  # noqa: ARG002
        """See ``carry_out``."""
        return await self.carry_out(plan)

    async def carry_out(self, plan: InvoicePlan) -> Applied:
        """Let what it bills settle; what was taken meanwhile stays as it was taken."""
        for subject in plan.forget:
            await self._store.forget(subject, plan.sequence, taken=plan.drop)
        for ticket in plan.settle:
            subject = plan.invoice.subject(ticket.id)
            await self._store.settle(subject, ticket, plan.sequence, plan.due, plan.invoice)
        if plan.waits:
            return Applied(
                plan.text, refused=Fault("S27", f"{plan.waits}; {plan.text}", blocked_on=plan.blocked_on)
            )
        return Applied(plan.text, result="skipped")

    def label(self, change: Change[ServiceInvoice]) -> str:
        """``invoice 18550 Northgate Dental Group``."""
        invoice = change.record
        company = one_line(invoice.company.name) if invoice.company is not None else ""
        return f"invoice {one_line(invoice.invoiceNumber) or f'with id {invoice.id}'} {company}".strip()
