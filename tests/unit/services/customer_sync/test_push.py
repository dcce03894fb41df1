import json

from services.customer_sync.desk.push import asked_of, message_of
from shared.bus.delivery import REDO_HEADER
from shared.events.envelope import Envelope
from shared.events.records import Customer

ACME = Customer(customer_id=7, number="1001", name="Acme")


def test_a_location_travels_with_its_head_office_and_says_what_it_is() -> None:
    location = Customer(customer_id=8, number="1001-B", name="Lakeside", parent_id=7)
    for customer, key, kind in ((ACME, b"7", "customer-company"), (location, b"7", "location-site")):
        message = message_of("t.redo", customer, "jo", "asked")
        envelope = Envelope.from_headers(message.headers)
        assert (message.key, envelope.subject, envelope.action) == (key, customer.subject, "push")
        assert dict(message.headers)[REDO_HEADER] == b"push"
        body = json.loads(message.value or b"")
        assert (body["kind"], body["by"], body["why"]) == (kind, "jo", "asked")


def test_a_push_is_told_by_the_number_people_know() -> None:
    asked = asked_of(ACME, message_of("t.redo", ACME, "jo", "asked"))
    assert (asked.record, asked.label) == ("eautomate/customer/7", "1001 Acme")
    assert asked.hint == "`tandem explain customer 1001` tells"
