"""The effects of ID747 on companies."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from services.customer_sync.customers import fields
from services.customer_sync.customers.dealer_fields import STATUS
from services.customer_sync.customers.matching import COMPANY, PROPERTY
from services.customer_sync.customers.rules import CustomerPlan
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.pairs.steps import Steps
from services.customer_sync.pairs.writes import AGENT, PairWrites, effect, wanting
from services.customer_sync.settings import CustomerSyncSettings
from shared.connectwise.companies import Companies
from shared.connectwise.patch import operations
from shared.eautomate.port import EAutomate
from shared.events.records import Company
from shared.links.client import MappingClient
from shared.links.models import How
from shared.sync.creating import Creator
from shared.sync.outcome import Effect
from shared.text import fold

__all__ = ["AGENT", "CustomerWrites"]


class CustomerWrites(Steps[CustomerPlan, Company]):
    """Carries out plans for customers."""

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
        super().__init__(COMPANY, store, PairWrites(COMPANY, "customer", store, mapping, eautomate), clock)
        self._companies = companies
        self._creator = Creator(store, COMPANY.right, "C5", settings.settle_lookup, clock)

    async def create(self, plan: CustomerPlan, effects: list[Effect]) -> Company:
        """The company of a new customer."""
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
        effects.append(effect("ConnectWise", "created", self.named(plan, company)))
        return company

    async def patch(self, plan: CustomerPlan, target: Company) -> Company:
        """The fields of a company, custom ones and the status too."""
        plain = {rule.wire for rule in fields.FIELDS}
        differing: dict[str, Any] = {
            name: wanted or None for name, (_, wanted) in plan.patch.items() if name in plain
        }
        if plan.status_id is not None:
            differing[STATUS] = {"id": plan.status_id}
        return await self._companies.patch_company(target.id, operations(differing, plan.custom))

    def named(self, plan: CustomerPlan, target: Company) -> str:  # noqa: ARG002
        """``company 19 (ACME01)``."""
        return f"company {target.id} ({target.identifier})"

    def why(self, number: str) -> Mapping[How, str]:
        """By how it came about."""
        return {
            How.PROPERTY: f"{PROPERTY} names the company",
            How.COMPANY_ID: f"Company ID is the customer number {number}",
            How.ACCOUNT_ID: f"Account ID is the customer number {number}",
            How.CREATED: f"created for customer {number}",
        }

    async def _look(self, number: str, reference: str) -> Company | None:
        """The company made for a customer, by the Company ID it was sent with.

        Two numbers may make one Company ID (AB-1 and AB1), so the Account ID must be the exact number. Only of a
        customer that was renumbered since, the exact number it had is not known any more.
        """
        renumbered = fold(fields.identifier(number)) != fold(reference)
        for company in await self._companies.companies_by_identifiers([reference]):
            account = company.accountNumber or ""
            ours = (
                fold(fields.identifier(account)) == fold(reference)
                if renumbered
                else fold(account) == fold(number)
            )
            if fold(company.identifier) == fold(reference) and ours and not company.deletedFlag:
                return company
        return None
