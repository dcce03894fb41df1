"""What people and Tandem command about a ticket: take, refresh, re-point, ignore, return; and its link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

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
from services.service_sync.noting import Noter
from services.service_sync.returning import Returner, Together
from services.service_sync.rules.decide import Plan, decide_taken
from services.service_sync.rules.gathered import Gathered, Stage
from services.service_sync.rules.recomputed import GatheredCall, Restore, decide_accept, decide_restore
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.taking import Taker
from services.service_sync.watch import CallWatch
from shared.bus.delivery import Delivery, Fault
from shared.events.change import Change, RecordError, decode
from shared.links.kinds import LinkKind, facts
from shared.sync.agent import Applied
from shared.sync.commands import LINKED, UNLINKED
from shared.sync.decision import Checks, Decision, Skip

D = TypeVar("D", bound=Decision[Any])

KNOWN = frozenset({TAKE, REFRESH, RE_POINT, IGNORE, RETURN, RESTORE, ACCEPT, LINKED, UNLINKED})


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket as it is after the command.

    Attributes:
        gone: sequences of commands that cannot be noted: ConnectWise does not have the ticket, or its invoice bills none
            of its time.
        call: of a ticket whose amounts are to be put back.
        returned: of a ticket that was never taken: what becomes of it, or of its invoices, now.
    """

    gathered: Gathered
    gone: frozenset[int] = frozenset()
    call: GatheredCall = field(default_factory=GatheredCall)
    returned: Decision[Plan | Together] | None = None


class TicketCommandHandler:
    """Somebody wants something done about a ticket that was, or is to be, taken."""

    def __init__(
        self,
        tickets: TicketHandler,
        invoices: InvoiceHandler,
        watch: CallWatch,
        gatherer: Gatherer,
        noter: Noter,
        taker: Taker,
        returner: Returner,
        settings: ServiceSyncSettings,
    ) -> None:
        """Wire who carries plans out, who reads, and who notes what was asked."""
        self._tickets = tickets
        self._invoices = invoices
        self._watch = watch
        self._gatherer = gatherer
        self._noter = noter
        self._taker = taker
        self._returner = returner
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
        await self._taker.take(_subjects(changes, TAKE))
        gone = frozenset(
            [
                change.envelope.sequence
                for change in changes
                if change.envelope.action != TAKE and not await self._noter.note(change)
            ]
        )
        gathered = await self._gatherer.gather([change.envelope.subject for change in changes])
        calls = await self._watch.of_tickets(_subjects(changes, RESTORE, ACCEPT))
        untaken = {one: gathered[one] for one in _subjects(changes, RETURN) if gathered[one].row is None}
        returned = await self._returner.decided(untaken) if untaken else {}
        return {
            subject: Asked(one, gone, calls.get(subject, GatheredCall()), returned.get(subject))
            for subject, one in gathered.items()
        }

    def decide(self, change: Change[Command], gathered: Asked) -> Decision[Plan | Restore | Together]:
        """Decide as for any ticket that was taken."""
        checks, row = Checks(), gathered.gathered.row
        checks.note(
            "asked by", f"{change.record.by or 'Tandem'}: {change.record.why or change.envelope.action}"
        )
        if row is not None and row.stage is Stage.STAGED:
            # Whatever was asked, it still has no call, and its case tells why.
            if change.envelope.sequence in gathered.gone:
                checks.ask("ConnectWise has it to take anew", False, "no more", "it stays as it was taken")
            return _after(checks, decide_taken(row, gathered.gathered, self._settings))
        if change.envelope.action == ACCEPT:
            return decide_accept(gathered.call, checks)
        if change.envelope.action == RESTORE:
            return _after(checks, decide_restore(gathered.call, self._settings))
        if change.envelope.sequence in gathered.gone:
            return Skip("ConnectWise has no such ticket", checks.made)
        if gathered.returned is not None:
            return _after(checks, gathered.returned)
        if row is None:
            return Skip("the ticket was never taken, or is not chosen any more", checks.made)
        if row.stage is Stage.CANDIDATE:
            return Skip("it was changed and settles again", checks.made)
        if row.stage is Stage.IGNORED:
            return Skip(f"ignored by {row.by or 'a person'}; `tandem tickets return` ends that", checks.made)
        return Skip(f"call {row.call_number} is there", checks.made)

    async def apply(self, change: Change[Command], plan: Plan | Restore | Together) -> Applied:
        """See ``TicketHandler.carry_out``, ``InvoiceHandler.carry_out`` and ``CallWatch.restore``."""
        if isinstance(plan, Together):
            done = [await self._invoices.carry_out(one) for one in plan.plans]
            faults = [one.refused for one in done if one.refused is not None] + list(plan.waits)
            text = "; ".join([one.text for one in plan.waits] + [_told(one) for one in done])
            if not faults:
                return Applied(text, result="skipped")
            blocked = tuple(dict.fromkeys(word for one in faults for word in one.blocked_on))
            return Applied(text, refused=Fault(faults[0].code, text, blocked_on=blocked))
        if isinstance(plan, Restore):
            return await self._watch.restore(plan, change.envelope.sequence)
        return await self._tickets.carry_out(change.envelope.subject, plan)

    def label(self, change: Change[Command]) -> str:
        """``ticket 60211``."""
        return named_ticket(change.envelope.subject)


def _told(done: Applied) -> str:
    return done.refused.text if done.refused is not None else done.text


def _subjects(changes: Sequence[Change[Command]], *actions: str) -> list[str]:
    return [change.envelope.subject for change in changes if change.envelope.action in actions]


def _after(checks: Checks, decision: D) -> D:
    """The decision with what was asked before it."""
    return replace(decision, checks=[*checks.made, *decision.checks])
