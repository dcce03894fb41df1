"""What ID964 does about a ConnectWise invoice: the one record that decides (spec/agreements.md 6.1)."""

from collections.abc import Mapping, Sequence

from services.agreement_sync.gather import Gatherer
from services.agreement_sync.rules.decide import decide
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.plan import AgreementPlan
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import InvoiceStore
from services.agreement_sync.writes import InvoiceWrites
from shared.bus.delivery import Delivery
from shared.connectwise.invoices import AGREEMENT
from shared.events.agreements import Invoice
from shared.events.change import Change
from shared.sync.agent import Applied, decode_record
from shared.sync.commands import COMMAND, number_of
from shared.sync.decision import Decision


class InvoiceHandler:
    """A ConnectWise invoice changed, or is gone."""

    def __init__(
        self,
        store: InvoiceStore,
        gatherer: Gatherer,
        writes: InvoiceWrites,
        settings: AgreementSyncSettings,
    ) -> None:
        """Wire reading, rules and writing."""
        self._store = store
        self._gatherer = gatherer
        self._writes = writes
        self._settings = settings

    def read(self, delivery: Delivery) -> Invoice:
        """The invoice's snapshot; of a deleted one all that is known is which it was, and of which agreement."""
        if delivery.envelope.action == "deleted":
            return vanished(number_of(delivery), (delivery.key or b"").decode(errors="replace"))
        invoice: Invoice = decode_record(Invoice, delivery)
        return invoice

    async def gather(self, changes: Sequence[Change[Invoice]]) -> Mapping[str, Gathered]:
        """Remember what was seen, then see ``Gatherer``."""
        return await self.looked_up(changes, {})

    async def looked_up(
        self, changes: Sequence[Change[Invoice]], released_by: Mapping[str, str]
    ) -> dict[str, Gathered]:
        """As ``gather``.

        Args:
            released_by: who asks, by this very command, to bill a red contract; by subject.
        """
        gone = [change for change in changes if change.envelope.action == "deleted"]
        there = [change for change in changes if change.envelope.action != "deleted"]
        await self._store.see([(change.record, _told_under(change)) for change in there])
        await self._store.gone([(change.record.id, _told_under(change)) for change in gone])
        return await self._gatherer.gather(changes, released_by)

    def decide(self, change: Change[Invoice], gathered: Gathered) -> Decision[AgreementPlan]:
        """See ``rules.decide``."""
        return decide(change, gathered, self._settings)

    async def apply(self, change: Change[Invoice], plan: AgreementPlan) -> Applied:  # noqa: ARG002
        """See ``carry_out``."""
        return await self.carry_out(plan)

    async def carry_out(self, plan: AgreementPlan) -> Applied:
        """See ``InvoiceWrites.apply``."""
        return await self._writes.apply(plan)

    def label(self, change: Change[Invoice]) -> str:
        """``invoice 4711 Northgate Dental Group``."""
        invoice = change.record
        company = (invoice.company.name if invoice.company is not None else None) or ""
        return f"{named_invoice(invoice.invoiceNumber, invoice.id)} {company}".strip()


def _told_under(change: Change[Invoice]) -> int:
    """Its sequence; 0 for what was read directly."""
    return 0 if change.redo == COMMAND else change.envelope.sequence


def named_invoice(number: str, ident: int | str) -> str:
    """``invoice 4711``, for people."""
    return f"invoice {number or f'with id {ident}'}"


def vanished(invoice_id: int, agreement: str) -> Invoice:
    """What is known of an invoice that ConnectWise has no more."""
    known = agreement.isascii() and agreement.isdigit()
    return Invoice(
        id=invoice_id,
        type=AGREEMENT,
        applyToType=AGREEMENT if known else None,
        applyToId=int(agreement) if known else None,
    )
