"""JSON with exact numbers: fractions are ``Decimal`` both ways."""

import json
import re
import secrets
from decimal import Decimal
from typing import Any

_TOKEN = f"decimal-{secrets.token_hex(8)}:"
_MARKED = re.compile(rf'"{_TOKEN}([^"]*)"')


def loads(content: bytes) -> Any:
    """JSON to plain values, numbers with a fraction as ``Decimal``.

    Raises:
        ValueError: no JSON, cut off, or not UTF-8.
    """
    return json.loads(content, parse_float=Decimal, parse_constant=_refuse)


def dumps(value: Any) -> bytes:
    """Plain values to JSON, ``Decimal`` as a number with the digits it has.

    Raises:
        TypeError: a value has no JSON form.
        ValueError: a number is not finite.
    """
    text = json.dumps(value, default=_mark, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return _MARKED.sub(r"\1", text).encode()


def _mark(value: object) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no JSON form")
    if not value.is_finite():
        raise ValueError(f"{value} has no JSON form")
    return f"{_TOKEN}{value:f}"


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
