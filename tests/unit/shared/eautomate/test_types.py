# Wall-clock times carry no zone.
# ruff: noqa: DTZ001

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from shared.eautomate.types import LocalDateTime, LocalDay, Money, Rate, to_money, to_ticks
from tests.contract.eautomate.statements import SQL_SERVER

SQLITE = sqlite.dialect()
CHICAGO = ZoneInfo("America/Chicago")


@given(st.datetimes(min_value=datetime(1753, 1, 1), max_value=datetime(9000, 1, 1)))
def test_a_time_is_rounded_to_three_hundredths_as_the_server_does(value: datetime) -> None:
    rounded = to_ticks(value)
    assert abs(rounded - value) <= timedelta(microseconds=2000)
    assert rounded.microsecond % 10_000 in {0, 3_000, 7_000}
    assert to_ticks(rounded) == rounded


def test_a_time_is_stored_on_the_servers_wall_clock_and_comes_back() -> None:
    kind = LocalDateTime(CHICAGO)
    moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    stored = kind.process_bind_param(moment, SQLITE)
    assert stored == datetime(2026, 7, 1, 7, 0)
    assert kind.process_result_value(stored, SQLITE) == moment
    assert kind.process_bind_param(None, SQLITE) is None
    assert kind.process_result_value(None, SQLITE) is None


def test_in_the_hour_that_comes_twice_the_first_is_read() -> None:
    kind = LocalDateTime(CHICAGO)
    second = datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    read = kind.process_result_value(kind.process_bind_param(second, SQLITE), SQLITE)
    assert read is not None
    assert read.astimezone(UTC) == second - timedelta(hours=1)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        LocalDateTime().process_bind_param(datetime(2026, 1, 1), SQLITE)


@given(st.decimals(min_value=-(10**10), max_value=10**10, places=4))
def test_money_survives_the_stand_ins_numbers(value: Decimal) -> None:
    kind = Money()
    as_sqlite_gives_it_back = float(kind.process_bind_param(value, SQLITE))
    assert kind.process_result_value(as_sqlite_gives_it_back, SQLITE) == value


def test_money_is_rounded_half_up_to_four_places() -> None:
    assert to_money(Decimal("1.00005")) == Decimal("1.0001")
    assert to_money(Decimal("-1.00005")) == Decimal("-1.0001")
    assert Money().process_bind_param(Decimal("1.5"), SQL_SERVER) == Decimal("1.5000")
    assert Money().process_bind_param(None, SQLITE) is None
    assert Money().process_result_value(None, SQLITE) is None


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=6))
def test_a_rate_survives_the_stand_ins_numbers(value: Decimal) -> None:
    kind = Rate()
    as_sqlite_gives_it_back = float(kind.process_bind_param(value, SQLITE))
    assert kind.process_result_value(as_sqlite_gives_it_back, SQLITE) == value


def test_a_rate_goes_to_the_server_with_six_places() -> None:
    assert str(Rate().process_bind_param(Decimal("8.3333335"), SQL_SERVER)) == "8.333334"
    assert Rate().process_result_value(Decimal("-1.000000"), SQL_SERVER) == Decimal(-1)


@given(st.dates(min_value=date(1753, 1, 1)), st.times())
def test_a_day_is_midnight_in_the_column_and_a_day_whatever_its_time(day: date, time: object) -> None:
    kind = LocalDay()
    stored = kind.process_bind_param(day, SQLITE)
    assert stored == datetime(day.year, day.month, day.day)
    assert kind.process_result_value(datetime.combine(day, time), SQLITE) == day  # type: ignore[arg-type]
    assert kind.process_bind_param(None, SQLITE) is None
    assert kind.process_result_value(None, SQLITE) is None


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_stored_is_what_is_read_back(moment: datetime) -> None:
    kind = LocalDateTime(CHICAGO)
    read = kind.process_result_value(kind.process_bind_param(moment, SQLITE), SQLITE)
    assert kind.stored(moment) == read
    assert kind.stored(kind.stored(moment)) == read
