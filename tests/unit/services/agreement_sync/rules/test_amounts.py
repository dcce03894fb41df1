from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.agreement_sync.rules.amounts import MOST, cents, fits, plain, priced

STEP = Decimal("0.000001")
amounts = st.decimals(min_value=Decimal("-99999.99"), max_value=Decimal("99999.99"), places=2)
quantities = st.decimals(min_value=Decimal("-999"), max_value=Decimal("999"), places=3)
prices = st.decimals(min_value=Decimal("-9999"), max_value=Decimal("9999"), places=4)


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "wanted"),
    [
        ("24", "39.50", "948.00", ("24", "39.50", "")),
        ("3", "8.333333", "25.00", ("3", "8.333333", "")),
        ("3", "10", "25.00", ("3", "8.333333", "")),
        ("7", "1.005", "7.04", ("7", "1.005", "")),
        ("4", "25", "0", ("4", "0", "")),
        ("3000000", "1", "1000000.01", ("1", "1000000.01", "qty 3000000 @ 1")),
        ("0", "10", "25.00", ("1", "25.00", "qty 0 @ 10")),
        ("1.0000001", "10", "25.00", ("1", "25.00", "qty 1.0000001 @ 10")),
        ("-1", "50", "-50.00", ("-1", "50", "")),
        ("2", "0.0000001", "0.01", ("2", "0.005", "")),
        ("1000", "0.0000004", "0.00", ("1000", "0", "")),
    ],
)
def test_quantity_and_unit_rate_of_a_billed_amount(
    quantity: str, price: str, amount: str, wanted: tuple[str, str, str]
) -> None:
    found = priced(Decimal(quantity), Decimal(price), Decimal(amount), STEP)
    assert (found.quantity, found.unit_rate, found.note) == (
        Decimal(wanted[0]),
        Decimal(wanted[1]),
        wanted[2],
    )


def test_rates_have_as_many_decimals_as_the_setting_says() -> None:
    assert priced(Decimal(3), Decimal(10), Decimal("25.00"), Decimal("0.01")).note == "qty 3 @ 10"
    assert priced(Decimal(3), Decimal(10), Decimal("25.00"), Decimal("0.001")).unit_rate == Decimal("8.333")


@given(quantities, prices, amounts)
def test_whatever_was_billed_is_what_e_automate_computes(
    quantity: Decimal, price: Decimal, amount: Decimal
) -> None:
    found = priced(quantity, price, amount, STEP)
    assert found.amount == amount
    assert found.unit_rate == found.unit_rate.quantize(STEP)
    assert (found.quantity == quantity) or found.note


@given(quantities.filter(bool), prices)
def test_what_multiplies_out_is_copied_as_it_is(quantity: Decimal, price: Decimal) -> None:
    amount = cents(quantity * price)
    found = priced(quantity, price, amount, STEP)
    assert found.quantity == quantity
    assert found.unit_rate == (price if amount else 0)


def test_both_systems_round_half_up() -> None:
    assert cents(Decimal("0.125")) == Decimal("0.13")
    assert cents(Decimal("-0.125")) == Decimal("-0.13")


def test_what_e_automate_can_hold() -> None:
    assert fits(MOST - 1, -MOST + 1)
    assert not fits(Decimal(1), MOST)
    assert not fits(Decimal("NaN"))


def test_numbers_are_told_plainly() -> None:
    assert [plain(Decimal(text)) for text in ("1E+2", "2.500", "10", "0.000001")] == [
        "100",
        "2.5",
        "10",
        "0.000001",
    ]
