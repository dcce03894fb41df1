"""The effects of ID747, each safe to repeat after a crash or a lost answer at any place."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog

from services.customer_sync import fields
from services.customer_sync.dealer_fields import STATUS
from services.customer_sync.gather import KIND, PROCESS
from services.customer_sync.matching import PROPERTY
from services.customer_sync.rules import CustomerPlan
from services.customer_sync.settings import CustomerSyncSettings
from services.customer_sync.store import CustomerStore
from shared import telemetry
from shared.bus.delivery import Fault
from shared.connectwise.companies import Companies
from shared.connectwise.errors import (
    IgnoredPatchError,
    NotFoundError,
    RefusedError,
    TransientError,
    UnauthorizedError,
    UnknownOutcomeError,
)
from shared.connectwise.patch import operations
from shared.eautomate.errors import PropertyNotStorable, Superseded
from shared.eautomate.port import EAutomate
from shared.events.records import Company
from shared.links.client import MappingClient
from shared.links.errors import MappingRefusedError
from shared.links.models import How, MakeLink
from shared.sync.agent import Applied
from shared.sync.outcome import Effect
from shared.sync.trouble import Stale

AGENT = "customer_sync"
LOOK_AGAIN_SECONDS = 1.0
TOLD_IN_FULL = 3

log = structlog.get_logger(__name__)


class Refused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The other side said no; nothing of this step was written."""

    def __init__(self, fault: Fault) -> None:
        """Carry the catalogued fault."""
        super().__init__(fault.text)
        self.fault = fault


class Unsettled(Exception):  # noqa: N818 - a state of the world
    """Whether the company was created is unknown; it is looked at again later."""


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
        self._eautomate = eautomate
        self._companies = companies
        self._mapping = mapping
        self._settings = settings
        self._clock = clock

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
                await self._link(plan, company, plan.how, effects)
            if plan.store:
                await self._store_recid(plan, company, effects)
            if plan.patch:
                company = await self._patch(plan, company, effects)
        except Refused as refused:
            return Applied(refused.fault.text, tuple(effects), refused.fault)
        except Unsettled as unsettled:
            return Applied(str(unsettled), tuple(effects), result="waiting")
        except Superseded:
            return Applied("a newer change was applied meanwhile", tuple(effects), result="superseded")
        # Remembered only if the property holds the RecID now: else it cannot be blanked by hand later.
        held_in = customer.configuration if PROPERTY in customer.storable_properties else None
        await self._store.finish(customer.subject, plan.sequence, plan.generation, held_in, company)
        return Applied(_told(plan, company, effects), tuple(effects))

    async def _create(self, plan: CustomerPlan, effects: list[Effect]) -> Company:
        body = plan.insert or {}
        reference = str(body["identifier"])
        customer = plan.customer
        company = await self._settle(plan, reference) if plan.intent is not None else None
        if company is None:
            now = self._clock()
            due = now + self._settings.settle_lookup
            before = plan.intent.attempted_at if plan.intent is not None else None
            if not await self._store.intend(customer.subject, plan.generation, reference, now, due, before):
                raise Stale("a company is being created for the customer already")
            try:
                company = await self._companies.create_company(body)
            except RefusedError as error:
                await self._store.forget_intent(customer.subject, plan.generation)
                raise Refused(
                    _refusal("C5", f"no company can be created for customer {customer.number}", error, plan)
                ) from error
            except (TransientError, UnauthorizedError, NotFoundError):
                # It surely did not arrive: there is nothing to look for either.
                await self._store.forget_intent(customer.subject, plan.generation)
                raise
            except UnknownOutcomeError as error:
                company = await self._look(reference, customer.number)
                if company is None:
                    raise self._unsettled(plan) from error
        await self._store.created(customer.subject, plan.generation, company)
        effects.append(_effect("ConnectWise", "created", f"company {company.id} ({company.identifier})"))
        return company

    async def _settle(self, plan: CustomerPlan, reference: str) -> Company | None:
        """What became of an earlier attempt.

        Lists may be stale for a while, so absence counts only once the time to settle has passed, and only
        when seen twice.

        Raises:
            Unsettled: it is too early to tell.
        """
        company = await self._look(reference, plan.customer.number)
        if company is not None:
            return company
        attempted = plan.intent.attempted_at if plan.intent is not None else 0.0
        if self._clock() < attempted + self._settings.settle_lookup:
            raise self._unsettled(plan)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return await self._look(reference, plan.customer.number)

    async def _look(self, reference: str, number: str) -> Company | None:
        for company in await self._companies.companies_by_identifiers([reference]):
            ours = fields.fold(company.accountNumber or "") == fields.fold(number)
            if fields.fold(company.identifier) == fields.fold(reference) and ours and not company.deletedFlag:
                return company
        return None

    def _unsettled(self, plan: CustomerPlan) -> Unsettled:
        return Unsettled(
            f"ConnectWise's answer to creating a company for customer {plan.customer.number} was lost; it is looked "
            f"for again within {self._settings.settle_lookup:.0f} s before anything is repeated"
        )

    async def _link(self, plan: CustomerPlan, company: Company, how: How, effects: list[Effect]) -> None:
        customer = plan.customer
        request = MakeLink(
            kind=KIND,
            left=customer.subject,
            right=str(company.id),
            how=how,
            by=AGENT,
            why=_why(how, customer.number),
            generation=plan.generation,
        )
        try:
            await self._mapping.make(request)
        except MappingRefusedError as error:
            if error.code in {"stale", "separated", "taken"}:
                raise Stale(str(error)) from error
            raise Refused(
                Fault(
                    "C3",
                    f"customer {customer.number} cannot be linked to company {company.id}: {error}",
                    type(error).__name__,
                    (f"link:customer-company:{customer.customer_id}",),
                )
            ) from error
        effects.append(_effect("Tandem", "linked", f"customer {customer.number} to company {company.id}"))

    async def _store_recid(self, plan: CustomerPlan, company: Company, effects: list[Effect]) -> None:
        customer = plan.customer
        try:
            async with self._eautomate.transaction(
                PROCESS, f"customer/{customer.subject}", plan.sequence, plan.generation
            ) as work:
                stored = await work.set_customer_property(
                    customer.customer_id, PROPERTY, str(company.id), customer.row_version or None
                )
        except PropertyNotStorable as error:
            raise Refused(
                Fault(
                    "C2",
                    f"customer {customer.number} matches company {company.id}, but its RecID cannot be stored: {error}",
                    type(error).__name__,
                    (f"record:eautomate:customer:{customer.customer_id}",),
                )
            ) from error
        if stored:
            effects.append(_effect("e-automate", "stored", f"{PROPERTY} = {company.id}"))

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
        updated = _effect("ConnectWise", "updated", target, tuple(sorted(plan.patch)))
        values = {"record": f"connectwise/company/{company.id}", "values": dict(plan.patch)}
        effects.append(updated.model_copy(update=values))
        return patched


def _effect(system: str, action: str, target: str, changed: tuple[str, ...] = ()) -> Effect:
    telemetry.WRITES.labels(AGENT, system, action).inc()
    return Effect(system=system, action=action, target=target, fields=changed)


def _refusal(code: str, what: str, error: Exception, plan: CustomerPlan) -> Fault:
    blocked = (f"record:eautomate:customer:{plan.customer.customer_id}",)
    return Fault(code, f"{what}: {error}", type(error).__name__, blocked)


def _why(how: How, number: str) -> str:
    # Mapping takes one line without control characters.
    number = "".join(character if character.isprintable() else " " for character in number).strip()
    return {
        How.PROPERTY: f"{PROPERTY} names the company",
        How.COMPANY_ID: f"Company ID is the customer number {number}",
        How.ACCOUNT_ID: f"Account ID is the customer number {number}",
        How.CREATED: f"created for customer {number}",
    }[how]


def _told(plan: CustomerPlan, company: Company, effects: list[Effect]) -> str:
    name = f"company {company.id} ({company.identifier})"
    if plan.insert is not None:
        text = f"became {name}"
    elif plan.how is not None:
        text = f"linked to {name}: {_why(plan.how, plan.customer.number)}"
    elif effects:
        text = f"{name} updated" if plan.patch else f"RecID of {name} stored"
    else:
        text = f"in step with {name}, nothing to write"
    if plan.patch:
        text += f"; {_changed(plan.patch)}"
    if plan.warnings:
        text += f" (warning: {'; '.join(plan.warnings)})"
    return text


def _changed(patch: dict[str, tuple[str, str]]) -> str:
    """A few fields with their values, many by name only."""
    if len(patch) > TOLD_IN_FULL:
        return f"updated {', '.join(sorted(patch))}"
    return ", ".join(f"{wire}: {now!r} -> {wanted!r}" for wire, (now, wanted) in sorted(patch.items()))
