"""With override_billing: calls on which somebody pressed OK are taken off OKB before they are invoiced."""

from collections.abc import Mapping, Sequence

from services.service_sync.asking import PROCESS
from services.service_sync.rules.header import call_record
from services.service_sync.rules.recomputed import GatheredCall, Restore, TakeOff, decide_call
from services.service_sync.store import TicketStore
from services.service_sync.writes import call_effect
from shared.bus.delivery import Delivery, Fault
from shared.eautomate.errors import RecordLocked, Superseded
from shared.eautomate.port import EAutomate
from shared.events.calls import Call
from shared.events.change import Change
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.sync.agent import Applied, decode_record
from shared.sync.decision import Decision


class CallWatch:
    """Reads calls with the tickets they were made of, and writes what the rules say about their amounts."""

    def __init__(self, store: TicketStore, eautomate: EAutomate, mapping: MappingClient) -> None:
        """Wire the sources."""
        self._store = store
        self._eautomate = eautomate
        self._mapping = mapping

    async def of_calls(self, call_ids: Sequence[int]) -> dict[int, GatheredCall]:
        """By ``CallID``; only calls of tickets are read from e-automate."""
        found = await self._mapping.find(LinkKind.TICKET_CALL, rights=[str(one) for one in sorted(call_ids)])
        subjects = {int(right): link.left for right, link in found.rights.items()}
        rows = await self._store.by_subjects(sorted(subjects.values()))
        mine = {key: rows[subject] for key, subject in subjects.items() if subject in rows}
        calls = await self._eautomate.calls_by_id(mine) if mine else {}
        return {
            key: GatheredCall(calls.get(key), mine.get(key), self._eautomate.status_codes) for key in call_ids
        }

    async def of_tickets(self, subjects: Sequence[str]) -> dict[str, GatheredCall]:
        """The calls that tickets were made into, by subject; absent where a ticket has none."""
        if not subjects:
            return {}
        found = await self._mapping.find(LinkKind.TICKET_CALL, lefts=sorted(subjects))
        linked = {key: int(one.link.right) for key, one in found.lefts.items() if one.link is not None}
        calls = await self.of_calls(list(linked.values()))
        return {subject: calls[right] for subject, right in linked.items()}

    async def take_off(self, plan: TakeOff, sequence: int) -> Applied:
        """Set the call to pending; refused in any case: somebody has to decide about the amounts.

        Raises:
            RowChanged: it was saved since it was read.
            UnknownOutcome: the answer to COMMIT was lost; the next look shows what landed.
        """
        call, blocked = plan.call, (call_record(plan.call),)
        try:
            async with self._eautomate.transaction(
                PROCESS, f"call/{call.call_id}", sequence, 0, area="calls"
            ) as work:
                await work.set_call_status(call.call_id, plan.status, call.row_version)
        except RecordLocked as error:
            text = f"{plan.text} It could not be taken off {call.status} yet: {error}."
            return Applied(text, (), Fault("S26", text, type(error).__name__, blocked))
        except Superseded:
            return Applied("a newer decision was applied meanwhile", result="superseded")
        effect = call_effect("updated", f"call {call.number}", call.call_id, ("status",))
        return Applied(plan.text, (effect,), Fault("S26", plan.text, blocked_on=blocked))

    async def restore(self, plan: Restore, sequence: int) -> Applied:
        """Put ConnectWise's amounts and the status back, in one transaction.

        Raises:
            As ``take_off``.
        """
        call = plan.call
        try:
            async with self._eautomate.transaction(
                PROCESS, f"restore/{plan.subject}", sequence, 0, area="calls"
            ) as work:
                await work.update_call(call.call_id, {}, call.row_version)
                for labor, rate, amount in plan.labors:
                    await work.update_labor(
                        call.call_id, labor, {"labor_rate": rate, "labor_override": amount}
                    )
                await work.set_call_status(call.call_id, plan.status, None)
        except RecordLocked as error:
            return Applied(
                f"call {call.number} is open in e-automate: {error}. Close it, then ask again.",
                result="skipped",
            )
        except Superseded:
            return Applied("a newer decision was applied meanwhile", result="superseded")
        effect = call_effect("updated", f"call {call.number}", call.call_id, ("labour", "status"))
        return Applied(plan.text, (effect,))


class CallHandler:
    """A call was saved in e-automate."""

    def __init__(self, watch: CallWatch) -> None:
        """Wire who reads and writes calls."""
        self._watch = watch

    def read(self, delivery: Delivery) -> Call:
        """The call's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return Call(call_id=int(delivery.envelope.subject), number="", status="", customer_id=0)
        call: Call = decode_record(Call, delivery)
        return call

    async def gather(self, changes: Sequence[Change[Call]]) -> Mapping[str, GatheredCall]:
        """See ``CallWatch.of_calls``."""
        found = await self._watch.of_calls([change.record.call_id for change in changes])
        return {str(key): one for key, one in found.items()}

    def decide(self, change: Change[Call], gathered: GatheredCall) -> Decision[TakeOff]:  # noqa: ARG002
        """See ``rules.recomputed``."""
        return decide_call(gathered)

    async def apply(self, change: Change[Call], plan: TakeOff) -> Applied:
        """See ``CallWatch.take_off``."""
        return await self._watch.take_off(plan, change.envelope.sequence)

    def label(self, change: Change[Call]) -> str:
        """``call SC1140``."""
        return f"call {change.record.number or change.record.call_id}"
