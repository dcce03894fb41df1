"""Tickets of one list: what changed, what changed without a stamp, and what is gone.

The first reading takes what is open and what changed lately; years of closed tickets stay where they are. From
then on tickets are polled by stamp. What moves none, a deleted time entry above all, shows in the ticket's hours,
which are compared every few minutes; the time of recent tickets is compared in full at night.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import structlog

from services.connectwise_connector.marks import older, saved_of
from services.connectwise_connector.rules import next_position
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from services.connectwise_connector.ticket_marks import hours_text, moved, time_digest
from services.connectwise_connector.ticket_pages import TicketPages
from shared.connector.runner import Session
from shared.connector.schedule import sweep_due
from shared.connectwise.companies import STAMP
from shared.connectwise.conditions import compare, equals, since, some
from shared.connectwise.ticket_rows import TicketList
from shared.connectwise.tickets import Listed

COMPARED_FIELDS = ("id", "closedFlag", "actualHours", STAMP)

log = structlog.get_logger(__name__)


class TicketReader:
    """Reads one list of tickets while this replica holds the lease."""

    def __init__(
        self,
        where: TicketList,
        pages: TicketPages,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read before the first pass."""
        self._where = where
        self._pages = pages
        self._session = session
        self._store = session.store
        self._settings = settings
        self._now = now
        self._most = settings.tickets_per_pass
        self._compared: datetime | None = None
        # Found to differ and still to be read; what each showed when it was put here last.
        self._queue: list[int] = []
        self._queued: dict[int, tuple[str, str]] = {}
        # Whose time a sweep has still to compare, and when the sweep began; None between sweeps.
        self._night: list[int] | None = None
        self._begun = now()

    async def run_pass(self) -> bool:
        """A bounded number of the tickets that changed.

        Returns:
            Whether some are left; nobody need wait before the next pass.

        Raises:
            ConnectWiseError: ConnectWise cannot be read; the position stays.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        position = await self._store.position(self._where.name)
        saved = await self._store.position(self._named("since"))
        day = self._since(saved)
        if position is None or saved is None or day.isoformat() < saved:
            return await self._first(day)
        return (
            await self._changed(datetime.fromisoformat(position))
            or await self._read_queue()
            or await self._recent(day)
            or await self._sweep(day)
        )

    def _named(self, position: str) -> str:
        return f"{self._where.name} {position}"

    def _since(self, saved: str | None) -> date:
        if self._settings.tickets_since is not None:
            return self._settings.tickets_since
        return date.fromisoformat(saved) if saved else self._window()

    def _window(self) -> date:
        return self._now().astimezone(UTC).date() - timedelta(days=self._settings.ticket_window_days)

    async def _first(self, day: date) -> bool:
        """A part of the first reading, which goes on where it was left."""
        begun, _, last = (await self._store.position(self._named("first")) or "").partition(" ")
        after = compare("id", ">", int(last)) if last else ""
        pages = self._pages.tickets.listed(self._where, _alive(day), after, page_size=self._most)
        page = await anext(aiter(pages))
        if not last:
            log.info(f"reading {self._where.name}: begun", since=day.isoformat())
            start = page.time or self._now()
            begun = (start - timedelta(seconds=self._settings.overlap_seconds)).isoformat()
        await self._pages.publish([(self._where, row) for row in page.rows])
        if len(page.rows) >= self._most:
            last_read = max(int(row["id"]) for row in page.rows)
            await self._store.save_position(self._named("first"), f"{begun} {last_read}")
            log.info(f"reading {self._where.name}", done=len(await self._pages.marks()))
            return True
        # The position of the list comes last: a stop in between reads the last part again.
        await self._store.save_position(self._named("sweep"), begun)
        await self._store.save_position(self._named("since"), day.isoformat())
        await self._store.save_position(self._named("first"), "")
        await self._store.save_position(self._where.name, begun)
        log.info(f"reading {self._where.name}: done")
        return False

    async def _changed(self, position: datetime) -> bool:
        marks = await self._pages.marks()
        found: list[Listed] = []
        start: datetime | None = None
        async for page in self._pages.tickets.listed(self._where, since("lastUpdated", position)):
            self._session.advance()
            start = start or page.time
            found += [
                (self._where, row) for row in page.rows if moved(row, marks.get(str(row["id"])), self._where)
            ]
        await self._pages.publish(found[: self._most])
        if len(found) > self._most:
            # The rest still differs at the next pass.
            return True
        following = next_position(start, self._settings.overlap_seconds)
        if following is not None:
            await self._store.save_position(self._where.name, following)
        return False

    async def _read_queue(self) -> bool:
        if not self._queue:
            return False
        now = self._queue[: self._most]
        await self._pages.publish(await self._pages.by_ids(now, self._where))
        self._queue = self._queue[len(now) :]
        return bool(self._queue)

    async def _recent(self, day: date) -> bool:
        """Compare what is open, or changed lately, with what was read: hours, deletions."""
        now, last = self._now(), self._compared
        if last is not None and (now - last).total_seconds() < self._settings.ticket_compare_seconds:
            return False
        await self._compare(max(day, self._window()))
        self._compared = now
        return await self._read_queue()

    async def _compare(self, day: date, *, again: bool = False) -> set[int]:
        """Queue tickets that differ, publish deletions.

        Returns:
            RecIDs of what is there.
        """
        marks = await self._pages.marks()
        seen: set[int] = set()
        queued: dict[int, tuple[str, str]] = {}
        differing = []
        async for page in self._pages.tickets.listed(self._where, _alive(day), fields=COMPARED_FIELDS):
            self._session.advance()
            for row in page.rows:
                key, shown = int(row["id"]), (saved_of(row), hours_text(row.get("actualHours")))
                seen.add(key)
                mark = marks.get(str(key))
                if mark is not None and (shown == (mark.saved, mark.hours) or older(shown[0], mark.saved)):
                    continue
                # Hours that are no sum of the time shown would have the ticket read again and again.
                queued[key] = shown
                if self._queued.get(key) != shown:
                    differing.append(key)
        self._queued = queued
        self._queue = list(dict.fromkeys([*self._queue, *differing]))
        await self._pages.deletions(self._where, day.isoformat(), {str(key) for key in seen}, again=again)
        return seen

    async def _sweep(self, day: date) -> bool:
        """Everything since the beginning by stamp and hours; the time of what is recent, in full."""
        if self._night is None:
            last = await self._store.position(self._named("sweep"))
            swept = datetime.fromisoformat(last) if last else None
            if not sweep_due(swept, self._now(), self._settings.sweep_hour, self._settings.sweep_seconds):
                return False
            self._begun = self._now()
            seen = await self._compare(day, again=True)
            window = self._window().isoformat()
            marks = await self._pages.marks()
            self._night = sorted(
                key for key in seen if (mark := marks.get(str(key))) is not None and mark.is_listed(window)
            )
        now = self._night[: self._most]
        await self._compare_time(now)
        self._night = self._night[len(now) :]
        if self._night:
            return True
        self._night = None
        await self._store.save_position(self._named("sweep"), self._begun.isoformat())
        return await self._read_queue()

    async def _compare_time(self, ids: list[int]) -> None:
        if not ids:
            return
        marks = await self._pages.marks()
        time = await self._pages.tickets.time_of(ids)
        if not time and any(marks[str(key)].hours not in ("0.00", "-") for key in ids if str(key) in marks):
            await self._pages.tickets.ensure_any_time_is_shown()
        differing = [
            key
            for key in ids
            if (mark := marks.get(str(key))) is not None and mark.time != time_digest(time.get(key, ()))
        ]
        await self._pages.publish(await self._pages.by_ids(differing, self._where), time)


def _alive(day: date) -> str:
    """A condition: open, or changed on this day or later."""
    return some(
        equals("closedFlag", False),
        since("lastUpdated", datetime(day.year, day.month, day.day, tzinfo=UTC)),
    )
