"""What a service call charges (spec/tickets.md 8.7). How a bill code works in the product's tables is inferred."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from services.simulator.eautomate.call_codes import ANY_ACTIVITY, USED
from services.simulator.eautomate.drafts import cents, exact

Row = Mapping[str, Any]
BURDEN_RATE = Decimal(38)
"""What an hour of a technician costs. Where the product keeps it is not public."""


@dataclass(frozen=True, slots=True)
class LaborRate:
    """What a bill code charges for an activity; amounts are for an hour.

    Attributes:
        minimum: hours charged at least, once any were worked.
        increment: hours are rounded up to it; 0 leaves them as they are.
    """

    rate: Decimal = Decimal()
    overtime: Decimal = Decimal()
    travel: Decimal = Decimal()
    minimum: Decimal = Decimal()
    increment: Decimal = Decimal()


Rates = Mapping[int, LaborRate]
"""Of one bill code, by ``ActivityCodeID``."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of what a call charges.

    Attributes:
        quantity: hours of labour, number of pieces; None where nothing is counted.
    """

    description: str
    quantity: Decimal | None
    amount: Decimal
    cost: Decimal = Decimal()


@dataclass(frozen=True, slots=True)
class Charges:
    """What a call charges.

    Attributes:
        drawn: what the contract's deposit pays of the labour; the lines do not show it.
    """

    number: str
    lines: tuple[Charge, ...]
    drawn: Decimal
    tax: Decimal

    @property
    def amount(self) -> Decimal:
        """Without tax, after the deposit."""
        return sum((line.amount for line in self.lines), Decimal()) - self.drawn

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.amount + self.tax


def rate_for(rates: Rates, activity: int) -> LaborRate:
    """The rate of an activity: its own, else that of all others, else nothing is charged."""
    return rates.get(activity) or rates.get(ANY_ACTIVITY) or LaborRate()


def labor_amount(labor: Row, rate: LaborRate) -> Decimal:
    """What a labour record charges, travel included.

    ``LaborOverride`` is the amount for the hours whatever the bill code says; NULL leaves them to the bill code.
    Travel always goes by the bill code, mileage charges nothing.
    """
    travel = exact(labor["TravelHours"]) * rate.travel
    if labor["LaborOverride"] is not None:
        return cents(exact(labor["LaborOverride"]) + travel)
    return cents(_billed_hours(exact(labor["LaborHours"]), rate) * rate.rate + travel)


def charges(
    call: Row,
    labors: Iterable[Row],
    materials: Iterable[Row],
    rates: Rates,
    *,
    covers_parts: bool = False,
    deposit: Decimal = Decimal(),
    tax_rate: Decimal = Decimal(),
) -> Charges:
    """What a call charges.

    Args:
        call: its row.
        labors: its labour with ``Activity``, the activity's text.
        materials: its materials with ``Text``, what they are called.
        rates: those of its bill code.
        covers_parts: whether the bill code covers materials.
        deposit: what is left of the contract's deposit.
        tax_rate: 0.06 is six percent.
    """
    labor = tuple(_labor(row, rates) for row in labors)
    worked = sum((line.amount for line in labor), Decimal())
    drawn = min(worked, max(deposit, Decimal()))
    lines = (*labor, *_materials(materials, covers_parts), *_misc(call))
    amount = sum((line.amount for line in lines), Decimal()) - drawn
    return Charges(call["CallNumber"], lines, drawn, cents(amount * tax_rate))


def _labor(row: Row, rates: Rates) -> Charge:
    hours = exact(row["LaborHours"])
    cost = cents((hours + exact(row["TravelHours"])) * BURDEN_RATE)
    amount = labor_amount(row, rate_for(rates, row["ActivityCodeID"]))
    return Charge(f"Labor: {row['Activity']}", hours, amount, cost)


def _materials(rows: Iterable[Row], covered: bool) -> Iterator[Charge]:
    for row in rows:
        if row["UsageStatusID"] == USED:
            quantity = exact(row["Quantity"])
            amount = Decimal() if covered else quantity * exact(row["Price"])
            yield Charge(row["Text"], quantity, cents(amount), cents(quantity * exact(row["Cost"])))


def _misc(call: Row) -> Iterator[Charge]:
    if call["MiscCharge"]:
        yield Charge(call["MiscDescription"] or "Miscellaneous", None, cents(exact(call["MiscCharge"])))


def _billed_hours(hours: Decimal, rate: LaborRate) -> Decimal:
    if hours <= 0:
        return Decimal()
    charged = max(hours, rate.minimum)
    if not rate.increment:
        return charged
    return (charged / rate.increment).to_integral_value(ROUND_CEILING) * rate.increment
