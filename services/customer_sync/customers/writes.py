"""The effects of ID747, each safe to repeat after a crash or a lost answer at any place."""

import time
from collections.abc import Callable
from typing import Any

from services.customer_sync.customers import fields
from services.customer_sync.customers.dealer_fields import STATUS
from services.customer_sync.customers.matching import COMPANY, PROPERTY
from services.customer_sync.customers.rules import CustomerPlan
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.pairs.writes import AGENT, PairWrites, effect, sentence, wanting
from services.customer_sync.settings import CustomerSyncSettings
from shared.bus.delivery import Fault
from shared.connectwise.companies import Companies
from shared.connectwise.errors import IgnoredPatchError, NotFoundError, RefusedError
from shared.connectwise.patch import operations
from shared.eautomate.errors import Superseded
from shared.eautomate.port import EAutomate
from shared.events.records import Company
from shared.links.client import MappingClient
from shared.links.models import How
from shared.sync.agent import Applied
from shared.sync.creating import Creator, Unsettled
from shared.sync.outcome import Effect
from shared.sync.trouble import Refused, Stale

__all__ = ["AGENT", "CustomerWrites"]


class CustomerWrites:
    """Carries out plans."""

    def __init__(
        self,
        store: CustomerStore,
        eautomate: EAutomate,
        companies: Companies,
        mapping: MappingClient,
        settings: CustomerSyncSettings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Wire the targets; ``clock`` gives epoch seconds."""
        self._store = store
        self._companies = companies
        self.pair = PairWrites(COMPANY, "customer", store, mapping, eautomate)
        self._creator = Creator(store, COMPANY.right, "C5", settings.settle_lookup, clock)

    async def apply(self, plan: CustomerPlan) -> Applied:
        """Insert, link, store the RecID, patch, remember: in this order, each step only if it is needed.

        Raises:
            Stale: the row or the link moved since it was read.
        """
        customer = plan.customer
        if not await self._store.claim(customer.subject, plan.sequence, plan.generation):
            return Applied("a newer change is being applied", result="superseded")
        effects: list[Effect] = []
        try:
            company = plan.company or await self._create(plan, effects)
            if plan.company is not None and plan.intent is not None and plan.intent.target is None:
                # The company whose answer was lost was found by its number: nothing is left to look for.
                await self._store.created(customer.subject, plan.generation, plan.company)
            if plan.how is not None:
                why = _why(customer.number)[plan.how]
                effects += await self.pair.link(customer, company.id, plan.how, why, plan.generation)
            if plan.store:
                effects += await self.pair.store(customer, company.id, plan.sequence, plan.generation)
            if plan.patch:
                company = await self._patch(plan, company, effects)
        except Refused as refused:
            return Applied(refused.fault.text, tuple(effects), refused.fault)
        except Unsettled as unsettled:
            return Applied(str(unsettled), tuple(effects), result="waiting")
        except Superseded:
            return Applied("a newer change was applied meanwhile", tuple(effects), result="superseded")
        held_in = self.pair.held_in(customer)
        await self._store.finish(customer.subject, plan.sequence, plan.generation, held_in, company)
        name = f"company {company.id} ({company.identifier})"
        return Applied(sentence(plan, name, _why(customer.number), effects), tuple(effects))

    async def _create(self, plan: CustomerPlan, effects: list[Effect]) -> Company:
        body = plan.insert or {}

        async def look(reference: str, within: int | None) -> Company | None:  # noqa: ARG001 - of sites only
            return await self._look(plan.customer.number, reference)

        company = await self._creator.create(
            wanting(COMPANY, plan.customer),
            plan.generation,
            plan.intent,
            str(body["identifier"]),
            lambda: self._companies.create_company(body),
            look,
        )
        effects.append(effect("ConnectWise", "created", f"company {company.id} ({company.identifier})"))
        return company

    async def _look(self, number: str, reference: str) -> Company | None:
        """The company made for a customer, by the Company ID it was sent with.

        Two numbers may make one Company ID (AB-1 and AB1), so the Account ID must be the exact number. Only of a
        customer that was renumbered since, the exact number it had is not known any more.
        """
        renumbered = fields.fold(fields.identifier(number)) != fields.fold(reference)
        for company in await self._companies.companies_by_identifiers([reference]):
            account = company.accountNumber or ""
            ours = (
                fields.fold(fields.identifier(account)) == fields.fold(reference)
                if renumbered
                else fields.fold(account) == fields.fold(number)
            )
            if fields.fold(company.identifier) == fields.fold(reference) and ours and not company.deletedFlag:
                return company
        return None

    async def _patch(self, plan: CustomerPlan, company: Company, effects: list[Effect]) -> Company:
        plain = {rule.wire for rule in fields.FIELDS}
        differing: dict[str, Any] = {
            name: wanted or None for name, (_, wanted) in plan.patch.items() if name in plain
        }
        if plan.status_id is not None:
            differing[STATUS] = {"id": plan.status_id}
        try:
            patched = await self._companies.patch_company(company.id, operations(differing, plan.custom))
        except NotFoundError as error:
            raise Stale(f"company {company.id} is gone") from error
        except (RefusedError, IgnoredPatchError) as error:
            what = f"company {company.id} of customer {plan.customer.number} could not be updated"
            raise Refused(_refusal("C10", what, error, plan)) from error
        target = f"company {company.id} ({company.identifier})"
        updated = effect("ConnectWise", "updated", target, tuple(sorted(plan.patch)))
        values = {"record": f"connectwise/company/{company.id}", "values": dict(plan.patch)}
        effects.append(updated.model_copy(update=values))
        return patched


def _refusal(code: str, what: str, error: Exception, plan: CustomerPlan) -> Fault:
    blocked = (f"record:eautomate:customer:{plan.customer.customer_id}",)
    return Fault(code, f"{what}: {error}", type(error).__name__, blocked)


def _why(number: str) -> dict[How, str]:
    return {
        How.PROPERTY: f"{PROPERTY} names the company",
        How.COMPANY_ID: f"Company ID is the customer number {number}",
        How.ACCOUNT_ID: f"Account ID is the customer number {number}",
        How.CREATED: f"created for customer {number}",
    }
