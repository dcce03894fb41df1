"""What ID747 would do with every customer and location, under the settings as they are or as they might be."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from pydantic import BaseModel

from services.customer_sync.location_rules import LookAgain
from services.customer_sync.looking import Looked, looking
from services.customer_sync.nearest import near_misses
from services.customer_sync.rules import CustomerPlan
from services.customer_sync.settings import CustomerSyncSettings
from services.customer_sync.verdict import AFTER_PARENT, told
from shared.eautomate.port import EAutomate
from shared.events.records import Customer
from shared.preview import WOULD, Asked, Planned, UnknownRecordsError
from shared.sync.decision import Apply, Wait

BATCH = 200
BUDGET_PART = 0.2
RETRY_SECONDS = 60.0


class CustomerPreview:
    """See ``shared.preview.Preview``."""

    number: ClassVar[str] = "ID747"
    section: ClassVar[str] = "customer_sync"
    model: ClassVar[type[BaseModel]] = CustomerSyncSettings

    async def plan(self, settings: BaseModel, asked: Asked) -> AsyncIterator[Planned]:
        """Head offices first, then locations, each by id; only reads.

        Raises:
            TypeError: these are another process's settings.
        """
        if not isinstance(settings, CustomerSyncSettings):
            raise TypeError("settings of customer_sync are wanted")
        async with looking(settings, "preview", BUDGET_PART, RETRY_SECONDS) as look:
            rows = await _rows(look.eautomate, asked)
            asked.progress(0, len(rows))
            gaining: set[int] = set()
            claims: dict[str, str] = {}
            done = 0
            for batch in _batches(rows):
                part = await look.decided(batch)
                gaining |= {looked.customer.customer_id for looked in part if _gains(looked)}
                for looked in part:
                    yield _beside(looked, _planned(looked, gaining), claims)
                done += len(batch)
                asked.progress(done, len(rows))


def _batches(rows: Sequence[Customer]) -> Iterator[Sequence[Customer]]:
    """Locations in batches of their own, after all head offices: one may get its company in this very run."""
    for locations in (False, True):
        part = [row for row in rows if row.is_location is locations]
        for start in range(0, len(part), BATCH):
            yield part[start : start + BATCH]


async def _rows(eautomate: EAutomate, asked: Asked) -> list[Customer]:
    rows: list[Customer] = []
    if asked.numbers:
        found = await eautomate.customers_by_numbers(asked.numbers)
        missing = [number for number in asked.numbers if number.strip().casefold() not in found]
        if missing:
            raise UnknownRecordsError("\n".join([await near_misses(eautomate, number) for number in missing]))
        rows = list(found.values())
    else:
        while page := await eautomate.customers_all(rows[-1].customer_id if rows else 0):
            rows += page
            if asked.limit is not None and len(rows) >= asked.limit:
                break
    return rows if asked.limit is None else rows[: asked.limit]


def _gains(looked: Looked) -> bool:
    """Whether a head office would get its company."""
    match looked.decision:
        case Apply(plan=CustomerPlan(how=how)):
            return how is not None
        case _:
            return False


def _planned(looked: Looked, gaining: set[int]) -> Planned:
    customer, verdict = looked.customer, told(looked.decision)
    follows = isinstance(looked.decision, Wait) and looked.decision.code == "C6"
    if follows and customer.parent_id in gaining:
        verdict = told(Apply(LookAgain(customer), looked.decision.checks))
    return Planned(
        kind="location" if customer.is_location else "customer",
        number=customer.number,
        name=customer.name,
        verdict=verdict.verdict,
        steps=verdict.steps,
        target=verdict.target,
        changes=verdict.changes,
        code=verdict.code,
        reason=verdict.reason,
        text=verdict.text,
        warnings=verdict.warnings,
    )


def _beside(looked: Looked, planned: Planned, claims: dict[str, str]) -> Planned:
    """Each record is decided on by itself: where two would take the same, the second is told."""
    if planned.verdict != WOULD or AFTER_PARENT in planned.steps or not isinstance(looked.decision, Apply):
        return planned
    plan = looked.decision.plan
    if isinstance(plan, LookAgain) or plan.how is None:
        return planned
    if plan.insert is not None:
        within = "" if isinstance(plan, CustomerPlan) else f" in company {plan.company.id}"
        wanted = f"the name {plan.insert.get('identifier') or plan.insert.get('name')}{within}"
    else:
        wanted = planned.target
    first = claims.setdefault(wanted.casefold(), planned.number)
    if first == planned.number:
        return planned
    warning = f"{first} would take {wanted} as well, and comes first"
    return replace(planned, warnings=(*planned.warnings, warning))


PREVIEW = CustomerPreview()
