"""Agreement invoices and credit memos: what changed, what changed without a stamp, and what is gone.

Polled by stamp like every list. Payments, product rows and additions may change without moving it: recent
invoices are compared by lists, an agreement whose stamp moved has its newest invoice read again, and so has
every recent agreement at night.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import structlog

from services.connectwise_connector.agreements import POSITION as AGREEMENT_POSITION
from services.connectwise_connector.agreements import AgreementWatch
from services.connectwise_connector.invoice_pages import InvoicePages
from services.connectwise_connector.marks import mark_of, moved, newest
from services.connectwise_connector.rules import next_position
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.runner import Session
from shared.connector.schedule import sweep_due
from shared.connectwise.client import ConnectWise
from shared.connectwise.conditions import in_lists, since
from shared.connectwise.invoices import AGREEMENT, Row
from shared.events.agreements import Invoice

SINCE = f"{Invoice.ENTITY} since"
FIRST = f"{Invoice.ENTITY} first"
SWEEP = f"{Invoice.ENTITY} sweep"

log = structlog.get_logger(__name__)


class InvoiceReader:
    """Reads invoices while this replica holds the lease."""

    def __init__(
        self,
        client: ConnectWise,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read before the first pass."""
        self._store = session.store
        self._settings = settings
        self._now = now
        self._pages = InvoicePages(client, session, settings)
        self._agreements = AgreementWatch(client, session, settings, self._pages)
        self._compared: datetime | None = None
        # What a sweep has still to read with its additions, and when the sweep began; None between sweeps.
        self._night: list[int] | None = None
        self._begun = now()

    async def run_pass(self) -> bool:
        """A bounded number of the invoices that changed.

        Returns:
            Whether some are left; nobody need wait before the next pass.

        Raises:
            ConnectWiseError: ConnectWise cannot be read; the position stays.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        position = await self._store.position(Invoice.ENTITY)
        saved = await self._store.position(SINCE)
        day = self._since(saved)
        if position is None or saved is None or day.isoformat() < saved:
            return await self._first(day)
        # Billing moves the agreement too: read with it, the new invoice is not read twice.
        return (
            await self._agreements.run_pass(day, await self._agreement_position(position))
            or await self._changed(day, datetime.fromisoformat(position))
            or await self._recent(day)
            or await self._sweep(day)
        )

    def _since(self, saved: str | None) -> date:
        if self._settings.invoices_since is not None:
            return self._settings.invoices_since
        return date.fromisoformat(saved) if saved else self._window()

    def _window(self) -> date:
        return self._now().astimezone(UTC).date() - timedelta(days=self._settings.invoice_window_days)

    async def _agreement_position(self, otherwise: str) -> datetime:
        return datetime.fromisoformat(await self._store.position(AGREEMENT_POSITION) or otherwise)

    async def _first(self, day: date) -> bool:
        """A part of the first reading, which goes on where it was left."""
        begun, _, last = (await self._store.position(FIRST) or "").partition(" ")
        page = await self._pages.first(day, int(last or 0))
        if not last:
            log.info("reading invoices: begun", since=day.isoformat())
            start = page.time or self._now()
            begun = (start - timedelta(seconds=self._settings.overlap_seconds)).isoformat()
        await self._pages.publish(page.rows)
        done = len(await self._pages.marks())
        if len(page.rows) >= self._settings.invoices_per_pass:
            await self._store.save_position(FIRST, f"{begun} {max(int(row['id']) for row in page.rows)}")
            log.info("reading invoices", done=done)
            return True
        # The position of invoices comes last: a stop in between reads the last part again.
        for name in (SWEEP, AGREEMENT_POSITION):
            await self._store.save_position(name, begun)
        await self._store.save_position(SINCE, day.isoformat())
        await self._store.save_position(FIRST, "")
        await self._store.save_position(Invoice.ENTITY, begun)
        log.info("reading invoices: done", invoices=done)
        return False

    async def _changed(self, day: date, position: datetime) -> bool:
        marks = await self._pages.marks()
        rows: list[Row] = []
        start: datetime | None = None
        async for page in self._pages.listed(day, since("lastUpdated", position)):
            start = start or page.time
            for row in page.rows:
                known = marks.get(str(row["id"]))
                if moved(row, known) and not mark_of(row, ()).is_behind(known):
                    rows.append(row)
        if await self._pages.some(rows):
            return True
        following = next_position(start, self._settings.overlap_seconds)
        if following is not None:
            await self._store.save_position(Invoice.ENTITY, following)
        return False

    async def _recent(self, day: date) -> bool:
        """Compare recent invoices with what was read: payments, product rows, deletions."""
        now, last = self._now(), self._compared
        if last is not None and (now - last).total_seconds() < self._settings.invoice_compare_seconds:
            return False
        first = max(day, self._window())
        marks = await self._pages.marks()
        seen: set[str] = set()
        async for page in self._pages.listed(first):
            seen |= {str(row["id"]) for row in page.rows}
            lines = await self._pages.invoices.billed_rows(int(row["id"]) for row in page.rows)
            differing = []
            for row in page.rows:
                mark, known = mark_of(row, lines.get(int(row["id"]), ())), marks.get(str(row["id"]))
                if mark != known and not mark.is_behind(known):
                    differing.append(row)
            if await self._pages.some(differing, lines):
                return True
        await self._pages.deletions(first, seen)
        self._compared = now
        return False

    async def _sweep(self, day: date) -> bool:
        """Everything since the beginning by its own fields; additions, which move no stamp, of what is recent."""
        if self._night is None:
            last = await self._store.position(SWEEP)
            swept = datetime.fromisoformat(last) if last else None
            if not sweep_due(swept, self._now(), self._settings.sweep_hour, self._settings.sweep_seconds):
                return False
            self._begun = self._now()
            self._night = await self._swept(day)
        now = self._night[: self._settings.invoices_per_pass]
        self._night = self._night[len(now) :]
        for some in in_lists("id", now):
            async for page in self._pages.listed(day, some):
                await self._pages.publish(page.rows)
        if self._night:
            return True
        self._night = None
        await self._store.save_position(SWEEP, self._begun.isoformat())
        return False

    async def _swept(self, day: date) -> list[int]:
        marks = await self._pages.marks()
        window = self._window().isoformat()
        seen: set[str] = set()
        recent: list[Row] = []
        async for page in self._pages.listed(day):
            seen |= {str(row["id"]) for row in page.rows}
            await self._pages.publish([row for row in page.rows if moved(row, marks.get(str(row["id"])))])
            recent += [row for row in page.rows if str(row.get("date") or "") >= window]
        await self._pages.deletions(day, seen, again=True)
        return [int(row["id"]) for row in newest(row for row in recent if row.get("type") == AGREEMENT)]
