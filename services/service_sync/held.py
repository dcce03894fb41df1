"""What both systems and Tandem hold about a batch of tickets, read in lists."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.service_sync.asking import PROCESS
from services.service_sync.ledger import CALL, WORK, ledger_ticket
from services.service_sync.rules.gathered import Codes, Staged, Technician
from services.service_sync.settings import ServiceSyncSettings, serviceable_item
from services.service_sync.store import TicketStore
from shared.eautomate.call_rows import Period
from shared.eautomate.contract_rows import Item
from shared.eautomate.port import EAutomate
from shared.eautomate.profile import CallStatuses
from shared.eautomate.rows import Code
from shared.eautomate.values import folded
from shared.events.calls import Call
from shared.events.contracts import Contract
from shared.events.records import Agent, Customer
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import FoundLeft

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Made:
    """What the ledger tells of a ticket in its generation."""

    call: int | None
    work: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What both systems and Tandem hold about the tickets of a batch.

    Attributes:
        customers: by RecID of the company.
        chosen: by ``CustomerID``: those that people pointed tickets to.
        locations: by RecID of the site.
        technicians: by RecID of the member.
        contracts: by ``ContractID``.
        holding: active contracts that hold the standard item, by ``CustomerID``.
        named: calls whose description names the ticket, by ticket.
        linked: ``CallID`` of those of them that are linked.
        parts: what Tandem's own table has, by ticket.
    """

    customers: Mapping[int, Customer]
    chosen: Mapping[int, Customer]
    locations: Mapping[int, Customer]
    technicians: Mapping[int, Technician]
    numbered: Mapping[str, Technician]
    codes: Codes
    item: Item | None
    agreements: Mapping[str, FoundLeft]
    contracts: Mapping[int, Contract]
    holding: Mapping[int, Sequence[Contract]]
    default_contract: Contract | None
    links: Mapping[str, FoundLeft]
    made: Mapping[str, Made]
    calls: Mapping[int, Call]
    named: Mapping[str, Sequence[Call]]
    linked: frozenset[int]
    parts: Mapping[int, Sequence[Staged]]
    statuses: CallStatuses
    closed_periods: Sequence[Period]


class Reader:
    """Reads from all sides; never writes."""

    def __init__(
        self, store: TicketStore, eautomate: EAutomate, mapping: MappingClient, settings: ServiceSyncSettings
    ) -> None:
        """Wire the sources."""
        self._store = store
        self._eautomate = eautomate
        self._mapping = mapping
        self._settings = settings

    async def held(self, rows: Sequence[Staged]) -> Held:
        """All of it, for tickets that were taken or are looked at as if they were."""
        tickets = [row.ticket for row in rows]
        members = {
            member.id
            for ticket in tickets
            for member in (ticket.owner, *(entry.member for entry in ticket.time))
            if member is not None
        }
        agreements = sorted({one.agreement.id for one in tickets if one.agreement is not None})
        # The view of links is behind by design; what is decided here may create, so mapping itself is asked.
        companies, sites, technicians, contracts, links, codes = await asyncio.gather(
            self._lefts(LinkKind.CUSTOMER_COMPANY, {one.company.id for one in tickets if one.company}),
            self._lefts(LinkKind.LOCATION_SITE, {one.site.id for one in tickets if one.site}),
            self._lefts(LinkKind.AGENT_MEMBER, members),
            self._mapping.find(LinkKind.AGREEMENT_CONTRACT, lefts=[str(one) for one in agreements]),
            self._mapping.find(
                LinkKind.TICKET_CALL,
                lefts=sorted({row.subject for row in rows} | {str(row.ticket.id) for row in rows}),
            ),
            self._codes(),
        )
        pointed = {row.customer_id for row in rows if row.customer_id is not None}
        customers = await self._eautomate.customers_by_id({*companies.values(), *sites.values(), *pointed})
        item = await self._item()
        parties = {owner for customer in customers.values() for owner in owners(customer)}
        holding = await self._eautomate.contracts_holding(item.item_id, parties) if item is not None else {}
        numbers = sorted({str(ticket.id) for ticket in tickets})
        named = await self._eautomate.calls_described(numbers, parties)
        linked = await self._lefts_of_calls(named)
        parts = await self._store.by_tickets(row.ticket.id for row in rows)
        made = await self._made(rows)
        rights = {int(known.link.right) for known in links.lefts.values() if known.link is not None}
        calls = await self._eautomate.calls_by_id(
            rights | {one.call for one in made.values() if one.call is not None}
        )
        agreed = {int(known.link.right) for known in contracts.lefts.values() if known.link is not None}
        agents = await self._eautomate.agents_by_id(technicians.values())
        return Held(
            customers=_through(companies, customers),
            chosen=customers,
            locations=_through(sites, customers),
            technicians={
                member: _technician(agent) for member, agent in _through(technicians, agents).items()
            },
            numbered=await self._numbered(),
            codes=codes,
            item=item,
            agreements=contracts.lefts,
            contracts=await self._eautomate.contracts_by_id(agreed) if agreed else {},
            holding=holding,
            default_contract=await self._default_contract(),
            links=links.lefts,
            made=made,
            calls=calls,
            named=named,
            linked=linked,
            parts=parts,
            statuses=self._eautomate.status_codes,
            closed_periods=await self._eautomate.closed_periods() or (),
        )

    async def _lefts(self, kind: LinkKind, rights: Iterable[int]) -> dict[int, int]:
        wanted = [str(right) for right in sorted(rights)]
        if not wanted:
            return {}
        found = await self._mapping.find(kind, rights=wanted)
        return {int(right): int(link.left) for right, link in found.rights.items()}

    async def _lefts_of_calls(self, named: Mapping[str, Sequence[Call]]) -> frozenset[int]:
        wanted = sorted({call.call_id for calls in named.values() for call in calls})
        if not wanted:
            return frozenset()
        found = await self._mapping.find(LinkKind.TICKET_CALL, rights=[str(one) for one in wanted])
        return frozenset(int(right) for right in found.rights)

    async def _codes(self) -> Codes:
        call_types, activities, bill_codes, holds = await asyncio.gather(
            self._eautomate.codes("call_type"),
            self._eautomate.codes("activity_code"),
            self._eautomate.codes("bill_code"),
            self._eautomate.codes("call_hold_code"),
        )
        return Codes(_by_code(call_types), _by_code(activities), _by_code(bill_codes), _by_code(holds))

    async def _item(self) -> Item | None:
        number = serviceable_item(self._settings)
        if not number:
            return None
        return (await self._eautomate.items_by_numbers([number])).get(folded(number))

    async def _default_contract(self) -> Contract | None:
        number = self._settings.default_contract.strip()
        if not number:
            return None
        return (await self._eautomate.contracts_by_numbers([number])).get(folded(number))

    async def _numbered(self) -> dict[str, Technician]:
        wanted = [
            number.strip()
            for number in (self._settings.header_technician, self._settings.default_technician)
            if number.strip()
        ]
        if not wanted:
            return {}
        found = await self._eautomate.agents_by_numbers(wanted)
        # Nothing keeps two employees from having one number: the one that can be used counts.
        return {
            number: max((_technician(agent) for agent in agents), key=lambda one: one.usable)
            for number, agents in found.items()
        }

    async def _made(self, rows: Sequence[Staged]) -> dict[str, Made]:
        created = await self._eautomate.created_rows(PROCESS, [ledger_ticket(row.subject) for row in rows])
        made = {}
        for row in rows:
            own = [
                one for one in created.get(ledger_ticket(row.subject), ()) if one.generation == row.generation
            ]
            call = next((int(one.target_id) for one in own if one.target_kind == CALL), None)
            made[row.subject] = Made(call, work=any(one.target_kind == WORK for one in own))
        return made


def owners(customer: Customer | None) -> frozenset[int]:
    """A customer, and the head office of a location."""
    if customer is None:
        return frozenset()
    return frozenset({customer.customer_id, customer.parent_id or customer.customer_id})


def _through(ids: Mapping[int, int], records: Mapping[int, R]) -> dict[int, R]:
    return {key: records[ident] for key, ident in ids.items() if ident in records}


def _technician(agent: Agent) -> Technician:
    return Technician(agent.agent_id, agent.number, agent.name, agent.active and agent.technician)


def _by_code(codes: Iterable[Code]) -> dict[str, Code]:
    """Of codes that differ in case only, the active one counts."""
    return {folded(one.code): one for one in sorted(codes, key=lambda one: one.active)}
