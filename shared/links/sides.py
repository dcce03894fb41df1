"""Reads the records links connect, from both systems, in lists and pages.

What agreements and contracts are is told by ``shared.links.contracts``, tickets and calls by ``shared.links.calls``.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import chain
from typing import Protocol

from shared.config import ConnectWiseSettings, EAutomateSettings, MappingClientSettings, load
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import COMPANIES, COMPANY_FIELDS, Companies, company
from shared.connectwise.conditions import in_lists
from shared.connectwise.errors import NotFoundError
from shared.connectwise.limiter import Limiter
from shared.connectwise.members import MEMBER_FIELDS, MEMBERS, member
from shared.connectwise.paging import walk
from shared.eautomate.port import EAutomate
from shared.events.records import Customer
from shared.links.calls import CallsSide, TicketsSide
from shared.links.client import MappingClient
from shared.links.contracts import AgreementsSide, ContractsSide
from shared.links.kinds import LinkKind
from shared.links.models import Link
from shared.links.records import Ours, Theirs, of_agent, of_company, of_customer, of_member, of_site

SERVICE = "links"
RETRY_SECONDS = 10.0
AT_ONCE = 20
CUSTOMER_KINDS = frozenset({LinkKind.CUSTOMER_COMPANY, LinkKind.LOCATION_SITE, LinkKind.AGENT_MEMBER})


class LeftSide(Protocol):
    """Records from which processes start."""

    async def all(self, kind: LinkKind) -> list[Ours]:
        """Every record."""

    async def by_keys(self, kind: LinkKind, keys: Iterable[str]) -> dict[str, Ours]:
        """Records by key; who is gone is absent."""

    async def by_number(self, kind: LinkKind, number: str) -> list[Ours]:
        """Records people call so."""


class RightSide(Protocol):
    """Records they are linked to."""

    async def all(self, kind: LinkKind, companies: Iterable[str] = ()) -> list[Theirs]:
        """Every record."""

    async def by_keys(
        self, kind: LinkKind, keys: Iterable[str], companies: Iterable[str] = ()
    ) -> dict[str, Theirs]:
        """Records by key; who is gone is absent."""

    async def by_codes(self, kind: LinkKind, codes: Iterable[str]) -> list[Theirs]:
        """Records people call so."""


class EAutomateSide:
    """Customers, locations and employees of e-automate."""

    def __init__(self, port: EAutomate) -> None:
        """Read through a port."""
        self.port = port
        self._names = port.tables.profile.properties

    async def all(self, kind: LinkKind) -> list[Ours]:
        """Every record of a kind's left side, in pages."""
        if kind is LinkKind.AGENT_MEMBER:
            return [of_agent(agent, self._names.member_id) for agent in await self.port.agents()]
        locations = kind is LinkKind.LOCATION_SITE
        found: list[Ours] = []
        after = 0
        while page := await self.port.customers_all(after):
            after = page[-1].customer_id
            found += [self._customer(row) for row in page if row.is_location is locations]
        return found

    async def by_keys(self, kind: LinkKind, keys: Iterable[str]) -> dict[str, Ours]:
        """Records by key, also such as are of the kind no more; who is gone is absent."""
        wanted = {key for key in keys if key.isdigit() and len(key) < 10}
        if not wanted:
            return {}
        if kind is LinkKind.AGENT_MEMBER:
            agents = await self.port.agents_by_id(int(key) for key in wanted)
            return {one.subject: of_agent(one, self._names.member_id) for one in agents.values()}
        rows = await self.port.customers_by_id(int(key) for key in wanted)
        return {row.subject: self._customer(row) for row in rows.values()}

    async def by_number(self, kind: LinkKind, number: str) -> list[Ours]:
        """Records with a number, trimmed, whatever the letter case; customers and locations share theirs."""
        if kind is LinkKind.AGENT_MEMBER:
            agents = await self.port.agents_by_numbers([number])
            return [of_agent(one, self._names.member_id) for many in agents.values() for one in many]
        row = await self.port.customer_by_number(number)
        return [] if row is None else [self._customer(row)]

    async def locations_of(self, parent: str) -> list[Ours]:
        """Locations of a head office."""
        rows = await self.port.locations_of([int(parent)])
        return [self._customer(row) for many in rows.values() for row in many]

    def _customer(self, row: Customer) -> Ours:
        return of_customer(row, self._names.company_id, self._names.site_id)


class ConnectWiseSide:
    """Companies, sites and members of ConnectWise."""

    def __init__(self, client: ConnectWise) -> None:
        """Read through a client."""
        self.client = client
        self.companies = Companies(client)

    async def all(self, kind: LinkKind, companies: Iterable[str] = ()) -> list[Theirs]:
        """Every record of a kind's right side that is not deleted.

        Args:
            companies: for sites: RecIDs of their companies. ConnectWise has no list of sites across companies,
                so each costs a request.
        """
        match kind:
            case LinkKind.CUSTOMER_COMPANY:
                pages = walk(self.client, COMPANIES, conditions="deletedFlag=false", fields=COMPANY_FIELDS)
                return [of_company(company(row)) async for page in pages for row in page.rows]
            case LinkKind.AGENT_MEMBER:
                return await self._members()
            case LinkKind.LOCATION_SITE:
                return await self._sites(companies)
            case _:
                return []

    async def by_keys(
        self, kind: LinkKind, keys: Iterable[str], companies: Iterable[str] = ()
    ) -> dict[str, Theirs]:
        """Records by RecID, deleted ones included; who is gone is absent. Sites are looked for in ``companies``."""
        wanted = {key for key in keys if key.isdigit()}
        if not wanted:
            return {}
        match kind:
            case LinkKind.CUSTOMER_COMPANY:
                rows = await self.companies.companies_by_ids(sorted(map(int, wanted)))
                found = [of_company(row) for row in rows]
            case LinkKind.AGENT_MEMBER:
                parts = [
                    await self._members(condition) for condition in in_lists("id", sorted(map(int, wanted)))
                ]
                found = list(chain.from_iterable(parts))
            case LinkKind.LOCATION_SITE:
                found = [site for site in await self._sites(companies) if site.key in wanted]
            case _:
                found = []
        return {one.key: one for one in found}

    async def by_codes(self, kind: LinkKind, codes: Iterable[str]) -> list[Theirs]:
        """Companies by Company ID, or members by identifier; sites have no such thing."""
        wanted = [code for code in dict.fromkeys(codes) if code]
        if not wanted:
            return []
        if kind is LinkKind.CUSTOMER_COMPANY:
            return [of_company(row) for row in await self.companies.companies_by_identifiers(wanted)]
        if kind is LinkKind.AGENT_MEMBER:
            folded = {code.casefold() for code in wanted}
            return [one for one in await self._members() if one.code.casefold() in folded]
        return []

    async def _members(self, conditions: str = "") -> list[Theirs]:
        pages = walk(self.client, MEMBERS, conditions=conditions, fields=MEMBER_FIELDS)
        return [of_member(member(row)) async for page in pages for row in page.rows]

    async def _sites(self, companies: Iterable[str]) -> list[Theirs]:
        owners = sorted({int(key) for key in companies})
        found: list[Theirs] = []
        for start in range(0, len(owners), AT_ONCE):
            parts = await asyncio.gather(*map(self._sites_of, owners[start : start + AT_ONCE]))
            found += chain.from_iterable(parts)
        return found

    async def _sites_of(self, owner: int) -> list[Theirs]:
        try:
            return [of_site(row) for row in await self.companies.sites_of_company(owner)]
        except NotFoundError:
            return []


class Sides:
    """Both systems and mapping, for one command."""

    def __init__(self, ours: EAutomateSide, theirs: ConnectWiseSide, mapping: MappingClient) -> None:
        """Wire."""
        self.ours = ours
        self.theirs = theirs
        self.agreements = AgreementsSide(theirs.client)
        self.contracts = ContractsSide(ours.port)
        self._tickets = TicketsSide(theirs.client)
        self._calls = CallsSide(ours.port)
        self.mapping = mapping

    def left(self, kind: LinkKind) -> LeftSide:
        """Who reads the left records of a kind."""
        if kind is LinkKind.TICKET_CALL:
            return self._tickets
        return self.ours if kind in CUSTOMER_KINDS else self.agreements

    def right(self, kind: LinkKind) -> RightSide:
        """Who reads the right records of a kind."""
        if kind is LinkKind.TICKET_CALL:
            return self._calls
        return self.theirs if kind in CUSTOMER_KINDS else self.contracts

    async def links(self, kind: LinkKind) -> list[Link]:
        """Every link of a kind that holds."""
        return [link async for link in self.mapping.list(kind=kind)]

    async def companies_of(self, parents: Iterable[str | None]) -> dict[str, str]:
        """RecIDs of the companies that head offices are linked to; who is not linked is absent."""
        keys = sorted({parent for parent in parents if parent})
        found = await self.mapping.find(LinkKind.CUSTOMER_COMPANY, lefts=keys)
        return {key: known.link.right for key, known in found.lefts.items() if known.link is not None}

    async def locations_of(self, parent: str) -> list[str]:
        """Numbers of a head office's locations that are linked to a site, each with the site."""
        rows = await self.ours.locations_of(parent)
        found = await self.mapping.find(LinkKind.LOCATION_SITE, lefts=[row.key for row in rows])
        links = {row.number: found.lefts[row.key].link for row in rows}
        return [f"{number} - site {link.right}" for number, link in links.items() if link is not None]

    async def pairs(self, links: Sequence[Link]) -> list[tuple[Link, Ours | None, Theirs | None]]:
        """Links with what their keys stand for, in their order; None for a record that is gone."""
        ours: dict[tuple[LinkKind, str], Ours] = {}
        theirs: dict[tuple[LinkKind, str], Theirs] = {}
        for kind in LinkKind:
            own = [link for link in links if link.kind is kind]
            if not own:
                continue
            lefts = await self.left(kind).by_keys(kind, (link.left for link in own))
            companies: Iterable[str] = ()
            if kind is LinkKind.LOCATION_SITE:
                companies = (await self.companies_of(one.parent for one in lefts.values())).values()
            rights = await self.right(kind).by_keys(kind, (link.right for link in own), companies)
            ours.update({(kind, key): one for key, one in lefts.items()})
            theirs.update({(kind, key): one for key, one in rights.items()})
        return [
            (link, ours.get((link.kind, link.left)), theirs.get((link.kind, link.right))) for link in links
        ]


@asynccontextmanager
async def open_sides(url: str | None = None, writes: bool = False) -> AsyncIterator[Sides]:
    """Connections of one command, from the settings; nothing is sent before something is asked.

    Args:
        url: where mapping listens, if not where the settings say.
        writes: whether ConnectWise may be written to.

    Raises:
        ValueError: settings are missing; the text names them.
        PermanentError: e-automate's settings are wrong.
    """
    connectwise = load("connectwise", ConnectWiseSettings)
    async with AsyncExitStack() as stack:
        mapping = MappingClient(url or load("mapping", MappingClientSettings).url)
        stack.push_async_callback(mapping.close)
        port = EAutomate.open(load("eautomate", EAutomateSettings))
        stack.push_async_callback(port.close)
        limiter = Limiter(SERVICE, connectwise.requests_per_minute, connectwise.concurrency)
        client = await stack.enter_async_context(
            ConnectWise(connectwise, SERVICE, limiter, retry_seconds=RETRY_SECONDS, read_only=not writes)
        )
        yield Sides(EAutomateSide(port), ConnectWiseSide(client), mapping)
