"""The effects of ID964, each safe to repeat after a crash or a lost answer at any place."""

from collections.abc import Callable, Sequence

from services.agreement_sync.asking import AGENT
from services.agreement_sync.booking import Booked, Booking
from services.agreement_sync.pushes import Pushes
from services.agreement_sync.rules.plan import AgreementPlan, Trouble
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import InvoiceStore
from shared.bus.delivery import Fault
from shared.connectwise.invoice_writes import AgreementWrites
from shared.connectwise.payments import Payments
from shared.eautomate.errors import Superseded
from shared.eautomate.port import EAutomate
from shared.links.client import MappingClient
from shared.links.errors import MappingRefusedError
from shared.links.kinds import LinkKind
from shared.links.models import How, Link, MakeLink
from shared.sync.agent import Applied
from shared.sync.comparison import Comparison
from shared.sync.creating import Unsettled
from shared.sync.linking import make_link, one_line
from shared.sync.outcome import Effect, written
from shared.sync.trouble import Refused, Stale

WHY = {
    How.CONTRACT_NUMBER: "the agreement's custom field names the contract",
    How.CREATED: "created for the agreement",
    How.INVOICE_NUMBER: "it billed what the ConnectWise invoice bills",
}


class InvoiceWrites:
    """Carries out plans."""

    def __init__(
        self,
        store: InvoiceStore,
        eautomate: EAutomate,
        targets: AgreementWrites,
        payments: Payments,
        mapping: MappingClient,
        settings: AgreementSyncSettings,
        clock: Callable[[], float],
    ) -> None:
        """Wire the targets; ``clock`` gives epoch seconds."""
        self._store = store
        self._mapping = mapping
        self.booking = Booking(eautomate, settings)
        self.pushes = Pushes(store, targets, payments, settings, clock)

    async def apply(self, plan: AgreementPlan) -> Applied:
        """E-automate, links, ConnectWise, remember: in this order, each step only if it is needed.

        Raises:
            Stale, RowChanged, UniqueViolation: something moved since it was read.
            UnknownOutcome: the answer to COMMIT was lost.
        """
        invoice = plan.invoice
        if not await self._store.claim(invoice.id, plan.sequence, plan.generation):
            return Applied("a newer change is being applied", result="superseded")
        effects: list[Effect] = []
        booked = Booked(0, "")
        trouble: Sequence[Trouble] = plan.trouble
        try:
            booked = await self.booking.book(plan)
            effects += booked.effects
            effects += await self._link(plan, booked)
            pair_generation = await self._pair(plan, effects)
            if plan.writes_connectwise:
                pushed = await self.pushes.push(plan, booked.number, pair_generation)
                effects += pushed.effects
                trouble = [*trouble, *pushed.trouble]
        except Refused as refused:
            return self._told(plan, booked, effects, refused.fault)
        except Unsettled as unsettled:
            comparison = _comparison(plan, booked)
            return Applied(str(unsettled), tuple(effects), result="waiting", comparison=comparison)
        except Superseded:
            return Applied("a newer change was applied meanwhile", tuple(effects), result="superseded")
        if trouble:
            return self._told(plan, booked, effects, _fault(trouble))
        await self._store.finish(invoice.id, plan.sequence, plan.generation)
        return self._told(plan, booked, effects, None)

    async def _link(self, plan: AgreementPlan, booked: Booked) -> list[Effect]:
        agreement = plan.invoice.agreement_id
        if plan.how is None or agreement is None:
            return []
        named = f"agreement {agreement} to contract {booked.number}"
        request = MakeLink(
            kind=LinkKind.AGREEMENT_CONTRACT,
            left=str(agreement),
            right=str(booked.contract_id),
            how=plan.how,
            by=AGENT,
            why=one_line(WHY[plan.how]),
            generation=plan.generation,
        )
        blocked = (f"link:{LinkKind.AGREEMENT_CONTRACT.value}:{agreement}",)
        await make_link(self._mapping, request, "G30", f"{named} cannot be linked", blocked)
        return [written(AGENT, "Tandem", "linked", named)]

    async def _pair(self, plan: AgreementPlan, effects: list[Effect]) -> int:
        """Link the invoice to the e-automate invoice that billed it; the generation its link has now.

        An older pair ends: its e-automate invoice was voided (open question 20).
        """
        invoice, bill, kind = plan.invoice, plan.pair, LinkKind.INVOICE_INVOICE
        if bill is None and plan.payment is None:
            return 0
        known = await self._mapping.find_left(kind, invoice.subject)
        if bill is None or (known.link is not None and known.link.right == bill.subject):
            return known.generation
        generation = known.generation
        if plan.unpair is not None and known.link is not None:
            generation = await self._end(plan.unpair, f"e-automate invoice {bill.number} takes its place")
        named = f"invoice {invoice.invoiceNumber} to e-automate invoice {bill.number}"
        request = MakeLink(
            kind=kind,
            left=invoice.subject,
            right=bill.subject,
            how=How.INVOICE_NUMBER,
            by=AGENT,
            why=WHY[How.INVOICE_NUMBER],
            generation=generation,
            order_key=invoice.order_key,
        )
        await make_link(
            self._mapping, request, "G30", f"{named} cannot be linked", (f"link:{kind.value}:{invoice.id}",)
        )
        effects.append(written(AGENT, "Tandem", "linked", named))
        return generation

    async def _end(self, link: Link, why: str) -> int:
        """End a link as it was read; the generation after it."""
        try:
            ended = await self._mapping.unlink(
                link.kind, link.left, by=AGENT, why=one_line(why), revision=link.revision, by_hand=False
            )
        except MappingRefusedError as error:
            raise Stale(str(error)) from error
        return ended.link.generation

    def _told(
        self, plan: AgreementPlan, booked: Booked, effects: Sequence[Effect], fault: Fault | None
    ) -> Applied:
        text = fault.text if fault is not None else "; ".join([plan.text, *_handed_on(effects)])
        if plan.comparison.warnings and fault is None:
            warned = "; ".join(f"{code} {said}" for code, said in plan.comparison.warnings)
            text += f" (warning: {warned})"
        return Applied(text, tuple(effects), fault, comparison=_comparison(plan, booked))


def _handed_on(effects: Sequence[Effect]) -> list[str]:
    """What the plan's own words cannot know or do not say: what was created or renamed, what went to ConnectWise."""
    return [
        f"{effect.system}: {effect.target} {effect.action}"
        for effect in effects
        if effect.system == "ConnectWise" or effect.action in {"created", "renamed"}
    ]


def _comparison(plan: AgreementPlan, booked: Booked) -> Comparison:
    """With the contract the plan created."""
    if not booked.contract_id:
        return plan.comparison
    return plan.comparison.model_copy(update={"contract_id": booked.contract_id, "contract": booked.number})


def _fault(trouble: Sequence[Trouble]) -> Fault:
    """The first decides the code; all are told, and any of what they wait for wakes."""
    blocked = tuple(dict.fromkeys(word for one in trouble for word in one.blocked_on))
    return Fault(trouble[0].code, "; ".join(one.text for one in trouble), blocked_on=blocked)
