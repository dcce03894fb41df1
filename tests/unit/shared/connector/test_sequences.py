from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connector.sequences import compose, epoch_at, split

epochs = st.integers(0, 2**31 - 1)
counters = st.integers(1, 2**32 - 1)


@given(epochs, counters)
def test_the_parts_come_back(epoch: int, counter: int) -> None:
    assert split(compose(epoch, counter)) == (epoch, counter)


@given(epochs, counters, epochs, counters)
def test_a_higher_epoch_wins_over_any_counter(e1: int, c1: int, e2: int, c2: int) -> None:
    assert (compose(e1, c1) < compose(e2, c2)) == ((e1, c1) < (e2, c2))


@given(epochs, counters)
def test_a_sequence_fits_a_signed_64_bit_column(epoch: int, counter: int) -> None:
    assert compose(epoch, counter) < 2**63


@pytest.mark.parametrize(("epoch", "counter"), [(-1, 1), (2**31, 1), (0, 0), (0, 2**32)])
def test_parts_out_of_range_are_refused(epoch: int, counter: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        compose(epoch, counter)


def test_the_epoch_is_in_seconds_since_2024() -> None:
    assert epoch_at(datetime(2024, 1, 2, tzinfo=UTC).timestamp()) == 86400
    assert epoch_at(0) == 0
