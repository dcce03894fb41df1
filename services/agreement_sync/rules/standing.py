"""Where an invoice's period stands: in the ledger, and in e-automate's billing (spec/agreements.md 6.9). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.agreement_sync.rules.asked import bill_record, contract_record, told
from services.agreement_sync.rules.gathered import Gathered, OtherInvoice
from services.agreement_sync.rules.periods import (
    DAY,
    Period,
    day_of,
    month_of,
)
from services.agreement_sync.rules.voiding import void_first
from shared.eautomate.contract_rows import ContractPeriod
from shared.events.agreements import Invoice
from shared.events.contracts import Contract, ContractInvoice, ContractLine
from shared.sync.decision import Checks, Reject


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
    rows = [row for row in gathered.periods if still_holds(row, invoice, gathered)]
    same = next((row for row in gathered.periods if row.period_from == period.first), None)
    own = same if same is not None and same.invoice_id == invoice.id else None
    bill = bill_of(gathered.bills, contract.contract_id, period)
    return Standing(
        own=own,
        same=same,
        bill=bill,
        billed=bill is not None or _passed(contract, period, gathered),
        later=min((row for row in rows if row.period_from > period.first), key=_first, default=None),
        earlier=max((row for row in rows if row.period_from < period.first), key=_first, default=None),
    )


def _passed(contract: Contract, period: Period, gathered: Gathered) -> bool:
    """Whether the billed-through date says that a period was billed, by an invoice that is not known.

    A later period that Tandem put in may have moved the date over it: then only lines that were billed count.
    """
    thru = contract.base_billed_thru_date
    if thru is None or thru < period.last:
        return False
    after = min((row for row in gathered.periods if row.period_from > period.last), key=_first, default=None)
    if after is None or any(row.period_from <= period.last <= row.period_to for row in gathered.periods):
        return True
    days = [line.base_billed_thru_date for line in after.before_lines or ()]
    return any(day is not None and day >= period.last for day in days)


def bill_of(bills: Iterable[ContractInvoice], contract_id: int, period: Period) -> ContractInvoice | None:
    """The e-automate invoice in force that billed a contract's period; the newest of several."""
    found = [bill for bill in bills if not bill.void and _covers(bill, contract_id, period)]
    return max(found, key=lambda bill: bill.invoice_id, default=None)


def voided_bill(bills: Iterable[ContractInvoice], contract_id: int, period: Period) -> ContractInvoice | None:
    """The newest void invoice that had billed a contract's period."""
    found = [bill for bill in bills if bill.void and _covers(bill, contract_id, period)]
    return max(found, key=lambda bill: bill.invoice_id, default=None)


def billed_until(contract: Contract, period: Period, standing: Standing, gathered: Gathered) -> date | None:
    """The last day before a period that e-automate billed, or that an invoice in the contract bills; None: unknown."""
    parts = [part for bill in gathered.bills if not bill.void for part in bill.periods if not part.void]
    days: list[date | None] = [
        part.to_date or part.from_date
        for part in parts
        if part.contract_id == contract.contract_id and part.from_date and part.from_date < period.first
    ]
    days += [line.base_billed_thru_date for line in contract.lines]
    days += [standing.earlier.period_to] if standing.earlier is not None else []
    if standing.same is None:
        # Putting the period in moves the contract's own date.
        days.append(contract.base_billed_thru_date)
    return max((day for day in days if day is not None and day < period.first), default=None)


def _covers(bill: ContractInvoice, contract_id: int, period: Period) -> bool:
    return any(
        part.contract_id == contract_id
        and (bill.void or not part.void)
        and part.from_date is not None
        and part.from_date <= period.last
        and (part.to_date or part.from_date) >= period.first
        for part in bill.periods
    )


def billed_early(
    invoice: Invoice,
    contract: Contract | None,
    period: Period,
    standing: Standing,
    checks: Checks,
    bills: Iterable[ContractInvoice] = (),
) -> Reject | None:
    """The period was billed before the sync had made the contract ready (G13).

    Args:
        bills: the contract's e-automate invoices: a later one has to be voided first.
    """
    bill = standing.bill
    seen = f"invoice {bill.number}" if bill is not None else ("billed" if standing.billed else "not billed")
    if checks.ask(f"{period} is not billed in e-automate yet", not standing.billed, seen, "not billed"):
        return None
    name = f"contract {contract.number}" if contract is not None else "the contract"
    which = f"invoice {bill.number}" if bill is not None else "its invoice"
    first = void_first(bills, contract.contract_id, period) if contract is not None else ""
    waits = [contract_record(contract.contract_id)] if contract is not None else []
    waits += [bill_record(bill.invoice_id)] if bill is not None else []
    return Reject(
        "G13",
        f"{period} of {name} was billed ({which}) before invoice {invoice.invoiceNumber} was in it; the contract is "
        f"unchanged. In e-automate: Void and Reset {which}, let the sync update the contract, then bill again."
        f"{first}",
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


def still_holds(row: ContractPeriod, invoice: Invoice, gathered: Gathered) -> bool:
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


def _first(row: ContractPeriod) -> date:
    return row.period_from


def is_gone(other: OtherInvoice, gathered: Gathered) -> bool:
    """Whether ConnectWise has an invoice no more."""
    return other.deleted or other.invoice_id in gathered.gone
