"""What people in accounting set for everybody: closed periods, options. Both are inferred."""

import sqlite3
from calendar import monthrange
from datetime import date

from services.simulator.eautomate.desk import Desk


class Periods(Desk):
    """Accounting periods and options at a desk."""

    def close_period(self, month: date) -> None:
        """Close the accounting period a day is in: nobody enters labour or invoices with a date in it."""
        self._set_period(month, closed=1)

    def open_period(self, month: date) -> None:
        """Open the accounting period a day is in again."""
        self._set_period(month, closed=0)

    def set_option(self, name: str, value: bool) -> None:
        """Switch an option on or off under Tools, Options.

        Raises:
            LookupError: there is no such option.
        """
        with self._file() as file:
            option(file, name)
            file.execute("UPDATE ea_double_Options SET Value = ? WHERE Name = ?", (int(value), name))

    def _set_period(self, month: date, closed: int) -> None:
        key = date_period(month)
        with self._file() as file:
            if file.execute("SELECT 1 FROM GLPeriods WHERE DatePeriod = ?", (key,)).fetchone() is None:
                last = month.replace(day=monthrange(month.year, month.month)[1])
                row = {"DatePeriod": key, "StartDate": month.replace(day=1), "EndDate": last}
                self._insert(file, "GLPeriods", row)
            self._save(file, "GLPeriods", key, {"Closed": closed})


def date_period(on: date) -> int:
    """The accounting period a day is in: 202605 is May 2026."""
    return on.year * 100 + on.month


def refuse_closed(file: sqlite3.Connection, what: str, on: date) -> None:
    """Let nothing be entered into a closed period; a month that has no row is open.

    Args:
        what: begins the message, e.g. ``labour of call 1140``.

    Raises:
        ValueError: the period is closed.
    """
    row = file.execute("SELECT Closed FROM GLPeriods WHERE DatePeriod = ?", (date_period(on),)).fetchone()
    if row is not None and row["Closed"]:
        raise ValueError(f"{what}: {on:%Y-%m} is a closed accounting period")


def option(file: sqlite3.Connection, name: str) -> bool:
    """Whether an option is on.

    Raises:
        LookupError: there is no such option.
    """
    row = file.execute("SELECT Value FROM ea_double_Options WHERE Name = ?", (name,)).fetchone()
    if row is None:
        raise LookupError(f"no option {name}")
    return bool(row["Value"])
