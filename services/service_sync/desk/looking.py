"""ID965 as it looks at tickets and writes nothing: for `tandem explain` and `tandem preview`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.service_sync.asking import AGENT
from services.service_sync.gather import Gatherer
from services.service_sync.rules.decide import Plan, decide_seen, decide_taken
from services.service_sync.rules.gathered import Gathered, Stage, Staged
from services.service_sync.rules.plan import Keep, StagePlan
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
from shared.connectwise.tickets import Tickets
from shared.eautomate.port import EAutomate
from shared.events.tickets import Ticket
from shared.sync.decision import Apply, Decision, Skip
from shared.sync.desk import desk


@dataclass(frozen=True, slots=True)
class Looked:
    """One ticket, decided on as it is now.

    Attributes:
        row: what Tandem knows of it, None when it was never chosen.
        decision: as if it had just changed.
        afterwards: what would become of it once it has settled; None where it is not chosen.
    """

    ticket: Ticket
    row: Staged | None
    decision: Decision[Plan]
    afterwards: Decision[Plan] | None = None

    @property
    def final(self) -> Decision[Plan]:
        """What it comes to in the end."""
        return self.afterwards or self.decision


@dataclass(frozen=True, slots=True)
class Looking:
    """Everything that may be asked."""

    settings: ServiceSyncSettings
    store: TicketStore
    gatherer: Gatherer
    tickets: Tickets
    eautomate: EAutomate

    async def decided(self, tickets: Sequence[Ticket]) -> list[Looked]:
        """What would become of these now."""
        rows = await self.store.by_subjects([one.subject for one in tickets])
        imagined = [_as_taken(one, rows.get(one.subject)) for one in tickets]
        gathered = await self.gatherer.of_rows(imagined)
        return [
            self._one(ticket, rows.get(ticket.subject), taken, gathered[ticket.subject])
            for ticket, taken in zip(tickets, imagined, strict=True)
        ]

    def _one(self, ticket: Ticket, row: Staged | None, taken: Staged, gathered: Gathered) -> Looked:
        sequence = row.sequence + 1 if row is not None else 1
        decision = decide_seen(ticket, sequence, replace(gathered, row=row), self.settings)
        plan = decision.plan if isinstance(decision, Apply) else None
        if isinstance(plan, StagePlan) and plan.keep is Keep.SETTLE:
            return Looked(ticket, row, decision, decide_taken(taken, gathered, self.settings))
        if row is None and isinstance(decision, Skip) and gathered.named:
            calls = ", ".join(call.number for call in gathered.named)
            reason = f"{decision.reason}; call {calls} carries the ticket's number"
            return Looked(ticket, row, replace(decision, reason=reason))
        return Looked(ticket, row, decision)


def _as_taken(ticket: Ticket, row: Staged | None) -> Staged:
    if row is not None and row.stage is Stage.STAGED:
        return row
    kept = row.customer_id if row is not None else None
    generation = row.generation if row is not None else 0
    now = datetime.now(UTC)
    return Staged(ticket.subject, Stage.STAGED, ticket, 0.0, 0, generation, taken_at=now, customer_id=kept)


@asynccontextmanager
async def looking(
    settings: ServiceSyncSettings, service: str, part: float = 1.0, retry_seconds: float = 5.0
) -> AsyncIterator[Looking]:
    """Open everything for reading, as ``shared.sync.desk``."""
    async with desk(AGENT, service, part, retry_seconds) as opened:
        store = TicketStore(opened.engine)
        gatherer = Gatherer(
            store, opened.eautomate, opened.mapping, settings, opened.settings.territory_filter
        )
        yield Looking(settings, store, gatherer, Tickets(opened.connectwise), opened.eautomate)
