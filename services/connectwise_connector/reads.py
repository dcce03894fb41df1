"""One pass over ConnectWise: companies and their sites, members, and agreement invoices."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from services.connectwise_connector.invoices import InvoiceReader
from services.connectwise_connector.rules import company_snapshot, member_snapshot
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from services.connectwise_connector.sites import SiteReader
from services.connectwise_connector.walked import Kind, WalkedReader
from shared.connector.runner import Session, SourceError
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import COMPANIES, COMPANY_FIELDS
from shared.connectwise.errors import ConnectWiseError, UnauthorizedError
from shared.connectwise.members import MEMBER_FIELDS, MEMBERS
from shared.events.records import Company, Member

T = TypeVar("T")

FORBIDDEN = 403

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
        self._settings = settings
        companies = Kind(
            Company.ENTITY,
            "companies",
            COMPANIES,
            (*COMPANY_FIELDS, *settings.extra_company_fields),
            company_snapshot,
            children=settings.sites,
        )
        members = Kind(Member.ENTITY, "members", MEMBERS, MEMBER_FIELDS, member_snapshot)
        self._companies = WalkedReader(companies, client, session, settings, now)
        self._members = WalkedReader(members, client, session, settings, now)
        self._sites = SiteReader(client, session, settings)
        self._invoices = InvoiceReader(client, session, settings, now)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def run_pass(self) -> None:
        """Companies, sites, members; each with its sweep. Then invoices, a part at a time with those between.

        Raises:
            SourceError: ConnectWise cannot be read; the position stays and the pass is done again.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        try:
            await self._records()
            while self._settings.invoices and await self._read_invoices():
                await self._records()
        except ConnectWiseError as error:
            raise SourceError(f"{error.catalogue} ConnectWise: {error}".strip()) from error

    async def _records(self) -> None:
        await self._companies.run_pass()
        if self._settings.sites:
            await self._sites.run_pass()
        if self._settings.members:
            await _permitted(
                self._members.run_pass,
                "ConnectWise does not show its members; employees cannot be matched with them",
                "give the API member's role System / Member Maintenance: Inquire All,"
                " or set connectwise_connector.members to false",
            )

    async def _read_invoices(self) -> bool:
        left = await _permitted(
            self._invoices.run_pass,
            "ConnectWise does not show its agreement invoices in full; no contract follows them",
            "give the API member's role Finance / Agreements and Invoicing, Procurement / Product Catalog and"
            " Products: Inquire All, or set connectwise_connector.invoices to false",
        )
        return left is True


async def _permitted(read: Callable[[], Awaitable[T]], refused: str, advice: str) -> T | None:
    """What a read gives; None when only the right to it is missing, which is said aloud."""
    try:
        return await read()
    except UnauthorizedError as error:
        # Companies were read with the same keys.
        if error.status != FORBIDDEN:
            raise
        log.error(refused, advice=advice)
        return None
