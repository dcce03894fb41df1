"""The dealer's own clock."""

from datetime import UTC, datetime

import pytest

from shared.config import EAutomateSettings
from shared.zone import dealer_zone


def test_the_dealers_day_is_that_of_the_server() -> None:
    zone = dealer_zone(EAutomateSettings(time_zone="America/New_York"))
    assert datetime(2026, 5, 29, 3, 59, tzinfo=UTC).astimezone(zone).day == 28


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc", "America"])
def test_a_zone_nobody_knows_is_named_with_its_setting(name: str) -> None:
    with pytest.raises(ValueError, match="TANDEM_EAUTOMATE__TIME_ZONE"):
        dealer_zone(EAutomateSettings(time_zone=name))
