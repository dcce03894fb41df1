"""What people and Tandem command about a ticket: take, refresh, re-point, ignore, return; and its link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.service_sync.asking import (
    ACCEPT,
    IGNORE,
    RE_POINT,
    REFRESH,
    RESTORE,
    RETURN,
    TAKE,
    Command,
    LinkCommand,
)
from services.service_sync.gather import Gatherer
from services.service_sync.handlers import TicketHandler, named_ticket
from services.service_sync.invoices import InvoiceHandler
from services.service_sync.rules.decide import Plan, decide_seen, decide_taken
from services.service_sync.rules.gathered import Gathered, Stage
from services.service_sync.rules.invoices import InvoicePlan, decide_invoice, invoice_of
from services.service_sync.rules.recomputed import GatheredCall, Restore, decide_accept, decide_restore
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from services.service_sync.store import TicketStore
from services.service_sync.taking import Taker, part_of
from services.service_sync.watch import CallWatch
from shared.bus.delivery import Delivery
from shared.connectwise.tickets import Tickets
from shared.events.change import Change, RecordError, decode
from shared.links.kinds import LinkKind, facts
from shared.sync.agent import Applied
from shared.sync.commands import LINKED, UNLINKED
from shared.sync.decision import Apply, Checks, Decision, Skip

KNOWN = frozenset({TAKE, REFRESH, RE_POINT, IGNORE, RETURN, RESTORE, ACCEPT, LINKED, UNLINKED})


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket as it is after the command.

    Attributes:
        gone: ConnectWise has it no more, or its invoice bills none of its time, although it was to be taken anew.
        call: of a ticket whose amounts are to be put back.
        returned: of a ticket that was never taken: what becomes of it, or of its invoices, now.
    """

    gathered: Gathered
    gone: bool = False
    call: GatheredCall = field(default_factory=GatheredCall)
    returned: tuple[Decision[Plan] | Decision[InvoicePlan], ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """What becomes of all invoices that bill a ticket."""

    plans: tuple[InvoicePlan, ...]


class TicketCommandHandler:
    """Somebody wants something done about a ticket that was, or is to be, taken."""

    def __init__(
        self,
        tickets: TicketHandler,
        gatherer: Gatherer,
        store: TicketStore,
        source: Tickets,
        watch: CallWatch,
        invoices: InvoiceHandler,
        settings: ServiceSyncSettings,
    ) -> None:
        """Wire who reads tickets from ConnectWise, and who knows them."""
        self._tickets = tickets
        self._gatherer = gatherer
        self._store = store
        self._source = source
        self._watch = watch
        self._invoices = invoices
        self._taker = Taker(store, source, settings)
        self._settings = settings

    def read(self, delivery: Delivery) -> Command:
        """The command's body."""
        subject, action = delivery.envelope.subject, delivery.envelope.action
        if not facts(LinkKind.TICKET_CALL).left_shape.fullmatch(subject):
            raise RecordError(f"ce_subject is {subject[:40]!r}, wanted a ticket's number")
        if action not in KNOWN:
            raise RecordError(f"unknown command {action!r} about a ticket")
        model = LinkCommand if action in {LINKED, UNLINKED} else Command
        body: Command = decode(model, delivery.value)
        return body

    async def gather(self, changes: Sequence[Change[Command]]) -> Mapping[str, Asked]:
        """What was asked for is noted in Tandem's own table; then all is gathered for as it is now."""
        settled = [change.envelope.subject for change in changes if change.envelope.action == TAKE]
        await self._taker.take(settled)
        gone = {
            change.envelope.subject
            for change in changes
            if change.envelope.action != TAKE and not await self._note(change)
        }
        restored = {
            change.envelope.subject: await self._watch.of_ticket(change.envelope.subject)
            for change in changes
            if change.envelope.action in {RESTORE, ACCEPT}
        }
        gathered = await self._gatherer.gather([change.envelope.subject for change in changes])
        returned = {
            change.envelope.subject: await self._returned(gathered[change.envelope.subject], change)
            for change in changes
            if change.envelope.action == RETURN and gathered[change.envelope.subject].row is None
        }
        return {
            subject: Asked(
                one, subject in gone, restored.get(subject, GatheredCall()), returned.get(subject, ())
            )
            for subject, one in gathered.items()
        }

    async def _returned(
        self, gathered: Gathered, change: Change[Command]
    ) -> tuple[Decision[Plan] | Decision[InvoicePlan], ...]:
        """A ticket that was never taken is decided on at once: nothing else may ever bring it up again."""
        ticket = await self._source.fresh(int(change.envelope.subject.partition("@")[0]))
        if ticket is None:
            return ()
        if self._settings.sync_mode is SyncMode.STATUS:
            return (decide_seen(ticket, 0, gathered, self._settings),)
        ids = sorted({one for entry in ticket.time if (one := invoice_of(entry)) is not None})
        invoices = await self._invoices.source.by_ids(ids)
        found = await self._gatherer.invoices(invoices)
        return tuple(decide_invoice(one, 0, found[one.subject], self._settings) for one in invoices)

    def decide(self, change: Change[Command], gathered: Asked) -> Decision[Plan | Restore | Together]:
        """Decide as for any ticket that was taken."""
        checks, row = Checks(), gathered.gathered.row
        checks.note(
            "asked by", f"{change.record.by or 'Tandem'}: {change.record.why or change.envelope.action}"
        )
        if change.envelope.action == ACCEPT:
            return decide_accept(gathered.call, checks)
        if change.envelope.action == RESTORE:
            restoring = decide_restore(gathered.call, self._settings.call_status)
            return replace(restoring, checks=[*checks.made, *restoring.checks])
        if gathered.gone:
            return Skip(
                "ConnectWise has the ticket, or its billed time, no more; it stays as it was taken",
                checks.made,
            )
        if row is None and gathered.returned:
            return _all_of(gathered.returned, checks)
        if row is None:
            return Skip("the ticket was never taken, or is not chosen any more", checks.made)
        if row.stage is Stage.CANDIDATE:
            return Skip("it was changed and settles again", checks.made)
        if row.stage is Stage.IGNORED:
            return Skip(f"ignored by {row.by or 'a person'}; `tandem tickets return` ends that", checks.made)
        if row.stage is Stage.DONE:
            return Skip(f"call {row.call_number} is there", checks.made, again=True)
        decision = decide_taken(row, gathered.gathered, self._settings)
        return replace(decision, checks=[*checks.made, *decision.checks])

    async def apply(self, change: Change[Command], plan: Plan | Restore | Together) -> Applied:
        """See ``TicketHandler.carry_out``, ``InvoiceHandler.carry_out`` and ``CallWatch.restore``."""
        if isinstance(plan, Together):
            done = [await self._invoices.carry_out(one) for one in plan.plans]
            return Applied("; ".join(one.text for one in done), result="skipped")
        if isinstance(plan, Restore):
            return await self._watch.restore(plan, change.envelope.sequence)
        return await self._tickets.carry_out(change.envelope.subject, plan)

    def label(self, change: Change[Command]) -> str:
        """``ticket 60211``."""
        return named_ticket(change.envelope.subject)

    async def _note(self, change: Change[Command]) -> bool:
        """Write down what was asked; False when ConnectWise has the ticket no more."""
        subject, body = change.envelope.subject, change.record
        match change.envelope.action:
            case action if action == IGNORE:
                await self._store.ignore(subject, body.by, body.why)
            case action if action == RETURN:
                await self._store.back(subject, body.by, body.why)
            case action if action == RE_POINT:
                await self._store.point(subject, body.customer_id, body.by, body.why)
            case action if action == REFRESH:
                return await self._refresh(subject, body)
            case action if action == UNLINKED and isinstance(body, LinkCommand):
                await self._store.let_go(subject, body.generation, body.by, body.why)
            case action if action == RESTORE:
                pass
            case action if action == ACCEPT:
                await self._store.accept(subject, body.by, body.why)
            case _:
                if isinstance(body, LinkCommand):
                    await self._store.linked(subject, body.generation, body.by, body.why)
        return True

    async def _refresh(self, subject: str, body: Command) -> bool:
        number = int(subject.partition("@")[0])
        row = (await self._store.by_subjects([subject])).get(subject)
        if row is None:
            return True
        whole = await self._source.fresh(number)
        ticket = part_of(whole, row) if whole is not None else None
        if ticket is None or (row.invoice is not None and not ticket.time):
            return False
        await self._store.refresh(subject, ticket, body.by, body.why)
        return True


def _all_of(
    decisions: Sequence[Decision[Plan] | Decision[InvoicePlan]], checks: Checks
) -> Decision[Plan | Restore | Together]:
    """One decision of those about a ticket, or about each invoice that bills it."""
    plans: list[InvoicePlan] = []
    for one in decisions:
        checks.made.extend(one.checks)
        if not isinstance(one, Apply):
            continue
        if not isinstance(one.plan, InvoicePlan):
            return Apply(one.plan, checks.made)
        plans.append(one.plan)
    if plans:
        return Apply(Together(tuple(plans)), checks.made)
    reasons = "; ".join(dict.fromkeys(one.reason for one in decisions if not isinstance(one, Apply)))
    return Skip(f"not ignored any more; {reasons}", checks.made)
