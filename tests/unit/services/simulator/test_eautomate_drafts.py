"""What the product puts on a contract's next invoice."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulator.eautomate.drafts import Draft, advanced, draft

MONTHLY = {"Days": 0, "Months": 1, "Years": 0}
QUARTERLY = {"Days": 0, "Months": 3, "Years": 0}
ANNUAL = {"Days": 0, "Months": 0, "Years": 1}
ONE_TIME = {"Days": 0, "Months": 0, "Years": 0}
JUNE = date(2026, 6, 1)

quantities = st.decimals(0, 500, places=6)
rates = st.decimals(-1000, 10_000, places=6)


def contract(**fields: Any) -> dict[str, Any]:
    return {
        "ContractID": 7,
        "ContractNumber": "CN7-01",
        "StartDate": "2026-06-01 00:00:00.000000",
        "BaseBillingStartDate": None,
        "BaseNextBillingDate": "2026-06-01 00:00:00.000000",
        "BaseBilledThruDate": None,
        "BaseRate": 0,
        "SumIndividualBaseRates": 1,
        "TimeBlockBased": 0,
    } | fields


def line(
    quantity: Any = 1, rate: Any = 100, start: date | None = None, end: date | None = None, **fields: Any
) -> dict[str, Any]:
    return {
        "ContractDetailID": 1,
        "Text": "Seat",
        "Quantity": quantity,
        "UnitBaseRate": rate,
        "StartDate": stored(start),
        "EndDate": stored(end),
        "BillStartDate": None,
        "BillEndDate": None,
        "BaseBilledThruDate": None,
    } | fields


def stored(day: date | None) -> str | None:
    return None if day is None else f"{day} 00:00:00.000000"


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def next_invoice(lines: Sequence[dict[str, Any]], **fields: Any) -> Draft:
    return draft(contract(**fields), lines, MONTHLY)


@given(st.lists(st.tuples(quantities, rates), min_size=1, max_size=12))
def test_a_contract_bills_the_sum_of_its_rounded_lines(lines: list[tuple[Decimal, Decimal]]) -> None:
    made = next_invoice([line(quantity, rate, JUNE) for quantity, rate in lines])
    assert made.amount == sum((cents(quantity * rate) for quantity, rate in lines), Decimal())
    assert made.total == made.amount


@given(
    rates,
    st.dates(date(2026, 4, 1), date(2026, 8, 31)),
    st.none() | st.dates(date(2026, 4, 1), date(2026, 8, 31)),
)
def test_a_line_is_billed_for_the_days_it_is_in_force(rate: Decimal, start: date, end: date | None) -> None:
    days = sum(
        start <= JUNE + timedelta(days=place) and (end is None or JUNE + timedelta(days=place) <= end)
        for place in range(30)
    )
    made = next_invoice([line(1, rate, start, end)])
    assert made.amount == cents(cents(rate) * days / 30)


def test_a_line_holds_quantity_times_rate_and_nothing_else() -> None:
    assert next_invoice([line("3", "8.333333", JUNE)]).amount == Decimal("25.00")
    assert next_invoice([line("5", "0", JUNE)]).amount == 0
    assert next_invoice([line("1", "-10.005", JUNE)]).amount == Decimal("-10.01")


def test_a_line_that_begins_on_the_first_is_not_prorated_and_one_that_begins_later_is() -> None:
    assert next_invoice([line(1, 30, JUNE)]).amount == 30
    made = next_invoice([line(1, 30, date(2026, 6, 16))])
    assert (made.amount, made.lines[0].from_date) == (Decimal(15), date(2026, 6, 16))


def test_a_line_that_ended_before_the_period_is_not_on_the_invoice() -> None:
    made = next_invoice([line(1, 30, end=date(2026, 5, 31)), line(1, 7, ContractDetailID=2)])
    assert [billed.detail_id for billed in made.lines] == [2]
    assert next_invoice([line(1, 30, end=date(2026, 6, 10))]).amount == 10


def test_a_line_billed_already_is_not_billed_again() -> None:
    assert next_invoice([line(1, 30, BaseBilledThruDate="2026-06-30 00:00:00")]).amount == 0


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"BaseBilledThruDate": "2026-05-31 00:00:00"}, date(2026, 6, 1)),
        ({"BaseBillingStartDate": "2026-06-03 00:00:00"}, date(2026, 6, 3)),
        ({"BaseNextBillingDate": "2026-07-01 00:00:00"}, date(2026, 7, 1)),
        ({"BaseNextBillingDate": None}, date(2026, 6, 1)),
    ],
)
def test_a_period_begins_where_the_last_ended_else_where_billing_begins(
    fields: dict[str, Any], start: date
) -> None:
    assert next_invoice([line()], **fields).from_date == start


def test_a_contract_without_any_date_cannot_be_billed() -> None:
    with pytest.raises(ValueError, match="CN7-01 has no date to bill from"):
        next_invoice([line()], StartDate=None, BaseNextBillingDate=None)


@pytest.mark.parametrize(
    ("cycle", "end", "following"),
    [
        (MONTHLY, date(2026, 6, 30), date(2026, 7, 1)),
        (QUARTERLY, date(2026, 8, 31), date(2026, 9, 1)),
        (ANNUAL, date(2027, 5, 31), date(2027, 6, 1)),
        (ONE_TIME, date(2026, 6, 1), None),
    ],
)
def test_the_cycle_tells_how_long_a_period_is(
    cycle: dict[str, int], end: date, following: date | None
) -> None:
    made = draft(contract(), [line()], cycle)
    assert (made.to_date, made.next_date, made.amount) == (end, following, Decimal(100))


def test_a_month_later_stays_within_the_month() -> None:
    assert advanced(date(2026, 1, 31), MONTHLY) == date(2026, 2, 28)
    assert advanced(date(2026, 12, 1), MONTHLY) == date(2027, 1, 1)
    assert advanced(date(2026, 1, 1), {"Days": 28, "Months": 0, "Years": 0}) == date(2026, 1, 29)


def test_without_line_rates_the_header_is_billed_and_a_deposit_is_a_deposit() -> None:
    header = next_invoice([line()], SumIndividualBaseRates=0, BaseRate="250.0000")
    assert [(one.detail_id, one.amount) for one in header.lines] == [(None, Decimal(250))]
    deposit = next_invoice([line()], TimeBlockBased=1, BaseRate="1000.0000")
    assert [(one.description, one.amount) for one in deposit.lines] == [("Deposit", Decimal(1000))]


def test_tax_is_on_the_whole_and_comes_from_the_rate() -> None:
    made = draft(contract(), [line(1, "10.99", JUNE), line(2, "5.49", JUNE)], MONTHLY, Decimal("0.0725"))
    assert (made.amount, made.tax, made.total) == (Decimal("21.97"), Decimal("1.59"), Decimal("23.56"))
