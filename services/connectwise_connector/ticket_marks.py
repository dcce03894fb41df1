"""A ticket's mark: what tells it from its last reading by lists alone. Nothing here waits.

Time entries need not move their ticket's stamp, and a deleted one moves nothing but the ticket's hours: the mark
holds the hours that were read, and digests of the ticket's own fields and of its time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from services.connectwise_connector.marks import NONE, digest_of, older, saved_of
from shared.connectwise.invoices import bare
from shared.connectwise.ticket_rows import Row, TicketList, by_start

_OPEN, _CLOSED = "o", "c"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class TicketMark:
    """A state of a ticket.

    Attributes:
        sort: of the list it stands in, one letter.
        open: whether it is not closed.
        saved: ``_info/lastUpdated``, ``-`` when it was not sent; it tells older from newer, nothing else.
        hours: sum of the time that was read, in hours.
        own: digest of the ticket's own fields.
        time: digest of its time entries.
    """

    sort: str
    open: bool
    saved: str
    hours: str
    own: str
    time: str

    @property
    def text(self) -> str:
        """As the connector remembers it, at most 64 characters."""
        return (
            f"{self.sort}{_OPEN if self.open else _CLOSED} {self.saved} {self.hours} {self.own} {self.time}"
        )

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The mark a text stands for, None when it stands for none."""
        parts = (text or "").split(" ")
        if len(parts) != 5 or len(parts[0]) != 2:
            return None
        return cls(parts[0][0], parts[0][1] == _OPEN, *parts[1:])

    def is_behind(self, other: "TicketMark | None") -> bool:
        """Whether this is an older state than another, as a list that is behind shows it."""
        return other is not None and older(self.saved, other.saved)

    def is_listed(self, since: str) -> bool:
        """Whether a list of what is open, or changed since a day (ISO), must show it."""
        return self.open or self.saved >= since


def ticket_mark(row: Row, time: Iterable[Row], where: TicketList) -> TicketMark:
    """The mark of a ticket as listed, with all its time entries."""
    entries = by_start(time)
    return TicketMark(
        where.sort,
        row.get("closedFlag") is not True,
        saved_of(row),
        hours_text(sum((_hours(entry.get("actualHours")) or Decimal() for entry in entries), Decimal())),
        digest_of(bare(row), 8),
        time_digest(entries),
    )


def time_digest(time: Iterable[Row]) -> str:
    """Digest of a ticket's time entries, whatever their order and stamps."""
    return digest_of([bare(entry) for entry in by_start(time)], 7)


def moved(row: Row, known: TicketMark | None, where: TicketList) -> bool:
    """Whether a ticket's own fields or stamp are not as remembered; its time is not looked at."""
    seen = ticket_mark(row, (), where)
    return known is None or ((seen.saved, seen.own) != (known.saved, known.own) and not seen.is_behind(known))


def hours_text(value: Any) -> str:
    """Hours as marks hold them, ``-`` for what is no number."""
    hours = _hours(value)
    return NONE if hours is None else f"{hours:f}"[:8]


def _hours(value: Any) -> Decimal | None:
    try:
        hours = Decimal(str(value or 0)).quantize(_CENT)
    except InvalidOperation:
        return None
    return hours if hours.is_finite() else None
