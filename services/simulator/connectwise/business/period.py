"""Billing periods: which days one invoice of an agreement covers, and which share of them something was there."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

_MONTHS = {"BiMonthly": 2, "Monthly": 1, "Quarterly": 3, "SemiAnnual": 6, "Yearly": 12}
_DAYS = {"BiWeekly": 14, "Weekly": 7}
OPTIONS = (*_MONTHS, *_DAYS, "NotRecurring")
"""The `billingOptions` of a billing cycle."""


def day(text: str | None) -> date | None:
    """The date part of a stored moment."""
    return date.fromisoformat(text[:10]) if text else None


def midnight(on: date) -> str:
    """A date as the product stores it."""
    return f"{on.isoformat()}T00:00:00Z"


def following(on: date, options: str | None) -> date | None:
    """When the next period begins; None for what is billed once. Cycles of months bill from the first."""
    if options in _DAYS:
        return on + timedelta(days=_DAYS[options])
    if options == "NotRecurring":
        return None
    months = on.year * 12 + on.month - 1 + _MONTHS.get(options or "", 1)
    return date(months // 12, months % 12 + 1, 1)


def preceding(on: date, options: str | None) -> date | None:
    """When the period before the one that begins on a date began; None for what is billed once."""
    if options in _DAYS:
        return on - timedelta(days=_DAYS[options])
    if options == "NotRecurring":
        return None
    months = on.year * 12 + on.month - 1 - _MONTHS.get(options or "", 1)
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date

    def share(self, begins: date | None, ends: date | None) -> Decimal:
        """How much of the period lies from `begins` up to, not including, `ends`; 0 to 1."""
        first = max(self.start, begins or self.start)
        last = min(self.end, ends or self.end)
        return Decimal(max(0, (last - first).days)) / Decimal((self.end - self.start).days)


def period(on: date, options: str | None) -> Period:
    """The period that an invoice of this date bills; one that is billed once covers its month."""
    return Period(on, following(on, options) or following(on, "Monthly") or on)
