"""What people are told when a list may not be up to date."""

from datetime import UTC, datetime

import pytest

from services.error_reporting.behind import told
from shared.bus.ahead import Ahead

SINCE = datetime(2026, 5, 29, 12, 40, 3, tzinfo=UTC)
AWAY = "error_reporting has not been heard of since 2026-05-29 12:00:00 UTC"


@pytest.mark.parametrize(
    ("absent", "waiting", "sentence"),
    [
        (None, Ahead(0), None),
        (AWAY, Ahead(0), f"{AWAY}: what follows may be behind"),
        (
            None,
            Ahead(10_000, SINCE),
            "error_reporting is still taking in 10,000 messages; what follows is as of 2026-05-29 12:40:03 UTC",
        ),
        (None, Ahead(1), "error_reporting is still taking in 1 message; what follows is behind"),
        (
            AWAY,
            Ahead(2, SINCE),
            f"{AWAY}; 2 messages wait to be taken in, and what follows is as of 2026-05-29 12:40:03 UTC",
        ),
        (
            None,
            None,
            "error_reporting runs; no broker answers, so it cannot be known whether everything has been taken in",
        ),
        (
            AWAY,
            None,
            f"{AWAY}; no broker answers, so it cannot be known whether everything has been taken in",
        ),
    ],
)
def test_the_sentence(absent: str | None, waiting: Ahead | None, sentence: str | None) -> None:
    assert told(absent, waiting) == sentence
