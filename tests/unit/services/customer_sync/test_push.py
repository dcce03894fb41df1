import json
from datetime import UTC, datetime

from services.customer_sync.desk.push import Asked, answers, message_of, refusals
from shared.bus.delivery import REDO_HEADER
from shared.events.envelope import Envelope
from shared.events.records import Customer
from shared.sync.outcome import Outcome

ACME = Asked(Customer(customer_id=7, number="1001", name="Acme"), 500)


def outcome(sequence: int, redo: str | None = "push", key: int = 7, text: str = "in step") -> Outcome:
    return Outcome(
        process="ID747", agent="customer_sync", record=f"eautomate/customer/{key}", label="x", sequence=sequence,
        result="applied", text=text, redo=redo, at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def test_only_the_outcome_of_this_push_or_a_later_one_answers_it() -> None:
    earlier, of_a_change, of_another = outcome(499), outcome(600, redo=None), outcome(500, key=8)
    assert answers([ACME], [earlier, of_a_change, of_another]) == {}
    assert answers([ACME], [earlier, outcome(500, text="mine")])["7"].text == "mine"
    assert answers([ACME], [outcome(501)])["7"].sequence == 501


def test_a_location_travels_with_its_head_office_and_says_what_it_is() -> None:
    location = Customer(customer_id=8, number="1001-B", name="Lakeside", parent_id=7)
    for customer, key, kind in ((ACME.customer, b"7", "customer-company"), (location, b"7", "location-site")):
        message = message_of("t.redo", customer, "jo", "asked")
        envelope = Envelope.from_headers(message.headers)
        assert (message.key, envelope.subject, envelope.action) == (key, customer.subject, "push")
        assert dict(message.headers)[REDO_HEADER] == b"push"
        body = json.loads(message.value or b"")
        assert (body["kind"], body["by"], body["why"]) == (kind, "jo", "asked")


def test_what_was_refused_is_told_by_the_number_people_know_and_its_code() -> None:
    refused = outcome(500).model_copy(update={"result": "rejected", "code": "C8"})
    assert refusals([ACME], {"7": refused}) == "refused (C8): 1001 Acme"
    waits = outcome(500).model_copy(update={"result": "waiting", "code": "C1"})
    assert refusals([ACME], {"7": waits}) == "waits (C1): 1001 Acme"
    assert refusals([ACME], {"7": outcome(500)}) == ""
