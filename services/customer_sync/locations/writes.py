"""The effects of ID747 on sites."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from services.customer_sync.locations.fields import NAME, holds, key, shown
from services.customer_sync.locations.gather import LEDGER_ENTITY, LocationStore
from services.customer_sync.locations.matching import SITE, SITE_PROPERTY
from services.customer_sync.locations.rules import LocationPlan, LookAgain
from services.customer_sync.pairs.steps import Steps
from services.customer_sync.pairs.writes import PairWrites, effect, wanting
from services.customer_sync.settings import CustomerSyncSettings
from shared.connectwise.companies import Companies
from shared.connectwise.errors import NotFoundError
from shared.connectwise.patch import operations
from shared.eautomate.port import EAutomate
from shared.events.records import Customer, Site
from shared.links.client import MappingClient
from shared.links.models import How
from shared.sync.agent import Applied
from shared.sync.creating import Creator
from shared.sync.outcome import Effect
from shared.sync.trouble import Refused, Stale

NAMES_MOST = 1000


class JustMade:
    """Names of sites made a moment ago, which lists and what was decided before do not know yet.

    Many locations carry their head office's name; without this each would first be refused.
    """

    def __init__(self) -> None:
        """None made yet."""
        self._names: dict[tuple[int, str], None] = {}

    def add(self, company_id: int, name: str) -> None:
        """A site was made; the oldest name is forgotten when there are many."""
        self._names[company_id, key(name)] = None
        if len(self._names) > NAMES_MOST:
            del self._names[next(iter(self._names))]

    def has(self, company_id: int, name: str) -> bool:
        """Whether a site of this name was made a moment ago."""
        return (company_id, key(name)) in self._names


class LocationWrites(Steps[LocationPlan, Site]):
    """Carries out plans for locations."""

    def __init__(
        self,
        store: LocationStore,
        eautomate: EAutomate,
        companies: Companies,
        mapping: MappingClient,
        settings: CustomerSyncSettings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Wire the targets; ``clock`` gives epoch seconds."""
        super().__init__(SITE, store, PairWrites(SITE, LEDGER_ENTITY, store, mapping, eautomate), clock)
        self._companies = companies
        self._mapping = mapping
        self._creator = Creator(store, SITE.right, "C5", settings.settle_lookup, clock)
        self._made = JustMade()

    async def apply(self, plan: LocationPlan | LookAgain) -> Applied:
        """As ``carry_out``.

        Raises:
            Stale: as there, or what was looked up is not enough.
        """
        if isinstance(plan, LookAgain):
            raise Stale(f"location {plan.customer.number} is looked at again: {plan.why}")
        return await self.carry_out(await self._still_wanted(plan))

    async def create(self, plan: LocationPlan, effects: list[Effect]) -> Site:
        """The site of a new location."""
        company, body = plan.company, plan.insert or {}
        if plan.spare and self._made.has(company.id, str(body[NAME])):
            # A namesake of the same batch was quicker.
            body = {**body, NAME: plan.spare}

        async def post() -> Site:
            return await self._companies.create_site(company.id, body)

        async def look(reference: str, within: int | None) -> Site | None:
            return await self._look(plan.customer, reference, within or company.id)

        try:
            site = await self._creator.create(
                wanting(SITE, plan.customer),
                plan.generation,
                plan.intent,
                str(body[NAME]),
                post,
                look,
                company.id,
            )
        except NotFoundError as error:
            raise Stale(f"company {company.id} is gone") from error
        except Refused as refused:
            if await self._named(company.id, str(body[NAME])) is not None:
                # Somebody took the name since the sites were read: the other one may be free.
                raise Stale(str(refused)) from refused
            raise
        self._made.add(company.id, site.name)
        effects.append(effect("ConnectWise", "created", self.named(plan, site)))
        return site

    async def patch(self, plan: LocationPlan, target: Site) -> Site:
        """The fields of a site."""
        return await self._companies.patch_site(plan.company.id, target.id, operations(plan.values))

    def named(self, plan: LocationPlan, target: Site) -> str:
        """``site 3310 (South) of company 19 (ACME01)``."""
        return f"site {target.id} ({target.name}) of company {plan.company.id} ({plan.company.identifier})"

    def why(self, number: str) -> Mapping[How, str]:
        """By how it came about."""
        return {
            How.PROPERTY: f"{SITE_PROPERTY} names the site",
            How.SITE_NAME: f"the site carries the name or number of location {number}",
            How.CREATED: f"created for location {number}",
        }

    async def _look(self, location: Customer, reference: str, company_id: int) -> Site | None:
        try:
            site = await self._named(company_id, reference)
        except NotFoundError:
            return None
        if site is None:
            return None
        # Another location of the same name may have been quicker; then the attempt was refused.
        link = await self._mapping.find_right(SITE.kind, str(site.id))
        return site if link is None or link.left == location.subject else None

    async def _named(self, company_id: int, name: str) -> Site | None:
        sites = await self._companies.sites_of_company(company_id)
        return next((site for site in sites if key(site.name) == key(name)), None)

    async def _still_wanted(self, plan: LocationPlan) -> LocationPlan:
        """The plan by what the site itself holds: a list may show it as it was before we wrote.

        A site that we never wrote cannot be behind that, and is not asked for again.

        Raises:
            Stale: the site is gone.
        """
        site = plan.site
        if site is None or not plan.patch or not plan.written_before:
            return plan
        now = await self._companies.site_by_id(plan.company.id, site.id)
        if now is None:
            raise Stale(f"site {site.id} is gone")
        values = {wire: value for wire, value in plan.values.items() if not holds(now, wire, value)}
        patch = {wire: (shown(now, wire), plan.patch[wire][1]) for wire in values}
        return replace(plan, values=values, patch=patch)
