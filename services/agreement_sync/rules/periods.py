"""Which days an invoice bills: its own month extended by the billing cycle (spec/agreements.md 6.9). Pure."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.eautomate.contract_rows import BillingCycle
from shared.eautomate.values import folded
from shared.events.agreements import Agreement, Invoice

DAY = timedelta(days=1)
_MONTHS = {
    "monthly": 1,
    "bimonthly": 2,
    "quarterly": 3,
    "semiannual": 6,
    "semiannually": 6,
    "halfyearly": 6,
    "yearly": 12,
    "annual": 12,
    "annually": 12,
}
_ONCE = frozenset({"notrecurring", "onetime", "once", "none"})


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included; it begins on the first of a month."""

    first: date
    last: date

    @property
    def before(self) -> date:
        """The day before it."""
        return self.first - DAY

    @property
    def after(self) -> date:
        """The first day of the next one."""
        return self.last + DAY

    def holds(self, day: date) -> bool:
        """Whether a day is in it."""
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


def day_of(moment: datetime | None) -> date | None:
    """A date of ConnectWise: midnight UTC stands for the day."""
    return moment.date() if moment is not None else None


def month_of(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def months_later(first: date, months: int) -> date:
    """The same day some months later; for first days of months."""
    count = first.year * 12 + first.month - 1 + months
    return first.replace(year=count // 12, month=count % 12 + 1)


def period(invoice: Invoice, cycle: BillingCycle) -> Period | None:
    """What an invoice bills; None when it has no date. A cycle without length bills its month."""
    day = day_of(invoice.date)
    if day is None:
        return None
    first = month_of(day)
    return Period(first, months_later(first, length(cycle) or 1) - DAY)


def month(invoice: Invoice) -> Period | None:
    """The invoice's own month."""
    day = day_of(invoice.date)
    if day is None:
        return None
    first = month_of(day)
    return Period(first, first.replace(day=monthrange(first.year, first.month)[1]))


def length(cycle: BillingCycle) -> int:
    """Months of a cycle; 0 of one that bills once."""
    return cycle.months + 12 * cycle.years


def billed_once(agreement: Agreement) -> bool:
    """Whether no further invoice follows by the agreement's set-up."""
    name = _letters((agreement.billingCycle.name if agreement.billingCycle else None) or "")
    return agreement.oneTimeFlag or name in _ONCE


def eautomate_cycle(
    agreement: Agreement, cycles: Sequence[BillingCycle], mapped: Mapping[str, str]
) -> BillingCycle | None:
    """E-automate's cycle of an agreement: by the setting, else by name, else by length; None when unknown.

    Only active cycles of whole months: agreements bill from the first of a month.
    """
    name = (agreement.billingCycle.name if agreement.billingCycle else None) or ""
    wanted = {folded(theirs): ours for theirs, ours in mapped.items()}.get(folded(name))
    once = billed_once(agreement)
    usable = [cycle for cycle in cycles if cycle.active and cycle.days == 0 and (length(cycle) > 0 or once)]
    if wanted is not None:
        return next((cycle for cycle in usable if folded(cycle.name) == folded(wanted)), None)
    named = next((cycle for cycle in usable if name and folded(cycle.name) == folded(name)), None)
    if named is not None:
        return named
    months = _MONTHS.get(_letters(name), 0 if once else None)
    fitting = [cycle for cycle in usable if length(cycle) == months]
    return min(fitting, key=lambda cycle: cycle.id) if fitting else None


def ending(agreement: Agreement) -> date | None:
    """The day an agreement ends, by cancellation or by its end date; None for never."""
    days = [
        day_of(agreement.dateCancelled) if agreement.cancelledFlag else None,
        None if agreement.noEndingDateFlag else day_of(agreement.endDate),
    ]
    return min((day for day in days if day is not None), default=None)


def next_invoice_date(agreement: Agreement) -> date | None:
    """When ConnectWise will bill it next, None when it does not say."""
    text = (agreement.nextInvoiceDate or "").strip()
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalpha())
