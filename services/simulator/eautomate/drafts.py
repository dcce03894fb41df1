"""What the product puts on a contract's next invoice (reference eautomate.md 4.1, 4.2; spec/agreements.md 6.15)."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = Mapping[str, Any]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """What one line brings.

    Attributes:
        detail_id: ``ContractDetailID``; None where the contract is billed by its header.
    """

    detail_id: int | None
    description: str
    from_date: date
    to_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Draft:
    """A contract's next invoice.

    Attributes:
        next_date: when the one after it is due; None when there is none.
    """

    contract_id: int
    number: str
    from_date: date
    to_date: date
    next_date: date | None
    lines: tuple[DraftLine, ...]
    tax: Decimal

    @property
    def amount(self) -> Decimal:
        """Without tax."""
        return sum((line.amount for line in self.lines), Decimal())

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.amount + self.tax


def draft(contract: Row, lines: Iterable[Row], cycle: Row, tax_rate: Decimal = Decimal()) -> Draft:
    """The next invoice of a contract.

    Args:
        contract: its row.
        lines: its rows; ``Text`` describes what the line is about.
        cycle: the base billing cycle's row.
        tax_rate: 0.06 is six percent.

    Raises:
        ValueError: nothing tells where the period begins.
    """
    number = contract["ContractNumber"]
    start = period_start(contract)
    if start is None:
        raise ValueError(f"contract {number} has no date to bill from")
    once = not (cycle["Years"] or cycle["Months"] or cycle["Days"])
    end = start if once else advanced(start, cycle) - _DAY
    due = day(contract["BaseNextBillingDate"]) or start
    billed = tuple(_lines(contract, lines, start, end))
    amount = sum((line.amount for line in billed), Decimal())
    return Draft(
        contract["ContractID"],
        number,
        start,
        end,
        None if once else advanced(due, cycle),
        billed,
        cents(amount * tax_rate),
    )


def period_start(contract: Row) -> date | None:
    """The first day the next invoice bills: where the last one ended, else where billing begins."""
    thru = day(contract["BaseBilledThruDate"])
    if thru is not None:
        return thru + _DAY
    return (
        day(contract["BaseBillingStartDate"])
        or day(contract["BaseNextBillingDate"])
        or day(contract["StartDate"])
    )


def advanced(start: date, cycle: Row) -> date:
    """A cycle later: days, months and years added, the day kept within its month."""
    months = start.year * 12 + start.month - 1 + cycle["Years"] * 12 + cycle["Months"]
    year, month = divmod(months, 12)
    kept = min(start.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, kept) + timedelta(days=cycle["Days"])


def line_amount(quantity: Any, unit_rate: Any) -> Decimal:
    """Quantity x unit rate in whole cents: a line cannot hold anything else."""
    return cents(Decimal(str(quantity)) * Decimal(str(unit_rate)))


def cents(amount: Decimal) -> Decimal:
    """Two places, half up."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def exact(stored: Any) -> Decimal:
    """A stored amount."""
    return Decimal(str(stored))


def day(stored: str | None) -> date | None:
    """The day of a stored ``datetime``."""
    return date.fromisoformat(stored[:10]) if stored else None


def _lines(contract: Row, lines: Iterable[Row], start: date, end: date) -> Iterable[DraftLine]:
    if contract["TimeBlockBased"]:
        yield DraftLine(None, "Deposit", start, end, _header_rate(contract))
    elif not contract["SumIndividualBaseRates"]:
        yield DraftLine(None, "Base charge", start, end, _header_rate(contract))
    else:
        billed = [one for line in lines if (one := _line(line, start, end)) is not None]
        yield from billed or [DraftLine(None, "Base charge", start, end, cents(Decimal()))]


def _header_rate(contract: Row) -> Decimal:
    return cents(Decimal(str(contract["BaseRate"])))


def _line(line: Row, start: date, end: date) -> DraftLine | None:
    """A line in force in part of the period is prorated by days; one that is not in force brings nothing."""
    thru = day(line["BaseBilledThruDate"])
    begins = [start, day(line["StartDate"]), day(line["BillStartDate"]), thru + _DAY if thru else None]
    ends = [end, day(line["EndDate"]), day(line["BillEndDate"])]
    first = max(begin for begin in begins if begin is not None)
    last = min(ending for ending in ends if ending is not None)
    if first > last:
        return None
    amount = line_amount(line["Quantity"], line["UnitBaseRate"])
    if (first, last) != (start, end):
        amount = cents(amount * ((last - first).days + 1) / ((end - start).days + 1))
    return DraftLine(line["ContractDetailID"], line["Text"], first, last, amount)
