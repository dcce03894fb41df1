"""Looks up, in lists, what the rules need for a batch of locations.

ConnectWise lists sites company by company, so a batch costs one request a company. A batch of very many companies is
read as far as a few seconds go, and the other locations look again when their turn comes: else a small request budget
would never see the end of it. No index of sites is kept: their names matter only beside the other sites of the company,
which have to be read anyway before one is created or renamed.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from time import monotonic
from typing import TypeVar

from services.customer_sync.customers.gather import is_fresh, redone
from services.customer_sync.customers.matching import COMPANY
from services.customer_sync.locations.fields import key, names
from services.customer_sync.locations.gathered import LocationGathered
from services.customer_sync.locations.matching import SITE, SITE_PROPERTY, wanted_names
from services.customer_sync.pairs.known import AppliedState
from services.customer_sync.pairs.pairing import recid
from services.customer_sync.pairs.progress import Progress
from services.customer_sync.settings import CustomerSyncSettings
from shared.connectwise.companies import Companies
from shared.connectwise.errors import NotFoundError
from shared.eautomate.port import EAutomate
from shared.events.change import Change
from shared.events.records import Company, Customer, Reference, Site
from shared.links.client import MappingClient
from shared.links.models import Link
from shared.sync.commands import COMMAND

CREATE_SITE = "create site"

LocationStore = Progress[Site]


AT_ONCE = 20
PATIENCE_SECONDS = 20.0
"""How long sites are read for a batch as a whole; an attempt is given up after a minute."""
K = TypeVar("K")
T = TypeVar("T")
LEDGER_ENTITY = "location"
"""What e-automate's ledger calls it: links of locations count generations of their own."""


class LocationGatherer:
    """Reads from all sides; never writes."""

    def __init__(
        self,
        store: LocationStore,
        eautomate: EAutomate,
        companies: Companies,
        mapping: MappingClient,
        settings: CustomerSyncSettings,
        territory_filter: Sequence[str] = (),
        patience: float = inf,
    ) -> None:
        """Wire the sources.

        Args:
            territory_filter: ConnectWise territories that take part, empty: all.
            patience: seconds after which companies whose sites were not read yet are left for later.
        """
        self._patience = patience
        self._store = store
        self._eautomate = eautomate
        self._companies = companies
        self._mapping = mapping
        self._settings = settings
        self._territory_filter = tuple(territory_filter)
        self._writes = settings.writes_to_connectwise and settings.sync_type.locations

    async def gather(
        self, changes: Sequence[Change[Customer]], coming: Collection[int] = ()
    ) -> dict[str, LocationGathered]:
        """By subject; a change that was applied before costs one look into our own table and no request.

        Args:
            coming: ``CustomerID`` of head offices whose own change is in the same batch.
        """
        applied = await self._store.applied([change.envelope.subject for change in changes])
        fresh = [change for change in changes if is_fresh(change, applied.get(change.envelope.subject))]
        result = {
            change.envelope.subject: LocationGathered(
                fresh=False, applied=applied.get(change.envelope.subject)
            )
            for change in changes
        }
        if fresh:
            # A single one is read whatever it takes: it would come back here for ever.
            end = inf if len(fresh) == 1 else monotonic() + self._patience
            result.update(await self._fresh(fresh, applied, coming, end))
        return result

    async def _fresh(
        self,
        changes: Sequence[Change[Customer]],
        applied: Mapping[str, AppliedState],
        coming: Collection[int],
        end: float,
    ) -> dict[str, LocationGathered]:
        subjects = [change.envelope.subject for change in changes]
        # What is decided here may create, so mapping itself is asked.
        found, live = await asyncio.gather(
            self._mapping.find(SITE.kind, lefts=subjects),
            self._eautomate.customers_by_id([int(subject) for subject in subjects]),
        )
        owners = {row.parent_id for row in live.values() if row.is_location and row.parent_id is not None}
        left_by = {
            subject: int(known.link.order_key or 0)
            for subject, known in found.lefts.items()
            if int(subject) not in live and known.link is not None and (known.link.order_key or "").isdigit()
        }
        parents, parent_links, intents, ledger = await asyncio.gather(
            self._eautomate.customers_by_id({*owners, *left_by.values()}),
            # A location that was a head office may still be linked to a company itself.
            self._mapping.find(COMPANY.kind, lefts=sorted({*subjects, *map(str, owners)})),
            self._store.intents({left: known.generation for left, known in found.lefts.items()}),
            redone(self._eautomate, changes, applied, LEDGER_ENTITY),
        )
        active = {row.parent_id for row in live.values() if row.active}
        company_of = {
            owner: int(known.link.right)
            for owner in owners & active
            if (known := parent_links.lefts.get(str(owner))) is not None and known.link is not None
        }
        companies, listed, states = await asyncio.gather(
            self._live_companies(set(company_of.values())),
            self._sites(
                Counter(company_of[row.parent_id] for row in live.values() if row.parent_id in company_of),
                end,
            ),
            self._states(),
        )
        result: dict[str, LocationGathered] = {}
        for change in changes:
            subject = change.envelope.subject
            known, row = found.lefts[subject], live.get(int(subject))
            owner = row.parent_id if row is not None and row.is_location else None
            company_id = company_of.get(owner) if owner is not None else None
            parent_known = parent_links.lefts.get(str(owner))
            result[subject] = LocationGathered(
                fresh=True,
                applied=applied.get(subject),
                live=row,
                link=known.link,
                generation=known.generation,
                ever_linked=known.ever,
                separated=frozenset(int(right) for right in known.separated),
                intent=intents.get(subject),
                sequence=ledger.get(subject, 0) if change.redo == COMMAND else change.envelope.sequence,
                parent=parents.get(owner or left_by.get(subject, 0)),
                parent_link=parent_known.link if parent_known is not None else None,
                company_link=parent_links.lefts[subject].link,
                parent_is_coming=company_id is None and owner in coming,
                company=companies.get(company_id) if company_id is not None else None,
                sites=listed.get(company_id, {}) if company_id is not None else {},
                unread=company_id is not None and company_id not in listed,
                states=states,
                territory_filter=self._territory_filter,
            )
        await self._confirm(result, end)
        await self._taken(result)
        await self._namesakes(result)
        return result

    async def _confirm(self, result: dict[str, LocationGathered], end: float) -> None:
        """Lists may be behind: a site that is missing in one is asked for by itself."""
        missing = {
            (subject, right): partial(self._companies.site_by_id, gathered.company.id, right)
            for subject, gathered in result.items()
            if gathered.company is not None and not gathered.unread
            for right in _named(gathered) - gathered.sites.keys()
        }
        answers = await _asked(missing, end)
        for subject, right in missing:
            if (subject, right) not in answers:
                result[subject] = replace(result[subject], unread=True)
            elif (site := answers[subject, right]) is not None:
                sites = {**result[subject].sites, right: site}
                result[subject] = replace(result[subject], sites=sites)

    async def _taken(self, result: dict[str, LocationGathered]) -> None:
        """Whose the sites are that may be a location's."""
        candidates = {subject: _candidates(gathered) for subject, gathered in result.items()}
        ids = sorted({site for sites in candidates.values() for site in sites})
        if not ids:
            return
        found = await self._mapping.find(SITE.kind, rights=[str(right) for right in ids])
        links = {int(right): link for right, link in found.rights.items()}
        for subject, sites in candidates.items():
            taken: dict[int, Link] = {
                right: links[right] for right in sites if right in links and links[right].left != subject
            }
            result[subject] = replace(result[subject], taken=taken)

    async def _namesakes(self, result: dict[str, LocationGathered]) -> None:
        """Other locations that a site's name fits as well; asked for only where a site has such a name."""
        asking = {
            subject: gathered.live
            for subject, gathered in result.items()
            if gathered.live is not None and _only_by_name(gathered, gathered.live)
        }
        if not asking:
            return
        beside = await self._eautomate.locations_of(
            {row.parent_id for row in asking.values() if row.parent_id is not None}
        )
        alike: dict[str, list[Customer]] = {
            subject: [
                other
                for other in beside.get(row.parent_id or 0, ())
                if other.customer_id != row.customer_id
                and other.active
                and key(names(other)[0]) == key(names(row)[0])
            ]
            for subject, row in asking.items()
        }
        lefts = sorted({other.subject for others in alike.values() for other in others})
        linked = (await self._mapping.find(SITE.kind, lefts=lefts)).lefts if lefts else {}
        for subject, others in alike.items():
            without = [other for other in others if linked[other.subject].link is None]
            result[subject] = replace(result[subject], namesakes=tuple(without))

    async def _live_companies(self, ids: set[int]) -> dict[int, Company]:
        found = {company.id: company for company in await self._companies.companies_by_ids(sorted(ids))}
        # One that was just created may be missing in a list.
        missing = sorted(ids - found.keys())
        for company in await asyncio.gather(*map(self._companies.company_by_id, missing)):
            if company is not None:
                found[company.id] = company
        return found

    async def _sites(self, companies: Counter[int], end: float) -> dict[int, dict[int, Site]]:
        """Sites by company, the companies with most locations first; a company whose turn does not come is absent."""
        calls = {company: partial(self._sites_of, company) for company, _ in companies.most_common()}
        found = await _asked(calls, end)
        return {company: {site.id: site for site in sites} for company, sites in found.items()}

    async def _sites_of(self, company: int) -> list[Site]:
        try:
            return await self._companies.sites_of_company(company)
        except NotFoundError:
            return []

    async def _states(self) -> tuple[Reference, ...]:
        return await self._companies.states() if self._writes else ()


async def _asked(calls: Mapping[K, Callable[[], Awaitable[T]]], end: float) -> dict[K, T]:
    """Answers by key, as far as the time goes: what was not asked by then is absent."""
    answers: dict[K, T] = {}
    room = asyncio.Semaphore(AT_ONCE)

    async def one(key: K, call: Callable[[], Awaitable[T]]) -> None:
        async with room:
            if monotonic() < end:
                answers[key] = await call()

    await asyncio.gather(*(one(key, call) for key, call in calls.items()))
    return answers


def _named(gathered: LocationGathered) -> set[int]:
    """Sites that the link, the property or an earlier creation name."""
    named = {int(gathered.link.right)} if gathered.link is not None else set()
    if gathered.intent is not None and gathered.intent.target is not None:
        named.add(int(gathered.intent.target))
    held = recid(gathered.live.properties.get(SITE_PROPERTY, "").strip()) if gathered.live is not None else 0
    return named | ({held} if held else set())


def _candidates(gathered: LocationGathered) -> set[int]:
    """Sites that are named, or that carry a name of the location."""
    if gathered.live is None:
        return set()
    wanted = wanted_names(gathered.live)
    if gathered.intent is not None:
        wanted |= {key(gathered.intent.reference)}
    return _named(gathered) | {site.id for site in gathered.sites.values() if key(site.name) in wanted}


def _only_by_name(gathered: LocationGathered, live: Customer) -> bool:
    """Whether nothing but a site's name may say which site a location is."""
    if gathered.link is not None or _named(gathered):
        return False
    name = key(names(live)[0])
    return name != key(live.number) and any(
        key(site.name) == name and site.id not in gathered.taken for site in gathered.sites.values()
    )
