"""Which exceptions are transient trouble, and which are catalogued errors of the record."""

from shared.bus.delivery import Fault, Transient
from shared.connectwise import errors as connectwise
from shared.eautomate import errors as eautomate
from shared.events.change import RecordError, RecordTooLargeError
from shared.links.errors import MappingRefusedError, MappingUnavailable


class Stale(Exception):  # noqa: N818 - a state of the world, not an error
    """What was decided on has moved meanwhile: gather and decide again."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The other side said no; nothing of this step was written."""

    def __init__(self, fault: Fault) -> None:
        """Carry the catalogued fault."""
        super().__init__(fault.text)
        self.fault = fault


def as_transient(error: Exception) -> Transient | None:
    """The error as transient trouble, None when it is not."""
    match error:
        case Transient():
            return error
        case connectwise.TransientError():
            return Transient(_of("ConnectWise", error), error.retry_after)
        # Wrong keys are nobody's record: every record would fail the same way, so the agent waits.
        case connectwise.UnauthorizedError():
            return Transient(f"A3 {_of('ConnectWise', error)}")
        case eautomate.TransientError() | eautomate.UnknownOutcome():
            return Transient(f"e-automate: {error}")
        # A database of another shape or without the right is nobody's record either: it waits until that is mended.
        case eautomate.SchemaMismatch() | eautomate.AccessRefused():
            return Transient(f"e-automate: {error}")
        # Whatever listens there is not mapping: an address to mend, not a record.
        case MappingUnavailable() | MappingRefusedError(code="not_mapping"):
            return Transient(f"mapping: {error}")
        case _:
            return None


def as_stale(error: Exception) -> Stale | None:
    """The error as a moved row or a lost race, None when it is not."""
    if isinstance(error, Stale):
        return error
    if isinstance(error, eautomate.RowChanged | eautomate.UniqueViolation):
        return Stale(str(error))
    return None


def as_fault(error: Exception) -> Fault | None:
    """The error as a catalogued fault, None when the catalogue does not know it."""
    name = type(error).__name__
    if isinstance(error, RecordError):
        return Fault("E2" if isinstance(error, RecordTooLargeError) else "E1", str(error), name)
    return None


def _of(system: str, error: Exception) -> str:
    text = str(error)
    return text if text.startswith(system) else f"{system}: {text}"
