"""A change: an envelope and the bytes of a record, decoded when they are needed."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shared.events.envelope import Envelope

R = TypeVar("R", bound=BaseModel)


class RecordError(ValueError):
    """The value is not the record its envelope says; the text names the field and what it held."""


class RecordTooLargeError(RecordError):
    """The record did not fit into a message."""


@dataclass(frozen=True, slots=True)
class Change(Generic[R]):
    """A record as it is now, because it changed.

    Attributes:
        record: the snapshot.
        redo: why it is presented again (``redrive``, ``replay`` ...), None for a change from the source.
    """

    envelope: Envelope
    record: R
    redo: str | None = None


def decode(model: type[R], value: bytes | None) -> R:
    """Bytes to record.

    Raises:
        RecordError: no JSON, wrong type, missing field; the first three faults are named.
    """
    if value is None:
        raise RecordError(
            "the message has no value; a deletion is a change of type ...deleted with a JSON body"
        )
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in fault['loc']) or 'value'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)[:3]
        ]
        raise RecordError("; ".join(faults)) from error
