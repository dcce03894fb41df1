"""What is written back to ConnectWise (spec/agreements.md 6.12, spec/orders-and-payments.md 11.7): each a desired state.

A payment is made once and only once: an intent is written down before it, and when its answer is lost it is looked
for by amount, day and a RecID higher than of those there before.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from services.agreement_sync.asking import AGENT
from services.agreement_sync.ledger import payment_reference, read_reference
from services.agreement_sync.rules.plan import AgreementPlan, FieldWrite, Pay, Trouble
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import InvoiceStore
from shared.connectwise.errors import (
    ConnectWiseError,
    IgnoredPatchError,
    NotFoundError,
    RefusedError,
    UnauthorizedError,
)
from shared.connectwise.invoice_writes import AgreementWrites, FieldMissingError, StatusMissingError
from shared.connectwise.payments import Payment, Payments
from shared.events.agreements import Invoice
from shared.sync.creating import Creator, Wanting
from shared.sync.intents import Intent, Target
from shared.sync.outcome import Effect, written
from shared.sync.trouble import Refused, Stale

FORBIDDEN = 403
REFUSED = "P3"
REFUSALS = (RefusedError, IgnoredPatchError, FieldMissingError, StatusMissingError, NotFoundError)


@dataclass(slots=True)
class Pushed:
    """What came of it; a refusal of one write-back holds up no other."""

    effects: list[Effect] = field(default_factory=list)
    trouble: list[Trouble] = field(default_factory=list)


class Pushes:
    """Carries out the part of a plan that belongs to ConnectWise.

    Args:
        clock: gives epoch seconds.
    """

    def __init__(
        self,
        store: InvoiceStore,
        writes: AgreementWrites,
        payments: Payments,
        settings: AgreementSyncSettings,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._writes = writes
        self._payments = payments
        self._creator: Creator[Target] = Creator(
            store.payments, "payment", REFUSED, settings.settle_lookup, clock
        )

    async def push(self, plan: AgreementPlan, contract: str, pair_generation: int) -> Pushed:
        """Fields first, then the payment, then the status: a closed status may lock what comes after it.

        Args:
            contract: full number of the agreement's contract.
            pair_generation: of the invoice's link to the e-automate invoice that is paid.

        Raises:
            Unsettled: it is too early to tell what became of a payment.
            TransientError, UnauthorizedError: ConnectWise does not answer, or not to us.
        """
        done = Pushed()
        invoice = plan.invoice
        if plan.contract_number is not None and invoice.agreement_id is not None:
            await self._contract_number(invoice.agreement_id, plan.contract_number, contract, done)
        if plan.invoice_number is not None:
            await self._invoice_number(invoice, plan.invoice_number, done)
        if plan.payment is not None:
            await self._pay(invoice, plan.payment, pair_generation, done)
        if plan.status:
            await self._status(invoice, plan.status, done)
        return done

    async def blank(self, agreement_id: int, caption: str, contract: str) -> Pushed:
        """Empty the agreement's custom field while it names a contract.

        Raises:
            TransientError, UnauthorizedError: as ``push``.
        """
        done = Pushed()
        target = f"{caption} of agreement {agreement_id}"

        async def clear() -> bool:
            return await self._writes.set_agreement_field(agreement_id, caption, None, instead_of=contract)

        await self._try(clear, "cleared", target, done)
        return done

    async def _contract_number(
        self, agreement_id: int, wanted: FieldWrite, contract: str, done: Pushed
    ) -> None:
        value = wanted.value if wanted.value is not None else contract
        target = f"{wanted.caption} of agreement {agreement_id}: {value}"

        async def store() -> bool:
            return await self._writes.set_agreement_field(agreement_id, wanted.caption, value)

        await self._try(store, "stored", target, done)

    async def _invoice_number(self, invoice: Invoice, wanted: FieldWrite, done: Pushed) -> None:
        target = f"{wanted.caption} of invoice {invoice.invoiceNumber}: {wanted.value or 'blank'}"

        async def store() -> bool:
            return await self._writes.set_invoice_field(invoice.id, wanted.caption, wanted.value)

        await self._try(store, "stored", target, done)

    async def _status(self, invoice: Invoice, name: str, done: Pushed) -> None:
        async def store() -> bool:
            return await self._writes.set_status(invoice.id, name)

        target = f"status of invoice {invoice.invoiceNumber}: {name}"
        await self._try(store, "updated", target, done)

    async def _try(
        self,
        write: Callable[[], Awaitable[bool]],
        action: str,
        target: str,
        done: Pushed,
    ) -> None:
        try:
            if await write():
                done.effects.append(written(AGENT, "ConnectWise", action, target))
        except (*REFUSALS, UnauthorizedError) as error:
            done.trouble.append(_refused(target, error))

    async def _pay(self, invoice: Invoice, pay: Pay, generation: int, done: Pushed) -> None:
        found = await self._store.payments.intents({invoice.subject: generation})
        intent = found.get(invoice.subject)
        if intent is not None and intent.target is not None:
            return
        try:
            # Asked by itself and just now: what is open decides, not what a list or a snapshot shows.
            head = await self._writes.head(invoice.id)
            if head is None:
                raise Stale(f"invoice {invoice.invoiceNumber} is gone from ConnectWise")
            there = await self._payments.payments_of(invoice.id)
            if head.balance <= 0:
                await self._already_paid(invoice.subject, intent, there)
                return
            before = max((one.id for one in there), default=0)
            reference = payment_reference(head.balance, pay.day, before)

            async def post() -> Target:
                return await self._payments.add_payment(invoice.id, head.balance, pay.day, pay.type)

            async def look(reference: str, within: int | None) -> Target | None:  # noqa: ARG001 - one invoice
                return _found(await self._payments.payments_of(invoice.id), reference)

            wanting = Wanting(
                invoice.subject,
                f"invoice {invoice.invoiceNumber}",
                invoice.order_key,
                (f"record:connectwise:invoice:{invoice.id}",),
            )
            paid = await self._creator.create(wanting, generation, intent, reference, post, look)
        except Refused as refused:
            done.trouble.append(
                Trouble(refused.fault.code, refused.fault.text, tuple(refused.fault.blocked_on))
            )
        except (UnauthorizedError, NotFoundError) as error:
            done.trouble.append(_refused(f"a payment of invoice {invoice.invoiceNumber}", error))
        else:
            target = f"payment {paid.id} of {head.balance} for invoice {invoice.invoiceNumber}"
            done.effects.append(written(AGENT, "ConnectWise", "created", target))

    async def _already_paid(self, subject: str, intent: Intent | None, there: Sequence[Payment]) -> None:
        """Nothing is open: an attempt without an answer landed, or somebody else was quicker."""
        if intent is None:
            return
        ours = _found(there, intent.reference)
        if ours is not None:
            await self._store.payments.created(subject, intent.generation, ours)
        else:
            await self._store.payments.forget_intent(subject, intent.generation)


def _found(payments: Sequence[Payment], reference: str) -> Payment | None:
    """The payment that was made under a reference."""
    amount, day, before = read_reference(reference)
    ours = [
        one
        for one in payments
        if one.id > before and one.amount == amount and one.day == day and one.credit is None
    ]
    return ours[0] if ours else None


def _refused(what: str, error: ConnectWiseError) -> Trouble:
    """ConnectWise's own words; keys that do not work are nobody's record.

    Raises:
        UnauthorizedError: it is not about this one right.
    """
    if isinstance(error, UnauthorizedError) and error.status != FORBIDDEN:
        raise error
    return Trouble(REFUSED, f"{what} could not be written to ConnectWise: {error}")
