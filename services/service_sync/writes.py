"""The effects of ID965, each safe to repeat after a crash or a lost answer at any place."""

from collections.abc import Sequence

from services.service_sync.asking import AGENT, PROCESS
from services.service_sync.ledger import CALL, WORK, ledger_ticket
from services.service_sync.rules.header import call_record
from services.service_sync.rules.plan import CallPlan, Header, Keep, Labor, StagePlan
from services.service_sync.store import TicketStore
from shared.bus.delivery import Fault
from shared.eautomate.call_rows import CallFields, LaborFields
from shared.eautomate.errors import NotStorable, RecordLocked, Superseded
from shared.eautomate.port import EAutomate
from shared.eautomate.transaction import Transaction
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import How, MakeLink
from shared.sync.agent import Applied
from shared.sync.linking import make_link, one_line
from shared.sync.outcome import Effect, written
from shared.sync.trouble import Refused, Stale

WHY = {
    How.CREATED: "created for the ticket",
    How.ADOPTED: "its description carries the ticket's number",
}


class TicketWrites:
    """Carries out plans."""

    def __init__(
        self, store: TicketStore, eautomate: EAutomate, mapping: MappingClient, *, override: bool
    ) -> None:
        """Wire the targets.

        Args:
            override: calls are given ConnectWise's amounts.
        """
        self._override = override
        self._store = store
        self._eautomate = eautomate
        self._mapping = mapping

    async def stage(self, subject: str, plan: StagePlan) -> Applied:
        """Let a ticket settle, or forget that it did.

        Raises:
            Stale: it was taken meanwhile.
        """
        if plan.keep is not Keep.SETTLE:
            await self._store.forget(subject, plan.sequence, taken=plan.keep is Keep.DROP)
            return Applied(plan.text, result="skipped")
        if not await self._store.settle(subject, plan.ticket, plan.sequence, plan.due):
            raise Stale(f"ticket {subject} was taken meanwhile")
        # No case: that it settles is nobody's fault, and heals by itself.
        return Applied(plan.text, result="skipped")

    async def apply(self, plan: CallPlan) -> Applied:
        """E-automate in one transaction, the link, remember: in this order, each step only if it is needed.

        Raises:
            Stale, RowChanged, UniqueViolation: something moved since it was read.
            UnknownOutcome: the answer to COMMIT was lost; what landed is found when it is gathered for again.
        """
        effects: list[Effect] = []
        try:
            call_id, number = await self._book(plan, effects)
            how = plan.how or (How.CREATED if plan.header is not None else None)
            if how is not None:
                await self._link(plan, call_id, number, how, effects)
        except Refused as refused:
            return Applied(refused.fault.text, tuple(effects), refused.fault)
        except Superseded:
            return Applied("a newer decision was applied meanwhile", tuple(effects), result="superseded")
        overridden = self._override and plan.gives_work
        await self._store.done(plan.subject, plan.generation, number, overridden=overridden)
        text = f"call {number}: {plan.text}"
        if plan.warnings:
            text += f" (warning: {'; '.join(f'{code} {said}' for code, said in plan.warnings)})"
        return Applied(text, tuple(effects))

    async def _book(self, plan: CallPlan, effects: list[Effect]) -> tuple[int, str]:
        call, record = plan.call, ledger_ticket(plan.subject)
        if not plan.writes_eautomate and call is not None:
            return call.call_id, call.number
        try:
            async with self._eautomate.transaction(
                PROCESS, record, plan.sequence, plan.generation, area="calls"
            ) as work:
                if plan.header is not None:
                    return await self._create(work, plan, plan.header, effects)
                return await self._complete(work, plan, effects)
        except RecordLocked as error:
            number = call.number if call is not None else "of the ticket"
            text = (
                f"call {number} is open in e-automate: {error}. Close it there; the ticket goes on by itself."
            )
            blocked = (call_record(call),) if call is not None else ()
            raise Refused(Fault("S25", text, type(error).__name__, blocked)) from error
        except NotStorable as error:
            text = (
                f"e-automate cannot hold a value of ticket {plan.subject}: {error}. Correct it in ConnectWise, then "
                f"`tandem tickets refresh {plan.subject} --why ...`."
            )
            raise Refused(Fault("S24", text, type(error).__name__)) from error

    async def _create(
        self, work: Transaction, plan: CallPlan, header: Header, effects: list[Effect]
    ) -> tuple[int, str]:
        call_id, number = await work.create_call(_fields(header))
        await work.created(CALL, str(call_id))
        await self._labor(work, call_id, number, plan.labors, effects)
        effects.insert(0, call_effect("created", f"call {number}", call_id))
        return call_id, number

    async def _complete(self, work: Transaction, plan: CallPlan, effects: list[Effect]) -> tuple[int, str]:
        call = plan.call
        if call is None:
            raise ValueError(f"ticket {plan.subject}: which call is to be completed?")
        status = plan.status or call.status
        if call.status == self._eautomate.status_codes.on_hold:
            await work.release_call(call.call_id, call.row_version, status)
        else:
            await work.set_call_status(call.call_id, status, call.row_version)
        if plan.notes:
            await work.append_note(call.call_id, plan.notes, None)
        await self._labor(work, call.call_id, call.number, plan.labors, effects)
        await work.created(WORK, str(call.call_id))
        effects.insert(0, call_effect("updated", f"call {call.number}", call.call_id, ("notes", "status")))
        return call.call_id, call.number

    @staticmethod
    async def _labor(
        work: Transaction, call_id: int, number: str, labors: Sequence[Labor], effects: list[Effect]
    ) -> None:
        for one in labors:
            await work.add_labor(call_id, _labor_fields(one))
            effects.append(call_effect("added", f"labour of {one.technician} to call {number}", call_id))

    async def _link(self, plan: CallPlan, call_id: int, number: str, how: How, effects: list[Effect]) -> None:
        named = f"ticket {plan.subject} to call {number}"
        request = MakeLink(
            kind=LinkKind.TICKET_CALL,
            left=plan.subject,
            right=str(call_id),
            how=how,
            by=AGENT,
            why=one_line(WHY[how]),
            generation=plan.generation,
        )
        blocked = (f"link:{LinkKind.TICKET_CALL.value}:{plan.subject}",)
        await make_link(self._mapping, request, "S17", f"{named} cannot be linked", blocked)
        effects.append(written(AGENT, "Tandem", "linked", named))


def _fields(header: Header) -> CallFields:
    return {
        "customer_id": header.customer_id,
        "bill_to_id": header.bill_to_id,
        "contract_id": header.contract_id,
        "item_id": header.item_id,
        "call_type_id": header.call_type_id,
        "bill_code_id": header.bill_code_id,
        "technician_id": header.technician_id,
        "status": header.status,
        "on_hold_code_id": header.on_hold_code_id,
        "date": header.opened,
        "close_date": header.closed,
        "caller": header.caller,
        "description": header.description,
        "notes": header.notes,
        "po_number": header.po_number,
    }


def _labor_fields(labor: Labor) -> LaborFields:
    fields: LaborFields = {
        "technician_id": labor.technician_id,
        "activity_code_id": labor.activity_code_id,
        "arrived": labor.begin,
        "departed": labor.end,
        "labor_hours": labor.hours,
        "notes": labor.notes,
    }
    if labor.rate is not None:
        fields["labor_rate"] = labor.rate
    if labor.override is not None:
        fields["labor_override"] = labor.override
    return fields


def call_effect(action: str, target: str, call_id: int, fields: tuple[str, ...] = ()) -> Effect:
    """One thing that was written to a call; it is counted."""
    done = written(AGENT, "e-automate", action, target, fields)
    return done.model_copy(update={"record": f"eautomate/call/{call_id}"})
