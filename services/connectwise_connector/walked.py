"""A record kind that has a list: what changed since the last walk, and now and then a sweep over all."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from services.connectwise_connector.rules import Row, next_position, stamp_of, to_read
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.deletions import believable, publish_deletions, vanished
from shared.connector.progress import Advance, shown
from shared.connector.runner import Session
from shared.connector.schedule import sweep_due
from shared.connector.snapshots import Snapshot
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import STAMP
from shared.connectwise.conditions import in_lists, since
from shared.connectwise.paging import PAGE_SIZE, Page, walk

IDS_PER_REQUEST = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One record kind.

    Attributes:
        name: as in topics.
        plural: for people.
        path: of its list.
        fields: names asked for.
        snapshot: of a row.
        children: whether its records have children that are read when it moves.
    """

    name: str
    plural: str
    path: str
    fields: tuple[str, ...]
    snapshot: Callable[[Row], Snapshot]
    children: bool = False


class WalkedReader:
    """Reads one record kind while this replica holds the lease."""

    def __init__(
        self,
        kind: Kind,
        client: ConnectWise,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read before the first pass."""
        self._kind = kind
        self._client = client
        self._session = session
        self._settings = settings
        self._now = now
        self._sweep_position = f"{kind.name} sweep"

    async def run_pass(self) -> None:
        """What changed, and a sweep when it is due.

        Raises:
            ConnectWiseError: ConnectWise cannot be read; the position stays.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        position = await self._session.store.position(self._kind.name)
        if position is None:
            await self._first()
        else:
            await self._changed(datetime.fromisoformat(position))
            await self._sweep_if_due()

    async def _first(self) -> None:
        total = int((await self._client.get(f"{self._kind.path}/count"))["count"])
        begun = self._now()
        with shown(f"reading all {self._kind.plural}", total) as advance:
            await self._publish(self._walk(), advance)
        # Everything was just read in full.
        await self._session.store.save_position(self._sweep_position, begun.isoformat())

    async def _changed(self, position: datetime) -> None:
        await self._publish(self._walk(since("lastUpdated", position)), lambda _: None)

    def _walk(self, conditions: str = "") -> AsyncIterator[Page]:
        return walk(self._client, self._kind.path, conditions=conditions, fields=self._kind.fields)

    async def _publish(self, pages: AsyncIterator[Page], advance: Advance) -> None:
        # The server's time at the start: what changes while the walk runs is read again by the next one.
        start: datetime | None = None
        first = True
        held: Page | None = None
        async for page in pages:
            if first:
                start, first = page.time, False
            if held is not None:
                await self._page(held, None, advance)
            held = page
        if start is None:
            log.warning("ConnectWise did not tell its time; the position stays")
        if held is not None:
            await self._page(held, next_position(start, self._settings.overlap_seconds), advance)

    async def _page(self, page: Page, position: str | None, advance: Advance) -> None:
        snapshots = [self._kind.snapshot(row) for row in page.rows]
        await self._session.publisher.publish(
            self._kind.name, snapshots, position=position, watch_children=self._kind.children
        )
        advance(len(page.rows))

    async def _sweep_if_due(self) -> None:
        last = await self._session.store.position(self._sweep_position)
        now = self._now()
        swept = datetime.fromisoformat(last) if last else None
        if sweep_due(swept, now, self._settings.sweep_hour, self._settings.sweep_seconds):
            await self._sweep()
            await self._session.store.save_position(self._sweep_position, now.isoformat())

    async def _sweep(self) -> None:
        seen: list[tuple[str, str | None]] = []
        async for page in walk(self._client, self._kind.path, fields=("id", STAMP)):
            self._session.advance()
            seen += [(str(row["id"]), stamp_of(row)) for row in page.rows]
        known = await self._session.store.known(self._kind.name)
        await self._missed(to_read(seen, known), len(seen))
        missing = vanished(known, {key for key, _ in seen})
        there = sum(1 for record in known if not record.deleted)
        if missing and believable(self._kind.name, len(missing), there, self._settings.deletion_share):
            alive = await self._still_there([record.key for record in missing])
            gone = [record for record in missing if record.key not in alive]
            await publish_deletions(
                self._session.publisher, self._kind.name, gone, watch_children=self._kind.children
            )
            log.info("sweep found deletions", entity=self._kind.name, deleted=len(gone))
        if self._kind.children:
            await self._session.store.set_children_due(self._kind.name, None, True)

    async def _missed(self, keys: Sequence[str], total: int) -> None:
        if not keys:
            return
        log.info(f"sweep reads {self._kind.plural} that the passes did not see", count=len(keys))
        if len(keys) / IDS_PER_REQUEST > total / PAGE_SIZE:
            async for page in self._walk():
                await self._page(page, None, lambda _: None)
            return
        for condition in in_lists("id", [int(key) for key in keys]):
            async for page in self._walk(condition):
                await self._page(page, None, lambda _: None)

    async def _still_there(self, keys: Sequence[str]) -> set[str]:
        # A record may be made or moved while a walk runs; only what a second question does not find is gone.
        alive: set[str] = set()
        for condition in in_lists("id", [int(key) for key in keys]):
            self._session.advance()
            async for page in walk(self._client, self._kind.path, conditions=condition, fields=("id",)):
                alive |= {str(row["id"]) for row in page.rows}
        return alive
