"""Which tickets an invoice brings over in invoice-only mode, and with which time (spec/tickets.md 8.2, 8.4). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from services.service_sync.rules.asked import name_of, record
from services.service_sync.rules.gathered import Invoiced, Stage, Staged
from services.service_sync.rules.late import late_of
from services.service_sync.rules.selection import SERVICE, new_enough, settled_at, spoken_against
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from shared.events.service_invoices import ServiceInvoice
from shared.events.tickets import Ticket, TimeEntry
from shared.sync.decision import Apply, Checks, Decision, Skip, Wait

DOWN_PAYMENT = "DownPayment"
BY_STATUS = "sync_mode is status: tickets come over by their status, not by the invoice that bills them"


@dataclass(frozen=True, slots=True)
class GatheredInvoice:
    """Everything ``decide_invoice`` may look at beside the invoice.

    Attributes:
        now: UTC.
        zone: of the dealer.
        rows: what Tandem's own table has of the invoice's tickets, whatever brought them over.
        holders: rows with which the invoice's time was taken, by RecID of the time entry.
        mine: rows this invoice made, those of tickets that are not on it any more too.
        territory_filter: territories that take part, empty: all (variable W).
    """

    now: datetime
    zone: tzinfo
    rows: tuple[Staged, ...] = ()
    holders: Mapping[int, Staged] = field(default_factory=dict)
    mine: tuple[Staged, ...] = ()
    territory_filter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoicePlan:
    """What an invoice brings over.

    Attributes:
        settle: tickets to take once nothing has changed for a while, with the time this invoice bills.
        forget: subjects that settle and are not on the invoice any more.
        due: when they are taken, epoch seconds.
        drop: forget those that were taken and have no call, too: the invoice is gone.
        waits: tickets whose time was taken with another invoice that has no call yet.
        blocked_on: what they wait for.
    """

    invoice: Invoiced
    sequence: int
    settle: tuple[Ticket, ...] = ()
    forget: tuple[str, ...] = ()
    due: float = 0.0
    drop: bool = False
    text: str = ""
    waits: str = ""
    blocked_on: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sorted:
    settle: list[Ticket] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    blocked_on: list[str] = field(default_factory=list)


def decide_invoice(
    invoice: ServiceInvoice, sequence: int, gathered: GatheredInvoice, settings: ServiceSyncSettings
) -> Decision[InvoicePlan]:
    """What becomes of an invoice that was raised or changed in ConnectWise."""
    checks, own = Checks(), invoiced(invoice)
    why = _left_alone(invoice, settings, gathered, checks)
    if why is not None:
        return _without(own, sequence, why, gathered, checks)
    found = _sort(invoice, own, gathered, settings, checks)
    wanted = {own.subject(ticket.id) for ticket in found.settle}
    forget = _settling(row for row in gathered.mine if row.subject not in wanted)
    waits = "; ".join(found.waits)
    if not found.settle and not forget:
        if waits:
            return Wait("S27", waits, checks.made, tuple(found.blocked_on))
        why = "; ".join([*found.known, *found.apart]) or "it bills no time of a service ticket"
        return Skip(why, checks.made, again=bool(found.known) and not found.apart)
    numbers = ", ".join(str(ticket.id) for ticket in found.settle)
    text = (
        f"{f'ticket {numbers}' if numbers else 'nothing'} is taken once nothing has changed for "
        f"{settings.settle_minutes:g} minutes"
    )
    plan = InvoicePlan(
        own,
        sequence,
        tuple(found.settle),
        forget,
        settled_at(gathered.now, settings),
        text="; ".join([text, *found.apart]),
        waits=waits,
        blocked_on=tuple(found.blocked_on),
    )
    return Apply(plan, checks.made)


def decide_deleted_invoice(
    invoice: ServiceInvoice, sequence: int, gathered: GatheredInvoice
) -> Decision[InvoicePlan]:
    """What becomes of an invoice that ConnectWise has no more (open question 49)."""
    checks = Checks()
    checks.ask("invoice is in ConnectWise", False, "deleted", "there")
    open_ = tuple(row.subject for row in gathered.mine if row.stage in {Stage.CANDIDATE, Stage.STAGED})
    calls = ", ".join(row.call_number for row in gathered.mine if row.stage is Stage.DONE)
    stay = f"; call {calls} stays as it is: review it" if calls else ""
    text = f"deleted in ConnectWise{stay}"
    if not open_:
        return Skip(text, checks.made)
    return Apply(InvoicePlan(invoiced(invoice), sequence, (), open_, drop=True, text=text), checks.made)


def invoiced(invoice: ServiceInvoice) -> Invoiced:
    """An invoice as calls know it."""
    return Invoiced(invoice.id, (invoice.invoiceNumber or str(invoice.id)).strip())


def billed_by(ticket: Ticket, invoice_id: int) -> Ticket:
    """The ticket with the time that an invoice bills, and no other."""
    return ticket.model_copy(
        update={"time": tuple(one for one in ticket.time if invoice_of(one) == invoice_id)}
    )


def place_of(ticket: Ticket, invoice_id: int) -> str:
    """Which of a ticket's invoices this is: ``2 of 3``, ``2`` while time is not invoiced yet, nothing for an only one.

    Args:
        ticket: with all its time.
    """
    known = billing(ticket)
    if invoice_id not in known:
        return ""
    place = known.index(invoice_id) + 1
    if any(invoice_of(entry) is None for entry in ticket.time):
        return str(place) if place > 1 else ""
    return f"{place} of {len(known)}" if len(known) > 1 else ""


def invoice_of(entry: TimeEntry) -> int | None:
    """RecID of the invoice that bills an entry."""
    return entry.invoice.id if entry.invoice is not None else None


def billing(ticket: Ticket) -> list[int]:
    """RecIDs of the invoices that bill a ticket's time."""
    return sorted({one for entry in ticket.time if (one := invoice_of(entry)) is not None})


def _left_alone(
    invoice: ServiceInvoice, settings: ServiceSyncSettings, gathered: GatheredInvoice, checks: Checks
) -> str | None:
    by_invoice = settings.sync_mode is SyncMode.INVOICE
    if not checks.ask("tickets come over by invoice", by_invoice, settings.sync_mode.value, "invoice only"):
        return BY_STATUS
    down = invoice.type == DOWN_PAYMENT
    if not checks.ask("is no down payment", not down, invoice.type, "an invoice of work"):
        return "a down-payment invoice brings no call: enter it in e-automate by hand (S23)"
    begin = len(checks.made)
    status = invoice.status.name if invoice.status is not None else ""
    if settings.invoice_statuses:
        checks.listed("invoice status is selected", status, settings.invoice_statuses)
    else:
        checks.ask("invoice status is selected", False, status, "service_sync.invoice_statuses is blank")
    checks.listed("territory is selected (variable W)", invoice.companyTerritory, gathered.territory_filter)
    day = invoice.date.date() if invoice.date is not None else None
    new_enough("invoice", f"dated {day}" if day is not None else "no date", day, settings, checks)
    return spoken_against(checks.made[begin:])


def _without(
    own: Invoiced, sequence: int, why: str, gathered: GatheredInvoice, checks: Checks
) -> Decision[InvoicePlan]:
    forget = _settling(gathered.mine)
    if not forget:
        return Skip(why, checks.made)
    plan = InvoicePlan(own, sequence, (), forget, text=f"not taken any more: {why}")
    return Apply(plan, checks.made)


def _sort(
    invoice: ServiceInvoice,
    own: Invoiced,
    gathered: GatheredInvoice,
    settings: ServiceSyncSettings,
    checks: Checks,
) -> _Sorted:
    found = _Sorted()
    mine = {row.subject: row for row in gathered.mine}
    for ticket in invoice.tickets:
        row = mine.get(own.subject(ticket.id))
        if row is not None and row.stage is not Stage.CANDIDATE:
            found.known.append(_known(row, ticket, gathered.holders))
            continue
        why = _apart(ticket, gathered.rows, settings, checks)
        if why is not None:
            found.apart.append(f"ticket {ticket.id}: {why}")
        elif _free(ticket, own, gathered.holders, checks):
            found.settle.append(ticket)
        else:
            _held(ticket, gathered.holders, found)
    return found


def _apart(
    ticket: Ticket, rows: Sequence[Staged], settings: ServiceSyncSettings, checks: Checks
) -> str | None:
    """Why a ticket on the invoice is none of ID965's; None when it is."""
    ignored = next(
        (one for one in rows if one.subject == ticket.subject and one.stage is Stage.IGNORED), None
    )
    if ignored is not None:
        return f"ignored by {ignored.by or 'a person'}"
    kind = ticket.recordType or SERVICE
    if not checks.ask(f"ticket {ticket.id} is a service ticket", kind == SERVICE, kind, SERVICE):
        return "a project ticket is ID522's"
    board = name_of(ticket.board)
    if not checks.listed(f"board of ticket {ticket.id} is selected", board, settings.boards):
        return f"board {board or 'none'} is not selected"
    seen = f"{len(ticket.time)} entries"
    if not checks.ask(f"the invoice bills time of ticket {ticket.id}", bool(ticket.time), seen, "some"):
        return "no time of it is billed"
    return None


def _free(ticket: Ticket, own: Invoiced, holders: Mapping[int, Staged], checks: Checks) -> bool:
    """Whether there is time of the ticket that was not taken with another row."""
    held = {entry.id: holders[entry.id] for entry in ticket.time if entry.id in holders}
    others = {key: row for key, row in held.items() if row.subject != own.subject(ticket.id)}
    seen = ", ".join(sorted({_named(row) for row in others.values()})) or "it did not"
    free = len(others) < len(ticket.time)
    return checks.ask(f"time of ticket {ticket.id} did not come over before", free, seen, "not all of it")


def _held(ticket: Ticket, holders: Mapping[int, Staged], found: _Sorted) -> None:
    """All of a ticket's time was taken with other rows: it came over, or that is not decided yet."""
    rows = {holders[entry.id].subject: holders[entry.id] for entry in ticket.time if entry.id in holders}
    names = ", ".join(sorted({_named(row) for row in rows.values()}))
    open_ = [row for row in rows.values() if row.stage is Stage.STAGED]
    if not open_:
        found.apart.append(f"ticket {ticket.id}: its time came over before, with {names}")
        return
    found.waits.append(
        f"ticket {ticket.id}: its time was taken with {names}, of which no call is made yet. Mend what that waits "
        f"for; or delete the invoice if it is void. Then this one goes on by itself (S27)."
    )
    for row in open_:
        found.blocked_on.append(record(Ticket.SOURCE, Ticket.ENTITY, row.subject))
        if row.invoice is not None:
            found.blocked_on.append(record(ServiceInvoice.SOURCE, ServiceInvoice.ENTITY, row.invoice.id))


def _settling(rows: Iterable[Staged]) -> tuple[str, ...]:
    return tuple(row.subject for row in rows if row.stage is Stage.CANDIDATE)


def _named(row: Staged) -> str:
    if row.stage is Stage.DONE:
        return f"call {row.call_number}"
    of = (
        f"invoice {row.invoice.number or row.invoice.id}"
        if row.invoice is not None
        else f"ticket {row.ticket.id}"
    )
    return f"{of}, ignored by {row.by or 'a person'}" if row.stage is Stage.IGNORED else of


def _known(row: Staged, ticket: Ticket, holders: Mapping[int, Staged]) -> str:
    match row.stage:
        case Stage.DONE:
            text = f"call {row.call_number} was made of ticket {row.ticket.id}"
            late = late_of(row, ticket, holders)
            return f"{text} (S22: {late.told}, were added later: enter them by hand)" if late else text
        case Stage.IGNORED:
            return f"ticket {row.ticket.id} is ignored by {row.by or 'a person'}"
        case _:
            return f"ticket {row.ticket.id} is taken; it has no call yet"
