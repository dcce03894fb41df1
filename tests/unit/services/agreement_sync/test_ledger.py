"""What a payment can be found by."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import String

from services.agreement_sync.ledger import payment_reference, read_reference
from services.agreement_sync.tables import INTENT

AMOUNTS = st.decimals(Decimal("0.01"), Decimal("99999999.99"), places=2)


@given(AMOUNTS, st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 2**31))
def test_a_reference_is_read_as_it_was_written_and_fits_its_column(
    amount: Decimal, day: date, after: int
) -> None:
    written = payment_reference(amount, day, after)
    assert read_reference(written) == (amount, day, after)
    column = INTENT.c.reference.type
    assert isinstance(column, String)
    assert len(written) <= (column.length or 0)


def test_places_that_money_does_not_have_are_none() -> None:
    assert payment_reference(Decimal("618.5000"), date(2026, 11, 20), 41) == "618.50 2026-11-20 41"
