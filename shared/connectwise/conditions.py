"""The filter language of list requests, built from parts that are safe by construction.

Strings take the quote character they do not contain: doubling or escaping is not documented. Times stand in
square brackets, in UTC. Metadata (``lastUpdated``, ``updatedBy``) is named without ``_info/``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote as percent

Literal = str | int | Decimal | bool | datetime | None

IN_LIST_ROOM = 1200
"""Percent-encoded characters one in-list may take: host, path and fields share 2,000 with it."""

_PATH = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*$")
_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "contains", "not contains", "like", "not like"})


class UnquotableError(ValueError):
    """A text holds both kinds of quote, or a control character: filter by something else."""


def literal(value: Literal) -> str:
    """One value as the filter language writes it.

    Raises:
        UnquotableError: the text cannot be quoted safely.
        ValueError: a time has no zone.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, datetime):
        return moment(value)
    return _quoted(value)


def moment(value: datetime) -> str:
    """A time in brackets, UTC, cut to the whole second.

    Raises:
        ValueError: the time has no zone.
    """
    if value.tzinfo is None:
        raise ValueError("a time in a condition needs its zone")
    return value.astimezone(UTC).strftime("[%Y-%m-%dT%H:%M:%SZ]")


def compare(path: str, operator: str, value: Literal) -> str:
    """``path operator value``.

    Raises:
        ValueError: the path or the operator is not one of the language.
    """
    if not _PATH.match(path):
        raise ValueError(f"{path!r} is no field path")
    if operator not in _OPERATORS:
        raise ValueError(f"{operator!r} is no operator")
    return f"{path} {operator} {literal(value)}"


def equals(path: str, value: Literal) -> str:
    """``path = value``."""
    return compare(path, "=", value)


def since(path: str, value: datetime) -> str:
    """``path >= [time]``."""
    return compare(path, ">=", value)


def every(*parts: str) -> str:
    """All must hold; empty parts are left out."""
    return _joined("and", parts)


def some(*parts: str) -> str:
    """One must hold; empty parts are left out."""
    return _joined("or", parts)


def in_list(path: str, values: Sequence[str] | Sequence[int]) -> str:
    """``path in (...)``. For more than a few values use ``in_lists``.

    Raises:
        ValueError: no values, or the path is none.
    """
    if not values:
        raise ValueError("an in-list needs a value")
    if not _PATH.match(path):
        raise ValueError(f"{path!r} is no field path")
    return f"{path} in ({','.join(literal(value) for value in values)})"


def in_lists(path: str, values: Iterable[str] | Iterable[int], room: int = IN_LIST_ROOM) -> Iterator[str]:
    """``path in (...)`` in as many conditions as keep every URL short; repeated values count once.

    Args:
        path: the field.
        values: ids or texts.
        room: percent-encoded characters a condition may take.

    Raises:
        UnquotableError: a text cannot be quoted safely.
    """
    chunk: list[str] = []
    start = len(percent(f"{path} in ()", safe=""))
    taken = start
    for text in dict.fromkeys(literal(value) for value in values):
        size = len(percent(f"{text},", safe=""))
        if chunk and taken + size > room:
            yield f"{path} in ({','.join(chunk)})"
            chunk, taken = [], start
        chunk.append(text)
        taken += size
    if chunk:
        yield f"{path} in ({','.join(chunk)})"


def _quoted(text: str) -> str:
    if any(ord(character) < 32 for character in text):
        raise UnquotableError("a text with control characters cannot stand in a condition")
    if '"' not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    raise UnquotableError("a text with both kinds of quote cannot stand in a condition")


def _joined(word: str, parts: Sequence[str]) -> str:
    present = [part for part in parts if part]
    if len(present) < 2:
        return "".join(present)
    return f" {word} ".join(f"({part})" for part in present)
