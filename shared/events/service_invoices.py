"""ConnectWise's invoices of work as they travel: the invoice with the tickets and the time it bills.

Agreement invoices and credit memos are another kind (``shared.events.agreements``). Field names are as on the
wire (reference connectwise-entities 6.5). Money is Decimal.
"""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import ConfigDict

from shared.events.agreements import BillingStatus, Currency
from shared.events.records import Record, Reference
from shared.events.tickets import AgreementReference, Ticket


class ServiceInvoice(Record):
    """An invoice of tickets, a project, a phase or an order (spec/tickets.md 8.2, spec/projects.md 10.2)."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "connectwise"
    ENTITY: ClassVar[str] = "service_invoice"

    id: int
    invoiceNumber: str = ""  # noqa: N815 - the wire's own name
    type: str
    """``Standard``, ``Progress``, ``DownPayment`` or ``Miscellaneous``."""
    status: BillingStatus | None = None
    company: Reference | None = None
    companyTerritory: str | None = None  # noqa: N815
    """Territory of the company; put in by the connector."""
    billToCompany: Reference | None = None  # noqa: N815
    date: datetime | None = None
    applyToType: str | None = None  # noqa: N815
    """``Ticket``, ``Project``, ``ProjectPhase``, ``SalesOrder``, ``Agreement`` or ``All``."""
    applyToId: int | None = None  # noqa: N815
    ticket: Reference | None = None
    project: Reference | None = None
    phase: Reference | None = None
    salesOrder: Reference | None = None  # noqa: N815
    agreement: AgreementReference | None = None
    customerPO: str | None = None  # noqa: N815
    currency: Currency | None = None
    serviceTotal: Decimal | None = None  # noqa: N815
    serviceAdjustmentAmount: Decimal | None = None  # noqa: N815
    expenseTotal: Decimal | None = None  # noqa: N815
    productTotal: Decimal | None = None  # noqa: N815
    agreementAmount: Decimal | None = None  # noqa: N815
    previousProgressApplied: Decimal | None = None  # noqa: N815
    downpaymentApplied: Decimal | None = None  # noqa: N815
    subtotal: Decimal | None = None
    salesTax: Decimal | None = None  # noqa: N815
    total: Decimal | None = None
    tickets: tuple[Ticket, ...] = ()
    """The tickets it names or whose time it bills, by RecID: ``time`` is what this invoice bills, notes stay out.

    Of a ticket that cannot be read only its RecID and kind are known."""

    @property
    def subject(self) -> str:
        """The invoice's RecID."""
        return str(self.id)
