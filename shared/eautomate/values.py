"""Whether a value fits its column, checked before it is sent (reference eautomate.md 9, "Strings")."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Column, String

from shared.eautomate.errors import NotStorable, ValueTooLong
from shared.eautomate.types import Money, Rate

CODE_PAGE = "cp1252"
_DOTS = "..."


def storable(column: Column[Any], value: str) -> str:
    """The value, when the column can hold it unchanged.

    Raises:
        ValueTooLong: more characters than the column; names the column, its width and the value's length.
        NotStorable: a character outside code page 1252, which the server would turn into ``?``.
    """
    where = f"{column.table.name}.{column.name}"
    try:
        value.encode(CODE_PAGE)
    except UnicodeEncodeError as error:
        raise NotStorable(
            f"{where} holds characters of code page 1252 only; the value has {value[error.start]!r}"
            f" at position {error.start + 1}"
        ) from error
    width = column.type.length if isinstance(column.type, String) else None
    if width is not None and len(value) > width:
        raise ValueTooLong(f"{where} holds {width} characters; the value has {len(value)}")
    return value


def storable_amount(column: Column[Any], value: Decimal) -> Decimal:
    """The amount, when the column can hold it unchanged.

    Raises:
        ValueTooLong: more digits than the column has, before or behind the point; names the column.
    """
    kind = column.type
    if not isinstance(kind, Money | Rate):
        raise TypeError(f"{column.name} holds no amounts")
    where = f"{column.table.name}.{column.name}"
    if not value.is_finite() or abs(value) >= Decimal(10) ** kind.digits:
        raise ValueTooLong(f"{where} holds {kind.digits} digits before the point; the value is {value}")
    if kind.rounded(value) != value:
        raise ValueTooLong(f"{where} holds {kind.places} digits behind the point; the value is {value}")
    return value


def cut(value: str, most: int) -> str:
    """At most so many characters; what is cut ends in three dots."""
    return value if len(value) <= most else value[: most - len(_DOTS)].rstrip() + _DOTS


def fits(column: Column[Any], value: str) -> bool:
    """Whether ``storable`` would let it pass."""
    try:
        storable(column, value)
    except NotStorable:
        return False
    return True


def text(value: str | None) -> str:
    """Column text without the blanks that ``char(n)`` and some clients append; NULL is ``""``."""
    return (value or "").rstrip(" ")


def text_or_none(value: str | None) -> str | None:
    """Like ``text``, but nothing there (NULL or blanks) is None."""
    return text(value) or None


def folded(number: str) -> str:
    """A number as it is compared: trimmed, whatever its case."""
    return number.strip().casefold()
