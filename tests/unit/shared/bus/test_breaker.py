import pytest

from shared.bus.breaker import Breaker, TooManyFailures


def test_fifty_in_a_row_stop_and_one_in_between_does_not() -> None:
    breaker = Breaker()
    for _ in range(49):
        breaker.failed()
    breaker.check()
    breaker.succeeded()
    for _ in range(49):
        breaker.failed()
    breaker.check()
    breaker.failed()
    with pytest.raises(TooManyFailures):
        breaker.check()


def test_nine_in_ten_of_the_last_two_hundred_stop() -> None:
    breaker = Breaker()
    for _ in range(20):
        for _ in range(9):
            breaker.failed()
        breaker.check()
        breaker.succeeded()
    with pytest.raises(TooManyFailures):
        breaker.check()
