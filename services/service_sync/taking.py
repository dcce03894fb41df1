"""Taking tickets that have settled: read once more with their notes, and from then on frozen (spec/tickets.md 8.4, 8.10)."""

import time
from collections.abc import Callable, Sequence

from services.service_sync.rules.gathered import Staged
from services.service_sync.rules.invoices import billed_by, place_of
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from services.service_sync.store import Taken, TicketStore
from shared.connectwise.tickets import Tickets
from shared.events.tickets import Ticket


class Taker:
    """Takes what has settled.

    Args:
        clock: gives epoch seconds.
    """

    def __init__(
        self,
        store: TicketStore,
        source: Tickets,
        settings: ServiceSyncSettings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._source = source
        self._by_invoice = settings.sync_mode is SyncMode.INVOICE
        self._settle_seconds = settings.settle_minutes * 60
        self._clock = clock

    async def take(self, subjects: Sequence[str]) -> None:
        """Take those that have settled; one that has changed unseen settles again, as it is now.

        One that ConnectWise does not show is left as it is: it comes again, or its deletion does. What an invoice
        does not bill any more is forgotten, and so is what was chosen in the other ``sync_mode``.
        """
        ripe = await self._store.ripe(subjects)
        if not ripe:
            return
        shown = await self._source.by_ids(sorted({row.ticket.id for row in ripe.values()}), notes=True)
        now = {ticket.id: ticket for ticket in shown}
        taken = {}
        for subject, row in ripe.items():
            whole = now.get(row.ticket.id)
            if whole is None:
                continue
            ticket = part_of(whole, row)
            changed_mode = (row.invoice is not None) != self._by_invoice
            if changed_mode or (row.invoice is not None and not ticket.time):
                await self._store.forget(subject, row.sequence)
            elif _without_notes(ticket) == _without_notes(row.ticket):
                place = place_of(whole, row.invoice.id) if row.invoice is not None else ""
                taken[subject] = Taken(ticket, row.sequence, place)
            else:
                again = self._clock() + self._settle_seconds
                ticket = _without_notes(ticket)
                await self._store.settle(subject, ticket, row.sequence, again, row.invoice)
        await self._store.take(taken)


def part_of(whole: Ticket, row: Staged) -> Ticket:
    """What of a ticket a row brings over: all of it, or the time its invoice bills.

    Args:
        whole: with all its time.
    """
    return whole if row.invoice is None else billed_by(whole, row.invoice.id)


def _without_notes(ticket: Ticket) -> Ticket:
    """Notes are read only when a ticket is taken: they have no list over tickets."""
    return ticket.model_copy(update={"notes": ()})
