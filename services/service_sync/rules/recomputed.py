"""Calls whose amounts e-automate computed anew (spec/tickets.md 8.7, scenario 92). Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.service_sync.rules.amounts import CENT
from services.service_sync.rules.gathered import Stage, Staged
from services.service_sync.rules.header import call_record
from services.service_sync.rules.labour import amounts_of
from services.service_sync.rules.statuses import created_status
from services.service_sync.settings import ServiceSyncSettings
from shared.eautomate.profile import CallStatuses
from shared.events.calls import Call, CallLabor
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip


@dataclass(frozen=True, slots=True)
class GatheredCall:
    """A call, and the ticket it was made of.

    Attributes:
        call: as it is now, None when it is gone.
        row: the ticket's, None when the call is of none.
        statuses: the dealer's codes of call statuses.
    """

    call: Call | None = None
    row: Staged | None = None
    statuses: CallStatuses = field(default_factory=CallStatuses)


@dataclass(frozen=True, slots=True)
class TakeOff:
    """A call that must not be invoiced as it is.

    Attributes:
        status: it has afterwards.
    """

    call: Call
    subject: str
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Restore:
    """Labour that gets ConnectWise's amounts back.

    Attributes:
        labors: ``CallLaborID``, rate and amount.
        status: of the call afterwards.
    """

    call: Call
    subject: str
    labors: tuple[tuple[int, Decimal, Decimal], ...]
    status: str
    text: str


def decide_call(gathered: GatheredCall) -> Decision[TakeOff]:
    """What becomes of a call that somebody saved in e-automate."""
    checks, call, row, statuses = Checks(), gathered.call, gathered.row, gathered.statuses
    if call is None or row is None or row.stage is not Stage.DONE or not row.overridden:
        return Skip("no call of a ticket with ConnectWise's amounts", checks.made)
    if call.status == statuses.cancelled:
        return Skip("it is canceled", checks.made)
    lost = lost_of(call, row, checks)
    if not lost:
        return Skip("it has ConnectWise's amounts", checks.made, again=True)
    text = _told(call, row)
    if call.status == statuses.ok_to_invoice:
        text = f"{text} It was taken off {call.status}. {_mend(row)}"
        return Apply(TakeOff(call, row.subject, statuses.pending, text), checks.made)
    if call.status == statuses.invoiced:
        text += " It is invoiced already: put the invoice right by hand, then `tandem cases ignore`."
        return Reject("S26", text, checks.made, (call_record(call),))
    return Reject("S26", f"{text} {_mend(row)}", checks.made, (call_record(call),))


def decide_restore(gathered: GatheredCall, settings: ServiceSyncSettings) -> Decision[Restore]:
    """Whether ConnectWise's amounts can be put back into a ticket's call."""
    checks, call, row, statuses = Checks(), gathered.call, gathered.row, gathered.statuses
    if call is None or row is None or row.stage is not Stage.DONE or not row.overridden:
        return Skip("the ticket has no call with ConnectWise's amounts", checks.made)
    if not lost_of(call, row, checks):
        return Skip(f"call {call.number} has ConnectWise's amounts", checks.made, again=True)
    writable = _writable(statuses)
    if not checks.ask("call can be written", call.status in writable, call.status, ", ".join(writable)):
        text = (
            f"call {call.number} has status {call.status}: only {', '.join(writable)} get their amounts back"
        )
        return Skip(text, checks.made)
    pairs = _pairs(call, row)
    found = f"{len(call.labors)} labour records, {len(row.ticket.time)} time entries"
    if not checks.ask("labour is the ticket's", pairs is not None, found, "a record of each time entry"):
        wanted = ", ".join(f"{amount:f}" for amount in amounts_of(row.ticket).values())
        text = (
            f"labour of call {call.number} was added, moved or removed: enter the amounts by hand: {wanted}"
        )
        return Skip(text, checks.made)
    amounts = amounts_of(row.ticket)
    rates = {entry.id: entry.hourlyRate or Decimal() for entry in row.ticket.time}
    labors = tuple((one.call_labor_id, rates[entry], amounts[entry]) for entry, one in pairs or ())
    # Only a pending call may be one that was taken off: whatever else people decided about it stays.
    back = created_status(settings, statuses) if call.status == statuses.pending else call.status
    text = f"call {call.number} has ConnectWise's amounts again, and status {back}"
    return Apply(Restore(call, row.subject, labors, back, text), checks.made)


def decide_accept(gathered: GatheredCall, checks: Checks) -> Decision[Restore]:
    """E-automate's amounts stay; whoever watched the call looks at it once more, and its case ends."""
    call = gathered.call
    if call is None:
        return Skip("the ticket has no call", checks.made)
    return Skip(
        f"amounts of call {call.number} are e-automate's from now on", checks.made, wakes=(call_record(call),)
    )


def lost_of(call: Call, row: Staged, checks: Checks) -> list[Decimal]:
    """Amounts that the call's labour should have as override and has not."""
    wanted = Counter(amounts_of(row.ticket).values())
    held = Counter(one.labor_override.quantize(CENT) for one in call.labors if one.labor_override is not None)
    lost = sorted((wanted - held).elements(), reverse=True)
    checks.ask("labour has ConnectWise's amounts", not lost, _listed(held), _listed(wanted))
    return lost


def _writable(statuses: CallStatuses) -> tuple[str, ...]:
    """Not those of calls that are invoiced, cleared or canceled."""
    return (
        statuses.pending,
        statuses.on_hold,
        statuses.scheduled,
        statuses.dispatched,
        statuses.complete,
        statuses.ok_to_invoice,
    )


def _pairs(call: Call, row: Staged) -> Sequence[tuple[int, CallLabor]] | None:
    """Time entries with their labour, which was made in their order; None when it cannot be told apart."""
    if len(call.labors) < len(row.ticket.time):
        return None
    pairs = [(entry.id, labor) for entry, labor in zip(row.ticket.time, call.labors, strict=False)]
    begun = {entry.id: entry.timeStart for entry in row.ticket.time}
    return pairs if all(labor.arrived == begun[entry] for entry, labor in pairs) else None


def _told(call: Call, row: Staged) -> str:
    total = sum(amounts_of(row.ticket).values(), Decimal())
    return (
        f"call {call.number} of ticket {row.ticket.id} was saved in e-automate, which put the bill code's amounts in "
        f"place of ConnectWise's {total:f}."
    )


def _mend(row: Staged) -> str:
    return (
        f"`tandem tickets restore {row.subject} --why ...` puts them back; `tandem tickets accept {row.subject} --why "
        "...` leaves e-automate's."
    )


def _listed(amounts: Counter[Decimal]) -> str:
    return ", ".join(f"{one:f}" for one in sorted(amounts.elements(), reverse=True)) or "none"
