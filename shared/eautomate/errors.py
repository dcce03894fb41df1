"""What can go wrong at e-automate's database, by what the caller does about it."""

from datetime import datetime

from shared.eautomate.rows import ChangeKey


class EAutomateError(Exception):
    """Every error of the port."""


class TransientError(EAutomateError):
    """Nothing was written and the same call may succeed later: deadlock, lock time-out, connection lost."""


class UnknownOutcome(EAutomateError):  # noqa: N818 - the name says what is known: nothing
    """The answer to COMMIT was lost: the transaction may have landed or not.

    Hand it to ``EAutomate.landed`` before anything is repeated.

    Attributes:
        key: whose transaction it was.
        applied_at: what the ledger row holds when it landed, UTC.
    """

    def __init__(self, key: ChangeKey, applied_at: datetime) -> None:
        super().__init__(f"the answer to COMMIT was lost for {key}")
        self.key = key
        self.applied_at = applied_at


class RowChanged(EAutomateError):  # noqa: N818
    """Somebody saved the row since it was read (its rowversion moved) or removed it: decide again."""


class RecordLocked(EAutomateError):  # noqa: N818
    """A person has the record open in the client (``Locks``): nothing was written, decide again later."""


class Superseded(EAutomateError):  # noqa: N818
    """A later change of the same record was applied before: this one has nothing left to say."""


class PermanentError(EAutomateError):
    """Repeating does not help; the text names what a person has to change."""


class AccessRefused(PermanentError):  # noqa: N818
    """The server lets Tandem's login not in, or not do this: no record's fault, and every other fails alike."""


class UniqueViolation(PermanentError):  # noqa: N818
    """A row with this key exists already (SQL Server 2601, 2627): read and decide again."""


class ConstraintViolation(PermanentError):  # noqa: N818
    """The database refused the row: a foreign key, a check, a NULL."""


class NotStorable(PermanentError):  # noqa: N818
    """The column cannot hold the value: a character outside code page 1252."""


class ValueTooLong(NotStorable):
    """The value has more characters than the column."""


class PropertyNotStorable(PermanentError):  # noqa: N818
    """The record's configuration does not hold the property, so a value would be seen nowhere."""


class LineBilled(PermanentError):  # noqa: N818
    """The contract line was billed, so it cannot be taken away; it can be ended."""


class SchemaMismatch(PermanentError):  # noqa: N818
    """The database differs from the table definitions; every difference is in the text."""


class ProfileError(PermanentError):
    """The profile file names a table or column Tandem does not know."""
