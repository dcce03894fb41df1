"""How much of a time entry its agreement covers.

An agreement that covers time has a limit of hours, money or incidents a cycle, or none. Entries draw on it in
the order in which they are saved; what is left over is billed (inferred).
"""

from datetime import date
from decimal import Decimal

from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.business.period import day
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Store


def covered_hours(store: Store, entry: Record) -> Decimal:
    """The hours of an entry that cost the customer nothing, because the agreement has paid for them."""
    agreement = store.get("agreement", entry.get("agreement"))
    hours = amount(entry.get("hoursBilled"))
    if agreement is None or not agreement.data.get("coverAgreementTime") or hours <= 0:
        return ZERO
    if entry.get("billableOption") != "Billable":
        return ZERO
    if agreement.data.get("applicationUnlimitedFlag"):
        return hours
    limit = amount(agreement.data.get("applicationLimit"))
    if limit <= 0:
        return ZERO
    others = _drawn(store, agreement.data, entry)
    units = agreement.data.get("applicationUnits")
    if units == "Amount":
        rate = amount(entry.get("hourlyRate"))
        left = limit - sum((amount(one.get("agreementAmount")) for one in others), ZERO)
        return min(hours, cents(max(left, ZERO) / rate)) if rate > 0 else ZERO
    if units == "Incidents":
        tickets = {one.get("ticket") for one in others} - {entry.get("ticket")}
        return hours if len(tickets) < limit else ZERO
    left = limit - sum((amount(one.get("agreementHours")) for one in others), ZERO)
    return min(hours, max(left, ZERO))


def _drawn(store: Store, agreement: Record, entry: Record) -> list[Record]:
    # The other entries that drew on the agreement in the same cycle.
    table = store.table("timeEntry")
    cycle = _cycle(agreement, day(entry.get("timeStart")))
    idents = table.find("agreement", entry.get("agreement")) - {entry.get("id")}
    others = (table.rows[ident].data for ident in idents)
    drawn = (one for one in others if amount(one.get("agreementHours")) > 0)
    return [one for one in drawn if _cycle(agreement, day(one.get("timeStart"))) == cycle]


def _cycle(agreement: Record, on: date | None) -> tuple[int, ...]:
    # Which cycle of the agreement a day is in; an agreement used up once has one.
    if agreement.get("oneTimeFlag") or on is None:
        return ()
    kind = agreement.get("applicationCycle")
    starts = day(agreement.get("startDate")) or on
    months = (on.year - starts.year) * 12 + on.month - starts.month - (on.day < starts.day)
    cycles: dict[object, tuple[int, ...]] = {
        "Contract2Weeks": ((on - starts).days // 14,),
        "Contract4Weeks": ((on - starts).days // 28,),
        "ContractQuarter": (months // 3,),
        "ContractYear": (months // 12,),
        "CalendarWeek": on.isocalendar()[:2],
        "CalendarQuarter": (on.year, (on.month - 1) // 3),
        "CalendarYear": (on.year,),
    }
    return cycles.get(kind, (on.year, on.month))
