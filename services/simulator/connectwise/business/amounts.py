"""Money as the product counts it: decimals, rounded half up to cents."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)
_CENT = Decimal("0.01")


def amount(value: Any) -> Decimal:
    """A stored number; nothing counts as 0."""
    return Decimal(value) if value is not None else ZERO


def cents(value: Decimal) -> Decimal:
    """Rounded to cents, half away from zero."""
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)
