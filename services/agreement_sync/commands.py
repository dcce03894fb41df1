"""What people and Tandem command about an agreement invoice: look, reprocess, release; and its pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.agreement_sync.asking import LOOK, RELEASE, REPROCESS, Command
from services.agreement_sync.handlers import InvoiceHandler, named_invoice, vanished
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.plan import AgreementPlan
from services.agreement_sync.store import InvoiceStore
from shared.bus.delivery import Delivery
from shared.connectwise.agreements import AgreementInvoices
from shared.events.agreements import Invoice
from shared.events.change import Change, RecordError, decode
from shared.sync.agent import Applied
from shared.sync.commands import COMMAND, LINKED, UNLINKED, number_of
from shared.sync.decision import Checks, Decision

BY_PEOPLE = frozenset({REPROCESS, RELEASE, LINKED, UNLINKED})
"""Lists may be behind what a person has just changed, so the invoice is asked for by itself."""


@dataclass(frozen=True, slots=True)
class InvoiceCommand:
    """The invoice as it is now, and what its rules need."""

    change: Change[Invoice]
    gathered: Gathered


class InvoiceCommandHandler:
    """Somebody wants an invoice looked at; its own rules decide, under no sequence of the source."""

    def __init__(self, invoices: InvoiceHandler, source: AgreementInvoices, store: InvoiceStore) -> None:
        """Wire who reads invoices from ConnectWise, and who knows them."""
        self._invoices = invoices
        self._source = source
        self._store = store

    def read(self, delivery: Delivery) -> Command:
        """The command's body."""
        number_of(delivery)
        if delivery.envelope.action not in {LOOK, *BY_PEOPLE}:
            raise RecordError(f"unknown command {delivery.envelope.action!r} about an invoice")
        return decode(Command, delivery.value)

    async def gather(self, changes: Sequence[Change[Command]]) -> Mapping[str, InvoiceCommand]:
        """The invoices as they are now, gathered for as if they had just changed."""
        there = await self._read_now(changes)
        missing = [
            int(change.envelope.subject) for change in changes if int(change.envelope.subject) not in there
        ]
        seen = await self._store.by_ids(missing)
        asked = {}
        for change in changes:
            ident = int(change.envelope.subject)
            known = seen.get(ident)
            record = there.get(ident) or vanished(ident, str(known.agreement_id) if known is not None else "")
            asked[change.envelope.subject] = _as_invoice(change, record, deleted=ident not in there)
        released = {
            change.envelope.subject: change.record.by or "somebody"
            for change in changes
            if change.envelope.action == RELEASE
        }
        gathered = await self._invoices.looked_up(list(asked.values()), released)
        return {subject: InvoiceCommand(change, gathered[subject]) for subject, change in asked.items()}

    def decide(self, change: Change[Command], gathered: InvoiceCommand) -> Decision[AgreementPlan]:
        """Decide as for any change."""
        checks = Checks()
        checks.note(
            "asked by", f"{change.record.by or 'Tandem'}: {change.record.why or change.envelope.action}"
        )
        decision = self._invoices.decide(gathered.change, gathered.gathered)
        return replace(decision, checks=[*checks.made, *decision.checks])

    async def apply(self, change: Change[Command], plan: AgreementPlan) -> Applied:  # noqa: ARG002
        """See ``InvoiceHandler.apply``."""
        return await self._invoices.carry_out(plan)

    def label(self, change: Change[Command]) -> str:
        """``invoice 4711``."""
        return named_invoice(change.record.number, change.envelope.subject)

    async def _read_now(self, changes: Sequence[Change[Command]]) -> dict[int, Invoice]:
        """By RecID; absent when ConnectWise has it no more."""
        alone = {int(change.envelope.subject) for change in changes if change.envelope.action in BY_PEOPLE}
        listed = {int(change.envelope.subject) for change in changes} - alone
        found = {invoice.id: invoice for invoice in await self._source.by_ids(sorted(listed))}
        # Who is missing in a list is asked for by itself as well: only that tells that it is gone.
        for ident in sorted(alone | (listed - found.keys())):
            invoice = await self._source.fresh(ident)
            if invoice is not None:
                found[ident] = invoice
        return found


def _as_invoice(change: Change[Command], record: Invoice, *, deleted: bool) -> Change[Invoice]:
    envelope = replace(
        change.envelope,
        source=Invoice.SOURCE,
        entity=Invoice.ENTITY,
        sequence=0,
        action="deleted" if deleted else "changed",
        schema=Invoice.SCHEMA,
    )
    return Change(envelope, record, COMMAND)
