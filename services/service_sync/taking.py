"""Taking tickets that have settled: read once more with their notes, and from then on frozen (spec/tickets.md 8.4, 8.10)."""

import time
from collections.abc import Callable, Sequence

from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
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
        self._settle_seconds = settings.settle_minutes * 60
        self._clock = clock

    async def take(self, subjects: Sequence[str]) -> None:
        """Take those that have settled; one that has changed unseen settles again, as it is now.

        One that ConnectWise does not show is left as it is: it comes again, or its deletion does.
        """
        ripe = await self._store.ripe(subjects)
        if not ripe:
            return
        shown = await self._source.by_ids(sorted({row.ticket.id for row in ripe.values()}), notes=True)
        now = {ticket.id: ticket for ticket in shown}
        taken = {}
        for subject, row in ripe.items():
            ticket = now.get(row.ticket.id)
            if ticket is None:
                continue
            if _without_notes(ticket) == _without_notes(row.ticket):
                taken[subject] = (ticket, row.sequence)
            else:
                again = self._clock() + self._settle_seconds
                await self._store.settle(subject, _without_notes(ticket), row.sequence, again)
        await self._store.take(taken)


def _without_notes(ticket: Ticket) -> Ticket:
    """Notes are read only when a ticket is taken: they have no list over tickets."""
    return ticket.model_copy(update={"notes": ()})
