"""ID965's decision about one ticket: choose, let it settle, take it, make its call (spec/tickets.md). Pure."""

from services.service_sync.rules.amounts import ZERO
from services.service_sync.rules.asked import record, setting
from services.service_sync.rules.gathered import Gathered, Stage, Staged
from services.service_sync.rules.header import header
from services.service_sync.rules.labour import hours_of, labour
from services.service_sync.rules.late import late_of
from services.service_sync.rules.linked import finished, known_call
from services.service_sync.rules.plan import CallPlan, Found, Keep, StagePlan
from services.service_sync.rules.selection import left_alone, settled_at
from services.service_sync.settings import CallStatus, ServiceSyncSettings, SyncMode
from shared.events.tickets import Ticket
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip, Wait

Plan = StagePlan | CallPlan


def decide_seen(
    ticket: Ticket, sequence: int, gathered: Gathered, settings: ServiceSyncSettings
) -> Decision[Plan]:
    """What becomes of a ticket that changed in ConnectWise."""
    checks, row = Checks(), gathered.row
    if row is not None and row.stage is not Stage.CANDIDATE:
        return _after_taking(ticket, row, gathered, settings, checks)
    why = left_alone(ticket, settings, gathered, checks)
    if why is not None:
        if row is None:
            return Skip(why, checks.made)
        return Apply(StagePlan(ticket, sequence, Keep.FORGET, 0.0, f"not taken any more: {why}"), checks.made)
    waiting = without_time(ticket, settings, checks)
    if waiting is not None:
        return waiting
    if row is not None and row.sequence == sequence:
        return Skip("it settles already", checks.made, again=True)
    due = settled_at(gathered.now, settings)
    text = f"it is taken once it has not changed for {settings.settle_minutes:g} minutes"
    return Apply(StagePlan(ticket, sequence, Keep.SETTLE, due, text), checks.made)


def decide_deleted(ticket: Ticket, sequence: int, gathered: Gathered) -> Decision[Plan]:
    """What becomes of a ticket that ConnectWise has no more (open question 49)."""
    checks, row = Checks(), gathered.row
    checks.ask("ticket is in ConnectWise", False, "deleted", "there")
    if row is not None and row.stage is Stage.DONE:
        return Skip(f"deleted in ConnectWise; call {row.call_number} stays as it is", checks.made)
    if row is None or row.stage is Stage.IGNORED:
        return Skip("deleted in ConnectWise", checks.made)
    text = "deleted in ConnectWise before a call was made of it: none is"
    return Apply(StagePlan(ticket, sequence, Keep.DROP, 0.0, text), checks.made)


def decide_taken(row: Staged, gathered: Gathered, settings: ServiceSyncSettings) -> Decision[Plan]:
    """What becomes of a ticket that was taken: its call is made, or it waits for what a person has to mend."""
    checks, found, ticket = Checks(), Found(), row.ticket
    checks.note(
        "ticket was taken", f"{row.taken_at:%Y-%m-%d %H:%M} UTC" if row.taken_at is not None else "just now"
    )
    known = known_call(row, gathered, checks)
    if isinstance(known, CallPlan):
        return Apply(known, checks.made)
    if isinstance(known, Reject):
        return known
    waiting = without_time(ticket, settings, checks)
    if waiting is not None:
        return waiting
    made = labour(ticket, gathered, settings, checks, found)
    if known is not None:
        plan = finished(row, known, made, gathered, settings, found)
        return _told(plan, found, checks)
    head = header(ticket, gathered, settings, checks, found)
    if head is None or found.trouble:
        return _told(None, found, checks)
    held = " on hold" if head.on_hold_code_id is not None else ""
    plan = CallPlan(
        subject=row.subject,
        ticket=ticket,
        sequence=row.sequence,
        generation=row.generation,
        header=head,
        labors=made,
        warnings=tuple(found.warnings),
        text=f"a call{held} for customer {head.customer_number} with {len(made)} labour records",
    )
    return Apply(plan, checks.made)


def without_time(ticket: Ticket, settings: ServiceSyncSettings, checks: Checks) -> Wait | None:
    """A ticket without time waits, visibly (scenarios 82, 83)."""
    needed = settings.require_time or settings.call_status is CallStatus.OK_TO_INVOICE
    seen = f"{len(ticket.time)} entries, {sum((hours_of(one) or ZERO for one in ticket.time), ZERO):f} h"
    wanted = "at least one entry" if needed else "any (require_time No)"
    if checks.ask("ticket has time", bool(ticket.time) or not needed, seen, wanted):
        return None
    text = (
        f"ticket {ticket.id} is ready but has no time entry. Add the time in ConnectWise; it is taken by itself then. "
        "With call_status P, service_sync.require_time No makes calls without labour."
    )
    return Wait(
        "S9", text, checks.made, (record(Ticket.SOURCE, Ticket.ENTITY, ticket.id), setting("require_time"))
    )


def _after_taking(
    ticket: Ticket, row: Staged, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks
) -> Decision[Plan]:
    if row.stage is Stage.IGNORED:
        checks.note("ticket is ignored", row.by or "by a person")
        return Skip(f"ignored by {row.by or 'a person'}", checks.made)
    if row.stage is Stage.STAGED:
        return decide_taken(row, gathered, settings)
    text = (
        f"call {row.call_number} was made of it; what is changed in ConnectWise afterwards does not come over"
    )
    if settings.sync_mode is SyncMode.INVOICE:
        return Skip(f"{text}, but for time that an invoice bills later", checks.made)
    late = late_of(row, ticket, [entry.id for part in gathered.parts for entry in part.ticket.time])
    checks.ask("no time was added since", not late, late.told, "none (S22, a warning)")
    if late:
        text += f" (S22: {late.told}, were added later: enter them by hand)"
    return Skip(text, checks.made)


def _told(plan: CallPlan | None, found: Found, checks: Checks) -> Decision[Plan]:
    """The plan, or all trouble in one text: the first decides the code, any of what they wait for wakes."""
    if found.trouble or plan is None:
        ordered = sorted(found.trouble, key=lambda one: one.labour)
        blocked = tuple(dict.fromkeys(word for one in ordered for word in one.blocked_on))
        text = "; ".join(one.text for one in ordered)
        return Wait(ordered[0].code, text, checks.made, blocked)
    return Apply(plan, checks.made)
