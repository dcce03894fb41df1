"""The unbilled reminder: contracts the sync wrote that are not billed yet, before the next invoice comes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.error_reporting.agreements.report import DayRow
from shared.sync.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Written:
    """An invoice that was written to a contract, as it was last told of.

    Attributes:
        day: when it was told of last; ``wrote``: when the contract was last written for it.
        period_from: first day it bills; its date where no period is known.
        settled: it is billed, or the invoice was deleted and its lines were taken back.
    """

    record: str
    day: date
    wrote: date
    contract_id: int
    period_from: date | None
    next_billing: date | None
    settled: bool


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A contract to be billed soon.

    Attributes:
        days: until the next bill date; negative when it has passed.
    """

    comparison: Comparison
    days: int

    @property
    def when(self) -> str:
        """The time left, in words."""
        if self.days < 0:
            return f"{-self.days} day{'s' if self.days < -1 else ''} ago"
        if self.days < 2:
            return ("today", "tomorrow")[self.days]
        return f"in {self.days} days"

    @property
    def queue(self) -> str:
        """Whether e-automate offers it for billing."""
        return "kept out of the billing queue" if self.comparison.bill is False else "in the billing queue"


@dataclass(frozen=True, slots=True)
class Reminder:
    """Contracts to be billed before the next invoice of their agreements comes.

    Attributes:
        day: the dealer's day it is made for.
        days: how far it looks ahead.
    """

    day: date
    days: int
    zone: str
    contracts: tuple[Unbilled, ...]


def due(written: Iterable[Written], day: date, days: int) -> list[Written]:
    """What is to be reminded of: of each contract the newest period that was written, when it is not settled yet
    and the next bill date is at most so many days ahead, or has passed."""
    newest: dict[int, Written] = {}
    for one in written:
        known = newest.get(one.contract_id)
        if known is None or _newness(known) < _newness(one):
            newest[one.contract_id] = one
    until = day + timedelta(days=days)
    return [
        one
        for one in newest.values()
        if not one.settled and one.next_billing is not None and one.next_billing <= until
    ]


def reminder(day: date, days: int, zone: str, rows: Sequence[DayRow]) -> Reminder:
    """The reminder of what is due, the most urgent first.

    Args:
        rows: the days ``due`` chose.
    """
    found = [
        Unbilled(comparison, (comparison.next_billing - day).days)
        for row in rows
        if row.told.compared is not None
        and (comparison := row.told.compared.comparison).next_billing is not None
    ]
    found.sort(key=lambda one: (one.days, one.comparison.company.casefold(), one.comparison.contract))
    return Reminder(day, days, zone, tuple(found))


def _newness(one: Written) -> tuple[date, date, date, str]:
    return (one.period_from or date.min, one.wrote, one.day, one.record)
