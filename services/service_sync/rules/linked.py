"""A ticket that has a call already: made before, moved from e-automate, or found there (spec/tickets.md 8.9, S17). Pure."""

import re
from collections.abc import Sequence

from services.service_sync.rules import texts
from services.service_sync.rules.gathered import Gathered, Staged
from services.service_sync.rules.plan import CallPlan, Found, Labor
from services.service_sync.rules.statuses import created_status
from services.service_sync.settings import ServiceSyncSettings
from shared.events.calls import Call
from shared.links.kinds import LinkKind
from shared.links.models import How
from shared.sync.decision import Checks, Reject


def known_call(row: Staged, gathered: Gathered, checks: Checks) -> Call | CallPlan | Reject | None:
    """The call a ticket has.

    Returns:
        The moved call that is to get the work; a plan that only links; or what ends it; None: a call is to be made.
    """
    call, link = gathered.call, gathered.link
    ours = gathered.created is not None
    seen = f"call {call.number}" if call is not None else "none"
    checks.note(
        "call of the ticket", f"{seen}{', made by Tandem' if ours else ''}{', linked' if link else ''}"
    )
    if call is not None and ours:
        if link is not None:
            return _link_only(row, call, None, f"call {call.number} is there", ours=True)
        text = f"call {call.number} was made before; it is linked now"
        return _link_only(row, call, How.CREATED, text, ours=True)
    if call is not None and link is not None and link.how in {How.BY_HAND, How.ADOPTED}:
        return _link_only(row, call, None, f"call {call.number} was linked; nothing is added to it")
    if call is not None:
        if gathered.updated:
            return _link_only(row, call, None, f"call {call.number} has the ticket's work", ours=True)
        open_ = call.status != gathered.statuses.invoiced
        if checks.ask("linked call can take the work", open_, call.status, "not invoiced"):
            return call
        return None
    return _found(row, gathered, checks)


def names_ticket(description: str, ticket_id: int) -> bool:
    """Whether a text names a ticket's number, by itself and not as part of a longer one."""
    return re.search(rf"(?<![0-9A-Za-z]){ticket_id}(?![0-9A-Za-z])", description) is not None


def finished(
    row: Staged,
    call: Call,
    labors: Sequence[Labor],
    gathered: Gathered,
    settings: ServiceSyncSettings,
    found: Found,
) -> CallPlan:
    """The moved call gets labour, notes and its status; the hold of the move ends."""
    return CallPlan(
        subject=row.subject,
        ticket=row.ticket,
        sequence=row.sequence,
        generation=row.generation,
        call=call,
        labors=labors,
        notes=texts.notes(row.ticket, gathered.zone),
        status=created_status(settings, gathered.statuses),
        warnings=tuple(found.warnings),
        text=f"call {call.number}, which was moved to the ticket, gets {len(labors)} labour records"
        + (" and leaves its hold" if call.status == gathered.statuses.on_hold else ""),
    )


def _found(row: Staged, gathered: Gathered, checks: Checks) -> CallPlan | Reject | None:
    calls = [
        one
        for one in gathered.named
        if names_ticket(one.description, row.ticket.id)
        and one.call_id not in gathered.separated
        and not _of_another_invoice(one, row)
    ]
    numbers = ", ".join(one.number for one in calls)
    checks.ask("no call of the customer names the ticket", not calls, numbers or "none", "none (S17)")
    if not calls:
        return None
    if len(calls) == 1:
        text = f"call {numbers} carries the ticket's number already: it is linked, and none is made (S17)"
        return _link_only(row, calls[0], How.ADOPTED, text)
    text = (
        f"calls {numbers} all carry number {row.ticket.id}: none was linked and none made. Choose one: `tandem links "
        f"link {LinkKind.TICKET_CALL.value} {row.subject} CALL --why ...`."
    )
    return Reject("S17", text, checks.made, (f"link:{LinkKind.TICKET_CALL.value}:{row.subject}",))


def _of_another_invoice(call: Call, row: Staged) -> bool:
    """Each invoice makes its own call: one that names an invoice is that invoice's."""
    named = re.match(rf"Ticket {row.ticket.id} \(invoice ([^,)]*)", call.description)
    return named is not None and (row.invoice is None or named[1].strip() != row.invoice.number)


def _link_only(row: Staged, call: Call, how: How | None, text: str, *, ours: bool = False) -> CallPlan:
    return CallPlan(
        subject=row.subject,
        ticket=row.ticket,
        sequence=row.sequence,
        generation=row.generation,
        call=call,
        how=how,
        ours=ours,
        text=text,
    )
