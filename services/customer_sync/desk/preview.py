"""What ID747 would do with every customer, location and employee, under the settings as they are or as they might be."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, TypeVar

from pydantic import BaseModel

from services.customer_sync.customers.rules import CustomerPlan
from services.customer_sync.desk.looking import Looked, looking
from services.customer_sync.desk.nearest import near_misses
from services.customer_sync.desk.verdict import AnyPlan, Verdict, told
from services.customer_sync.employees.rules import MemberPlan
from services.customer_sync.locations.rules import LocationPlan, LookAgain
from services.customer_sync.settings import CustomerSyncSettings
from shared.eautomate.port import EAutomate
from shared.events.records import Agent, Customer
from shared.preview import Asked, Planned, UnknownRecordsError
from shared.sync.decision import Apply, Decision, Wait

R = TypeVar("R", Customer, Agent)

BATCH = 200
BUDGET_PART = 0.2
RETRY_SECONDS = 60.0


class CustomerPreview:
    """See ``shared.preview.Preview``."""

    number: ClassVar[str] = "ID747"
    section: ClassVar[str] = "customer_sync"
    model: ClassVar[type[BaseModel]] = CustomerSyncSettings

    async def plan(self, settings: BaseModel, asked: Asked) -> AsyncIterator[Planned]:
        """Head offices first, then locations, then employees, each by id; only reads.

        Raises:
            TypeError: these are another process's settings.
        """
        if not isinstance(settings, CustomerSyncSettings):
            raise TypeError("settings of customer_sync are wanted")
        async with looking(settings, "preview", BUDGET_PART, RETRY_SECONDS) as look:
            rows, agents = await _records(look.eautomate, asked)
            total, done = len(rows) + len(agents), 0
            asked.progress(done, total)
            gaining: set[int] = set()
            claims: dict[str, str] = {}
            # Locations in batches of their own: their head office may get its company in this very run.
            offices, locations = _split(rows)
            for batch in (*_batches(offices), *_batches(locations)):
                part = await look.decided(batch)
                gaining |= {looked.customer.customer_id for looked in part if _gains(looked)}
                for looked in part:
                    yield _beside(looked.decision, _planned(looked, gaining), claims)
                done += len(batch)
                asked.progress(done, total)
            for staff in _batches(agents):
                for one in await look.decided_agents(staff):
                    yield _beside(one.decision, _shown("employee", one.agent, told(one.decision)), claims)
                done += len(staff)
                asked.progress(done, total)


def _split(rows: Sequence[Customer]) -> tuple[list[Customer], list[Customer]]:
    return [row for row in rows if not row.is_location], [row for row in rows if row.is_location]


def _batches(records: Sequence[R]) -> Iterator[Sequence[R]]:
    return (records[start : start + BATCH] for start in range(0, len(records), BATCH))


async def _records(eautomate: EAutomate, asked: Asked) -> tuple[list[Customer], list[Agent]]:
    """Customers and employees by id, as many as are asked for."""
    if asked.numbers:
        return await _named(eautomate, asked.numbers)
    rows: list[Customer] = []
    while page := await eautomate.customers_all(rows[-1].customer_id if rows else 0):
        rows += page
        if asked.limit is not None and len(rows) >= asked.limit:
            return rows[: asked.limit], []
    agents = await eautomate.agents()
    return rows, agents if asked.limit is None else agents[: asked.limit - len(rows)]


async def _named(eautomate: EAutomate, numbers: Sequence[str]) -> tuple[list[Customer], list[Agent]]:
    """Those with these numbers; a customer and an employee may have the same one.

    Raises:
        UnknownRecordsError: nobody has one of them.
    """
    customers = await eautomate.customers_by_numbers(numbers)
    agents = await eautomate.agents_by_numbers(numbers)
    missing = [
        number for number in numbers if number.strip().casefold() not in customers.keys() | agents.keys()
    ]
    if missing:
        raise UnknownRecordsError("\n".join([await near_misses(eautomate, number) for number in missing]))
    return list(customers.values()), [agent for found in agents.values() for agent in found]


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
    return _shown("location" if customer.is_location else "customer", customer, verdict)


def _shown(kind: str, record: Customer | Agent, verdict: Verdict) -> Planned:
    return Planned(
        kind=kind,
        number=record.number,
        name=record.name,
        verdict=verdict.verdict,
        steps=verdict.steps,
        target=verdict.target,
        changes=verdict.changes,
        code=verdict.code,
        reason=verdict.reason,
        text=verdict.text,
        warnings=verdict.warnings,
    )


def _beside(decision: Decision[AnyPlan], planned: Planned, claims: dict[str, str]) -> Planned:
    """Each record is decided on by itself: where two would take the same, the second is told."""
    wanted = _taken(decision, planned)
    first = claims.setdefault(wanted.casefold(), planned.number) if wanted else planned.number
    if first == planned.number:
        return planned
    warning = f"{first} would take {wanted} as well, and comes first"
    return replace(planned, warnings=(*planned.warnings, warning))


def _taken(decision: Decision[AnyPlan], planned: Planned) -> str:
    """What a record would be linked to, empty when it would not."""
    match decision:
        case Apply(plan=CustomerPlan(insert=dict() as body)):
            return f"the Company ID {body.get('identifier')}"
        case Apply(plan=LocationPlan(insert=dict() as body) as plan):
            return f"the site name {body.get('name')} in company {plan.company.id}"
        case Apply(plan=CustomerPlan() | LocationPlan() | MemberPlan() as plan) if plan.how is not None:
            return planned.target
        case _:
            return ""


PREVIEW = CustomerPreview()
