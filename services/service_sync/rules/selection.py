"""Which tickets are taken, and when (spec/tickets.md 8.2 to 8.4). Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from services.service_sync.rules.asked import name_of
from services.service_sync.rules.gathered import Gathered
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from shared.events.tickets import Ticket
from shared.sync.decision import Check, Checks

SERVICE = "ServiceTicket"
BY_INVOICE = "sync_mode is invoice only: its time comes over when an invoice in invoice_statuses bills it"


def left_alone(
    ticket: Ticket, settings: ServiceSyncSettings, gathered: Gathered, checks: Checks
) -> str | None:
    """The filters that speak against a ticket in status mode, None when all let it pass."""
    begin = len(checks.made)
    by_status = settings.sync_mode is SyncMode.STATUS
    if not checks.ask("tickets come over by status", by_status, settings.sync_mode.value, "status"):
        return BY_INVOICE
    kind = ticket.recordType or SERVICE
    checks.ask("is a service ticket", kind == SERVICE, kind, "ServiceTicket; project tickets are ID522's")
    wanted = settings.ticket_statuses
    status = name_of(ticket.status)
    if wanted:
        checks.listed("ticket status is selected", status, wanted)
    else:
        checks.ask("ticket status is selected", False, status, "service_sync.ticket_statuses is blank")
    checks.listed("board is selected", name_of(ticket.board), settings.boards)
    checks.listed("territory is selected (variable W)", ticket.companyTerritory, gathered.territory_filter)
    # By the day it was closed, never by the day it was touched: a mass edit must not bring years of tickets.
    moment = ticket.closedDate or ticket.dateEntered
    day = moment.astimezone(gathered.zone).date() if moment is not None else None
    verb = "closed" if ticket.closedDate is not None else "entered"
    new_enough("ticket", f"{verb} {day}" if day is not None else "no date", day, settings, checks)
    billed = [part for part in gathered.parts if part.taken_at is not None and part.invoice is not None]
    brought = {entry.id for part in billed for entry in part.ticket.time}
    numbers = ", ".join(part.invoice.number for part in billed if part.invoice is not None)
    free = not ticket.time or any(entry.id not in brought for entry in ticket.time)
    checks.ask("invoices did not bring all of it over", free, numbers or "none did", "some time is left")
    return spoken_against(checks.made[begin:])


def new_enough(what: str, seen: str, day: date | None, settings: ServiceSyncSettings, checks: Checks) -> None:
    """Whether a day, the dealer's, is on or after the start date."""
    start = settings.start_date
    checks.ask(
        f"{what} is new enough",
        start is None or day is None or day >= start,
        seen,
        f"from {start}" if start is not None else "any day",
    )


def spoken_against(made: Sequence[Check]) -> str | None:
    """What was asked and answered with no, None when all was yes."""
    failed = [check for check in made if not check.passed]
    return "; ".join(f"{check.name}: seen {check.seen}, wanted {check.wanted}" for check in failed) or None


def settled_at(now: datetime, settings: ServiceSyncSettings) -> float:
    """Epoch seconds when a ticket that changed just now is taken."""
    return now.timestamp() + settings.settle_minutes * 60
