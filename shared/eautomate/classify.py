"""Driver errors to the port's errors (reference eautomate.md 9, "Retries")."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.eautomate.errors import (
    AccessRefused,
    ConstraintViolation,
    EAutomateError,
    PermanentError,
    TransientError,
    UniqueViolation,
    ValueTooLong,
)

ROLLED_BACK = {1205, 1222, 3960}
"""Deadlock victim, lock time-out, snapshot conflict: the server undid the work and said so."""

CONNECTION = {-2, 121, 233, 596, 976, 983, 6005, 10053, 10054, 10060, 40197, 40501, 40613}
"""Connection lost or killed, failover, shutdown, throttled."""

AWAY = {701, 924, 927, 942, 952, 1105, 1204, 8645, 9002, 17142, 18401, 18451, 18461}
"""Out of memory, disk, locks or log; database offline, being restored or taken by one user; server paused."""

ACCESS = {229, 230, 262, 297, 300, 916, 3906, 4060, 4064, 18452, 18456, 18470, 18486, 18487, 18488}
"""No right to a table, or to the database, which may be read-only; login wrong, disabled, locked or expired."""

UNIQUE = {2601, 2627}
TOO_LONG = {2628, 8152}
CONSTRAINT = {515, 547}

_NATIVE = re.compile(r"""\((-?\d{1,6})\)(?= \(SQL|; \[|["']?\)?$)""")
"""The number stands before the ODBC function or at the end; a key value in the text may look like one."""

_LOST_STATES = ("08", "HYT", "01002")
_REFUSED_STATES = ("28", "IM")
"""The login is refused; the driver or data source of the URL is not there."""
_SQLITE_BUSY = ("database is locked", "database table is locked", "database schema is locked")
_SQLITE_WIDTH = re.compile(r"CHECK constraint failed: (\w+)_width_(\d+)")


def sqlstate(error: DBAPIError) -> str:
    """ODBC's five characters, ``""`` when the driver gave none."""
    first = error.orig.args[0] if error.orig is not None and error.orig.args else ""
    return first if isinstance(first, str) and len(first) == 5 else ""


def native_numbers(error: DBAPIError) -> set[int]:
    """SQL Server's error numbers in the driver's text."""
    return {int(number) for number in _NATIVE.findall(str(error.orig))}


def is_lost(error: BaseException) -> bool:
    """Whether the connection or the answer was lost, so that the server may still have done the work."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError)
    if native_numbers(error) & ROLLED_BACK or _sqlite_busy(error):
        return False
    if error.connection_invalidated or sqlstate(error).startswith(_LOST_STATES):
        return True
    return bool(native_numbers(error) & CONNECTION) or "communication link failure" in str(error.orig).lower()


def classify(error: BaseException) -> EAutomateError:
    """The port's error for what the driver raised."""
    text = _text(error)
    if isinstance(error, PoolTimeout):
        return TransientError(f"no free connection to e-automate: {text}")
    if not isinstance(error, DBAPIError):
        return TransientError(text) if isinstance(error, OSError) else PermanentError(text)
    numbers = native_numbers(error)
    if numbers & ACCESS:
        return AccessRefused(text)
    if is_lost(error) or _sqlite_busy(error) or numbers & (ROLLED_BACK | AWAY):
        return TransientError(text)
    if sqlstate(error).startswith(_REFUSED_STATES):
        return AccessRefused(text)
    return _refused(error, numbers, text)


def _refused(error: DBAPIError, numbers: set[int], text: str) -> PermanentError:
    driver = str(error.orig)
    if numbers & UNIQUE or "UNIQUE constraint failed" in driver:
        return UniqueViolation(text)
    if numbers & TOO_LONG or _SQLITE_WIDTH.search(driver):
        return ValueTooLong(text)
    if numbers & CONSTRAINT or isinstance(error.orig, sqlite3.IntegrityError):
        return ConstraintViolation(text)
    return PermanentError(text)


def _sqlite_busy(error: DBAPIError) -> bool:
    return any(text in str(error.orig) for text in _SQLITE_BUSY)


def _text(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return f"e-automate's database: {type(cause).__name__}: {cause}"


@contextmanager
def translated() -> Iterator[None]:
    """Let no driver error out, only the port's.

    Raises:
        TransientError: the same may succeed later; nothing was written.
        PermanentError: it will not.
    """
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise classify(error) from error
