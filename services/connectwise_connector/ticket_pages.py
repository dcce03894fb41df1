"""Tickets on their way to the topic: read with their parts, and remembered by their marks."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import structlog

from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from services.connectwise_connector.ticket_marks import TicketMark, ticket_mark
from shared.connector.deletions import believable, publish_deletions
from shared.connector.runner import Session
from shared.connector.snapshots import Snapshot, malformed, of_record
from shared.connector.store import Known
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import MalformedRecordError
from shared.connectwise.ticket_rows import Row, TicketList, ticket
from shared.connectwise.tickets import Listed, Tickets
from shared.events.tickets import Ticket
from shared.text import fold

AT_A_TIME = 500
"""Tickets whose parts are read together."""
ASKED_TOGETHER = 4

log = structlog.get_logger(__name__)


class TicketPages:
    """Publishes tickets while this replica holds the lease, and knows what it published."""

    def __init__(
        self,
        client: ConnectWise,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        lists: Sequence[TicketList],
    ) -> None:
        """Nothing is read before it is asked for.

        Args:
            client: of the service.
            session: of the lease.
            settings: whose notes are read, and how many deletions are believed.
            lists: of the tickets that are published.
        """
        self.tickets = Tickets(client, lists)
        self.lists = tuple(lists)
        self._session = session
        self._share = settings.deletion_share
        self._with_notes = noted(settings.ticket_note_statuses, settings.ticket_note_boards)
        self._known: dict[str, Known] | None = None
        self._marks: dict[str, TicketMark] = {}
        self._not_listed: set[str] = set()

    async def marks(self) -> Mapping[str, TicketMark]:
        """Marks of the tickets that were published and are not deleted, by RecID as text."""
        if self._known is None:
            known = await self._session.store.known(Ticket.ENTITY)
            self._known = {record.key: record for record in known if not record.deleted}
            marks = {key: TicketMark.parse(record.stamp) for key, record in self._known.items()}
            self._marks = {key: mark for key, mark in marks.items() if mark is not None}
        return self._marks

    async def by_ids(self, ids: Iterable[int], first: TicketList) -> list[Listed]:
        """Tickets alone; one that the list lacks, or shows older than it was, is asked for by itself.

        Args:
            ids: RecIDs.
            first: the list they most likely stand in.

        Raises:
            As ``ConnectWise.get``.
        """
        wanted = list(dict.fromkeys(ids))
        marks = await self.marks()
        found = {
            key: (where, row)
            for key, (where, row) in (await self.tickets.heads(wanted, first)).items()
            if not ticket_mark(row, (), where).is_behind(marks.get(str(key)))
        }
        found |= await self._alone([key for key in wanted if key not in found])
        return [found[key] for key in wanted if key in found]

    async def publish(
        self, tickets: Sequence[Listed], time: Mapping[int, Sequence[Row]] | None = None
    ) -> None:
        """Read the parts of tickets and publish those whose content is another than before.

        Args:
            tickets: as listed.
            time: their time entries, where they are at hand.

        Raises:
            ConnectWiseError: the parts cannot be read; what was published before stays so.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        await self.marks()
        for start in range(0, len(tickets), AT_A_TIME):
            self._session.advance()
            page = tickets[start : start + AT_A_TIME]
            held = await self.tickets.time_of(int(row["id"]) for _, row in page) if time is None else time
            marks = {
                str(row["id"]): ticket_mark(row, held.get(int(row["id"]), ()), where) for where, row in page
            }
            whole = await self.tickets.whole(page, held, notes=self._with_notes)
            snapshots = [ticket_snapshot(row, marks[str(row["id"])]) for row in whole]
            await self._session.publisher.publish(Ticket.ENTITY, snapshots)
            self._marks |= marks
            known = {one.key: Known(one.key, one.order_key, one.stamp, False) for one in snapshots}
            self._known = (self._known or {}) | known

    async def deletions(
        self, where: TicketList, since: str, seen: Collection[str], *, again: bool = False
    ) -> None:
        """Publish the deletion of tickets that a list did not show and that are gone.

        Each is asked for by itself: a list may be behind, a record is not. One that became a ticket of the
        other kind is published as such.

        Args:
            where: the list.
            since: it showed what is open or changed since this day, ISO.
            seen: RecIDs it showed.
            again: ask also for those that were found not listed and there before.

        Raises:
            As ``publish``.
        """
        marks = await self.marks()
        self._not_listed = set() if again else self._not_listed - set(seen)
        there = [key for key, mark in marks.items() if mark.sort == where.sort and mark.is_listed(since)]
        missing = [key for key in there if key not in seen and key not in self._not_listed]
        # Who sees next to nothing asks for nothing either: it would be a request for every ticket.
        if not missing or not believable(Ticket.ENTITY, len(missing), len(there), self._share):
            return
        alive = await self._alone([int(key) for key in missing])
        self._not_listed |= {str(key) for key in alive}
        await self.publish(list(alive.values()))
        known = self._known or {}
        gone = [known[key] for key in missing if int(key) not in alive and key in known]
        if gone:
            await publish_deletions(self._session.publisher, Ticket.ENTITY, gone)
            log.info(f"{where.name} were deleted", count=len(gone))
            self._known = None

    async def _alone(self, keys: Sequence[int]) -> dict[int, Listed]:
        found: dict[int, Listed] = {}
        for start in range(0, len(keys), ASKED_TOGETHER):
            self._session.advance()
            group = keys[start : start + ASKED_TOGETHER]
            answers = await asyncio.gather(*(self.tickets.alone(key) for key in group))
            found |= {key: one for key, one in zip(group, answers, strict=True) if one is not None}
        return found


def noted(statuses: Sequence[str], boards: Sequence[str]) -> Callable[[Row], bool]:
    """Whether a ticket's notes are read.

    Args:
        statuses: names; none = no ticket's.
        boards: names, none = any board.
    """
    of_status, of_board = {fold(name) for name in statuses}, {fold(name) for name in boards}

    def wanted(row: Row) -> bool:
        return _name(row, "status") in of_status and (not of_board or _name(row, "board") in of_board)

    return wanted


def ticket_snapshot(row: Row, mark: TicketMark) -> Snapshot:
    """A ticket with its parts; without its model's shape it travels as it is.

    Args:
        row: joined JSON.
        mark: of the state that was read.
    """
    try:
        return of_record(ticket(row), stamp=mark.text)
    except MalformedRecordError:
        return malformed(str(row["id"]), str(row["id"]), row, stamp=mark.text)


def _name(row: Row, field: str) -> str | None:
    value = row.get(field)
    name = value.get("name") if isinstance(value, Mapping) else None
    return fold(name) if isinstance(name, str) else None
