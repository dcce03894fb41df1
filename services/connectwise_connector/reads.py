"""One pass over ConnectWise: companies and their sites, then members."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog

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

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def run_pass(self) -> None:
        """Companies, sites, members; each with its sweep.

        Raises:
            SourceError: ConnectWise cannot be read; the position stays and the pass is done again.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        try:
            await self._companies.run_pass()
            if self._settings.sites:
                await self._sites.run_pass()
            if self._settings.members:
                await self._read_members()
        except ConnectWiseError as error:
            raise SourceError(f"{error.catalogue} ConnectWise: {error}".strip()) from error

    async def _read_members(self) -> None:
        try:
            await self._members.run_pass()
        except UnauthorizedError as error:
            # Companies were read with the same keys: only the right to see members is missing.
            if error.status != FORBIDDEN:
                raise
            log.error(
                "ConnectWise does not show its members; employees cannot be matched with them",
                advice="give the API member's role System / Member Maintenance: Inquire All,"
                " or set connectwise_connector.members to false",
            )
