"""ID747 as it looks at records and writes nothing: for `tandem explain` and `tandem preview`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

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
from shared.config import ConnectWiseSettings, EAutomateSettings, MappingClientSettings, StoreSettings, load
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import Companies
from shared.connectwise.limiter import Limiter
from shared.connectwise.members import Members
from shared.eautomate.port import EAutomate
from shared.events.change import Change
from shared.events.envelope import Envelope
from shared.events.records import Agent, Customer
from shared.links.client import MappingClient
from shared.store.engine import open_store
from shared.sync.commands import COMMAND
from shared.sync.decision import Decision

R = TypeVar("R", Customer, Agent)


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
        changes = [_asked(row) for row in rows]
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
        changes = [_asked(agent) for agent in agents]
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


def _asked(record: R) -> Change[R]:
    envelope = Envelope(record.SOURCE, record.ENTITY, record.subject, 0, datetime.now(UTC))
    return Change(envelope, record, COMMAND)


def _is_unread(gathered: AnyGathered | None) -> bool:
    return isinstance(gathered, LocationGathered) and gathered.unread


@asynccontextmanager
async def looking(
    settings: CustomerSyncSettings, service: str, part: float = 1.0, retry_seconds: float = 5.0
) -> AsyncIterator[Looking]:
    """Open everything for reading; the client of ConnectWise refuses to write.

    Args:
        service: for metrics.
        part: of the request budget; who asks for long leaves most of it to the services.
        retry_seconds: how long a call to ConnectWise may be repeated.

    Raises:
        pydantic.ValidationError, ValueError: settings are wrong.
    """
    connectwise = load("connectwise", ConnectWiseSettings)
    pace = Limiter(service, connectwise.requests_per_minute * part, connectwise.concurrency)
    async with ConnectWise(connectwise, service, pace, retry_seconds=retry_seconds, read_only=True) as client:
        engine = open_store(load("store", StoreSettings), AGENT)
        eautomate = EAutomate.open(load("eautomate", EAutomateSettings))
        mapping = MappingClient(load("mapping", MappingClientSettings).url)
        try:
            companies = Companies(client)
            wired = handlers(
                CustomerStore(engine),
                location_store(engine),
                eautomate,
                companies,
                mapping,
                settings,
                connectwise.territory_filter,
            )
            wired |= member_handlers(member_store(engine), eautomate, Members(client), mapping)
            customers, agents = wired["eautomate", "customer"], wired["eautomate", "agent"]
            if not isinstance(customers, CustomerHandler) or not isinstance(agents, AgentHandler):
                raise TypeError("customers or employees are handled by something else")
            yield Looking(customers, agents, eautomate, client, companies, mapping, connectwise)
        finally:
            await mapping.close()
            await eautomate.close()
            await engine.dispose()
