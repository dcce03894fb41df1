"""The report and the reminder of a day, from the store: what the command prints and mails carry."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from services.error_reporting.agreements.reading import Days
from services.error_reporting.agreements.reminder import Reminder, due, reminder
from services.error_reporting.agreements.report import AgreementReport, report


async def make_report(
    engine: AsyncEngine, first: date, last: date, zone: ZoneInfo, terminations: bool
) -> AgreementReport:
    """What the agreement sync did from one of the dealer's days to another, both included.

    Args:
        terminations: whether contracts that ended are listed.
    """
    days = Days(engine)
    rows, before = await days.between(first, last), await days.standing(first, last)
    cases = await days.cases([row.record for row in before])
    return report(first, last, zone, rows, before, cases, terminations)


async def make_reminder(engine: AsyncEngine, day: date, ahead: int, zone: ZoneInfo) -> Reminder:
    """Contracts to be billed within so many days of a day, as it was known at the end of that day."""
    days = Days(engine)
    chosen = due(await days.written(day), day, ahead)
    return reminder(day, ahead, zone.key, await days.of((one.record, one.day) for one in chosen))
