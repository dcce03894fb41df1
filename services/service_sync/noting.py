"""Writes down what people asked for about a ticket, before it is decided on with that."""

from services.service_sync import asking
from services.service_sync.asking import Command, LinkCommand
from services.service_sync.decided import DecidedStore
from services.service_sync.rules.invoices import place_of
from services.service_sync.store import TicketStore
from services.service_sync.taking import part_of
from shared.connectwise.tickets import Tickets
from shared.events.change import Change
from shared.sync import commands


class Noter:
    """Notes one command at a time: of two about the same ticket the later one counts, however often each comes."""

    def __init__(self, store: TicketStore, decided: DecidedStore, source: Tickets) -> None:
        """Wire Tandem's own table, and who reads tickets from ConnectWise."""
        self._store = store
        self._decided = decided
        self._source = source
        self._noted: dict[str, int] = {}

    async def note(self, change: Change[Command]) -> bool:
        """Write down what was asked; False when it cannot be, for ConnectWise does not have the ticket."""
        subject, body = change.envelope.subject, change.record
        # What has to be tried again is gathered for alone, after the rest of its batch was noted.
        if change.envelope.sequence < self._noted.get(subject, 0):
            return True
        self._noted[subject] = change.envelope.sequence
        match change.envelope.action:
            case asking.IGNORE:
                return await self._ignore(subject, body)
            case asking.RETURN:
                await self._decided.back(subject, body.by, body.why)
            case asking.RE_POINT:
                await self._decided.point(subject, body.customer_id, body.by, body.why)
            case asking.ACCEPT:
                await self._decided.accept(subject, body.by, body.why)
            case asking.REFRESH:
                return await self._refresh(subject, body)
            case commands.LINKED if isinstance(body, LinkCommand):
                await self._decided.linked(subject, body.generation, body.by, body.why)
            case commands.UNLINKED if isinstance(body, LinkCommand):
                await self._decided.let_go(subject, body.generation, body.by, body.why)
        return True

    async def _ignore(self, subject: str, body: Command) -> bool:
        row = (await self._store.by_subjects([subject])).get(subject)
        if row is not None:
            await self._decided.ignore(subject, row.ticket, body.by, body.why)
            return True
        for ticket in await self._source.by_ids([int(subject.partition("@")[0])]):
            await self._decided.ignore(subject, ticket, body.by, body.why)
            return True
        return False

    async def _refresh(self, subject: str, body: Command) -> bool:
        row = (await self._store.by_subjects([subject])).get(subject)
        if row is None:
            return True
        whole = await self._source.fresh(row.ticket.id)
        ticket = part_of(whole, row) if whole is not None else None
        if ticket is None or (row.invoice is not None and not ticket.time):
            return False
        place = place_of(whole, row.invoice.id) if whole is not None and row.invoice is not None else ""
        await self._decided.refresh(subject, ticket, place, body.by, body.why)
        return True
