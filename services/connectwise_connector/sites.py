"""Sites of companies that are due.

Sites have no list over companies: one request a company is the only way the API offers. They are read when
their company is new or its stamp moved, and for all companies after a sweep (a site's edit need not move its
company's stamp), a bounded number a pass. Which companies are due is kept in the store, so none is forgotten.
"""

import asyncio
from typing import Any

import structlog

from services.connectwise_connector.rules import site_snapshot
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.deletions import publish_deletions, vanished
from shared.connector.runner import Session
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import COMPANIES, SITE_FIELDS
from shared.connectwise.errors import NotFoundError
from shared.connectwise.paging import walk
from shared.events.records import Company, Site

SITES_AT_ONCE = 4

log = structlog.get_logger(__name__)


class SiteReader:
    """Reads sites while this replica holds the lease."""

    def __init__(self, client: ConnectWise, session: Session, settings: ConnectWiseConnectorSettings) -> None:
        """Nothing is read before the first pass."""
        self._client = client
        self._session = session
        self._most = settings.site_companies_per_pass
        self._fields = (*SITE_FIELDS, *settings.extra_site_fields)

    async def run_pass(self) -> None:
        """Sites of the companies that are due, a bounded number.

        Raises:
            ConnectWiseError: ConnectWise cannot be read; what was not read stays due.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        due = await self._session.store.children_due(Company.ENTITY, self._most)
        for start in range(0, len(due), SITES_AT_ONCE):
            self._session.advance()
            group = due[start : start + SITES_AT_ONCE]
            found = await asyncio.gather(*(self._sites_of(key) for key in group))
            for key, rows in zip(group, found, strict=True):
                await self._read(key, rows)

    async def _sites_of(self, company_key: str) -> list[dict[str, Any]] | None:
        path = f"{COMPANIES}/{int(company_key)}/sites"
        try:
            return [row async for page in walk(self._client, path, fields=self._fields) for row in page.rows]
        except NotFoundError:
            # The company is gone, and its sites with it.
            return None

    async def _read(self, company_key: str, rows: list[dict[str, Any]] | None) -> None:
        publisher, store = self._session.publisher, self._session.store
        missing = vanished(
            await store.known(Site.ENTITY, order_key=company_key), {str(row["id"]) for row in rows or ()}
        )
        if rows:
            await publisher.publish(Site.ENTITY, [site_snapshot(row, int(company_key)) for row in rows])
        elif rows is not None and missing:
            # A company has a site at least: an empty list is a lost right, not a deletion.
            log.warning("a company shows no sites; none is taken for deleted", company=company_key)
            missing = []
        await publish_deletions(publisher, Site.ENTITY, missing)
        await store.set_children_due(Company.ENTITY, [company_key], False)
