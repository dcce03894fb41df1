"""What is learnt from a dead letter, whatever it holds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.error_reporting.facts import read_letter, record_of
from shared.bus.deadletter import Raw, dead_letter, send_again
from shared.bus.delivery import WAKE, Fault
from shared.events.envelope import Envelope
from shared.events.topics import CHANGE_MAX_BYTES, PRODUCER_MAX_BYTES

AT = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)


def lettered(
    headers: list[tuple[str, bytes]],
    fault: Fault | None = None,
    key: bytes | None = b"7",
    value: bytes | None = b"{}",
) -> Raw:
    raw = Raw("t.eautomate.customer", 2, 9, 1_700_000_000_000, key, value, headers)
    message = dead_letter("t.customer_sync.dlq", "g", raw, fault or Fault("C1", "why", at=AT), 1, "trace")
    return Raw(message.topic, 0, 4, 1_700_000_000_000, message.key, message.value, message.headers)


def of(source: str) -> list[tuple[str, bytes]]:
    return Envelope(source, "customer", "7", 5, AT).headers()


def test_a_letter_names_its_record_its_failure_and_what_would_heal_it() -> None:
    fault = Fault("C1", "no company", blocked_on=("number:1001", "record:connectwise:company:19"), at=AT)
    letter = read_letter(lettered(of("eautomate"), fault), "customer_sync")
    assert (letter.record, letter.sequence, letter.command) == ("eautomate/customer/7", 5, False)
    assert (letter.at, letter.first_failed_at, letter.redrives) == (AT, AT, 0)
    assert letter.blocked_on == ("number:1001", "record:connectwise:company:19")
    assert letter.sendable


def test_a_letter_of_a_command_is_about_the_record_of_e_automate() -> None:
    letter = read_letter(lettered(of("tandem")), "customer_sync")
    assert (letter.record, letter.command) == ("eautomate/customer/7", True)


def test_a_letter_sent_again_that_fails_again_knows_how_often_and_since_when() -> None:
    first = lettered(of("eautomate"))
    again = send_again("t.customer_sync.redo", first.key, first.value, first.headers, WAKE)
    raw = Raw(again.topic, 0, 1, 0, again.key, again.value, again.headers)
    later = datetime(2026, 3, 3, tzinfo=UTC)
    message = dead_letter("t.customer_sync.dlq", "g", raw, Fault("C1", "why", at=later), 1, "trace")
    letter = read_letter(
        Raw(message.topic, 0, 5, 0, message.key, message.value, message.headers), "customer_sync"
    )
    assert (letter.redrives, letter.first_failed_at, letter.at) == (1, AT, later)


def test_a_letter_with_an_unreadable_envelope_is_called_by_its_place_and_never_sent() -> None:
    letter = read_letter(lettered([("ce_id", b"\xff")]), "customer_sync")
    assert letter.record == "t.eautomate.customer:2:9"
    assert not letter.sendable


@pytest.mark.parametrize("size", [CHANGE_MAX_BYTES + 1, PRODUCER_MAX_BYTES + 1])
def test_what_is_too_large_for_the_redo_topic_is_never_sent(size: int) -> None:
    assert not read_letter(lettered(of("eautomate"), value=b"x" * size), "customer_sync").sendable


@pytest.mark.parametrize(
    ("trace", "record"),
    [
        ("eautomate:customer:7:5", "eautomate/customer/7"),
        ("tandem:customer:7:5", "eautomate/customer/7"),
        ("t.eautomate.customer/2/9", "t.eautomate.customer/2/9"),
    ],
)
def test_a_trace_names_its_record(trace: str, record: str) -> None:
    assert record_of(trace) == record


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ce_id", "ce_sequence", "ce_type", "tandem-failed-at", "tandem-redrives", "x"]),
            st.binary(max_size=20),
        ),
        max_size=8,
    ),
    st.none() | st.binary(max_size=10),
)
def test_whatever_a_letter_holds_something_is_learnt(
    headers: list[tuple[str, bytes]], key: bytes | None
) -> None:
    raw = Raw("t.customer_sync.dlq", 0, 4, 1_700_000_000_000, key, None, headers)
    assert read_letter(raw, "customer_sync").record
