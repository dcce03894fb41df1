from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import Envelope, EnvelopeError

words = st.from_regex(r"[a-z_]{1,20}", fullmatch=True)
envelopes = st.builds(
    Envelope,
    source=words,
    entity=words,
    subject=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    sequence=st.integers(0, 2**63 - 1),
    time=st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
    ),
    action=words,
    schema=st.integers(1, 999),
)
GOOD = dict(Envelope("eautomate", "customer", "7", 5, datetime(2025, 1, 1, tzinfo=UTC)).headers())


@given(envelopes)
def test_an_envelope_comes_back_as_it_was(envelope: Envelope) -> None:
    assert Envelope.from_headers(envelope.headers()) == envelope
    assert Envelope.from_headers(dict(envelope.headers())) == envelope


def test_names_are_made_of_source_entity_key_and_sequence() -> None:
    envelope = Envelope.from_headers(GOOD)
    assert envelope.id == "eautomate:customer:7:5"
    assert envelope.record == "customer/7"
    assert GOOD["ce_id"] == b"eautomate:customer:7:5"
    assert GOOD["ce_type"] == b"tandem.eautomate.customer.changed"


@pytest.mark.parametrize("name", ["ce_specversion", "ce_type", "ce_subject", "ce_sequence", "ce_time"])
@pytest.mark.parametrize("value", [None, b"", b"\xff\xfe"])
def test_a_missing_empty_or_undecodable_header_is_named(name: str, value: bytes | None) -> None:
    headers = [(key, value if key == name else held) for key, held in GOOD.items()]
    with pytest.raises(EnvelopeError, match=name):
        Envelope.from_headers(headers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", "0.3"),
        ("ce_type", "customer.changed"),
        ("ce_type", "tandem.eautomate.customer.changed.twice"),
        ("ce_type", "other.eautomate.customer.changed"),
        ("ce_sequence", "-1"),
        ("ce_sequence", "1.5"),
        ("ce_sequence", "²"),
        ("ce_sequence", "9223372036854775808"),
        ("ce_sequence", "9" * 5000),
        ("ce_time", "yesterday"),
        ("ce_dataschema", "tandem:eautomate.customer:x"),
        ("ce_dataschema", "tandem:eautomate.customer:²"),
        ("ce_dataschema", "tandem:eautomate.customer:" + "9" * 5000),
    ],
)
def test_a_header_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(EnvelopeError, match=name) as caught:
        Envelope.from_headers(GOOD | {name: value.encode()})
    assert len(str(caught.value)) < 300


@given(st.lists(st.tuples(st.sampled_from([*GOOD, "other"]), st.binary(max_size=30)), max_size=8))
def test_whatever_the_headers_hold_the_answer_is_an_envelope_or_a_named_error(
    odd: list[tuple[str, bytes]],
) -> None:
    told = "ce_"
    try:
        Envelope.from_headers([*GOOD.items(), *odd])
    except EnvelopeError as error:
        told = str(error)
    assert "ce_" in told


def test_no_headers_at_all_are_an_error_too() -> None:
    with pytest.raises(EnvelopeError, match="ce_specversion"):
        Envelope.from_headers(None)


def test_the_last_of_two_headers_counts_and_others_are_left_alone() -> None:
    doubled = [*GOOD.items(), ("ce_subject", b"8"), ("traceparent", b"\xff")]
    assert Envelope.from_headers(doubled).subject == "8"
