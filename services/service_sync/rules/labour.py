"""A labour record for each time entry (spec/tickets.md 8.7). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from services.service_sync.rules.amounts import NOT_CHARGED, ZERO, billed_hours, charged
from services.service_sync.rules.asked import name_of, setting
from services.service_sync.rules.gathered import Gathered, Technician
from services.service_sync.rules.plan import Found, Labor, Trouble
from services.service_sync.rules.technicians import of_entry
from services.service_sync.rules.texts import NOTE_MOST, clean, cut
from services.service_sync.settings import ServiceSyncSettings
from shared.eautomate.rows import Code
from shared.eautomate.values import folded
from shared.events.tickets import Ticket, TimeEntry
from shared.sync.decision import Checks

_HOUR = Decimal(3600)
_STEP = Decimal("0.000001")


def labour(
    ticket: Ticket, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> list[Labor]:
    """Labour in the order of time; trouble of every entry is noted, not only of the first."""
    worked: list[_Worked] = []
    for entry in ticket.time:
        technician = of_entry(entry, gathered, settings, checks, found)
        activity = _activity(entry, gathered, settings, checks, found)
        span = _span(entry, checks, found)
        if technician is None or activity is None or span is None:
            continue
        if not _closed(entry, gathered, checks, found):
            worked.append(_Worked(entry, technician, activity, *span))
    amounts: list[Decimal | None] = [None] * len(worked)
    if settings.override_billing:
        amounts = [*charged([(one.entry, one.hours) for one in worked])]
    made = [_labor(one, amount) for one, amount in zip(worked, amounts, strict=True)]
    _overlaps(made, checks, found)
    return made


@dataclass(frozen=True, slots=True)
class _Worked:
    entry: TimeEntry
    technician: Technician
    activity: Code
    begin: datetime
    end: datetime
    hours: Decimal


def amounts_of(ticket: Ticket) -> dict[int, Decimal]:
    """What a ticket's labour has as override, by RecID of the time entry."""
    work = [(entry, hours) for entry in ticket.time if (hours := _stored_hours(entry)) is not None]
    return {entry.id: amount for (entry, _), amount in zip(work, charged(work), strict=True)}


def hours_of(entry: TimeEntry) -> Decimal | None:
    """Decimal hours: as ConnectWise tells, else end less start less deduction; None when neither is there."""
    if entry.actualHours is not None:
        return entry.actualHours
    if entry.timeEnd is None:
        return None
    seconds = Decimal(int((entry.timeEnd - entry.timeStart).total_seconds()))
    return seconds / _HOUR - (entry.hoursDeduct or ZERO)


def _span(entry: TimeEntry, checks: Checks, found: Found) -> tuple[datetime, datetime, Decimal] | None:
    hours = hours_of(entry)
    end = entry.timeEnd
    if end is None and hours is not None:
        away = hours + (entry.hoursDeduct or ZERO)
        end = entry.timeStart + timedelta(seconds=int(away * _HOUR))
    seen = f"{entry.timeStart:%Y-%m-%d %H:%M} to {end:%H:%M} UTC, {hours} h" if end is not None else "no end"
    good = hours is not None and hours > 0 and end is not None and end > entry.timeStart
    checks.ask(f"time entry {entry.id} has a duration", good, seen, "an end after its start, hours above 0")
    if not good or end is None or hours is None:
        text = (
            f"time entry {entry.id} of {name_of(entry.member) or 'nobody'} has no duration ({seen}). Correct it in "
            "ConnectWise, then `tandem tickets refresh`."
        )
        found.trouble.append(Trouble("S14", text, labour=True))
        return None
    return entry.timeStart, end, _stored(hours)


def _stored_hours(entry: TimeEntry) -> Decimal | None:
    hours = hours_of(entry)
    return _stored(hours) if hours is not None else None


def _stored(hours: Decimal) -> Decimal:
    return hours.quantize(_STEP, rounding=ROUND_HALF_UP)


def _closed(entry: TimeEntry, gathered: Gathered, checks: Checks, found: Found) -> bool:
    """Whether the entry's day, the dealer's, is in a closed accounting period."""
    day = entry.timeStart.astimezone(gathered.zone).date()
    period = next((one for one in gathered.closed_periods if one.first <= day <= one.last), None)
    shut = f"{period.first} to {period.last}" if period is not None else "open"
    if checks.ask(f"period of time entry {entry.id} is open", period is None, f"{day}: {shut}", "open"):
        return False
    text = (
        f"time entry {entry.id} is of {day}, and e-automate's period {shut} is closed. Open the period; or correct the "
        "entry in ConnectWise, then `tandem tickets refresh`."
    )
    found.trouble.append(Trouble("S16", text, labour=True))
    return True


def _activity(
    entry: TimeEntry, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Code | None:
    """No charge by the dealer's code for it; else by work type, work role, default."""
    free = entry.billableOption in NOT_CHARGED and not settings.override_billing
    where, wanted = _wanted_activity(entry, settings, free)
    code = gathered.codes.activity_codes.get(folded(wanted)) if wanted else None
    good = code is not None and code.active
    seen = wanted if good else f"{wanted or 'none set'}: {'inactive' if code is not None else 'not there'}"
    checks.ask(f"activity code of time entry {entry.id} is there", good, seen, "an active activity code")
    if good:
        return code
    of = f"{entry.billableOption} time" if free else f"work type {name_of(entry.workType) or 'none'}"
    text = (
        f"time entry {entry.id} ({of}) has no activity code: service_sync.{where} is "
        f"{repr(wanted) + ', which e-automate does not have or not as active' if wanted else 'blank'}."
    )
    found.trouble.append(Trouble("S12", text, (setting(where),), labour=True))
    return None


def _wanted_activity(entry: TimeEntry, settings: ServiceSyncSettings, free: bool) -> tuple[str, str]:
    """The setting that decides, and the code it names."""
    if free:
        return "no_charge_activity_code", settings.no_charge_activity_code.strip()
    chosen = {folded(name): code.strip() for name, code in settings.activity_code_map.items()}
    for reference in (entry.workType, entry.workRole):
        code = chosen.get(folded(name_of(reference)))
        if code:
            return "activity_code_map", code
    return "default_activity_code", settings.default_activity_code.strip()


def _labor(worked: _Worked, amount: Decimal | None) -> Labor:
    entry = worked.entry
    override = amount is not None
    return Labor(
        entry_id=entry.id,
        technician_id=worked.technician.agent_id,
        technician=worked.technician.number,
        activity_code_id=worked.activity.id,
        activity_code=worked.activity.code.strip(),
        begin=worked.begin,
        end=worked.end,
        hours=billed_hours(entry, worked.hours) if override else worked.hours,
        notes=cut(clean(entry.notes), NOTE_MOST),
        rate=(entry.hourlyRate or ZERO) if override else None,
        override=amount,
    )


def _overlaps(made: Sequence[Labor], checks: Checks, found: Found) -> None:
    pairs: list[tuple[Labor, Labor]] = []
    latest: dict[int, Labor] = {}
    for one in sorted(made, key=lambda one: one.begin):
        before = latest.get(one.technician_id)
        if before is not None and one.begin < before.end:
            pairs.append((before, one))
        if before is None or one.end > before.end:
            latest[one.technician_id] = one
    seen = ", ".join(f"{first.entry_id} and {second.entry_id}" for first, second in pairs)
    if not checks.ask("time entries do not overlap", not pairs, seen or "none does", "none (a warning)"):
        technicians = ", ".join(sorted({first.technician for first, _ in pairs}))
        found.warnings.append(
            ("S15", f"time entries {seen} of technician {technicians} overlap: review both.")
        )
