"""What people and Tandem command about a ticket: take, refresh, re-point, ignore, return; and its link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.service_sync.asking import (
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
from services.service_sync.rules.decide import Plan, decide_taken
from services.service_sync.rules.gathered import Gathered, Stage
from services.service_sync.rules.recomputed import GatheredCall, Restore, decide_restore
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
from services.service_sync.taking import Taker, part_of
from services.service_sync.watch import CallWatch
from shared.bus.delivery import Delivery
from shared.connectwise.tickets import Tickets
from shared.events.change import Change, RecordError, decode
from shared.links.kinds import LinkKind, facts
from shared.sync.agent import Applied
from shared.sync.commands import LINKED, UNLINKED
from shared.sync.decision import Checks, Decision, Skip

KNOWN = frozenset({TAKE, REFRESH, RE_POINT, IGNORE, RETURN, RESTORE, LINKED, UNLINKED})


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket as it is after the command.

    Attributes:
        gone: ConnectWise has it no more, or its invoice bills none of its time, although it was to be taken anew.
        call: of a ticket whose amounts are to be put back.
    """

    gathered: Gathered
    gone: bool = False
    call: GatheredCall = field(default_factory=GatheredCall)


class TicketCommandHandler:
    """Somebody wants something done about a ticket that was, or is to be, taken."""

    def __init__(
        self,
        tickets: TicketHandler,
        gatherer: Gatherer,
        store: TicketStore,
        source: Tickets,
        watch: CallWatch,
        settings: ServiceSyncSettings,
    ) -> None:
        """Wire who reads tickets from ConnectWise, and who knows them."""
        self._tickets = tickets
        self._gatherer = gatherer
        self._store = store
        self._source = source
        self._watch = watch
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
            if change.envelope.action == RESTORE
        }
        gathered = await self._gatherer.gather([change.envelope.subject for change in changes])
        return {
            subject: Asked(one, subject in gone, restored.get(subject, GatheredCall()))
            for subject, one in gathered.items()
        }

    def decide(self, change: Change[Command], gathered: Asked) -> Decision[Plan | Restore]:
        """Decide as for any ticket that was taken."""
        checks, row = Checks(), gathered.gathered.row
        checks.note(
            "asked by", f"{change.record.by or 'Tandem'}: {change.record.why or change.envelope.action}"
        )
        if change.envelope.action == RESTORE:
            restoring = decide_restore(gathered.call, self._settings.call_status)
            return replace(restoring, checks=[*checks.made, *restoring.checks])
        if gathered.gone:
            return Skip(
                "ConnectWise has the ticket, or its billed time, no more; it stays as it was taken",
                checks.made,
            )
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

    async def apply(self, change: Change[Command], plan: Plan | Restore) -> Applied:
        """See ``TicketHandler.carry_out`` and ``CallWatch.restore``."""
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
            case _:
                if isinstance(body, LinkCommand):
                    await self._store.linked(subject, body.generation, body.by, body.why)
        return True

    async def _refresh(self, subject: str, body: Command) -> bool:
        number = int(subject.partition("@")[0])
        rows = (await self._store.by_tickets([number])).get(number, [])
        row = next((one for one in rows if one.subject == subject), None)
        if row is None:
            return True
        whole = await self._source.fresh(number)
        ticket = part_of(whole, row, rows) if whole is not None else None
        if ticket is None or (row.invoice is not None and not ticket.time):
            return False
        await self._store.refresh(subject, ticket, body.by, body.why)
        return True
