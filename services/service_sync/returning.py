"""Tickets that are not ignored any more and were never taken: nothing else may ever bring them up again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from services.service_sync.gather import Gatherer
from services.service_sync.rules.decide import Plan, decide_seen
from services.service_sync.rules.gathered import Gathered
from services.service_sync.rules.invoices import InvoicePlan, billing, decide_invoice
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from shared.bus.delivery import Fault
from shared.connectwise.service_invoices import ServiceInvoices
from shared.events.tickets import Ticket
from shared.sync.decision import Apply, Decision, Skip, Wait

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Together:
    """What becomes of all invoices that bill a ticket.

    Attributes:
        waits: of those that cannot be carried out yet.
    """

    plans: tuple[InvoicePlan, ...]
    waits: tuple[Fault, ...] = ()


class Returner:
    """Decides at once what becomes of them, or of the invoices that bill them."""

    def __init__(self, gatherer: Gatherer, source: ServiceInvoices, settings: ServiceSyncSettings) -> None:
        """Wire reading and rules."""
        self._gatherer = gatherer
        self._source = source
        self._settings = settings

    async def decided(self, gathered: Mapping[str, Gathered]) -> dict[str, Decision[Plan | Together]]:
        """By subject; absent when ConnectWise has the ticket no more."""
        ids = {subject: int(subject.partition("@")[0]) for subject in gathered}
        shown = {one.id: one for one in await self._source.tickets.by_ids(sorted(set(ids.values())))}
        there = {subject: shown[ident] for subject, ident in ids.items() if ident in shown}
        if self._settings.sync_mode is SyncMode.INVOICE:
            return await self._by_invoice(there)
        return {
            subject: _told(decide_seen(ticket, 0, gathered[subject], self._settings))
            for subject, ticket in there.items()
        }

    async def _by_invoice(self, tickets: Mapping[str, Ticket]) -> dict[str, Decision[Plan | Together]]:
        wanted = {subject: billing(ticket) for subject, ticket in tickets.items()}
        invoices = await self._source.by_ids(sorted({one for ids in wanted.values() for one in ids}))
        found = await self._gatherer.invoices(invoices)
        decided = {one.id: decide_invoice(one, 0, found[one.subject], self._settings) for one in invoices}
        return {
            subject: _together([decided[one] for one in ids if one in decided])
            for subject, ids in wanted.items()
        }


def _together(decisions: Sequence[Decision[InvoicePlan]]) -> Decision[Plan | Together]:
    """One decision of those about each invoice: what can be done now is done."""
    made = [check for one in decisions for check in one.checks]
    plans = tuple(one.plan for one in decisions if isinstance(one, Apply))
    if plans:
        waits = tuple(
            Fault(one.code, one.reason, blocked_on=tuple(one.blocked_on))
            for one in decisions
            if isinstance(one, Wait)
        )
        return Apply(Together(plans, waits), made)
    left = [one for one in decisions if not isinstance(one, Apply)]
    reasons = "; ".join(dict.fromkeys(one.reason for one in left)) or "no invoice bills its time"
    waiting = next((one for one in left if not isinstance(one, Skip)), None)
    return _told(
        replace(waiting, reason=reasons, checks=made) if waiting is not None else Skip(reasons, made)
    )


def _told(decision: Decision[P]) -> Decision[P]:
    if isinstance(decision, Apply):
        return decision
    return replace(decision, reason=f"not ignored any more; {decision.reason}")
