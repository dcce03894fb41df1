"""One pass over ConnectWise: companies that changed, sites that are due, and now and then a sweep.

Sites have no list over companies: one request a company is the only way the API offers. They are read when
their company is new or its stamp moved, and for all companies after a sweep (a site's edit need not move its
company's stamp), a bounded number a pass. Which companies are due is kept in the store, so none is forgotten.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from services.connectwise_connector.rules import (
    company_snapshot,
    next_position,
    site_snapshot,
    stamp_of,
    to_read,
)
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.deletions import believable, publish_deletions, vanished
from shared.connector.progress import Advance, shown
from shared.connector.runner import Session, SourceError
from shared.connector.schedule import sweep_due
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import COMPANIES, COMPANY_FIELDS, SITE_FIELDS, STAMP
from shared.connectwise.conditions import in_lists, since
from shared.connectwise.errors import ConnectWiseError, NotFoundError
from shared.connectwise.paging import PAGE_SIZE, Page, walk

COMPANY = "company"
SITE = "site"
SWEEP = "company sweep"
IDS_PER_REQUEST = 100
SITES_AT_ONCE = 4

log = structlog.get_logger(__name__)


class ConnectWiseReader:
    """Reads one tenant while this replica holds the lease."""

    def __init__(
        self,
        client: ConnectWise,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read before the first pass."""
        self._client = client
        self._session = session
        self._settings = settings
        self._now = now
        self._company_fields = (*COMPANY_FIELDS, *settings.extra_company_fields)
        self._site_fields = (*SITE_FIELDS, *settings.extra_site_fields)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def run_pass(self) -> None:
        """Companies, sites, sweep.

        Raises:
            SourceError: ConnectWise cannot be read; the position stays and the pass is done again.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        try:
            position = await self._session.store.position(COMPANY)
            if position is None:
                await self._first()
            else:
                await self._changed(datetime.fromisoformat(position))
                await self._sweep_if_due()
            if self._settings.sites:
                await self._sites()
        except ConnectWiseError as error:
            raise SourceError(f"{error.catalogue} ConnectWise: {error}".strip()) from error

    async def _first(self) -> None:
        total = int((await self._client.get(f"{COMPANIES}/count"))["count"])
        begun = self._now()
        with shown("reading all companies", total) as advance:
            await self._publish(walk(self._client, COMPANIES, fields=self._company_fields), advance)
        # Everything was just read in full.
        await self._session.store.save_position(SWEEP, begun.isoformat())

    async def _changed(self, position: datetime) -> None:
        condition = since("lastUpdated", position)
        await self._publish(
            walk(self._client, COMPANIES, conditions=condition, fields=self._company_fields), lambda _: None
        )

    async def _publish(self, pages: AsyncIterator[Page], advance: Advance) -> None:
        # The server's time at the start: what changes while the walk runs is read again by the next one.
        start: datetime | None = None
        first = True
        held: Page | None = None
        async for page in pages:
            if first:
                start, first = page.time, False
            if held is not None:
                await self._companies(held, None, advance)
            held = page
        if start is None:
            log.warning("ConnectWise did not tell its time; the position stays")
        if held is not None:
            await self._companies(held, next_position(start, self._settings.overlap_seconds), advance)

    async def _companies(self, page: Page, position: str | None, advance: Advance) -> None:
        snapshots = [company_snapshot(row) for row in page.rows]
        await self._session.publisher.publish(
            COMPANY, snapshots, position=position, watch_children=self._settings.sites
        )
        advance(len(page.rows))

    async def _sites(self) -> None:
        due = await self._session.store.children_due(COMPANY, self._settings.site_companies_per_pass)
        for start in range(0, len(due), SITES_AT_ONCE):
            self._session.advance()
            group = due[start : start + SITES_AT_ONCE]
            found = await asyncio.gather(*(self._sites_of(key) for key in group))
            for key, rows in zip(group, found, strict=True):
                await self._sites_read(key, rows)

    async def _sites_of(self, company_key: str) -> list[dict[str, Any]] | None:
        path = f"{COMPANIES}/{int(company_key)}/sites"
        try:
            return [
                row async for page in walk(self._client, path, fields=self._site_fields) for row in page.rows
            ]
        except NotFoundError:
            # The company is gone, and its sites with it.
            return None

    async def _sites_read(self, company_key: str, rows: list[dict[str, Any]] | None) -> None:
        publisher, store = self._session.publisher, self._session.store
        missing = vanished(
            await store.known(SITE, order_key=company_key), {str(row["id"]) for row in rows or ()}
        )
        if rows:
            await publisher.publish(SITE, [site_snapshot(row, int(company_key)) for row in rows])
        elif rows is not None and missing:
            # A company has a site at least: an empty list is a lost right, not a deletion.
            log.warning("a company shows no sites; none is taken for deleted", company=company_key)
            missing = []
        await publish_deletions(publisher, SITE, missing)
        await store.set_children_due(COMPANY, [company_key], False)

    async def _sweep_if_due(self) -> None:
        last = await self._session.store.position(SWEEP)
        now = self._now()
        swept = datetime.fromisoformat(last) if last else None
        if sweep_due(swept, now, self._settings.sweep_hour, self._settings.sweep_seconds):
            await self._sweep()
            await self._session.store.save_position(SWEEP, now.isoformat())

    async def _sweep(self) -> None:
        seen: list[tuple[str, str | None]] = []
        async for page in walk(self._client, COMPANIES, fields=("id", STAMP)):
            self._session.advance()
            seen += [(str(row["id"]), stamp_of(row)) for row in page.rows]
        known = await self._session.store.known(COMPANY)
        await self._missed(to_read(seen, known), len(seen))
        missing = vanished(known, {key for key, _ in seen})
        there = sum(1 for record in known if not record.deleted)
        if missing and believable(COMPANY, len(missing), there, self._settings.deletion_share):
            alive = await self._still_there([record.key for record in missing])
            gone = [record for record in missing if record.key not in alive]
            await publish_deletions(
                self._session.publisher, COMPANY, gone, watch_children=self._settings.sites
            )
            log.info("sweep found deletions", entity=COMPANY, deleted=len(gone))
        if self._settings.sites:
            await self._session.store.set_children_due(COMPANY, None, True)

    async def _missed(self, keys: Sequence[str], total: int) -> None:
        if not keys:
            return
        log.info("sweep reads companies that the passes did not see", count=len(keys))
        if len(keys) / IDS_PER_REQUEST > total / PAGE_SIZE:
            async for page in walk(self._client, COMPANIES, fields=self._company_fields):
                await self._companies(page, None, lambda _: None)
            return
        for condition in in_lists("id", [int(key) for key in keys]):
            async for page in walk(
                self._client, COMPANIES, conditions=condition, fields=self._company_fields
            ):
                await self._companies(page, None, lambda _: None)

    async def _still_there(self, keys: Sequence[str]) -> set[str]:
        # A record may be made or moved while a walk runs; only what a second question does not find is gone.
        alive: set[str] = set()
        for condition in in_lists("id", [int(key) for key in keys]):
            self._session.advance()
            async for page in walk(self._client, COMPANIES, conditions=condition, fields=("id",)):
                alive |= {str(row["id"]) for row in page.rows}
        return alive
