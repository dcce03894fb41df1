"""What a library says again and again is let through now and then, with how often it was said."""

import logging
import time
from collections.abc import Callable, Sequence

EVERY_SECONDS = 300.0
"""Long enough for a day without a broker to stay readable."""
MOST = 1000
"""Different messages that are remembered."""


class Repeats(logging.Filter):
    """Lets a message of chatty loggers through once in a while, whatever it was said about.

    Args:
        chatty: names of loggers; those below them are meant too.
        clock: gives seconds.
    """

    def __init__(self, chatty: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._chatty = tuple(f"{name}." for name in chatty)
        self._clock = clock
        self._said: dict[tuple[str, str], float] = {}
        self._unsaid: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is to be said."""
        if not f"{record.name}.".startswith(self._chatty):
            return True
        # Without its values: a library counts nodes, ports and attempts in them.
        what, now = (record.name, str(record.msg)), self._clock()
        if now - self._said.get(what, -EVERY_SECONDS) < EVERY_SECONDS:
            self._unsaid[what] = self._unsaid.get(what, 0) + 1
            return False
        if len(self._said) > MOST:
            self._said.clear()
            self._unsaid.clear()
        self._said[what] = now
        unsaid = self._unsaid.pop(what, 0)
        if unsaid:
            record.msg = f"{record.getMessage()} (and {unsaid} times more since this was last said)"
            record.args = ()
        return True
