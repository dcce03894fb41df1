"""ID747 as it looks at records and writes nothing: for `tandem explain` and `tandem preview`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.customers.writes import AGENT
from services.customer_sync.employees.gathered import MemberGathered
from services.customer_sync.employees.handlers import AgentHandler
from services.customer_sync.employees.rules import MemberPlan
from services.customer_sync.employees.wiring import member_handlers, member_store
from services.customer_sync.handlers import AnyGathered, AnyPlan, CustomerHandler
from services.customer_sync.locations.gathered import LocationGathered
from services.customer_sync.settings import CustomerSyncSettings
from services.customer_sync.wiring import handlers, location_store
from shared.config import ConnectWiseSettings
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import Companies
from shared.connectwise.members import Members
from shared.eautomate.port import EAutomate
from shared.events.change import Change
from shared.events.records import Agent, Customer
from shared.links.client import MappingClient
from shared.sync.decision import Decision
from shared.sync.desk import asked, desk


@dataclass(frozen=True, slots=True)
class Looked:
    """One customer or location, decided on as if it had just changed."""

    customer: Customer
    gathered: AnyGathered
    decision: Decision[AnyPlan]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One employee, decided on as if it had just changed."""

    agent: Agent
    gathered: MemberGathered
    decision: Decision[MemberPlan]


@dataclass(frozen=True, slots=True)
class Looking:
    """Everything that may be asked."""

    customers: CustomerHandler
    agents: AgentHandler
    eautomate: EAutomate
    client: ConnectWise
    companies: Companies
    mapping: MappingClient
    connectwise: ConnectWiseSettings

    async def decided(self, rows: Sequence[Customer]) -> list[Looked]:
        """What would become of these now; a location beside its head office follows it."""
        changes = [asked(row) for row in rows]
        gathered = await self._gathered(changes)
        return [
            Looked(
                change.record,
                gathered[change.envelope.subject],
                self.customers.decide(change, gathered[change.envelope.subject]),
            )
            for change in changes
        ]

    async def decided_agents(self, agents: Sequence[Agent]) -> list[LookedAt]:
        """What would become of these employees now."""
        changes = [asked(agent) for agent in agents]
        gathered = await self.agents.gather(changes)
        return [
            LookedAt(
                change.record,
                gathered[change.envelope.subject],
                self.agents.decide(change, gathered[change.envelope.subject]),
            )
            for change in changes
        ]

    async def _gathered(self, changes: Sequence[Change[Customer]]) -> Mapping[str, AnyGathered]:
        """Everything that is looked up; a batch of locations may take more rounds than one."""
        gathered: dict[str, AnyGathered] = {}
        pending, left = changes, len(changes)
        while pending:
            gathered |= await self.customers.gather(pending)
            unread = [change for change in changes if _is_unread(gathered[change.envelope.subject])]
            # One alone is read with all patience, so that every second round gets on.
            pending = unread if len(unread) < left else unread[:1]
            left = len(unread)
        return gathered


def _is_unread(gathered: AnyGathered | None) -> bool:
    return isinstance(gathered, LocationGathered) and gathered.unread


@asynccontextmanager
async def looking(
    settings: CustomerSyncSettings, service: str, part: float = 1.0, retry_seconds: float = 5.0
) -> AsyncIterator[Looking]:
    """Open everything for reading, as ``shared.sync.desk``."""
    async with desk(AGENT, service, part, retry_seconds) as opened:
        companies = Companies(opened.connectwise)
        wired = handlers(
            CustomerStore(opened.engine),
            location_store(opened.engine),
            opened.eautomate,
            companies,
            opened.mapping,
            settings,
            opened.settings.territory_filter,
        )
        wired |= member_handlers(
            member_store(opened.engine), opened.eautomate, Members(opened.connectwise), opened.mapping
        )
        customers, agents = wired["eautomate", "customer"], wired["eautomate", "agent"]
        if not isinstance(customers, CustomerHandler) or not isinstance(agents, AgentHandler):
            raise TypeError("customers or employees are handled by something else")
        yield Looking(
            customers,
            agents,
            opened.eautomate,
            opened.connectwise,
            companies,
            opened.mapping,
            opened.settings,
        )
