"""The effects of ID747 on sites, each safe to repeat after a crash or a lost answer at any place."""

import time
from collections.abc import Callable
from dataclasses import replace

from services.customer_sync.locations.fields import NAME, holds, key
from services.customer_sync.locations.gather import LEDGER_ENTITY, LocationStore
from services.customer_sync.locations.matching import SITE, SITE_PROPERTY
from services.customer_sync.locations.rules import LocationPlan, LookAgain
from services.customer_sync.pairs.writes import PairWrites, effect, sentence, wanting
from services.customer_sync.settings import CustomerSyncSettings
from shared.bus.delivery import Fault
from shared.connectwise.companies import Companies
from shared.connectwise.errors import IgnoredPatchError, NotFoundError, RefusedError
from shared.connectwise.patch import operations
from shared.eautomate.errors import Superseded
from shared.eautomate.port import EAutomate
from shared.events.records import Customer, Site
from shared.links.client import MappingClient
from shared.links.models import How
from shared.sync.agent import Applied
from shared.sync.creating import Creator, Unsettled
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


class LocationWrites:
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
        self._store = store
        self._companies = companies
        self._mapping = mapping
        self.pair = PairWrites(SITE, LEDGER_ENTITY, store, mapping, eautomate)
        self._creator = Creator(store, SITE.right, "C5", settings.settle_lookup, clock)
        self._made = JustMade()

    async def apply(self, plan: LocationPlan | LookAgain) -> Applied:
        """Insert, link, store the RecID, patch, remember: in this order, each step only if it is needed.

        Raises:
            Stale: the row, the link or a site moved since it was read, or what was looked up is not enough.
        """
        if isinstance(plan, LookAgain):
            raise Stale(f"location {plan.customer.number} is looked at again: {plan.why}")
        location = plan.customer
        if not await self._store.claim(location.subject, plan.sequence, plan.generation):
            return Applied("a newer change is being applied", result="superseded")
        effects: list[Effect] = []
        try:
            site = plan.site or await self._create(plan, effects)
            if plan.site is not None and plan.intent is not None and plan.intent.target is None:
                # The site whose answer was lost was found by its name: nothing is left to look for.
                await self._store.created(location.subject, plan.generation, plan.site)
            if plan.how is not None:
                why = _why(location.number)[plan.how]
                effects += await self.pair.link(location, site.id, plan.how, why, plan.generation)
            if plan.store:
                effects += await self.pair.store(location, site.id, plan.sequence, plan.generation)
            plan = await self._still_wanted(plan, site)
            if plan.patch:
                site = await self._patch(plan, site, effects)
        except Refused as refused:
            return Applied(refused.fault.text, tuple(effects), refused.fault)
        except Unsettled as unsettled:
            return Applied(str(unsettled), tuple(effects), result="waiting")
        except Superseded:
            return Applied("a newer change was applied meanwhile", tuple(effects), result="superseded")
        await self._store.finish(
            location.subject,
            plan.sequence,
            plan.generation,
            self.pair.held_in(location),
            site,
            plan.company.id,
        )
        return Applied(sentence(plan, _name(site, plan), _why(location.number), effects), tuple(effects))

    async def _create(self, plan: LocationPlan, effects: list[Effect]) -> Site:
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
        effects.append(effect("ConnectWise", "created", _name(site, plan)))
        return site

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

    async def _patch(self, plan: LocationPlan, site: Site, effects: list[Effect]) -> Site:
        try:
            patched = await self._companies.patch_site(plan.company.id, site.id, operations(plan.values))
        except NotFoundError as error:
            raise Stale(f"site {site.id} is gone") from error
        except (RefusedError, IgnoredPatchError) as error:
            raise Refused(
                Fault(
                    "C10",
                    f"site {site.id} of location {plan.customer.number} could not be updated: {error}",
                    type(error).__name__,
                    (f"record:eautomate:customer:{plan.customer.customer_id}", SITE.record(site.id)),
                )
            ) from error
        updated = effect("ConnectWise", "updated", _name(patched, plan), tuple(sorted(plan.patch)))
        values = {"record": f"connectwise/site/{site.id}", "values": dict(plan.patch)}
        effects.append(updated.model_copy(update=values))
        return patched

    async def _still_wanted(self, plan: LocationPlan, site: Site) -> LocationPlan:
        """The plan without what the site itself holds: a list may show it as it was before we wrote.

        A site that we never wrote cannot be behind that, and is not asked for again.

        Raises:
            Stale: the site is gone.
        """
        if not plan.patch or not plan.written_before:
            return plan
        now = await self._companies.site_by_id(plan.company.id, site.id)
        if now is None:
            raise Stale(f"site {site.id} is gone")
        values = {wire: value for wire, value in plan.values.items() if not holds(now, wire, value)}
        return replace(plan, values=values, patch={wire: plan.patch[wire] for wire in values})


def _name(site: Site, plan: LocationPlan) -> str:
    return f"site {site.id} ({site.name}) of company {plan.company.id} ({plan.company.identifier})"


def _why(number: str) -> dict[How, str]:
    return {
        How.PROPERTY: f"{SITE_PROPERTY} names the site",
        How.SITE_NAME: f"the site carries the name or number of location {number}",
        How.CREATED: f"created for location {number}",
    }
