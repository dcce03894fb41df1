"""Invoices of an agreement go into its contract, and are billed, one after the other (spec/agreements.md 6.9). Pure."""

from datetime import date

from services.agreement_sync.rules.asked import contract_record, invoice_record, told, yes
from services.agreement_sync.rules.billed import Bill
from services.agreement_sync.rules.gathered import Gathered, OtherInvoice
from services.agreement_sync.rules.periods import DAY, Period, month_of
from services.agreement_sync.rules.regular import all_inside
from services.agreement_sync.rules.selection import would_pass
from services.agreement_sync.rules.standing import Standing, bill_of, billed_until, is_gone, still_holds
from services.agreement_sync.settings import AgreementSyncSettings
from shared.events.agreements import Invoice
from shared.events.contracts import Contract
from shared.sync.decision import Checks, Reject, Skip, Wait


def other_of_period(
    invoice: Invoice, bill: Bill, period: Period, standing: Standing, gathered: Gathered, checks: Checks
) -> Reject | None:
    """A second invoice of one period: refused, unless the first was deleted and not billed."""
    earlier = standing.earlier
    # Of a cycle of several months the second invoice is dated in a later month of the first one's period.
    within = earlier if earlier is not None and earlier.period_to >= period.first else None
    row = standing.same if standing.same is not None else within
    another = row if row is not None and row.invoice_id != invoice.id else None
    replaced = another is not None and not still_holds(another, invoice, gathered) and not standing.billed
    seen = (
        f"invoice {another.invoice_number}{' (gone from ConnectWise)' if replaced else ''}"
        if another
        else "none"
    )
    if checks.ask(
        "is the only invoice of its period",
        another is None or replaced,
        seen,
        "no other that exists or was billed",
    ):
        return None
    number = another.invoice_number if another is not None else ""
    waits = (invoice_record(another.invoice_id if another is not None else 0),)
    inside = all_inside(bill, Period(row.period_from, row.period_to) if row is not None else period)
    if not checks.ask(
        "bills prorated additions alone",
        not inside,
        yes(inside),
        "no: a base amount, or additions from before",
    ):
        return Reject(
            "G17",
            f"invoice {invoice.invoiceNumber} bills additions that begin within {period}, beside invoice {number}: "
            "immediate proration is not supported. Delete it in ConnectWise so that the next regular invoice bills "
            "them, or bill it in e-automate by hand.",
            checks.made,
        )
    return Reject(
        "G25",
        f"invoice {invoice.invoiceNumber} is a second one for {period}: invoice {number} is in the contract already"
        f"{' and billed' if standing.billed else ''}. Delete one of them in ConnectWise, or bill it by hand.",
        checks.made,
        waits,
    )


def out_of_order(
    invoice: Invoice,
    contract: Contract | None,
    period: Period,
    standing: Standing,
    gathered: Gathered,
    settings: AgreementSyncSettings,
    checks: Checks,
) -> Skip | Wait | Reject | None:
    """Invoices of an agreement are put into the contract, and billed, one after the other."""
    later = standing.later
    seen = f"invoice {later.invoice_number} of {told(later.period_from)}" if later else "none"
    if not checks.ask("later invoice in the contract", later is None, seen, "none") and later is not None:
        if standing.billed:
            return Skip(
                f"{period} is billed in e-automate, and the contract holds invoice {later.invoice_number} by now",
                checks.made,
            )
        if standing.own is not None and settings.overwrite_unbilled:
            return Skip(
                f"invoice {later.invoice_number} took its place before it was billed (overwrite_unbilled)",
                checks.made,
            )
        return Reject(
            "G24",
            f"{period} is not billed in e-automate, and the contract holds the later invoice {later.invoice_number} "
            f"by now. Bill invoice {invoice.invoiceNumber} by hand in e-automate, or void it in ConnectWise and bill its "
            "month with a later one.",
            checks.made,
            (contract_record(contract.contract_id),) if contract is not None else (),
        )
    if settings.overwrite_unbilled:
        checks.note("invoices before it may be unbilled", "yes (overwrite_unbilled)")
        return None
    return _previous(invoice, contract, period, standing, gathered, settings, checks)


def jumped(
    contract: Contract, period: Period, standing: Standing, gathered: Gathered, checks: Checks
) -> tuple[tuple[str, str], ...]:
    """A warning that names the days before the period that nobody has billed."""
    until = billed_until(contract, period, standing, gathered)
    if until is None:
        return ()
    gap = Period(until + DAY, period.before)
    none = gap.last < gap.first
    if checks.ask("days left out before the period", none, "none" if none else gap, "none"):
        return ()
    text = (
        f"nobody has billed {gap}: contract {contract.number} was billed through {told(until)} before, and goes on "
        f"with {told(period.first)}. An invoice that still comes for these days has to be billed by hand."
    )
    return (("G24", text),)


def _previous(
    invoice: Invoice,
    contract: Contract | None,
    period: Period,
    standing: Standing,
    gathered: Gathered,
    settings: AgreementSyncSettings,
    checks: Checks,
) -> Wait | None:
    earlier = standing.earlier
    if earlier is not None and contract is not None:
        span = Period(earlier.period_from, earlier.period_to)
        thru = contract.base_billed_thru_date
        billed = bill_of(gathered.bills, contract.contract_id, span) is not None or (
            thru is not None and thru >= span.last
        )
        seen = f"invoice {earlier.invoice_number} of {told(earlier.period_from)}: {'billed' if billed else 'not billed'}"
        if not checks.ask("previous invoice is billed in e-automate", billed, seen, "billed"):
            return Wait(
                "G24",
                f"invoice {earlier.invoice_number} ({span}) is in contract {contract.number} and not billed yet; this "
                "one would overwrite it. Bill the contract in e-automate, then this invoice goes on by itself.",
                checks.made,
                (contract_record(contract.contract_id), invoice_record(earlier.invoice_id)),
            )
    if standing.own is not None:
        checks.note("earlier invoices are in the contract", "not asked: this one is in it already")
        return None
    thru = contract.base_billed_thru_date if contract is not None else None
    skipped = _skipped(invoice, period, thru, standing, gathered, settings)
    seen = f"invoice {skipped.number} of {told(skipped.day)} is not" if skipped is not None else "all are"
    if (
        checks.ask("earlier invoices are in the contract", skipped is None, seen, "all are")
        or skipped is None
    ):
        return None
    return Wait(
        "G24",
        f"invoice {skipped.number} of {told(skipped.day)} comes before this one and is not in the contract yet. Mend "
        "what holds it up, delete it, bill the contract for its month by hand, or set agreement_sync.start_date after it.",
        checks.made,
        (invoice_record(skipped.invoice_id),),
    )


def _skipped(
    invoice: Invoice,
    period: Period,
    thru: date | None,
    standing: Standing,
    gathered: Gathered,
    settings: AgreementSyncSettings,
) -> OtherInvoice | None:
    """The oldest invoice before this one that takes part and is in no contract."""
    in_ledger = {row.invoice_id for row in gathered.periods}
    months = {row.period_from for row in gathered.periods}
    floors = [settings.start_date, thru, standing.earlier.period_to if standing.earlier is not None else None]
    floor = max((day for day in floors if day is not None), default=None)
    found = [
        other
        for other in gathered.others
        if other.invoice_id != invoice.id
        and other.day is not None
        and month_of(other.day) < period.first
        and (floor is None or other.day >= floor)
        and not is_gone(other, gathered)
        and other.invoice_id not in in_ledger
        and month_of(other.day) not in months
        and would_pass(other.status, settings)
        and not (other.by_hand or other.applied)
        and not _billed_on(other, gathered)
    ]
    return min(found, key=lambda other: (other.day or period.first, other.invoice_id), default=None)


def _billed_on(other: OtherInvoice, gathered: Gathered) -> bool:
    """Whether some bill in force covers the day of an invoice."""
    day = other.day
    return day is not None and any(
        not bill.void
        and any(
            part.from_date is not None
            and not part.void
            and part.from_date <= day
            and month_of(day) <= (part.to_date or part.from_date)
            for part in bill.periods
        )
        for bill in gathered.bills
    )
