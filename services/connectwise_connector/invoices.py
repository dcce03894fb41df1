"""Invoices of one kind: what changed, what changed without a stamp, and what is gone.

Polled by stamp like every list. Payments, product rows and additions may change without moving it: recent
invoices are compared by lists, an agreement whose stamp moved has its newest invoice read again, and so has
every recent agreement at night.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import structlog

from services.connectwise_connector.agreements import POSITION as AGREEMENT_POSITION
from services.connectwise_connector.agreements import AgreementWatch
from services.connectwise_connector.invoice_kinds import Lines
from services.connectwise_connector.invoice_pages import InvoicePages
from services.connectwise_connector.marks import Mark, mark_of, moved, newest
from services.connectwise_connector.rules import next_position
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.runner import Session
from shared.connector.schedule import sweep_due
from shared.connectwise.conditions import in_lists, since
from shared.connectwise.invoices import AGREEMENT, Row

log = structlog.get_logger(__name__)


class InvoiceReader:
    """Reads invoices while this replica holds the lease."""

    def __init__(
        self,
        pages: InvoicePages,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        agreements: AgreementWatch | None = None,
    ) -> None:
        """Nothing is read before the first pass.

        Args:
            pages: of the kind.
            session: of the lease.
            settings: pace and how far back.
            now: the present.
            agreements: has the newest invoices of changed agreements read again.
        """
        self._store = session.store
        self._settings = settings
        self._now = now
        self._pages = pages
        self._kind = pages.kind
        self._agreements = agreements
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
        position = await self._store.position(self._kind.entity)
        saved = await self._store.position(self._named("since"))
        day = self._since(saved)
        if position is None or saved is None or day.isoformat() < saved:
            return await self._first(day)
        # Billing moves the agreement too: read with it, the new invoice is not read twice.
        return (
            await self._agreements_changed(day, position)
            or await self._changed(day, datetime.fromisoformat(position))
            or await self._recent(day)
            or await self._sweep(day)
        )

    async def read_again(self, ids: Sequence[int]) -> Lines | None:
        """Invoices whose lines moved.

        Args:
            ids: RecIDs, also of invoices that are not of this kind.

        Returns:
            Their lines as they were read; None before the first reading, which takes them all.

        Raises:
            As ``run_pass``.
        """
        saved = await self._store.position(self._named("since"))
        if saved is None:
            return None
        lines = await self._kind.lines(ids)
        for condition in in_lists("id", ids):
            async for page in self._pages.listed(self._since(saved), condition):
                await self._pages.publish(page.rows, lines)
        return lines

    def _since(self, saved: str | None) -> date:
        if self._kind.since is not None:
            return self._kind.since
        return date.fromisoformat(saved) if saved else self._window()

    def _window(self) -> date:
        return self._now().astimezone(UTC).date() - timedelta(days=self._settings.invoice_window_days)

    def _named(self, position: str) -> str:
        return f"{self._kind.entity} {position}"

    async def _agreements_changed(self, day: date, otherwise: str) -> bool:
        if self._agreements is None:
            return False
        position = await self._store.position(AGREEMENT_POSITION) or otherwise
        return await self._agreements.run_pass(day, datetime.fromisoformat(position))

    async def _first(self, day: date) -> bool:
        """A part of the first reading, which goes on where it was left."""
        begun, _, last = (await self._store.position(self._named("first")) or "").partition(" ")
        page = await self._pages.first(day, int(last or 0))
        if not last:
            log.info(f"reading {self._kind.plural}: begun", since=day.isoformat())
            start = page.time or self._now()
            begun = (start - timedelta(seconds=self._settings.overlap_seconds)).isoformat()
        await self._pages.publish(page.rows)
        done = len(await self._pages.marks())
        if len(page.rows) >= self._settings.invoices_per_pass:
            last_read = max(int(row["id"]) for row in page.rows)
            await self._store.save_position(self._named("first"), f"{begun} {last_read}")
            log.info(f"reading {self._kind.plural}", done=done)
            return True
        # The position of invoices comes last: a stop in between reads the last part again.
        await self._store.save_position(self._named("sweep"), begun)
        if self._agreements is not None:
            await self._store.save_position(AGREEMENT_POSITION, begun)
        await self._store.save_position(self._named("since"), day.isoformat())
        await self._store.save_position(self._named("first"), "")
        await self._store.save_position(self._kind.entity, begun)
        log.info(f"reading {self._kind.plural}: done", invoices=done)
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
            await self._store.save_position(self._kind.entity, following)
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
            lines = await self._lines(page.rows)
            differing = [row for row in page.rows if _differs(row, lines, marks.get(str(row["id"])))]
            if await self._pages.some(differing, lines):
                return True
        await self._pages.deletions(first, seen)
        self._compared = now
        return False

    async def _lines(self, rows: Sequence[Row]) -> Lines | None:
        if not self._kind.lines_move:
            return None
        return await self._kind.lines([int(row["id"]) for row in rows])

    async def _sweep(self, day: date) -> bool:
        """Everything since the beginning by its own fields; additions, which move no stamp, of what is recent."""
        if self._night is None:
            last = await self._store.position(self._named("sweep"))
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
        await self._store.save_position(self._named("sweep"), self._begun.isoformat())
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


def _differs(row: Row, lines: Lines | None, known: Mark | None) -> bool:
    """Whether an invoice, or what it bills where that is at hand, is not as remembered."""
    mark = mark_of(row, () if lines is None else lines.get(int(row["id"]), ()))
    if mark.is_behind(known):
        return False
    return moved(row, known) if lines is None else mark != known
