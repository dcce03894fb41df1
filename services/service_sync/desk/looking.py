"""ID965 as it looks at tickets and writes nothing: for `tandem explain` and `tandem preview`."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.service_sync.asking import AGENT
from services.service_sync.gather import Gatherer
from services.service_sync.rules.decide import Plan, decide_seen, decide_taken
from services.service_sync.rules.gathered import Gathered, Invoiced, Stage, Staged
from services.service_sync.rules.invoices import InvoicePlan, decide_invoice, invoiced
from services.service_sync.rules.plan import Keep, StagePlan
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
from shared.connectwise.service_invoices import ServiceInvoices
from shared.connectwise.tickets import Tickets
from shared.eautomate.port import EAutomate
from shared.events.service_invoices import ServiceInvoice
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
        parts: what else Tandem knows of it: what its invoices brought over.
    """

    ticket: Ticket
    row: Staged | None
    decision: Decision[Plan]
    afterwards: Decision[Plan] | None = None
    parts: tuple[Staged, ...] = ()

    @property
    def final(self) -> Decision[Plan]:
        """What it comes to in the end."""
        return self.afterwards or self.decision


@dataclass(frozen=True, slots=True)
class LookedInvoice:
    """One invoice in invoice-only mode, decided on as it is now.

    Attributes:
        decision: as if it had just changed.
        parts: tickets whose time it brings, or brought, over.
    """

    invoice: ServiceInvoice
    decision: Decision[InvoicePlan]
    parts: tuple[Looked, ...]


@dataclass(frozen=True, slots=True)
class Looking:
    """Everything that may be asked."""

    settings: ServiceSyncSettings
    store: TicketStore
    gatherer: Gatherer
    invoices: ServiceInvoices
    eautomate: EAutomate

    @property
    def tickets(self) -> Tickets:
        """Tickets in ConnectWise."""
        return self.invoices.tickets

    async def decided(self, tickets: Sequence[Ticket]) -> list[Looked]:
        """What would become of these now."""
        rows = await self.store.by_subjects([one.subject for one in tickets])
        held = await self.store.holders(entry.id for one in tickets for entry in one.time)
        imagined = [_as_taken(_free(one, one.subject, held), rows.get(one.subject)) for one in tickets]
        gathered = await self.gatherer.of_rows(imagined)
        return [
            self._one(ticket, rows.get(ticket.subject), taken, gathered[ticket.subject])
            for ticket, taken in zip(tickets, imagined, strict=True)
        ]

    async def decided_invoices(self, invoices: Sequence[ServiceInvoice]) -> list[LookedInvoice]:
        """What would become of these now, each ticket's time on its own."""
        gathered = await self.gatherer.invoices(invoices)
        decisions = {one.id: decide_invoice(one, 1, gathered[one.subject], self.settings) for one in invoices}
        rows = {row.subject: row for one in gathered.values() for row in one.mine}
        held = {key: row.subject for one in gathered.values() for key, row in one.holders.items()}
        imagined = {
            row.subject: row
            for one in invoices
            for row in _parts(decisions[one.id], invoiced(one), rows, held)
        }
        taken = {**imagined, **{key: row for key, row in rows.items() if row.stage is Stage.STAGED}}
        afterwards = {
            subject: decide_taken(taken[subject], one, self.settings)
            for subject, one in (await self.gatherer.of_rows(list(taken.values()))).items()
        }
        return [
            LookedInvoice(
                one,
                decisions[one.id],
                tuple(
                    _part(rows.get(subject), taken.get(subject), afterwards.get(subject))
                    for subject in sorted({key for key in (*imagined, *rows) if key.endswith(f"@{one.id}")})
                ),
            )
            for one in invoices
        ]

    def _one(self, ticket: Ticket, row: Staged | None, taken: Staged, gathered: Gathered) -> Looked:
        sequence = row.sequence + 1 if row is not None else 1
        decision = decide_seen(ticket, sequence, replace(gathered, row=row), self.settings)
        plan = decision.plan if isinstance(decision, Apply) else None
        if isinstance(plan, StagePlan) and plan.keep is Keep.SETTLE:
            final = decide_taken(taken, gathered, self.settings)
            return Looked(ticket, row, decision, final, gathered.parts)
        if row is None and isinstance(decision, Skip) and gathered.named:
            calls = ", ".join(call.number for call in gathered.named)
            reason = f"{decision.reason}; call {calls} carries the ticket's number"
            decision = replace(decision, reason=reason)
        return Looked(ticket, row, decision, parts=gathered.parts)


def _free(ticket: Ticket, subject: str, held: Mapping[int, str]) -> Ticket:
    """The ticket without time that was taken with another row."""
    time = tuple(entry for entry in ticket.time if held.get(entry.id, subject) == subject)
    return ticket.model_copy(update={"time": time})


def _as_taken(ticket: Ticket, row: Staged | None) -> Staged:
    if row is not None and row.stage is Stage.STAGED:
        return row
    kept = row.customer_id if row is not None else None
    generation = row.generation if row is not None else 0
    now = datetime.now(UTC)
    return Staged(ticket.subject, Stage.STAGED, ticket, 0.0, 0, generation, taken_at=now, customer_id=kept)


def _parts(
    decision: Decision[InvoicePlan], invoice: Invoiced, rows: Mapping[str, Staged], held: Mapping[int, str]
) -> Iterator[Staged]:
    """What an invoice brings over, as if it were taken now."""
    if isinstance(decision, Apply):
        for ticket in decision.plan.settle:
            subject = invoice.subject(ticket.id)
            row = _as_taken(_free(ticket, subject, held), rows.get(subject))
            yield replace(row, subject=subject, invoice=invoice)


def _part(row: Staged | None, taken: Staged | None, afterwards: Decision[Plan] | None) -> Looked:
    if taken is not None and afterwards is not None:
        return Looked(taken.ticket, row, afterwards)
    if row is None:
        raise ValueError("neither taken nor known")
    if row.stage is Stage.DONE:
        return Looked(row.ticket, row, Skip(f"call {row.call_number} was made of it", (), again=True))
    why = f"ignored by {row.by or 'a person'}" if row.stage is Stage.IGNORED else "not taken any more"
    return Looked(row.ticket, row, Skip(why, ()))


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
        invoices = ServiceInvoices(opened.connectwise, Tickets(opened.connectwise))
        yield Looking(settings, store, gatherer, invoices, opened.eautomate)
