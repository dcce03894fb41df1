"""What ID965 does about a ticket that changed in ConnectWise."""

from collections.abc import Mapping, Sequence

from services.service_sync.gather import Gatherer
from services.service_sync.rules.decide import Plan, decide_deleted, decide_seen
from services.service_sync.rules.gathered import Gathered
from services.service_sync.rules.plan import StagePlan
from services.service_sync.rules.texts import one_line
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.writes import TicketWrites
from shared.bus.delivery import Delivery
from shared.events.change import Change
from shared.events.tickets import Ticket
from shared.sync.agent import Applied, decode_record
from shared.sync.commands import number_of
from shared.sync.decision import Decision


class TicketHandler:
    """A ConnectWise ticket changed, or is gone."""

    def __init__(self, gatherer: Gatherer, writes: TicketWrites, settings: ServiceSyncSettings) -> None:
        """Wire reading, rules and writing."""
        self._gatherer = gatherer
        self._writes = writes
        self._settings = settings

    def read(self, delivery: Delivery) -> Ticket:
        """The ticket's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return Ticket(id=number_of(delivery))
        ticket: Ticket = decode_record(Ticket, delivery)
        return ticket

    async def gather(self, changes: Sequence[Change[Ticket]]) -> Mapping[str, Gathered]:
        """See ``Gatherer``."""
        return await self._gatherer.gather([change.envelope.subject for change in changes])

    def decide(self, change: Change[Ticket], gathered: Gathered) -> Decision[Plan]:
        """See ``rules.decide``."""
        if change.envelope.action == "deleted":
            return decide_deleted(change.record, change.envelope.sequence, gathered)
        return decide_seen(change.record, change.envelope.sequence, gathered, self._settings)

    async def apply(self, change: Change[Ticket], plan: Plan) -> Applied:
        """See ``carry_out``."""
        return await self.carry_out(change.envelope.subject, plan)

    async def carry_out(self, subject: str, plan: Plan) -> Applied:
        """Let it settle, or make its call."""
        if isinstance(plan, StagePlan):
            return await self._writes.stage(subject, plan)
        return await self._writes.apply(plan)

    def label(self, change: Change[Ticket]) -> str:
        """``ticket 60211 Core switch replacement``."""
        return named_ticket(change.envelope.subject, change.record.summary)


def named_ticket(subject: str, summary: str = "") -> str:
    """``ticket 60211 Core switch replacement``, for people."""
    number, _, invoice = subject.partition("@")
    of = f" (invoice with id {invoice})" if invoice else ""
    return f"ticket {number}{of} {one_line(summary)}".strip()
