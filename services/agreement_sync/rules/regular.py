"""Whether an invoice is a regular one: lines of the agreement, a next invoice date (spec/agreements.md 6.8, 6.9). Pure."""

from services.agreement_sync.rules.asked import invoice_record, told
from services.agreement_sync.rules.billed import Bill, take_apart
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.periods import (
    Period,
    billed_once,
    day_of,
    ending,
    month,
    month_of,
    next_invoice_date,
)
from services.agreement_sync.rules.selection import AGREEMENT
from services.agreement_sync.rules.standing import is_gone
from shared.events.agreements import Agreement, Invoice
from shared.sync.decision import Checks, Reject


def no_next_date(
    invoice: Invoice, agreement: Agreement, period: Period, gathered: Gathered, checks: Checks
) -> tuple[Reject | None, tuple[tuple[str, str], ...]]:
    """``nextInvoiceDate`` cross-checks the newest invoice only; its absence is an error (G4) unless it was the last.

    Returns:
        The refusal, and warnings.
    """
    later = [
        other
        for other in gathered.others
        if not is_gone(other, gathered) and not other.by_hand and (other.day or period.first) > period.last
    ]
    if later:
        checks.note("next invoice date", "not asked: newer invoices exist")
        return None, ()
    following, end = next_invoice_date(agreement), ending(agreement)
    last = (
        billed_once(agreement)
        or (end is not None and end <= period.last)
        or ((agreement.agreementStatus or "") in {"Cancelled", "Expired"})
    )
    seen = told(following) if following is not None else (agreement.nextInvoiceDate or "none")
    if not checks.ask(
        "agreement has a next invoice date",
        following is not None or last,
        seen,
        "a date, unless this is its last invoice",
    ):
        return (
            Reject(
                "G4",
                f"no NextInvoiceDate for agreement {agreement.name} ({agreement.id}): base billing dates cannot be "
                "set. ConnectWise: System > Setup Tables > Batch, raise the days in advance.",
                checks.made,
                (invoice_record(invoice.id),),
            ),
            (),
        )
    if following is not None and not checks.ask(
        "next invoice date fits the period",
        month_of(following) == period.after,
        told(following),
        told(period.after),
    ):
        text = (
            f"invoice {invoice.invoiceNumber} is dated {told(day_of(invoice.date))} and so bills {period}, but the "
            f"agreement's next invoice date is {told(following)}, expected {told(period.after)}: check the billing "
            "cycle and the invoice's date."
        )
        return None, (("G4", text),)
    return None, ()


def nothing_regular(
    invoice: Invoice, agreement: Agreement, bill: Bill, period: Period, checks: Checks
) -> Reject | None:
    """An invoice without agreement lines, or with prorated ones alone (G22)."""
    some = bool(bill.lines or bill.left_out)
    seen = f"{len(bill.lines)} lines"
    regular = not _irregular(agreement, bill, period)
    if checks.ask(
        "has agreement lines for the whole period",
        regular,
        seen if some else "none",
        "a base amount or additions",
    ):
        return None
    why = (
        f"all its additions begin within {period}"
        if some
        else "it has neither a base amount nor additions of the agreement"
    )
    return Reject(
        "G22",
        f"invoice {invoice.invoiceNumber} has nothing for the contract to bill: {why}. Bill it by hand.",
        checks.made,
    )


def by_hand(invoice: Invoice) -> bool:
    """Whether no contract will ever hold an invoice, so that later ones need not wait for it (credit memos, G22)."""
    own = month(invoice)
    if invoice.type != AGREEMENT or invoice.agreement is None or own is None:
        return True
    return _irregular(invoice.agreement, take_apart(invoice), own)


def _irregular(agreement: Agreement, bill: Bill, period: Period) -> bool:
    """Without agreement lines; or with prorated ones alone, of an agreement that was billed before."""
    began = day_of(agreement.billStartDate or agreement.startDate)
    new = began is None or began >= period.first
    return not (bill.lines or bill.left_out) or (not new and all_inside(bill, period))


def all_inside(bill: Bill, period: Period) -> bool:
    """Whether there is no base amount and every addition begins after the period's first day."""
    days = [day_of(line.addition.effectiveDate) if line.addition else None for line in bill.additions]
    return (
        bill.base == 0
        and bool(days)
        and all(day is not None and period.first < day <= period.last for day in days)
    )
