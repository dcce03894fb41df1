"""Money: how a billed amount becomes a quantity and a unit rate (spec/agreements.md 6.7). Pure.

ConnectWise lets an extended price differ from quantity x price, e-automate computes it.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shared.eautomate.contract_rows import CENT, line_amount

ZERO = Decimal()
_QUANTITY_STEP = Decimal("0.000001")
MOST = Decimal(10) ** 12
"""Quantities, rates and amounts are below it: ``decimal(18,6)``."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What e-automate shall multiply.

    Attributes:
        note: what the line's description has to say because quantity and price could not be kept.
    """

    quantity: Decimal
    unit_rate: Decimal
    note: str = ""

    @property
    def amount(self) -> Decimal:
        """As e-automate computes it."""
        return line_amount(self.quantity, self.unit_rate)


def cents(amount: Decimal) -> Decimal:
    """In cents, half up: as both systems round."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """A number for people: without trailing zeros and exponents."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def priced(quantity: Decimal, price: Decimal, amount: Decimal, step: Decimal) -> Priced:
    """Quantity and unit rate whose product is the billed amount, to the cent.

    Args:
        price: unit price as billed, after discount.
        amount: extended price as billed, in cents.
        step: smallest step of a unit rate, e.g. 0.000001.
    """
    kept = quantity == quantity.quantize(_QUANTITY_STEP) and quantity != 0
    if kept and amount == 0:
        return Priced(quantity, ZERO)
    if kept and price == price.quantize(step) and line_amount(quantity, price) == amount:
        return Priced(quantity, price)
    if kept:
        rate = (amount / quantity).quantize(step, rounding=ROUND_HALF_UP)
        if fits(rate) and line_amount(quantity, rate) == amount:
            return Priced(quantity, rate)
    return Priced(Decimal(1), amount, f"qty {plain(quantity)} @ {plain(price)}")


def fits(*numbers: Decimal) -> bool:
    """Whether e-automate's columns hold them."""
    return all(number.is_finite() and abs(number) < MOST for number in numbers)
