"""Where an invoice's period stands: in the ledger, among other invoices, in e-automate's billing
(spec/agreements.md 6.8, 6.9). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.agreement_sync.rules.asked import bill_record, contract_record, invoice_record, told, yes
from services.agreement_sync.rules.billed import Bill, take_apart
from services.agreement_sync.rules.gathered import Gathered, OtherInvoice
from services.agreement_sync.rules.periods import (
    DAY,
    Period,
    billed_once,
    day_of,
    ending,
    month,
    month_of,
    next_invoice_date,
)
from services.agreement_sync.rules.selection import would_pass
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import ContractPeriod
from shared.events.agreements import Agreement, Invoice
from shared.events.contracts import Contract, ContractInvoice, ContractLine
from shared.sync.decision import Checks, Reject, Skip, Wait


@dataclass(frozen=True, slots=True)
class Standing:
    """The invoice's period as it stands.

    Attributes:
        own: the ledger's row of this very invoice and period.
        same: the ledger's row of the period, whosever invoice it names.
        bill: the e-automate invoice in force that billed the period.
        billed: e-automate has billed the period.
        later: the ledger's next row after the period, of an invoice that exists.
        earlier: the ledger's last row before the period, of an invoice that exists.
    """

    own: ContractPeriod | None = None
    same: ContractPeriod | None = None
    bill: ContractInvoice | None = None
    billed: bool = False
    later: ContractPeriod | None = None
    earlier: ContractPeriod | None = None

    @property
    def before_lines(self) -> tuple[ContractLine, ...] | None:
        """The contract's lines before the period was first written, None when it was not."""
        return self.same.before_lines if self.same is not None else None


def stand(invoice: Invoice, contract: Contract | None, period: Period, gathered: Gathered) -> Standing:
    """Look the period up."""
    if contract is None:
        return Standing()
    rows = [row for row in gathered.periods if _holds(row, invoice, gathered)]
    same = next((row for row in gathered.periods if row.period_from == period.first), None)
    own = same if same is not None and same.invoice_id == invoice.id else None
    bill = bill_of(gathered.bills, contract.contract_id, period)
    thru = contract.base_billed_thru_date
    return Standing(
        own=own,
        same=same,
        bill=bill,
        billed=bill is not None or (thru is not None and thru >= period.last),
        later=min((row for row in rows if row.period_from > period.first), key=_first, default=None),
        earlier=max((row for row in rows if row.period_from < period.first), key=_first, default=None),
    )


def bill_of(bills: Iterable[ContractInvoice], contract_id: int, period: Period) -> ContractInvoice | None:
    """The e-automate invoice in force that billed a contract's period; the newest of several."""
    found = [
        bill
        for bill in bills
        if not bill.void
        and any(
            part.contract_id == contract_id
            and not part.void
            and part.from_date is not None
            and part.from_date <= period.last
            and (part.to_date or part.from_date) >= period.first
            for part in bill.periods
        )
    ]
    return max(found, key=lambda bill: bill.invoice_id, default=None)


def other_of_period(
    invoice: Invoice, bill: Bill, period: Period, standing: Standing, gathered: Gathered, checks: Checks
) -> Reject | None:
    """A second invoice of one period: refused, unless the first was deleted and not billed."""
    row = standing.same
    another = row if row is not None and row.invoice_id != invoice.id else None
    replaced = another is not None and not _holds(another, invoice, gathered) and not standing.billed
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
    inside = _all_inside(bill, period)
    if not checks.ask(
        "is no invoice of prorated additions alone",
        not inside,
        yes(inside),
        "a base amount, or additions from before",
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
    if (
        not checks.ask("no later invoice is in the contract", later is None, seen, "none")
        and later is not None
    ):
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
            f"by now. Bill invoice {invoice.invoiceNumber} by hand in e-automate.",
            checks.made,
            (contract_record(contract.contract_id),) if contract is not None else (),
        )
    if settings.overwrite_unbilled:
        checks.note("invoices before it may be unbilled", "yes (overwrite_unbilled)")
        return None
    return _previous(invoice, contract, period, standing, gathered, settings, checks)


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
        "what holds it up, delete it, or set agreement_sync.start_date after it.",
        checks.made,
        (invoice_record(skipped.invoice_id),),
    )


def billed_early(
    invoice: Invoice, contract: Contract | None, period: Period, standing: Standing, checks: Checks
) -> Reject | None:
    """The period was billed before the sync had made the contract ready (G13)."""
    bill = standing.bill
    seen = f"invoice {bill.number}" if bill is not None else ("billed" if standing.billed else "not billed")
    if checks.ask(f"{period} is not billed in e-automate yet", not standing.billed, seen, "not billed"):
        return None
    name = f"contract {contract.number}" if contract is not None else "the contract"
    which = f"invoice {bill.number}" if bill is not None else "its invoice"
    waits = [contract_record(contract.contract_id)] if contract is not None else []
    waits += [bill_record(bill.invoice_id)] if bill is not None else []
    return Reject(
        "G13",
        f"{period} of {name} was billed ({which}) before invoice {invoice.invoiceNumber} was in it; the contract is "
        f"unchanged. In e-automate: Void and Reset {which}, let the sync update the contract, then bill again.",
        checks.made,
        tuple(waits),
    )


def begins_elsewhere(contract: Contract, period: Period, checks: Checks) -> Reject | None:
    """The contract's own next period must begin on the first of a month, and not within this one (G18)."""
    thru = contract.base_billed_thru_date
    start = (
        thru + DAY
        if thru is not None
        else contract.base_billing_start_date or contract.base_next_billing_date or contract.start_date
    )
    within = thru is not None and period.first <= thru < period.last
    good = (start is None or start.day == 1) and not within
    if checks.ask(
        "contract's period begins on the 1st",
        good,
        told(start),
        "the first day of a month, not within the invoice's period",
    ):
        return None
    return Reject(
        "G18",
        f"the next period of contract {contract.number} begins on {told(start)}, invoice's period is {period}. "
        "Renew the contract in e-automate so that its period begins on the first.",
        checks.made,
        (contract_record(contract.contract_id),),
    )


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
        if not _is_gone(other, gathered) and (other.day or period.first) > period.last
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
            f"agreement's next invoice date is {told(following)}: check the billing cycle and the invoice's date."
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
    """Whether no contract will ever hold an invoice, so that later ones need not wait for it (G22)."""
    own = month(invoice)
    return invoice.agreement is None or own is None or _irregular(invoice.agreement, take_apart(invoice), own)


def _irregular(agreement: Agreement, bill: Bill, period: Period) -> bool:
    """Without agreement lines; or with prorated ones alone, of an agreement that was billed before."""
    began = day_of(agreement.billStartDate or agreement.startDate)
    new = began is None or began >= period.first
    return not (bill.lines or bill.left_out) or (not new and _all_inside(bill, period))


def _all_inside(bill: Bill, period: Period) -> bool:
    """Whether there is no base amount and every addition begins after the period's first day."""
    days = [day_of(line.addition.effectiveDate) if line.addition else None for line in bill.additions]
    return (
        bill.base == 0
        and bool(days)
        and all(day is not None and period.first < day <= period.last for day in days)
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
        and not _is_gone(other, gathered)
        and other.invoice_id not in in_ledger
        and month_of(other.day) not in months
        and would_pass(other.status, settings)
        and not other.by_hand
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


def _holds(row: ContractPeriod, invoice: Invoice, gathered: Gathered) -> bool:
    """Whether the invoice of a row still exists and still bills that month."""
    if row.invoice_id == invoice.id:
        day = day_of(invoice.date)
        return day is not None and month_of(day) == row.period_from
    if row.invoice_id in gathered.gone:
        return False
    other = next((one for one in gathered.others if one.invoice_id == row.invoice_id), None)
    if other is None:
        return True
    return not other.deleted and (other.day is None or month_of(other.day) == row.period_from)


def _is_gone(other: OtherInvoice, gathered: Gathered) -> bool:
    return other.deleted or other.invoice_id in gathered.gone


def _first(row: ContractPeriod) -> date:
    return row.period_from
