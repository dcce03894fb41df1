"""Messages nobody should have sent: a dead letter with its bytes and a reason; the next record goes on."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.bus.producer import Message
from shared.cli.letters import Letter
from shared.events import topics
from shared.events.envelope import Envelope
from shared.events.records import Customer
from shared.events.topics import CHANGE_MAX_BYTES
from tests.deployment import Deployment, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


def _record(**fields: object) -> dict[str, object]:
    good = Customer(customer_id=900001, number="9-BAD", name="Bad Message")
    return {**json.loads(good.value()), **fields}


def _value(**fields: object) -> bytes:
    return json.dumps(_record(**fields)).encode()


def _without(name: str) -> bytes:
    return json.dumps({key: value for key, value in _record().items() if key != name}).encode()


def _plain(value: bytes | None) -> Callable[[Message], Message]:
    return lambda good: replace(good, value=value)


def _header(name: str, value: bytes | None) -> Callable[[Message], Message]:
    def spoil(good: Message) -> Message:
        kept = [(key, held) for key, held in good.headers if key != name]
        return replace(good, headers=kept if value is None else [*kept, (name, value)])

    return spoil


BAD: dict[str, tuple[Callable[[Message], Message], str]] = {
    "no JSON": (_plain(b"\xff\xfe not json"), "value: Invalid JSON"),
    "a list": (_plain(b"[1, 2]"), "value: Input should be an object"),
    "half": (_plain(_value()[:-9]), "value: Invalid JSON"),
    "no value": (_plain(None), "no value"),
    "wrong type": (_plain(_value(name=17)), "name: Input should be a valid string"),
    "missing field": (_plain(_without("number")), "number: Field required"),
    "NUL": (_plain(_value(city="Ak\0ron")), "city: holds a NUL character"),
    "NUL in a property": (
        _plain(_value(properties={"ZCJ_X": "a\0b"})),
        "properties.ZCJ_X: holds a NUL character",
    ),
    "another record": (_plain(_value(customer_id=7)), "the record's own key is '7'"),
    "missing key": (lambda good: replace(good, key=None), "no key"),
    "unknown version": (_header("ce_specversion", b"9.9"), "unknown version: ce_specversion is '9.9'"),
    "unknown schema": (
        _header("ce_dataschema", b"tandem:eautomate.customer:99"),
        "unknown version: schema 99",
    ),
    "no sequence": (_header("ce_sequence", None), "header ce_sequence is missing"),
    "odd sequence": (_header("ce_sequence", b"-1"), "ce_sequence is '-1'"),
    "too large": (_plain(b"x" * (CHANGE_MAX_BYTES + 1)), "at most 4194304 are allowed"),
}


def test_every_bad_message_is_a_dead_letter_and_the_next_record_goes_on(inserting: Deployment) -> None:
    topic = topics.change(inserting.kafka.topic_prefix, "eautomate", "customer")
    sent = {}
    for index, (name, (spoil, _)) in enumerate(BAD.items(), start=1):
        # Each about a record of its own: of several messages about one only the newest is looked at.
        envelope = Envelope("eautomate", "customer", f"80{index:02d}", 1, datetime.now(UTC))
        headers = [*envelope.headers(), ("case", name.encode())]
        sent[name] = spoil(Message(topic, b"8000", _value(), headers))
    inserting.send(*sent.values())
    inserting.add_customer("4901", "Next In Line")
    inserting.created("4901")

    def letters() -> dict[str, Letter] | None:
        found = {letter.header("case"): letter for letter in inserting.letters() if letter.header("case")}
        return found if len(found) == len(BAD) else None

    found = until(letters, "every dead letter is there", every=0.5)
    assert found is not None
    for name, (_, reason) in BAD.items():
        letter = found[name]
        assert (letter.key, letter.value) == (sent[name].key, sent[name].value), name
        assert reason in letter.header("kafka_dlt-exception-message"), name
        assert letter.header("kafka_dlt-original-topic") == topic
        assert letter.code in {"E1", "E2"}
    assert found["too large"].code == "E2"
    place = found["wrong type"].place
    shown = inserting.stage.tandem("dlq", "show", place)
    assert "name: Input should be a valid string" in shown
    assert inserting.health("all", "readyz")[0] == 200
