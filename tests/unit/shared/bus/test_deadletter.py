from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.deadletter import Raw, dead_letter
from shared.bus.delivery import REDO_HEADER, REDRIVES_HEADER, Fault
from shared.bus.producer import Message
from shared.events.topics import PRODUCER_MAX_BYTES
from tests.unit.shared.bus.raws import raw

FAULT = Fault(
    "C4", "several companies", "SomeError", ("link:customer-company:7", "record:connectwise:company:1")
)
NAMES = {
    "kafka_dlt-original-topic": "t.eautomate.customer",
    "kafka_dlt-original-partition": "0",
    "kafka_dlt-original-offset": "5",
    "kafka_dlt-original-timestamp": "1700000000000",
    "kafka_dlt-original-consumer-group": "group",
    "kafka_dlt-exception-fqcn": "SomeError",
    "kafka_dlt-exception-message": "several companies",
    "tandem-error-code": "C4",
    "tandem-trace-key": "trace",
    "tandem-attempts": "2",
    "tandem-blocked-on": "link:customer-company:7,record:connectwise:company:1",
}


def letter(message: Raw, fault: Fault = FAULT) -> Message:
    return dead_letter("t.agent.dlq", "group", message, fault, 2, "trace")


def headers(message: Message) -> dict[str, str]:
    return {name: value.decode() for name, value in message.headers}


def test_the_reason_is_told_in_headers_as_text() -> None:
    found = headers(letter(raw(offset=5)))
    assert {name: found[name] for name in NAMES} == NAMES
    assert found["tandem-first-failed-at"].endswith("Z")
    assert found["ce_subject"] == "7"


@given(key=st.none() | st.binary(max_size=50), value=st.none() | st.binary(max_size=200))
def test_key_and_value_stay_as_they_were(key: bytes | None, value: bytes | None) -> None:
    message = replace(raw(), key=key, value=value)
    made = letter(message)
    # The client sends no message that has neither.
    assert (made.key, made.value) == (key, b"" if key is None and value is None else value)


def test_a_value_too_large_for_any_topic_is_replaced_by_a_stub_that_says_so() -> None:
    made = letter(raw(value=b"x" * (PRODUCER_MAX_BYTES + 1), offset=5))
    assert made.value == b"{}"
    assert "tandem-stub" in headers(made)
    assert headers(made)["kafka_dlt-original-offset"] == "5"
    assert letter(raw(value=b"x" * PRODUCER_MAX_BYTES)).value == b"x" * PRODUCER_MAX_BYTES


def test_over_redrives_the_first_failure_and_the_count_stay_and_old_reasons_go() -> None:
    message = raw()
    own = [
        ("tandem-first-failed-at", b"2025-01-01T00:00:00Z"),
        ("tandem-error-code", b"C1"),
        (REDO_HEADER, b"redrive"),
        (REDRIVES_HEADER, b"3"),
        ("traceparent", b"00-ab"),
    ]
    made = letter(replace(message, headers=[*message.headers, *own]))
    names = [name for name, _ in made.headers]
    assert len(names) == len(set(names))
    found = headers(made)
    assert found["tandem-first-failed-at"] == "2025-01-01T00:00:00Z"
    assert found["tandem-error-code"] == "C4"
    assert found[REDRIVES_HEADER] == "3"
    assert found["traceparent"] == "00-ab"
    assert REDO_HEADER not in found


def test_long_reasons_are_cut_and_null_headers_do_no_harm() -> None:
    message = raw()
    odd = replace(message, headers=[*message.headers, (REDO_HEADER, None)])  # type: ignore[list-item]
    assert odd.header(REDO_HEADER) is None
    made = letter(odd, Fault("X1", "é" * 5000))
    assert len(headers(made)["kafka_dlt-exception-message"]) == 1000
    assert headers(made)["kafka_dlt-exception-fqcn"] == "tandem.X1"


def test_a_message_with_neither_key_nor_value_has_a_letter_the_client_sends() -> None:
    found = letter(replace(raw(), key=None, value=None))
    assert (found.key, found.value) == (None, b"")
    assert "tandem-stub" in dict(found.headers)
    assert letter(replace(raw(), value=None)).value is None
