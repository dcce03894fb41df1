"""Tickets with their time and notes, read with as few requests as the API allows.

Of a thousand tickets: a request for each 120 of them for their time, and as many for the territories of their
companies. Notes have no list over tickets, so they cost one request a ticket and come only where they are asked
for. Lists may be behind; ``fresh`` asks for the ticket by itself.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import MalformedRecordError
from shared.connectwise.conditions import every, in_lists
from shared.connectwise.errors import NotFoundError, UnauthorizedError
from shared.connectwise.invoices import ref_id
from shared.connectwise.paging import Page, walk
from shared.connectwise.territories import territories
from shared.connectwise.ticket_rows import (
    BOTH,
    NOTE_FIELDS,
    ON_TICKETS,
    TIME_ENTRIES,
    TIME_FIELDS,
    Row,
    TicketList,
    TicketParts,
    joined,
    ticket,
    ticket_of,
)
from shared.events.tickets import Ticket

AT_ONCE = 4
IN_LIST_ROOM = 1000
"""The many fields of tickets and time leave less room in a URL than others do."""

Listed = tuple[TicketList, Row]
"""A ticket's own JSON and the list it stands in."""


class Tickets:
    """Tickets as ``shared.events.tickets.Ticket``, whoever asks for them."""

    def __init__(
        self, client: ConnectWise, lists: Sequence[TicketList] = BOTH, *, at_once: int = AT_ONCE
    ) -> None:
        """Nothing is kept.

        Args:
            client: of the service.
            lists: where tickets are looked for; a role may show one kind alone.
            at_once: requests for single records that may be under way together.
        """
        self._client = client
        self._lists = tuple(lists)
        self._at_once = at_once

    async def by_ids(self, ids: Iterable[int], *, notes: bool = False) -> list[Ticket]:
        """Tickets of either kind with these RecIDs, by list; unknown ids are left out.

        Args:
            ids: RecIDs.
            notes: read notes too, a request a ticket.

        Raises:
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
            MalformedRecordError: a ticket, or a part of it, is not one; the text names ticket and field.
        """
        found = await self.heads(ids)
        rows = await self.whole(found.values(), notes=lambda _: notes)
        return [ticket(row) for row in rows]

    async def fresh(self, ticket_id: int) -> Ticket | None:
        """One ticket with notes, asked for by itself; None when there is none.

        Its time has no other way than the list, which may be behind.

        Raises:
            As ``by_ids``.
        """
        found = await self.alone(ticket_id)
        if found is None:
            return None
        [row] = await self.whole([found], notes=lambda _: True)
        return ticket(row)

    async def heads(self, ids: Iterable[int], first: TicketList | None = None) -> dict[int, Listed]:
        """Tickets alone, by RecID, by list; unknown ids are absent.

        Args:
            ids: RecIDs.
            first: the list they most likely stand in.

        Raises:
            As ``ConnectWise.get``.
        """
        found: dict[int, Listed] = {}
        wanted = dict.fromkeys(ids)
        for where in sorted(self._lists, key=lambda one: one is not first):
            for condition in in_lists("id", [key for key in wanted if key not in found], IN_LIST_ROOM):
                async for page in self.listed(where, condition):
                    found |= {int(row["id"]): (where, row) for row in page.rows}
        return found

    async def alone(self, ticket_id: int) -> Listed | None:
        """One ticket's own JSON, asked for by itself; None when there is none.

        Raises:
            As ``by_ids``.
        """
        for where in self._lists:
            try:
                row = await self._client.get(f"{where.path}/{ticket_id}", {"fields": ",".join(where.fields)})
            except NotFoundError:
                continue
            if not isinstance(row, dict) or "id" not in row:
                raise MalformedRecordError(f"ticket {ticket_id} as ConnectWise sent it is no record")
            return where, row
        return None

    def listed(
        self, where: TicketList, *conditions: str, fields: Sequence[str] = (), page_size: int = 1000
    ) -> AsyncIterator[Page]:
        """Pages of one list of tickets, by rising RecID.

        Args:
            where: which.
            conditions: all must hold.
            fields: names wanted, those of the list when empty.
            page_size: as ``walk``.

        Raises:
            As ``walk``.
        """
        return walk(
            self._client,
            where.path,
            conditions=every(where.own, *conditions),
            fields=fields or where.fields,
            page_size=page_size,
        )

    async def whole(
        self,
        tickets: Iterable[Listed],
        time: Mapping[int, Sequence[Row]] | None = None,
        *,
        notes: Callable[[Row], bool] = lambda _: False,
    ) -> list[Row]:
        """Tickets with their parts, as JSON; ``ticket_rows.ticket`` makes a record of each.

        Args:
            tickets: as ``heads`` or ``listed`` give them.
            time: their time entries, where they are at hand.
            notes: whose notes are read, a request each.

        Raises:
            UnauthorizedError: also when tickets have hours and no time at all is shown.
            TransientError, RefusedError: as ``ConnectWise.get``.
        """
        held = list(tickets)
        if not held:
            return []
        companies = {key for _, row in held if (key := ref_id(row, "company")) is not None}
        if time is None:
            time = await self.time_of(int(row["id"]) for _, row in held)
        await self._ensure_time_is_shown([row for _, row in held], time)
        named, texts = await asyncio.gather(
            territories(self._client, companies), self._notes([one for one in held if notes(one[1])])
        )
        parts = TicketParts(time, texts, named)
        return [joined(row, parts, where) for where, row in held]

    async def time_of(self, ticket_ids: Iterable[int]) -> dict[int, list[Row]]:
        """All time entries by ticket; one request for some 120 tickets with 1,000 entries.

        Raises:
            As ``ConnectWise.get``.
        """
        found: defaultdict[int, list[Row]] = defaultdict(list)
        for condition in in_lists("chargeToId", ticket_ids, IN_LIST_ROOM):
            async for row in self._time(every(ON_TICKETS, condition)):
                # Other charges have numbers of their own, which may be a ticket's too.
                key = ticket_of(row)
                if key is not None:
                    found[key].append(row)
        return dict(found)

    async def time_of_invoices(self, invoice_ids: Iterable[int]) -> dict[int, list[Row]]:
        """The time entries that invoices bill, by invoice; charged to tickets or not.

        Raises:
            As ``ConnectWise.get``.
        """
        found: defaultdict[int, list[Row]] = defaultdict(list)
        for condition in in_lists("invoice/id", invoice_ids, IN_LIST_ROOM):
            async for row in self._time(condition):
                found[ref_id(row, "invoice") or 0].append(row)
        return dict(found)

    async def ensure_any_time_is_shown(self) -> None:
        """Some lists are empty where the right to them is missing: no ticket must lose its time by that.

        Raises:
            UnauthorizedError: ConnectWise shows no time entry at all.
        """
        if not await self._client.list(TIME_ENTRIES, fields=("id",), page_size=1):
            raise UnauthorizedError(
                "ConnectWise shows no time entry at all although tickets have hours: the API member's role"
                " lacks Time & Expense / Time Entry: Inquire All",
                status=403,
            )

    async def _ensure_time_is_shown(self, rows: Collection[Row], time: Mapping[int, Sequence[Row]]) -> None:
        if not any(time.values()) and any(row.get("actualHours") for row in rows):
            await self.ensure_any_time_is_shown()

    async def _time(self, condition: str) -> AsyncIterator[Row]:
        async for page in walk(self._client, TIME_ENTRIES, conditions=condition, fields=TIME_FIELDS):
            for row in page.rows:
                yield row

    async def _notes(self, tickets: Sequence[Listed]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        for start in range(0, len(tickets), self._at_once):
            group = tickets[start : start + self._at_once]
            texts = await asyncio.gather(*(self._notes_of(where, int(row["id"])) for where, row in group))
            found |= {int(row["id"]): held for (_, row), held in zip(group, texts, strict=True)}
        return found

    async def _notes_of(self, where: TicketList, ticket_id: int) -> list[Row]:
        path = f"{where.path}/{ticket_id}/notes"
        try:
            return [row async for page in walk(self._client, path, fields=NOTE_FIELDS) for row in page.rows]
        except NotFoundError:
            # Deleted meanwhile: the next pass says so.
            return []
