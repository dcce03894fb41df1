"""Invoices and their payments: the tables of fields."""

from dataclasses import replace
from decimal import Decimal

from services.simulator.connectwise.business.invoice import ClosedInvoiceRules, InvoiceRules
from services.simulator.connectwise.business.payment import PaymentRules
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    moment,
    money,
    number,
    one_of,
    ref,
    shown,
    text,
)
from services.simulator.connectwise.settings import NEWEST

INVOICE_POD = (8, "finance_invoice")
_ADDRESS = ("AddressLine1", "AddressLine2", "City", "State", "Zip", "Country")
_NONE = Decimal(0)


def _site(name: str) -> tuple[Field, ...]:
    # A site and the snapshot of its address.
    return (ref(name, "site"), *(text(f"{name}{part}", read_only=True) for part in _ADDRESS))


def _sum(name: str, *, by_people: bool = False) -> Field:
    return money(name, read_only=True, default=_NONE, by_people=by_people)


INVOICE = Entity(
    key="invoice",
    noun="Invoice",
    mounts=(Mount("finance/invoices"),),
    reference=(
        shown("identifier", "invoiceNumber"),
        shown("billingType", "type"),
        shown("applyToType"),
        shown("invoiceDate", "date"),
    ),
    href="invoice",
    stamps=ALL_STAMPS,
    links=(
        ("products_href", "procurement/products?conditions=invoice/id={}"),
        ("timeentries_href", "time/entries?conditions=invoice/id={}"),
        ("expenseEntries_href", "expense/entries?conditions=invoice/id={}"),
    ),
    guard="Invoicing",
    located_by="company",
    audit="Invoice",
    custom_pod=INVOICE_POD,
    rules=InvoiceRules(),
    releases=frozenset({"product", "timeEntry", "expenseEntry", "agreementBilling"}),
    first_id=18001,
    fields=(
        key(),
        text("invoiceNumber", 15, indexed=True),
        one_of(
            "type",
            *("Agreement", "CreditMemo", "DownPayment", "Miscellaneous", "Progress", "Standard"),
            required=True,
        ),
        ref("status", "billingStatus", default="first", indexed=True),
        ref("company", "company", required=True, indexed=True),
        ref("billToCompany", "company"),
        ref("shipToCompany", "company"),
        text("accountNumber", read_only=True),
        one_of("applyToType", "All", "Agreement", "Project", "ProjectPhase", "SalesOrder", "Ticket"),
        number("applyToId", indexed=True),
        text("attention", 60),
        text("shipToAttention", 60),
        *_site("billingSite"),
        *_site("shippingSite"),
        ref("billingTerms", "billingTerm"),
        text("reference", 50),
        text("customerPO", 50),
        number("templateSetupId"),
        ref("invoiceTemplate", "invoiceTemplate"),
        number("emailTemplateId"),
        flag("addToBatchEmailList"),
        moment("date"),
        flag("restrictDownpaymentFlag"),
        number("locationId"),
        number("departmentId"),
        number("territoryId"),
        text("topComment"),
        text("bottomComment"),
        flag("taxableFlag"),
        ref("taxCode", "taxCode"),
        text("internalNotes"),
        flag("downpaymentPreviouslyTaxedFlag"),
        _sum("serviceTotal", by_people=True),
        flag("overrideDownPaymentAmountFlag"),
        ref("currency", "currency"),
        moment("dueDate"),
        _sum("expenseTotal", by_people=True),
        _sum("productTotal"),
        _sum("previousProgressApplied", by_people=True),
        money("serviceAdjustmentAmount", default=_NONE),
        _sum("agreementAmount", by_people=True),
        _sum("downpaymentApplied", by_people=True),
        _sum("subtotal"),
        _sum("total"),
        _sum("remainingDownpayment"),
        _sum("salesTax"),
        text("adjustmentReason"),
        text("adjustedBy", read_only=True),
        _sum("payments"),
        _sum("credits"),
        _sum("balance"),
        flag("specialInvoiceFlag", read_only=True),
        ref("billingSetupReference", "billingSetup"),
        ref("ticket", "ticket", read_only=True),
        ref("project", "project", read_only=True),
        ref("phase", "projectPhase", read_only=True),
        ref("salesOrder", "salesOrder", read_only=True),
        ref("agreement", "agreement", read_only=True, indexed=True),
        ref("location", "location", derive=lambda record: record.get("locationId"), since=NEWEST),
        ref("department", "department", derive=lambda record: record.get("departmentId"), since=NEWEST),
        ref("territory", "location", derive=lambda record: record.get("territoryId"), since=NEWEST),
        text("closedBy", read_only=True, since=NEWEST),
        flag("additionsInAmount", read_only=True, hidden=True),
        flag("asLoaded", read_only=True, hidden=True),
        Field("customFields", Kind.CUSTOM),
    ),
)

_NARROW = ("id", "status", "internalNotes", "customFields")
"""All that the model of closed invoices has (documented); custom fields are inferred."""

CLOSED = Entity(
    key="closedInvoice",
    noun="Invoice",
    resource="invoice",
    mounts=(Mount("finance/closedInvoices"),),
    view_of="invoice",
    methods=frozenset({"PUT", "PATCH"}),
    counted=False,
    stamps=ALL_STAMPS,
    guard="Invoicing",
    located_by="company",
    custom_pod=INVOICE_POD,
    rules=ClosedInvoiceRules(),
    fields=(
        *(
            replace(INVOICE.by_name[name], required=name == "status", indexed=False, default=None)
            for name in _NARROW
        ),
        replace(INVOICE.by_name["company"], read_only=True, hidden=True, indexed=False),
    ),
)

PAYMENT = Entity(
    key="payment",
    noun="Payment",
    mounts=(Mount("finance/invoices/{}/payments", "invoice"),),
    guard="Invoicing",
    located_by="invoice",
    rules=PaymentRules(),
    counted=False,
    first_id=7701,
    fields=(
        key(),
        text("type", 1, default="P"),
        text("source", read_only=True, since=NEWEST),
        ref("invoice", "invoice", required=True, indexed=True),
        ref("credit", "invoice", indexed=True),
        money("amount", required=True),
        money("balance", read_only=True, since=NEWEST),
        money("invoiceBalance", read_only=True, since=NEWEST),
        money("invoiceTotal", read_only=True, since=NEWEST),
        moment("paymentDate"),
        text("appliedBy", read_only=True),
        text("paymentSyncStatus", since=NEWEST),
        moment("paymentSyncDate", since=NEWEST),
        text("glBatchID", 50, since=NEWEST),
        text("paymentAccount", since=NEWEST),
        text("aRPaymentAccount", since=NEWEST),
    ),
)

BILLING = Entity(
    key="agreementBilling",
    noun="AgreementBilling",
    mounts=(),
    fields=(
        key(),
        ref("invoice", "invoice", indexed=True),
        ref("agreement", "agreement", indexed=True),
        ref("parent", "agreement"),
        text("agreementName"),
        text("agreementType"),
        money("agreementAmount"),
        text("billedFrom"),
        text("billedNext"),
    ),
)
"""What one invoice bills of one agreement: the rows of `agreementBillingInfo`, served nowhere else."""

ENTITIES = (INVOICE, CLOSED, PAYMENT, BILLING)
