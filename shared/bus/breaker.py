"""Stops an agent that fails at everything, so that a bad release cannot drain a topic into dead letters."""

from collections import deque

IN_A_ROW = 50
WINDOW = 200
SHARE = 0.9


class TooManyFailures(RuntimeError):  # noqa: N818 - reads as what it says
    """Uncatalogued errors pile up: the program is wrong, not the records."""


class Breaker:
    """Counts uncatalogued errors; catalogued ones are answers and never count."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._row = 0
        self._recent: deque[bool] = deque(maxlen=WINDOW)

    def succeeded(self) -> None:
        """A record came to an end the catalogue knows."""
        self._row = 0
        self._recent.append(False)

    def failed(self) -> None:
        """A record met an uncatalogued error."""
        self._row += 1
        self._recent.append(True)

    def check(self) -> None:
        """Tell whether to go on.

        Raises:
            TooManyFailures: 50 in a row, or 90 % of the last 200.
        """
        if self._row >= IN_A_ROW:
            raise TooManyFailures(f"{self._row} unexpected errors in a row")
        if len(self._recent) == WINDOW and sum(self._recent) >= WINDOW * SHARE:
            raise TooManyFailures(f"{sum(self._recent)} of the last {WINDOW} records met unexpected errors")
