"""ConnectWise's agreement invoices as they travel: the invoice with everything that explains its lines.

Field names are as on the wire (reference connectwise-entities 6.3, 6.5, 6.12). Money and quantities are Decimal.
"""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.events.records import CustomField, Record, Reference


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class BillingStatus(Reference):
    """A billing status as invoices carry it."""

    isClosed: bool = False  # noqa: N815 - the wire's own name


class Currency(Reference):
    """A currency as agreements and invoices carry it."""

    currencyCode: str | None = None  # noqa: N815


class Agreement(_Part):
    """The agreement an invoice bills, as it was when the invoice was read."""

    id: int
    name: str = ""
    type: Reference | None = None
    company: Reference | None = None
    site: Reference | None = None
    billToCompany: Reference | None = None  # noqa: N815
    parentAgreement: Reference | None = None  # noqa: N815
    customerPO: str | None = None  # noqa: N815
    startDate: datetime | None = None  # noqa: N815
    endDate: datetime | None = None  # noqa: N815
    noEndingDateFlag: bool = False  # noqa: N815
    cancelledFlag: bool = False  # noqa: N815
    dateCancelled: datetime | None = None  # noqa: N815
    agreementStatus: str | None = None  # noqa: N815
    """``Active``, ``Cancelled``, ``Expired`` or ``Inactive``."""
    applicationUnits: str | None = None  # noqa: N815
    """``Amount``, ``Hours`` or ``Incidents``."""
    applicationLimit: Decimal | None = None  # noqa: N815
    oneTimeFlag: bool = False  # noqa: N815
    carryOverUnused: bool = False  # noqa: N815
    allowOverruns: bool = False  # noqa: N815
    billingCycle: Reference | None = None  # noqa: N815
    billAmount: Decimal | None = None  # noqa: N815
    billStartDate: datetime | None = None  # noqa: N815
    prorateFlag: bool = False  # noqa: N815
    nextInvoiceDate: str | None = None  # noqa: N815
    currency: Currency | None = None
    customFields: tuple[CustomField, ...] = ()  # noqa: N815


class Addition(_Part):
    """An addition of the agreement as it stands: it explains billed lines and never makes one."""

    id: int
    product: Reference | None = None
    quantity: Decimal = Decimal()
    lessIncluded: Decimal | None = None  # noqa: N815
    billedQuantity: Decimal | None = None  # noqa: N815
    unitPrice: Decimal | None = None  # noqa: N815
    extPrice: Decimal | None = None  # noqa: N815
    billCustomer: str | None = None  # noqa: N815
    """``Billable``, ``DoNotBill`` or ``NoCharge``."""
    effectiveDate: datetime | None = None  # noqa: N815
    cancelledDate: datetime | None = None  # noqa: N815
    description: str | None = None
    invoiceDescription: str | None = None  # noqa: N815
    uom: str | None = None
    sequenceNumber: Decimal | None = None  # noqa: N815
    proratePrice: Decimal | None = None  # noqa: N815
    extendedProratePrice: Decimal | None = None  # noqa: N815
    prorateCurrentPeriodFlag: bool = False  # noqa: N815
    agreementId: int | None = None  # noqa: N815


class BilledLine(_Part):
    """A product row of the invoice: what was billed."""

    id: int
    """RecID of the product row."""
    catalogItem: Reference | None = None  # noqa: N815
    description: str | None = None
    customerDescription: str | None = None  # noqa: N815
    quantity: Decimal = Decimal()
    price: Decimal | None = None
    discount: Decimal | None = None
    extPrice: Decimal | None = None  # noqa: N815
    """Absent before generation 2025.1: then quantity x (price - discount)."""
    billableOption: str | None = None  # noqa: N815
    agreement: Reference | None = None
    """The agreement whose addition this is; absent on products that merely share the invoice."""
    sequenceNumber: Decimal | None = None  # noqa: N815
    uom: str | None = None
    cancelledFlag: bool = False  # noqa: N815
    productType: str | None = None  # noqa: N815
    """Name of the catalog item's product type; put in by the connector."""
    unitOfMeasureName: str | None = None  # noqa: N815
    """Name of the unit on the row, else of the catalog item; put in by the connector."""


class AgreementBilling(_Part):
    """A row of ``agreementBillingInfo``: the flat amount of the agreement and of each child billed with it."""

    agreementRecId: int | None = None  # noqa: N815
    agreementName: str | None = None  # noqa: N815
    agreementType: str | None = None  # noqa: N815
    agreementAmount: Decimal | None = None  # noqa: N815
    parentRecId: int | None = None  # noqa: N815


class Invoice(Record):
    """A ConnectWise invoice with its agreement, billed lines and additions (spec/agreements.md 6.6)."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "connectwise"
    ENTITY: ClassVar[str] = "invoice"

    id: int
    invoiceNumber: str = ""  # noqa: N815
    type: str
    """``Agreement``, ``CreditMemo`` ...; the connector publishes these two."""
    status: BillingStatus | None = None
    company: Reference | None = None
    billToCompany: Reference | None = None  # noqa: N815
    companyTerritory: str | None = None  # noqa: N815
    """Territory of the company; put in by the connector."""
    date: datetime | None = None
    applyToType: str | None = None  # noqa: N815
    applyToId: int | None = None  # noqa: N815
    currency: Currency | None = None
    agreementAmount: Decimal | None = None  # noqa: N815
    serviceTotal: Decimal | None = None  # noqa: N815
    serviceAdjustmentAmount: Decimal | None = None  # noqa: N815
    expenseTotal: Decimal | None = None  # noqa: N815
    productTotal: Decimal | None = None  # noqa: N815
    downpaymentApplied: Decimal | None = None  # noqa: N815
    previousProgressApplied: Decimal | None = None  # noqa: N815
    subtotal: Decimal | None = None
    salesTax: Decimal | None = None  # noqa: N815
    total: Decimal | None = None
    payments: Decimal | None = None
    credits: Decimal | None = None
    balance: Decimal | None = None
    customFields: tuple[CustomField, ...] = ()  # noqa: N815
    agreement: Agreement | None = None
    """The agreement in full; None when the invoice names none."""
    lines: tuple[BilledLine, ...] = ()
    """Product rows of the invoice by sequence, then RecID; without cancelled ones."""
    additions: tuple[Addition, ...] = ()
    """Additions of the agreement by RecID."""
    billing: tuple[AgreementBilling, ...] = ()
    """Flat amounts of the agreement and its children, where they are known."""

    @property
    def subject(self) -> str:
        """The invoice's RecID."""
        return str(self.id)

    @property
    def agreement_id(self) -> int | None:
        """RecID of the agreement it bills."""
        if self.agreement is not None:
            return self.agreement.id
        return self.applyToId if self.applyToType == "Agreement" else None

    @property
    def order_key(self) -> str:
        """An invoice stays in order with its agreement."""
        agreement = self.agreement_id
        return str(agreement) if agreement is not None else f"invoice-{self.id}"
