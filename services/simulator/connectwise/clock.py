"""The server's clock: real, shifted or frozen, always in UTC, stamped in whole seconds."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

_ISO = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:?\d\d))?$")
_STRICT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


class Clock:
    """Gives the time to everything in the server, so that tests decide what "now" is."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen: float | None = None

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._frozen if self._frozen is not None else time.time() + self._offset

    def stamp(self, later: float = 0) -> str:
        """Now (or seconds later) as the product writes it: UTC, whole seconds, so that writes share it."""
        return datetime.fromtimestamp(int(self.now() + later), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def http_date(self) -> str:
        """Now for the `Date` header."""
        return format_datetime(datetime.fromtimestamp(int(self.now()), UTC), usegmt=True)

    def set(self, moment: str, *, freeze: bool = False) -> None:
        """Set the time; it runs on from there unless frozen. Raises ValueError for a malformed moment."""
        wanted = datetime.fromisoformat(moment.replace("Z", "+00:00"))
        if wanted.tzinfo is None:
            wanted = wanted.replace(tzinfo=UTC)
        self._offset = wanted.timestamp() - time.time()
        self._frozen = wanted.timestamp() if freeze else None

    def advance(self, seconds: float) -> None:
        """Move the time, frozen or not."""
        self._offset += seconds
        if self._frozen is not None:
            self._frozen += seconds

    def freeze(self, *, frozen: bool) -> None:
        """Stop the clock at its present time, or let it run on from there."""
        if frozen and self._frozen is None:
            self._frozen = self.now()
        elif not frozen and self._frozen is not None:
            self._offset = self._frozen - time.time()
            self._frozen = None

    def reset(self) -> None:
        """Back to the machine's own time."""
        self._offset, self._frozen = 0.0, None


def is_strict(text: str) -> bool:
    """Whether a body's date has the one accepted form `yyyy-MM-ddTHH:mm:ssZ`."""
    return _STRICT.match(text) is not None


def is_real(text: str) -> bool:
    """Whether a date in the strict form names a day and time that exist."""
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def comparable(text: str) -> str | None:
    """A date literal of a condition in the stored form; None when it is malformed.

    Stored dates compare as text. A fraction goes *behind* the `Z`, where it sorts between two seconds.
    """
    found = _ISO.match(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=_zone(zone),
        )
        shown = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None
    digits = (fraction or "").rstrip("0")
    return shown + digits


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
