"""When a sweep is due."""

from datetime import UTC, datetime, timedelta


def sweep_due(last: datetime | None, now: datetime, hour: int | None, seconds: float | None) -> bool:
    """Whether the full comparison should run now.

    Args:
        last: when the last complete one began, None when there was none.
        now: the present.
        hour: hour of the day, UTC, at or after which it runs once a day; None = not by the hour.
        seconds: interval that goes before the hour when given.
    """
    if last is None:
        return True
    if seconds is not None:
        return (now - last).total_seconds() >= seconds
    if hour is None:
        return False
    utc = now.astimezone(UTC)
    latest = utc.replace(hour=hour, minute=0, second=0, microsecond=0)
    if latest > utc:
        latest -= timedelta(days=1)
    return last < latest
