from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.bus.deadletter import dead_letter
from shared.bus.delivery import REDO_HEADER, REDRIVES_HEADER, Fault
from shared.cli.letters import Letter, _again, newest
from shared.config import KafkaSettings
from tests.unit.shared.bus.raws import raw

SETTINGS = KafkaSettings(topic_prefix="t")


def letter(*more: tuple[str, bytes]) -> Letter:
    made = dead_letter(
        "t.customer_sync.dlq", "group", raw(), Fault("C4", "several"), 1, "eautomate:customer:7:1"
    )
    headers = (*made.headers, *more)
    at = datetime(2025, 1, 1, tzinfo=UTC)
    return Letter("customer_sync", "0:5", at, made.key, made.value, headers)


def test_a_redriven_letter_is_the_change_again_with_a_mark() -> None:
    again = _again(SETTINGS, letter())
    assert (again.topic, again.key, again.value) == ("t.customer_sync.redo", raw().key, raw().value)
    headers = dict(again.headers)
    assert headers[REDO_HEADER] == b"redrive"
    assert headers["ce_id"] == b"eautomate:customer:7:1"
    assert not [name for name in headers if name.startswith("kafka_dlt-")]
    assert headers["tandem-first-failed-at"].endswith(b"Z")


@pytest.mark.parametrize(
    ("before", "after"), [(b"", b"1"), (b"3", b"4"), (b"many", b"1"), (b"9" * 5000, b"1")]
)
def test_redrives_are_counted(before: bytes, after: bytes) -> None:
    assert dict(_again(SETTINGS, letter((REDRIVES_HEADER, before))).headers)[REDRIVES_HEADER] == after


def test_a_letter_names_its_record() -> None:
    assert (letter().record, letter().code) == ("eautomate:customer:7", "C4")


def test_of_a_change_that_failed_again_the_newest_letter_counts() -> None:
    first, second = letter(), replace(letter(), place="1:0")
    other = replace(letter(), agent="another", place="0:9")
    assert newest([first, other, second]) == [other, second]
