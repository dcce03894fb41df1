"""Which tickets are taken, and when (spec/tickets.md 8.2 to 8.4). Pure."""

from datetime import date, datetime, tzinfo

from services.service_sync.rules.asked import name_of
from services.service_sync.rules.gathered import Gathered
from services.service_sync.settings import ServiceSyncSettings
from shared.events.tickets import Ticket
from shared.sync.decision import Checks

SERVICE = "ServiceTicket"


def left_alone(
    ticket: Ticket, settings: ServiceSyncSettings, gathered: Gathered, checks: Checks
) -> str | None:
    """The filters that speak against a ticket, None when all let it pass."""
    begin = len(checks.made)
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
    _new_enough(ticket, settings.start_date, gathered.zone, checks)
    failed = [check for check in checks.made[begin:] if not check.passed]
    if not failed:
        return None
    return "; ".join(f"{check.name}: seen {check.seen}, wanted {check.wanted}" for check in failed)


def settled_at(now: datetime, settings: ServiceSyncSettings) -> float:
    """Epoch seconds when a ticket that changed just now is taken."""
    return now.timestamp() + settings.settle_minutes * 60


def _new_enough(ticket: Ticket, start: date | None, zone: tzinfo, checks: Checks) -> None:
    """By the day it was closed, never by the day it was touched: a mass edit must not bring years of tickets."""
    closed = ticket.closedDate or ticket.dateEntered
    day = closed.astimezone(zone).date() if closed is not None else None
    checks.ask(
        "ticket is new enough",
        start is None or day is None or day >= start,
        f"{'closed' if ticket.closedDate is not None else 'entered'} {day}" if day is not None else "no date",
        f"from {start}" if start is not None else "any day",
    )
