import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.eautomate.classify import classify, is_lost, translated
from shared.eautomate.errors import (
    AccessRefused,
    ConstraintViolation,
    EAutomateError,
    PermanentError,
    TransientError,
    UniqueViolation,
    ValueTooLong,
)


def odbc(state: str, text: str, number: int) -> DBAPIError:
    """An error as pyodbc words it."""
    message = (
        f"[{state}] [Microsoft][ODBC Driver 18 for SQL Server][SQL Server]{text} ({number}) (SQLExecDirectW)"
    )
    return DBAPIError("SELECT 1", None, Exception(state, message))


def sqlite(error: type[sqlite3.Error], text: str) -> DBAPIError:
    """An error of the stand-in."""
    return OperationalError("SELECT 1", None, error(text))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (odbc("40001", "Transaction was deadlocked", 1205), TransientError),
        (odbc("42000", "Lock request time out period exceeded.", 1222), TransientError),
        (odbc("42000", "Snapshot isolation transaction aborted", 3960), TransientError),
        (odbc("08S01", "Communication link failure", 10054), TransientError),
        (odbc("08001", "Login timeout expired", 0), TransientError),
        (odbc("HYT00", "Query timeout expired", 0), TransientError),
        (sqlite(sqlite3.OperationalError, "database is locked"), TransientError),
        (PoolTimeout("QueuePool limit"), TransientError),
        (ConnectionResetError("reset"), TransientError),
        (
            odbc("23000", "Violation of PRIMARY KEY. The duplicate key value is (1205).", 2627),
            UniqueViolation,
        ),
        (odbc("23000", "Cannot insert duplicate key row", 2601), UniqueViolation),
        (sqlite(sqlite3.IntegrityError, "UNIQUE constraint failed: tandem_created.process"), UniqueViolation),
        (odbc("22001", "String or binary data would be truncated", 2628), ValueTooLong),
        (sqlite(sqlite3.IntegrityError, "CHECK constraint failed: T_C_width_8"), ValueTooLong),
        (odbc("23000", "The UPDATE statement conflicted with FOREIGN KEY", 547), ConstraintViolation),
        (sqlite(sqlite3.IntegrityError, "FOREIGN KEY constraint failed"), ConstraintViolation),
        (odbc("42S02", "Invalid object name 'dbo.X'.", 208), PermanentError),
        (odbc("42000", "The transaction log for database 'Co' is full", 9002), TransientError),
        (
            odbc("42000", "Database 'Co' cannot be opened. It is in the middle of a restore.", 927),
            TransientError,
        ),
        (odbc("42000", "The UPDATE permission was denied on the object 'ARCustomers'", 229), AccessRefused),
        (odbc("28000", "Login failed for user 'tandem'.", 18456), AccessRefused),
        (odbc("IM002", "Data source name not found", 0), AccessRefused),
        (sqlite(sqlite3.OperationalError, "no such table: X"), PermanentError),
    ],
)
def test_a_driver_error_becomes_what_the_caller_does_about_it(
    error: Exception, kind: type[EAutomateError]
) -> None:
    assert type(classify(error)) is kind


def test_only_a_lost_connection_leaves_a_commit_in_doubt() -> None:
    assert is_lost(odbc("08S01", "Communication link failure", 10054))
    assert is_lost(odbc("HYT00", "Query timeout expired", 0))
    assert is_lost(ConnectionResetError("reset"))
    assert not is_lost(odbc("40001", "Transaction was deadlocked", 1205))
    assert not is_lost(sqlite(sqlite3.OperationalError, "database is locked"))
    assert not is_lost(ValueError("ours"))


def test_the_ports_own_errors_pass_unchanged() -> None:
    with pytest.raises(UniqueViolation, match="mine"), translated():
        raise UniqueViolation("mine")


def test_the_text_names_the_drivers_words_but_no_parameters() -> None:
    error = DBAPIError(
        "UPDATE t SET x = ?", {"x": "secret"}, Exception("42000", "wrong"), hide_parameters=True
    )
    assert "secret" not in str(classify(error))
