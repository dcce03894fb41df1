"""The part of the port that reads service calls, what they are classed by, and their ledger."""

from collections.abc import AsyncIterator, Iterable
from datetime import date

from shared.eautomate.call_ledger import CallLedger
from shared.eautomate.call_lookups import CallLookups
from shared.eautomate.call_rows import CallStatus, CallType, CallWrite, Period
from shared.eautomate.calls import Calls
from shared.eautomate.profile import CallStatuses
from shared.eautomate.reader import PAGE
from shared.eautomate.reads import Reads
from shared.eautomate.rows import Beside, Changes, Keyset
from shared.eautomate.values import folded
from shared.events.calls import Call


class CallReads(Reads):
    """Reads for what becomes of tickets. Lists in, dicts out; what is not there is absent.

    Technicians are employees: ``agents_by_id`` and ``agents_by_numbers``, usable when ``active`` and ``technician``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._call_reader: Calls | None = None

    async def calls_changed(
        self,
        low: bytes,
        high: bytes,
        after: Keyset | None = None,
        limit: int = PAGE,
        since: date | None = None,
    ) -> Changes[Call]:
        """A page of calls whose own row changed, with labour and materials, in rowversion order.

        Args:
            since: leave out what was invoiced or canceled and closed before; any other call always counts.
        """
        return await (await self._calls(since)).changed(low, high, after, limit)

    async def calls_all(self, after_id: int = 0, limit: int = PAGE, since: date | None = None) -> list[Call]:
        """A page of calls by id, empty after the last; ``since`` as in ``calls_changed``."""
        return await (await self._calls(since)).scan(after_id, limit)

    async def calls_by_id(self, ids: Iterable[int]) -> dict[int, Call]:
        """Calls by ``CallID``, whatever their age."""
        return await (await self._calls()).by_id(ids)

    async def calls_beside(self, page: int = 5000, since: date | None = None) -> AsyncIterator[list[Beside]]:
        """What may change on calls without moving their rows (labour, materials, codes), of all, by id.

        Args:
            since: as in ``calls_changed``; what has aged out is absent without being deleted.
        """
        async for found in (await self._calls(since)).beside(page):
            yield found

    async def calls_by_numbers(self, numbers: Iterable[str]) -> dict[str, Call]:
        """Calls by number, trimmed and casefolded."""
        return {folded(call.number): call for call in await (await self._calls()).by_number(numbers)}

    async def calls_of_customers(self, customer_ids: Iterable[int]) -> dict[int, list[Call]]:
        """Calls that are still to be worked on, by ``CustomerID``, by id."""
        return await (await self._calls()).of_customers(customer_ids)

    async def calls_described(
        self, texts: Iterable[str], customer_ids: Iterable[int] | None = None
    ) -> dict[str, list[Call]]:
        """Calls with a text anywhere in their description, whatever its case, by text, by id.

        ``Ticket 123`` is in ``Ticket 1234`` too: look at the description before a call is believed to be meant.

        Args:
            customer_ids: of these customers only; without them every description is compared.
        """
        return await (await self._calls()).described(texts, customer_ids)

    async def call_numbers(self, ids: Iterable[int]) -> dict[int, str]:
        """``CallNumber`` by ``CallID``."""
        return await (await self._call_lookups()).numbers(ids)

    async def call_types(self) -> list[CallType]:
        """Every call type, inactive ones too, by id."""
        return await (await self._call_lookups()).types()

    async def call_statuses(self) -> list[CallStatus] | None:
        """Every status of calls, by code; None where the database has no table of them."""
        return await (await self._call_lookups()).statuses()

    @property
    def status_codes(self) -> CallStatuses:
        """The dealer's codes of call statuses."""
        return self.tables.profile.call_statuses

    async def closed_periods(self) -> list[Period] | None:
        """Closed accounting periods, the earliest first; None = unknown: where they are kept is not public."""
        return await (await self._call_lookups()).closed_periods()

    async def call_writes_of(self, call_ids: Iterable[int]) -> dict[int, CallWrite]:
        """Ledger: how the last write left each call; absent where Tandem wrote nothing."""
        return await CallLedger(self.engine, self.tables).writes_of(call_ids)

    async def _calls(self, since: date | None = None) -> Calls:
        """Of all calls put together once: its statements are long."""
        if since is not None:
            return Calls(self.engine, self.tables, await self._columns(), since)
        if self._call_reader is None:
            self._call_reader = Calls(self.engine, self.tables, await self._columns())
        return self._call_reader

    async def _call_lookups(self) -> CallLookups:
        return CallLookups(self.engine, self.tables, await self._columns())
