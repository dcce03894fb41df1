"""The dealer's own clock."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.config import EAutomateSettings


def dealer_zone(settings: EAutomateSettings) -> ZoneInfo:
    """The zone in which the dealer's days begin and end: that of e-automate's server.

    Raises:
        ValueError: the setting names no zone.
    """
    try:
        return ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"TANDEM_EAUTOMATE__TIME_ZONE: {settings.time_zone!r} is no time zone") from error
