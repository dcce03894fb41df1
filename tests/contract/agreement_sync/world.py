"""What a test does with ID964, and what it finds afterwards."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.agreement_sync.asking import AGENT, LOOK, PROCESS, command
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import InvoiceStore
from services.agreement_sync.wiring import handlers
from services.mapping.messages import command as mapping_command
from services.simulator.eautomate.database import transaction
from services.simulator.eautomate.templates import SERVICE_ITEM
from shared.bus.producer import Message
from shared.connectwise.agreements import AgreementInvoices
from shared.connectwise.payments import Payments
from shared.events.agreements import Invoice
from shared.events.contracts import Contract, ContractInvoice
from shared.links.kinds import LinkKind
from shared.links.models import How, Link, MakeLink, Repoint
from shared.sync.agent import SyncAgent
from tests.contract.connectwise.billing import Billing
from tests.contract.in_process import AgentWorld, Systems
from tests.contract.running import OUTCOMES, Told

SEAT, SUBSCRIPTION = 701, 707
"""Catalog items MS-SEAT and SUB-MAIL of the stand-in's tenant."""
DAY = date(2026, 11, 1)
SETTLE_SECONDS = 0.05


@dataclass(frozen=True)
class Agreed:
    """An agreement of a customer that is linked to its company."""

    agreement: int
    company: int
    customer: str
    additions: tuple[int, ...] = ()


class World(AgentWorld):
    """The stand-ins, and an agent that can be killed and started anew."""

    def __init__(self, systems: Systems, engine: AsyncEngine) -> None:
        super().__init__(AGENT, systems, engine)
        self.billing = Billing(self.control)
        self.invoices = AgreementInvoices(self.client)
        self.clock = time.time
        self.configure()

    def configure(self, territory_filter: tuple[str, ...] = (), **given: Any) -> None:
        """Start the agent anew, with these settings."""
        settled = {
            "default_contract_template": "**CW Default",
            "service_item": SERVICE_ITEM,
            "settle_lookup": SETTLE_SECONDS,
        }
        self.settings = AgreementSyncSettings(**(settled | given))
        self.store = InvoiceStore(self.engine)
        self.wired = handlers(
            self.store,
            self.port,
            self.client,
            self.mapping,
            self.settings,
            territory_filter,
            self.redo,
            lambda: self.clock(),
        )
        self.start(SyncAgent(PROCESS, AGENT, OUTCOMES, self.wired))

    async def agreed(
        self, number: str = "1001", *, flat: str = "500", seats: int = 3, price: str = "39.50", **more: Any
    ) -> Agreed:
        """An agreement with a flat amount and an addition of seats, of a customer that is linked."""
        customer = self.people.add_customer(number, f"Customer {number}")
        company = await self.billing.company(number)
        await self.link(LinkKind.CUSTOMER_COMPANY, customer, company)
        agreement = await self.billing.agreement(company, billAmount=float(flat), **more)
        additions = (await self.billing.addition(agreement, SEAT, seats, price),) if seats else ()
        return Agreed(agreement, company, number, additions)

    async def billed(self, agreed: Agreed, number: str = "", day: date = DAY, **more: Any) -> int:
        """ConnectWise's recurring billing raises the invoice of a month; its RecID."""
        named = {"number": number} if number else {}
        return await self.billing.bill(agreed.agreement, date=day.isoformat(), **named, **more)

    async def change(self, invoice: int, sequence: int = 7, redo: str | None = None) -> Told:
        """The invoice as it is now arrives as a change."""
        return await self.run(self.raw(await self.invoice(invoice), sequence, redo))

    async def deleted(self, invoice: int, agreement: int, sequence: int) -> Told:
        """The connector says that an invoice is gone."""
        record = Invoice(id=invoice, type="Agreement", applyToType="Agreement", applyToId=agreement)
        return await self.run(self.raw(record, sequence, action="deleted"))

    async def look(
        self, invoice: int, agreed: Agreed, action: str = LOOK, by: str = "", why: str = ""
    ) -> Told:
        """A command about an invoice arrives."""
        return await self.run(
            self.raw_of(command(self.redo, invoice, action, key=str(agreed.agreement), by=by, why=why))
        )

    async def carried_on(self, told: Told) -> Told:
        """The commands that came out of a batch arrive."""
        assert told.commands
        return await self.run(*(self.raw_of(message) for message in told.commands))

    async def contract_changed(self, contract: Contract) -> Told:
        """A contract as it is now arrives as a change, and what it sets off."""
        self._sequence += 1
        return await self.run(self.raw(contract, self._sequence))

    async def bill_changed(self, number: str) -> Told:
        """A contract invoice as it is now arrives as a change."""
        self._sequence += 1
        return await self.run(self.raw(await self.bill(number), self._sequence))

    async def invoice(self, ident: int) -> Invoice:
        """The ConnectWise invoice as it is now."""
        found = await self.invoices.fresh(ident)
        assert found is not None
        return found

    async def bill(self, number: str) -> ContractInvoice:
        """The e-automate invoice as it is now."""
        ident = int(self.people.invoice(number)["InvoiceID"])
        return (await self.port.contract_invoices_by_id([ident]))[ident]

    async def contracts(self, customer: str = "1001") -> list[Contract]:
        """A customer's contracts as they are now."""
        ids = [int(row["ContractID"]) for row in self.people.contracts(customer)]
        found = await self.port.contracts_by_id(ids)
        return [found[ident] for ident in ids]

    async def contract(self, customer: str = "1001") -> Contract:
        """The customer's one contract."""
        [contract] = await self.contracts(customer)
        return contract

    def preview(self, contract: Contract) -> Decimal:
        """What e-automate's preview of the next invoice says, without tax."""
        if contract.acknowledge:
            self.people.acknowledge(contract.number)
        return self.people.preview(contract.number).amount

    def queue(self) -> list[str]:
        """Contracts in the billing queue."""
        return [due.number for due in self.people.billing_queue(date(2027, 12, 31))]

    async def link_of(self, kind: LinkKind, left: int) -> Link | None:
        """The link that holds."""
        return (await self.mapping.find_left(kind, str(left))).link

    async def link(self, kind: LinkKind, left: int, right: int) -> Link:
        """Somebody links two records by hand."""
        request = MakeLink(
            kind=kind, left=str(left), right=str(right), how=How.BY_HAND, by="jo", why="asked them"
        )
        return await self.mapping.make(request)

    async def unlink(self, agreed: Agreed) -> Link:
        """Somebody ends the link of an agreement."""
        kind = LinkKind.AGREEMENT_CONTRACT
        return (await self.mapping.unlink(kind, str(agreed.agreement), by="jo", why="terminated")).link

    async def repoint(self, agreed: Agreed, contract: int) -> Link:
        """Somebody links an agreement to another contract."""
        kind = LinkKind.AGREEMENT_CONTRACT
        return await self.mapping.repoint(
            Repoint(kind=kind, left=str(agreed.agreement), right=str(contract), by="jo", why="renewed")
        )

    async def told_about(self, link: Link, previous_right: str | None = None) -> Told:
        """What mapping tells about a person's decision arrives."""
        sent = mapping_command(link, datetime.now(UTC), previous_right)
        message = Message(self.redo, sent.key.encode(), sent.value.encode(), sent.headers)
        return await self.run(self.raw_of(message))

    async def field(self, agreement: int, caption: str = "ZCJ_ContractNumber") -> str:
        """What the agreement's custom field holds."""
        found = await self.invoices.agreement(agreement)
        assert found is not None
        held = {field.caption: field.value for field in found.customFields}
        return str(held.get(caption) or "")

    async def writes(self) -> list[str]:
        """Writes to ConnectWise since ``quiet``."""
        return [
            f"{entry['method']} {entry['path']}"
            for method in ("POST", "PATCH", "PUT", "DELETE")
            for entry in await self.control.requests(method=method)
            if "/_sim" not in entry["path"]
        ]

    async def quiet(self) -> None:
        """Forget the requests made so far."""
        await self.control.forget()

    def rows(self) -> list[tuple[Any, ...]]:
        """Every row of e-automate that ID964 may write."""
        found: list[tuple[Any, ...]] = []
        with transaction(self.people.path) as file:
            for table in ("SCContracts", "SCContractDetails", "ICItems", "ARInvoices"):
                found += [
                    (table, *row)
                    for row in file.execute(f"SELECT * FROM {table}")  # noqa: S608 - names are ours
                ]
        return found

    async def payments(self, invoice: int) -> list[Decimal]:
        """Amounts paid on the ConnectWise invoice, by RecID of the payment."""
        return [one.amount for one in await Payments(self.client).payments_of(invoice)]

    async def pay_by_hand(self, invoice: int, amount: Decimal, day: date = DAY) -> None:
        """Somebody enters a payment in ConnectWise."""
        record = {
            "type": "P",
            "amount": float(amount),
            "paymentDate": f"{day.isoformat()}T00:00:00Z",
            "invoice": {"id": invoice},
        }
        await self.billing.make("payment", **record)

    async def red(self, agreed: Agreed, number: str, flat: str = "500.00", more: str = "0.07") -> int:
        """An invoice whose subtotal says more than its parts: no contract line can explain it; its RecID."""
        subtotal = float(Decimal(flat) + Decimal(more))
        record = {
            "id": 29_001,
            "invoiceNumber": number,
            "type": "Agreement",
            "status": 1,
            "company": agreed.company,
            "agreement": agreed.agreement,
            "applyToType": "Agreement",
            "applyToId": agreed.agreement,
            "date": f"{DAY.isoformat()}T00:00:00Z",
            "agreementAmount": float(flat),
            "productTotal": 0,
            "subtotal": subtotal,
            "total": subtotal,
        }
        await self.control.post("seed", {"invoice": [record]})
        return 29_001

    async def describe(self, invoice: int, text: str) -> None:
        """Somebody types a description on every row of an invoice."""
        for line in (await self.invoice(invoice)).lines:
            await self.billing.edit("product", line.id, customerDescription=text)
