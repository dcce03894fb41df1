"""Looks up, in lists, what the rules need for a batch of tickets; never writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.service_sync.held import Held, Made, Reader, owners
from services.service_sync.rules.gathered import Gathered, Stage, Staged
from services.service_sync.rules.invoices import GatheredInvoice
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
from shared.eautomate.port import EAutomate
from shared.events.contracts import Contract
from shared.events.records import Customer
from shared.events.service_invoices import ServiceInvoice
from shared.links.client import MappingClient
from shared.links.models import Link


class Gatherer:
    """Reads from all sides.

    Args:
        territory_filter: ConnectWise territories that take part, empty: all.
        clock: tells the time of a zone.
    """

    def __init__(
        self,
        store: TicketStore,
        eautomate: EAutomate,
        mapping: MappingClient,
        settings: ServiceSyncSettings,
        territory_filter: Sequence[str] = (),
        clock: Callable[[ZoneInfo], datetime] = datetime.now,
    ) -> None:
        self._store = store
        self._eautomate = eautomate
        self._reader = Reader(store, eautomate, mapping, settings)
        self._territory_filter = tuple(territory_filter)
        self._clock = clock

    async def gather(self, subjects: Sequence[str]) -> dict[str, Gathered]:
        """By subject. Of a ticket that was not taken, or has its call, only Tandem's own row is read."""
        zone, now = self._now()
        rows = await self._store.by_subjects(subjects)
        parts = await self._store.by_tickets(int(subject.partition("@")[0]) for subject in subjects)
        taken = await self.of_rows([row for row in rows.values() if row.stage is Stage.STAGED])
        untaken = {
            subject: Gathered(
                now,
                zone,
                rows.get(subject),
                _others(subject, parts),
                territory_filter=self._territory_filter,
            )
            for subject in subjects
            if subject not in taken
        }
        return {**untaken, **taken}

    async def invoices(self, changes: Sequence[ServiceInvoice]) -> dict[str, GatheredInvoice]:
        """By subject; only Tandem's own rows are read."""
        zone, now = self._now()
        mine = await self._store.by_invoices(one.id for one in changes)
        rows = await self._store.by_tickets(ticket.id for one in changes for ticket in one.tickets)
        held = await self._store.holders(
            entry.id for one in changes for ticket in one.tickets for entry in ticket.time
        )
        holding = await self._store.by_subjects(sorted(set(held.values())))
        holders = {entry: holding[subject] for entry, subject in held.items() if subject in holding}
        return {
            one.subject: GatheredInvoice(
                now,
                zone,
                tuple(row for ticket in one.tickets for row in rows.get(ticket.id, ())),
                holders,
                tuple(mine.get(one.id, ())),
                self._territory_filter,
            )
            for one in changes
        }

    async def of_rows(self, rows: Sequence[Staged]) -> dict[str, Gathered]:
        """Everything about tickets that were taken, or are looked at as if they were; by subject."""
        if not rows:
            return {}
        zone, now = self._now()
        held = await self._reader.held(rows)
        return {row.subject: self._gathered(row, held, now, zone) for row in rows}

    def _now(self) -> tuple[ZoneInfo, datetime]:
        zone = ZoneInfo(self._eautomate.settings.time_zone)
        return zone, self._clock(zone).astimezone(UTC)

    def _gathered(self, row: Staged, held: Held, now: datetime, zone: ZoneInfo) -> Gathered:
        ticket = row.ticket
        company = ticket.company.id if ticket.company is not None else None
        pointed = row.customer_id is not None
        customer = held.chosen.get(row.customer_id or 0) if pointed else held.customers.get(company or 0)
        agreement = held.agreements.get(str(ticket.agreement.id)) if ticket.agreement is not None else None
        agreement_link = agreement.link if agreement is not None else None
        known = held.links[row.subject]
        made = held.made.get(row.subject, Made(None, work=False))
        link = known.link or (_moved(row, held) if made.call is None else None)
        call = made.call if made.call is not None or link is None else int(link.right)
        return Gathered(
            now=now,
            zone=zone,
            row=row,
            parts=_others(row.subject, held.parts),
            company_id=company,
            customer=customer,
            location=held.locations.get(ticket.site.id) if ticket.site is not None else None,
            technicians=held.technicians,
            numbered=held.numbered,
            codes=held.codes,
            item=held.item,
            agreement_contract=held.contracts.get(int(agreement_link.right))
            if agreement_link is not None
            else None,
            holding=tuple(_holding(customer, held.holding)),
            default_contract=held.default_contract,
            link=link,
            separated=frozenset(int(right) for right in known.separated),
            created=made.call,
            updated=made.work,
            call=held.calls.get(call) if call is not None else None,
            named=tuple(
                one
                for one in held.named.get(str(ticket.id), ())
                if one.customer_id in owners(customer) and one.call_id not in held.linked
            ),
            statuses=held.statuses,
            closed_periods=tuple(held.closed_periods),
            territory_filter=self._territory_filter,
        )


def _others(subject: str, parts: Mapping[int, Sequence[Staged]]) -> tuple[Staged, ...]:
    """What else there is of the same ticket."""
    ticket = int(subject.partition("@")[0])
    return tuple(one for one in parts.get(ticket, ()) if one.subject != subject)


def _moved(row: Staged, held: Held) -> Link | None:
    """In invoice-only mode: the call the ticket itself is linked to, unless that call was made of it by status."""
    if row.invoice is None:
        return None
    by_status = any(
        one.invoice is None and one.stage is Stage.DONE for one in held.parts.get(row.ticket.id, ())
    )
    return None if by_status else held.links[str(row.ticket.id)].link


def _holding(customer: Customer | None, holding: Mapping[int, Sequence[Contract]]) -> Iterable[Contract]:
    found = {
        contract.contract_id: contract for owner in owners(customer) for contract in holding.get(owner, ())
    }
    return (found[ident] for ident in sorted(found))
