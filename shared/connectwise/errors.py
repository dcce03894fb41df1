"""What can go wrong with a call to ConnectWise, sorted by what a caller does about it.

Texts never hold keys: the client removes them before an error is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One line of the server's ``errors[]``: match on ``code`` and ``field``, never on the text."""

    code: str
    message: str
    field: str


class ConnectWiseError(Exception):
    """A call did not do what was asked.

    Attributes:
        status: HTTP status, None when there was no answer.
        catalogue: code in the error catalogue, "" when the caller decides.
    """

    catalogue: ClassVar[str] = ""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class TransientError(ConnectWiseError):
    """Trying again later may help, and nothing was changed by a POST.

    Attributes:
        retry_after: seconds the server (or our own budget) asks to wait, None when nothing was said.
    """

    catalogue = "A4"

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after


class UnknownOutcomeError(ConnectWiseError):
    """A POST was sent and its answer lost: the record may exist. Look it up before sending again."""

    catalogue = "A4"


class RefusedError(ConnectWiseError):
    """The server understood and said no; sending the same again gives the same answer.

    Attributes:
        code: the answer's own code, e.g. ``InvalidObject``.
        errors: its lines; empty when it gave none.
    """

    def __init__(
        self, message: str, *, status: int, code: str = "", errors: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(message, status=status)
        self.code = code
        self.errors = tuple(errors)

    def has(self, code: str, field: str | None = None) -> bool:
        """Whether the answer or one of its lines carries the code (and names the field)."""
        if field is None and self.code.casefold() == code.casefold():
            return True
        return any(
            line.code.casefold() == code.casefold()
            and (field is None or line.field.casefold() == field.casefold())
            for line in self.errors
        )


class NotFoundError(ConnectWiseError):
    """The record is not there, or this release does not offer the endpoint."""


class UnauthorizedError(ConnectWiseError):
    """Keys, address, company or rights: nothing will work before a person has changed something."""

    catalogue = "A3"


class UnknownCompanyError(UnauthorizedError):
    """The server knows no company of that name (it says so with 200 and ``null``)."""


class IgnoredPatchError(ConnectWiseError):
    """A PATCH was answered with success, and the record read back does not hold what was sent."""
