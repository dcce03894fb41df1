from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectwise.numbers import dumps, loads


def test_fractions_are_decimal_both_ways() -> None:
    value = loads(b'{"a": 10.50, "b": 3}')
    assert value == {"a": Decimal("10.50"), "b": 3}
    assert isinstance(value["a"], Decimal)
    assert dumps(value) == b'{"a":10.50,"b":3}'


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_a_number_keeps_its_digits(number: Decimal) -> None:
    assert loads(dumps([number])) == [number]


@pytest.mark.parametrize("text", [b"NaN", b"[1", b"\xff", b""])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any kind
        loads(text)


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(ValueError, match="no JSON form"):
        dumps(Decimal("Infinity"))
    with pytest.raises(TypeError, match="object"):
        dumps(object())
