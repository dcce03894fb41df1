"""Time that was added to a ticket after it was taken (S22, spec/tickets.md 8.4). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from services.service_sync.rules.amounts import ZERO, charged
from services.service_sync.rules.gathered import Staged
from services.service_sync.rules.labour import hours_of
from shared.events.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Late:
    """What does not come over any more.

    Attributes:
        entries: how many time entries.
        hours: decimal hours.
        amount: what ConnectWise charges for them.
    """

    entries: int
    hours: Decimal
    amount: Decimal

    def __bool__(self) -> bool:
        return bool(self.entries)

    @property
    def told(self) -> str:
        """``2 time entries, 1.25 h, 150.00``."""
        return f"{self.entries} time entries, {self.hours:f} h, {self.amount:f}"


def late_of(row: Staged, ticket: Ticket, elsewhere: Collection[int] = ()) -> Late:
    """What of a ticket's time is not in the snapshot its call was made of.

    Args:
        ticket: as it is now.
        elsewhere: time entries that were taken with another row.
    """
    known = {entry.id for entry in row.ticket.time} | set(elsewhere)
    work = [(entry, hours_of(entry) or ZERO) for entry in ticket.time if entry.id not in known]
    return Late(len(work), sum((hours for _, hours in work), ZERO), sum(charged(work), ZERO))
