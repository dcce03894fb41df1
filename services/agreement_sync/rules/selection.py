"""Which invoices take part (spec/agreements.md 6.2, 6.13). Pure."""

from collections.abc import Sequence

from services.agreement_sync.rules.asked import told
from services.agreement_sync.rules.periods import day_of
from services.agreement_sync.rules.wanted import agreement_type
from services.agreement_sync.settings import AgreementSyncSettings
from shared.events.agreements import Invoice
from shared.sync.decision import Checks

AGREEMENT = "Agreement"
CREDIT_MEMO = "CreditMemo"


def unsuited(invoice: Invoice, checks: Checks) -> str | None:
    """Why an invoice is none of an agreement, None when it is."""
    if not checks.ask("invoice type is Agreement", invoice.type == AGREEMENT, invoice.type, AGREEMENT):
        if invoice.type == CREDIT_MEMO:
            return "credit memos are not synced: enter it in e-automate by hand; it is listed in the report"
        return f"invoices of type {invoice.type} are not made from contracts"
    agreement = invoice.agreement
    seen = f"{agreement.name} ({agreement.id})" if agreement is not None else "none"
    if not checks.ask("bills an agreement", agreement is not None, seen, "an agreement"):
        return "the invoice names no agreement"
    return None


def filtered_out(
    invoice: Invoice, settings: AgreementSyncSettings, territories: Sequence[str], checks: Checks
) -> str | None:
    """The first filter that speaks against an invoice (G20), None when all let it pass."""
    begin = len(checks.made)
    status = invoice.status.name if invoice.status is not None else None
    checks.listed("billing status is selected (variable 10)", status, settings.invoice_statuses)
    checks.listed(
        "agreement type is selected (variable 2)", agreement_type(invoice.agreement), settings.agreement_types
    )
    checks.listed("territory is selected (variable W)", invoice.companyTerritory, territories)
    day, start = day_of(invoice.date), settings.start_date
    checks.ask(
        "invoice is new enough",
        start is None or day is None or day >= start,
        told(day),
        f"from {start}" if start is not None else "any day",
    )
    failed = [check for check in checks.made[begin:] if not check.passed]
    if not failed:
        return None
    return "; ".join(f"{check.name}: seen {check.seen}, wanted {check.wanted}" for check in failed) + " (G20)"


def would_pass(status: str, settings: AgreementSyncSettings) -> bool:
    """Whether an invoice of the same agreement in this status is worked on."""
    return Checks().listed("status", status, settings.invoice_statuses)
