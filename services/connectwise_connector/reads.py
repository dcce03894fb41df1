"""One pass over ConnectWise: companies and their sites, members, then invoices and tickets, a part at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from services.connectwise_connector.agreements import AgreementWatch
from services.connectwise_connector.invoice_kinds import agreement_invoices, service_invoices
from services.connectwise_connector.invoice_pages import InvoicePages
from services.connectwise_connector.invoices import InvoiceReader
from services.connectwise_connector.rules import company_snapshot, member_snapshot
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from services.connectwise_connector.sites import SiteReader
from services.connectwise_connector.ticket_pages import TicketPages
from services.connectwise_connector.tickets import TicketReader
from services.connectwise_connector.time_watch import TimeWatch
from services.connectwise_connector.walked import Kind, WalkedReader
from shared.connector.runner import Session, SourceError
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import COMPANIES, COMPANY_FIELDS
from shared.connectwise.errors import ConnectWiseError, UnauthorizedError
from shared.connectwise.members import MEMBER_FIELDS, MEMBERS
from shared.connectwise.ticket_rows import PROJECT, SERVICE, TicketList
from shared.events.records import Company, Member

T = TypeVar("T")

FORBIDDEN = 403

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """Records that are read a bounded number at a time.

    Attributes:
        read: some of them; whether some are left.
        refused: what it means when the right to them is missing.
        advice: what to do then.
    """

    read: Callable[[], Awaitable[bool]]
    refused: str
    advice: str


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
        self._parts = (
            *_agreement_invoices(client, session, settings, now),
            *_work(client, session, settings, now),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def run_pass(self) -> None:
        """Companies, sites, members; each with its sweep. Then the other parts, with those between.

        Raises:
            SourceError: ConnectWise cannot be read; the position stays and the pass is done again.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        try:
            await self._records()
            while await self._read_parts():
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

    async def _read_parts(self) -> bool:
        left = [await _permitted(part.read, part.refused, part.advice) for part in self._parts]
        return True in left


def _agreement_invoices(
    client: ConnectWise,
    session: Session,
    settings: ConnectWiseConnectorSettings,
    now: Callable[[], datetime],
) -> list[Part]:
    if not settings.invoices:
        return []
    pages = InvoicePages(client, session, settings, agreement_invoices(client, settings))
    watch = AgreementWatch(client, session, settings, pages)
    return [
        Part(
            InvoiceReader(pages, session, settings, now, watch).run_pass,
            "ConnectWise does not show its agreement invoices in full; no contract follows them",
            "give the API member's role Finance / Agreements and Invoicing, Procurement / Product Catalog and"
            " Products: Inquire All, or set connectwise_connector.invoices to false",
        )
    ]


def _work(
    client: ConnectWise,
    session: Session,
    settings: ConnectWiseConnectorSettings,
    now: Callable[[], datetime],
) -> list[Part]:
    """Tickets and the invoices of work; both carry time entries."""
    lists = _ticket_lists(settings)
    if not lists and not settings.service_invoices:
        return []
    tickets = TicketPages(client, session, settings, lists) if lists else None
    readers = [
        Part(
            TicketReader(where, tickets, session, settings, now).run_pass,
            f"ConnectWise does not show its {where.name} with their time; none becomes a service call",
            "give the API member's role Service Desk / Service Tickets (of projects: Project / Project Tickets)"
            " and Time & Expense / Time Entry: Inquire All, or do without:"
            " connectwise_connector.tickets, .project_tickets",
        )
        for where in lists
        if tickets is not None
    ]
    invoices = None
    if settings.service_invoices:
        kind = service_invoices(client, settings, lists or (SERVICE,))
        pages = InvoicePages(client, session, settings, kind)
        invoices = InvoiceReader(pages, session, settings, now)
        readers.append(
            Part(
                invoices.run_pass,
                "ConnectWise does not show its service invoices in full; none becomes a service call",
                "give the API member's role Finance / Invoicing, Service Desk / Service Tickets and"
                " Time & Expense / Time Entry: Inquire All, or set connectwise_connector.service_invoices to false",
            )
        )
    watch = TimeWatch(client, session, settings, tickets, invoices)
    # First of all: time that changes while the others are read for the first time must not be missed.
    return [
        Part(
            watch.run_pass,
            "ConnectWise does not show time entries; tickets and invoices are read without what changed in them",
            "give the API member's role Time & Expense / Time Entry: Inquire All",
        ),
        *readers,
    ]


def _ticket_lists(settings: ConnectWiseConnectorSettings) -> tuple[TicketList, ...]:
    wanted = ((SERVICE, settings.tickets), (PROJECT, settings.project_tickets))
    return tuple(where for where, is_wanted in wanted if is_wanted)


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
