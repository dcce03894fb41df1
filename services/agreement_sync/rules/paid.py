"""A paid e-automate invoice marks the ConnectWise invoice paid (spec/orders-and-payments.md 11.7). Pure."""

from dataclasses import dataclass
from decimal import Decimal

from services.agreement_sync.rules.amounts import ZERO, cents
from services.agreement_sync.rules.asked import bill_record, invoice_record, money
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.plan import Pay, Trouble
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import CENT
from shared.eautomate.values import folded
from shared.events.agreements import Invoice
from shared.events.contracts import ContractInvoice
from shared.sync.decision import Checks

TOLERANCE = CENT
"""What rounding may leave open (open question 21)."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What is to be done in ConnectWise.

    Attributes:
        status: name of the billing status to set, empty when none is.
    """

    payment: Pay | None = None
    status: str = ""
    trouble: tuple[Trouble, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()


def mark_paid(
    invoice: Invoice,
    bill: ContractInvoice,
    gathered: Gathered,
    settings: AgreementSyncSettings,
    checks: Checks,
) -> Paid:
    """Pay the open ConnectWise balance once receipts have paid the e-automate invoice; never a part of it."""
    if not settings.push_paid:
        checks.note("paid status is pushed", "no")
        return Paid()
    settled = bill.due <= TOLERANCE
    pushed = gathered.payment is not None and gathered.payment.settled
    if not checks.ask("e-automate invoice is settled", settled, f"{money(bill.due)} open", "0.00 open"):
        return Paid(trouble=(_unapplied(invoice, bill),) if pushed else ())
    received, total = cents(bill.received), cents(bill.total)
    if not checks.ask(
        "receipts cover it",
        received >= total - TOLERANCE,
        f"{money(received)} of {money(total)}",
        money(total),
    ):
        text = (
            f"e-automate invoice {bill.number} was settled by a credit memo or write-off ({money(received)} of "
            f"{money(total)} came as receipts): invoice {invoice.invoiceNumber} is not marked paid. Settle it in "
            "ConnectWise by hand."
        )
        return Paid(
            trouble=(Trouble("P5", text, (invoice_record(invoice.id), bill_record(bill.invoice_id))),)
        )
    balance = _balance(invoice)
    payment = _payment(bill, balance, gathered, settings, checks)
    wanted = settings.paid_status.strip()
    now = (invoice.status.name if invoice.status is not None else None) or ""
    status = wanted if wanted and folded(wanted) != folded(now) else ""
    warnings: tuple[tuple[str, str], ...] = ()
    if payment is not None and invoice.total is not None and cents(invoice.total) != total:
        text = (
            f"e-automate billed {money(total)} with its tax, ConnectWise {money(invoice.total)}: the ConnectWise "
            f"balance of {money(balance)} is paid."
        )
        checks.note(
            "totals with tax differ", f"e-automate {money(total)}, ConnectWise {money(invoice.total)}"
        )
        warnings = (("P2", text),)
    return Paid(payment, status, (), warnings)


def voided_after(invoice: Invoice, gathered: Gathered, checks: Checks) -> Trouble | None:
    """The e-automate invoice was voided after the payment was pushed (P4): told, never taken back."""
    bill, payment = gathered.paired, gathered.payment
    void = bill is not None and bill.void
    pushed = payment is not None and payment.settled
    if bill is None or payment is None or not pushed:
        return None
    if checks.ask(
        "paid e-automate invoice is in force", not void, "void" if void else "in force", "in force"
    ):
        return None
    return Trouble(
        "P4",
        f"e-automate invoice {bill.number} was voided after invoice {invoice.invoiceNumber} had been marked paid: the "
        f"payment of {money(payment.amount)} in ConnectWise stays. Take it back by hand if it is wrong.",
        (bill_record(bill.invoice_id),),
    )


def _payment(
    bill: ContractInvoice,
    balance: Decimal,
    gathered: Gathered,
    settings: AgreementSyncSettings,
    checks: Checks,
) -> Pay | None:
    kind = settings.paid_payment_type.strip()
    if not kind:
        return None
    # An attempt without an answer is settled even if nothing is open any more: it may be why.
    begun = gathered.payment is not None and not gathered.payment.settled
    if (
        not checks.ask(
            "ConnectWise invoice is open", balance > 0, f"{money(balance)} open", "more than 0 (P1)"
        )
        and not begun
    ):
        return None
    done = gathered.payment is not None and gathered.payment.settled
    if not checks.ask(
        "Tandem has paid it before",
        not done,
        money(gathered.payment.amount) if gathered.payment else "no",
        "no",
    ):
        return None
    days = [receipt.day for receipt in bill.receipts if receipt.day is not None]
    day = max(days) if days else gathered.today
    checks.note("payment", f"{money(balance)} dated {day}")
    return Pay(balance, day, kind, bill)


def _balance(invoice: Invoice) -> Decimal:
    if invoice.balance is not None:
        return cents(invoice.balance)
    return cents((invoice.total or ZERO) - (invoice.payments or ZERO) - (invoice.credits or ZERO))


def _unapplied(invoice: Invoice, bill: ContractInvoice) -> Trouble:
    return Trouble(
        "P4",
        f"e-automate invoice {bill.number} is open again ({money(bill.due)}) after invoice {invoice.invoiceNumber} had "
        "been marked paid: the payment in ConnectWise stays. Take it back by hand if it is wrong.",
        (bill_record(bill.invoice_id),),
    )
