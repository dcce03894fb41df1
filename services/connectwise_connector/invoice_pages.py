"""Invoices on their way to the topic: listed, read with their parts, and remembered by their marks."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date

import structlog

from services.connectwise_connector.invoice_kinds import InvoiceKind
from services.connectwise_connector.marks import Mark, mark_of
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.deletions import believable, publish_deletions
from shared.connector.runner import Session
from shared.connector.store import Known
from shared.connectwise.agreements import dated_from
from shared.connectwise.client import ConnectWise
from shared.connectwise.conditions import compare, every, in_list
from shared.connectwise.errors import NotFoundError
from shared.connectwise.invoices import INVOICES, Row
from shared.connectwise.paging import Page, walk

AT_A_TIME = 100
"""Invoices whose parts are read together."""
ASKED_TOGETHER = 4

log = structlog.get_logger(__name__)


class InvoicePages:
    """Publishes one kind of invoices while this replica holds the lease, and knows what it published."""

    def __init__(
        self,
        client: ConnectWise,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        kind: InvoiceKind,
    ) -> None:
        """Nothing is read before it is asked for."""
        self.kind = kind
        self._client = client
        self._session = session
        self._types = in_list("type", list(kind.types))
        self._most = settings.invoices_per_pass
        self._share = settings.deletion_share
        self._known: dict[str, Known] | None = None
        self._marks: dict[str, Mark] = {}
        self._not_listed: set[str] = set()

    async def marks(self) -> Mapping[str, Mark]:
        """Marks of the invoices that were published and are not deleted, by RecID as text."""
        if self._known is None:
            known = await self._session.store.known(self.kind.entity)
            self._known = {record.key: record for record in known if not record.deleted}
            marks = {key: Mark.parse(record.stamp) for key, record in self._known.items()}
            self._marks = {key: mark for key, mark in marks.items() if mark is not None}
        return self._marks

    async def listed(self, day: date, *more: str) -> AsyncIterator[Page]:
        """Pages of the invoices dated on a day or later, with the fields of their kind.

        Args:
            day: the earliest.
            more: further conditions.

        Raises:
            As ``walk``.
        """
        conditions = every(self._types, dated_from("date", day), *more)
        async for page in walk(self._client, INVOICES, conditions=conditions, fields=self.kind.fields):
            self._session.advance()
            yield page

    async def first(self, day: date, after: int) -> Page:
        """As many invoices as one pass may read, by RecID, beginning after one.

        Raises:
            As ``walk``.
        """
        conditions = every(self._types, dated_from("date", day), compare("id", ">", after) if after else "")
        pages = walk(
            self._client, INVOICES, conditions=conditions, fields=self.kind.fields, page_size=self._most
        )
        return await anext(pages)

    async def some(self, rows: Sequence[Row], lines: Mapping[int, Sequence[Row]] | None = None) -> bool:
        """``publish`` as many as one pass may read.

        Returns:
            Whether some are left; they still differ at the next pass.
        """
        await self.publish(rows[: self._most], lines)
        return len(rows) > self._most

    async def publish(self, rows: Sequence[Row], lines: Mapping[int, Sequence[Row]] | None = None) -> None:
        """Read the parts of invoices and publish those whose content is another than before.

        Args:
            rows: as listed with the fields of their kind.
            lines: the rows they bill, where they are at hand.

        Raises:
            ConnectWiseError: the parts cannot be read; what was published before stays so.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        await self.marks()
        for start in range(0, len(rows), AT_A_TIME):
            self._session.advance()
            page = rows[start : start + AT_A_TIME]
            keys = [int(row["id"]) for row in page]
            held = await self.kind.lines(keys) if lines is None else lines
            billed = {key: held.get(key, ()) for key in keys}
            marks = {str(row["id"]): mark_of(row, billed[int(row["id"])]) for row in page}
            whole = await self.kind.whole(page, billed)
            snapshots = [self.kind.snapshot(row, marks[str(row["id"])]) for row in whole]
            await self._session.publisher.publish(self.kind.entity, snapshots)
            self._marks |= marks
            known = {one.key: Known(one.key, one.order_key, one.stamp, False) for one in snapshots}
            self._known = (self._known or {}) | known

    async def deletions(self, day: date, seen: Collection[str], *, again: bool = False) -> None:
        """Publish the deletion of invoices that a list did not show and that are gone.

        Each is asked for by itself: a list may be behind, a record is not.

        Args:
            day: from which the list was complete.
            seen: RecIDs it showed.
            again: ask also for those that were found not listed and there before.

        Raises:
            As ``publish``.
        """
        marks = await self.marks()
        self._not_listed = set() if again else self._not_listed - set(seen)
        there = [key for key, mark in marks.items() if mark.day >= day.isoformat()]
        missing = [key for key in there if key not in seen and key not in self._not_listed]
        if not missing:
            return
        alive: list[Row] = []
        for start in range(0, len(missing), ASKED_TOGETHER):
            self._session.advance()
            group = missing[start : start + ASKED_TOGETHER]
            alive += [row for row in await asyncio.gather(*(self._alone(key) for key in group)) if row]
        kept = {str(row["id"]) for row in alive}
        self._not_listed |= kept
        # It may carry another date now, and then stands in another list.
        await self.publish(alive)
        known = self._known or {}
        gone = [known[key] for key in missing if key not in kept and key in known]
        if gone and believable(self.kind.entity, len(gone), len(there), self._share):
            await publish_deletions(self._session.publisher, self.kind.entity, gone)
            log.info(f"{self.kind.plural} were deleted", count=len(gone))
            self._known = None

    async def _alone(self, key: str) -> Row | None:
        try:
            row = await self._client.get(f"{INVOICES}/{int(key)}", {"fields": ",".join(self.kind.fields)})
        except NotFoundError:
            return None
        return row if isinstance(row, dict) else None
