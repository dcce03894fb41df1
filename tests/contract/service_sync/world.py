"""What a test does with ID965, and what it finds afterwards."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.mapping.messages import command as mapping_command
from services.service_sync.asking import AGENT, PROCESS, command, taking
from services.service_sync.decided import DecidedStore
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
from services.service_sync.wiring import handlers
from services.simulator.eautomate.database import transaction
from services.simulator.eautomate.templates import SERVICE_ITEM
from shared.bus.producer import Message
from shared.connectwise.service_invoices import ServiceInvoices
from shared.connectwise.tickets import Tickets
from shared.events.calls import Call
from shared.events.service_invoices import ServiceInvoice
from shared.events.tickets import Ticket
from shared.links.kinds import LinkKind
from shared.links.models import How, Link, MakeLink
from shared.sync.agent import SyncAgent
from shared.sync.intents import DueIntent
from tests.contract.connectwise.billing import Billing
from tests.contract.in_process import AgentWorld, Systems
from tests.contract.running import OUTCOMES, Told

MARTA, KOVA = "E001", 176
"""A technician, and the member of the stand-in's tenant who is the same person."""
WORKED = "2026-11-02T14:00:00Z"


@dataclass(frozen=True)
class Dealt:
    """A customer that is linked to a company."""

    number: str
    customer: int
    company: int


class World(AgentWorld):
    """The stand-ins, and an agent that can be killed and started anew."""

    def __init__(self, systems: Systems, engine: AsyncEngine) -> None:
        super().__init__(AGENT, systems, engine)
        self.billing = Billing(self.control)
        self.tickets = Tickets(self.client)
        self.configure()

    def configure(self, territory_filter: tuple[str, ...] = (), **given: Any) -> None:
        """Start the agent anew, with these settings."""
        settled = {
            "ticket_statuses": ["Completed"],
            "default_bill_code": "TM",
            "default_call_type": "CM",
            "default_activity_code": "REMOTE",
            "service_item": SERVICE_ITEM,
            "settle_minutes": 0,
        }
        self.settings = ServiceSyncSettings.model_validate(settled | given)
        self.store = TicketStore(self.engine)
        self.wired = handlers(
            self.store,
            DecidedStore(self.engine),
            self.port,
            self.client,
            self.mapping,
            self.settings,
            territory_filter,
        )
        self.start(SyncAgent(PROCESS, AGENT, OUTCOMES, self.wired))

    async def dealt(self, number: str = "1001", *, linked: bool = True, **more: Any) -> Dealt:
        """A customer and its company."""
        customer = self.people.add_customer(number, f"Customer {number}", **more)
        company = await self.billing.company(number)
        if linked:
            await self.link(LinkKind.CUSTOMER_COMPANY, str(customer), str(company))
        return Dealt(number, customer, company)

    async def technician(self, *, linked: bool = True) -> int:
        """Marta, who works in both systems; her ``AgentID``."""
        agent = self.people.add_agent(MARTA, "Marta", "Kova", technician=True)
        if linked:
            await self.link(LinkKind.AGENT_MEMBER, str(agent), str(KOVA))
        return agent

    async def ticket(self, dealt: Dealt, *hours: str, status: str = "Completed", **more: Any) -> int:
        """A service ticket with time of Marta's; its number."""
        record = {
            "summary": "Core switch replacement",
            "company": {"id": dealt.company},
            "board": {"name": "Help Desk"},
        }
        number = await self.billing.make("ticket", **(record | more))
        for place, one in enumerate(hours):
            await self.time(number, one, f"2026-11-0{2 + place}T14:00:00Z")
        await self.billing.edit("ticket", number, status={"name": status})
        return number

    async def time(self, ticket: int, hours: str, start: str = WORKED, **more: Any) -> int:
        """A time entry; its RecID."""
        record = {
            "chargeToId": ticket,
            "chargeToType": "ServiceTicket",
            "member": {"id": KOVA},
            "timeStart": start,
            "actualHours": float(hours),
            "notes": "Replaced core switch.",
            "internalNotes": "They never pay.",
        }
        return await self.billing.make("timeEntry", **(record | more))

    async def seen(self, ticket: int, sequence: int | None = None, redo: str | None = None) -> Told:
        """The ticket as it is now arrives as a change."""
        self._sequence += 1
        records = await self.tickets.by_ids([ticket])
        return await self.run(self.raw(records[0], sequence or self._sequence, redo))

    async def billed(self, ticket: int, status: str = "Sent") -> int:
        """Somebody invoices the ticket's time that is not invoiced yet; the invoice's RecID."""
        return int((await self.control.post("invoice", {"ticket": ticket, "status": status}))["id"])

    async def invoice(self, invoice_id: int) -> ServiceInvoice:
        """The invoice as it is now."""
        [invoice] = await ServiceInvoices(self.client, self.tickets).by_ids([invoice_id])
        return invoice

    async def seen_invoice(self, invoice_id: int) -> Told:
        """The invoice as it is now arrives as a change."""
        self._sequence += 1
        return await self.run(self.raw(await self.invoice(invoice_id), self._sequence))

    async def deleted_invoice(self, invoice_id: int) -> Told:
        """The connector says that an invoice is gone."""
        self._sequence += 1
        gone = ServiceInvoice(id=invoice_id, type="Standard")
        return await self.run(self.raw(gone, self._sequence, action="deleted"))

    async def synced_invoice(self, ticket: int) -> tuple[int, Told]:
        """The ticket's time is invoiced, settles and is taken; the invoice's RecID."""
        invoice = await self.billed(ticket)
        told = await self.seen_invoice(invoice)
        assert told.outcome.text.startswith(f"ticket {ticket} is taken once"), told.outcome.text
        return invoice, await self.taken()

    async def deleted(self, ticket: int) -> Told:
        """The connector says that a ticket is gone."""
        self._sequence += 1
        return await self.run(self.raw(Ticket(id=ticket), self._sequence, action="deleted"))

    async def taken(self) -> Told:
        """What is due is sent, and arrives."""
        due = await self.store.due(time.time() + 1, 0)
        assert due, "nothing is due"
        return await self.take(due)

    async def take(self, due: Sequence[DueIntent]) -> Told:
        """The commands to take these arrive."""
        make = taking(self.redo)
        return await self.run(*(self.raw_of(make(one)) for one in due))

    async def synced(self, ticket: int) -> Told:
        """The ticket changes, settles and is taken."""
        told = await self.seen(ticket)
        assert told.outcome.text.startswith("it is taken once"), told.outcome.text
        assert told.letters == []
        return await self.taken()

    async def again(self, letter: Message) -> Told:
        """A dead letter is sent again."""
        return await self.run(self.raw_of(Message(self.redo, letter.key, letter.value, letter.headers)))

    async def asked(self, ticket: int | str, action: str, **more: Any) -> Told:
        """A person's command arrives."""
        asked = command(self.redo, str(ticket), action, by="kim", why="test", **more)
        return await self.run(self.raw_of(asked))

    async def told_about(self, link: Link) -> Told:
        """What mapping tells about a person's decision arrives."""
        sent = mapping_command(link, datetime.now(UTC), None)
        return await self.run(
            self.raw_of(Message(self.redo, sent.key.encode(), sent.value.encode(), sent.headers))
        )

    async def link(
        self, kind: LinkKind, left: str, right: str, by: str = "test", how: How = How.BY_HAND
    ) -> Link:
        """Make a link."""
        return await self.mapping.make(
            MakeLink(kind=kind, left=left, right=right, how=how, by=by, why="test", generation=0)
        )

    async def saved(self, call: Call) -> Told:
        """The call as it is now arrives as a change, as after somebody saved it."""
        self._sequence += 1
        now = (await self.port.calls_by_id([call.call_id]))[call.call_id]
        return await self.run(self.raw(now, self._sequence))

    async def calls(self, number: str = "1001") -> list[Call]:
        """The customer's calls as they are now."""
        ids = [int(row["CallID"]) for row in self.people.calls(customer=number)]
        found = await self.port.calls_by_id(ids)
        return [found[ident] for ident in sorted(found)]

    def rows(self) -> list[tuple[Any, ...]]:
        """Every row of e-automate that ID965 may write."""
        found: list[tuple[Any, ...]] = []
        with transaction(self.people.path) as file:
            for table in ("SCCalls", "SCCallLabors", "SCCallMaterials"):
                rows = file.execute(f"SELECT * FROM {table}")  # noqa: S608 - names are ours
                found += [(table, *row) for row in rows]
        return found

    def contract(self, dealt: Dealt, number: str = "CN9001-01") -> str:
        """An active contract of the customer that holds the standard item; its number."""
        self.people.add_contract(dealt.number, number, "MIT", StartDate=date(2026, 1, 1))
        self.people.add_line(number, SERVICE_ITEM, 1, 0)
        return number
