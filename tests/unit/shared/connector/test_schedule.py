from datetime import UTC, datetime

import pytest

from shared.connector.schedule import sweep_due


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, at(1, 12), True),
        (at(1, 12), at(1, 23), False),
        (at(1, 12), at(2, 1, 59), False),
        (at(1, 12), at(2, 2), True),
        (at(2, 2), at(2, 2, 1), False),
        (at(1, 2), at(5, 1), True),
    ],
)
def test_a_sweep_runs_once_a_day_from_its_hour(last: datetime | None, now: datetime, due: bool) -> None:
    assert sweep_due(last, now, 2, None) is due


def test_an_interval_goes_before_the_hour() -> None:
    assert sweep_due(at(1, 12), at(1, 13), 2, 3600)
    assert not sweep_due(at(1, 12), at(1, 12, 59), 2, 3600)


def test_without_hour_and_interval_only_the_first_runs() -> None:
    assert sweep_due(None, at(1, 1), None, None)
    assert not sweep_due(at(1, 1), at(9, 1), None, None)
