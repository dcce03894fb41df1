"""A ticket that has a call already (spec/tickets.md 8.9, S17)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.service_sync.rules.linked import names_ticket
from shared.links.kinds import LinkKind
from shared.links.models import How, Link
from shared.sync.decision import Reject
from tests.unit.services.service_sync.rules.world import call, gathered, planned, taken, waits


def link(how: How = How.CREATED, right: str = "1140") -> Link:
    """The ticket's link to a call."""
    known: dict[str, Any] = {
        "kind": LinkKind.TICKET_CALL,
        "left": "60211",
        "right": right,
        "state": "active",
        "how": how,
        "by": "call_dispatch",
        "why": "moved",
        "revision": 1,
        "generation": 0,
        "made_at": datetime(2026, 5, 1, tzinfo=UTC),
    }
    return Link.model_validate(known)


def test_a_call_made_before_a_crash_gets_its_link_and_no_second_is_made() -> None:
    plan = planned(taken(held=gathered(created=1140, call=call())))
    assert (plan.header, plan.how, plan.writes_eautomate) == (None, How.CREATED, False)


def test_a_call_that_is_there_and_linked_ends_it() -> None:
    plan = planned(taken(held=gathered(created=1140, call=call(), link=link())))
    assert (plan.header, plan.how, plan.writes_eautomate) == (None, None, False)
    assert plan.text.endswith("is there")


def test_a_moved_call_gets_the_work_and_leaves_its_hold() -> None:
    plan = planned(taken(held=gathered(call=call(status="H"), link=link())))
    assert plan.header is None
    assert (plan.status, len(plan.labors), plan.how) == ("P", 1, None)
    assert "Replaced core switch." in plan.notes
    assert plan.text.endswith("gets 1 labour records and leaves its hold")


def test_the_work_is_added_once() -> None:
    plan = planned(taken(held=gathered(call=call(), link=link(), updated=True)))
    assert not plan.writes_eautomate
    assert "has the ticket's work" in plan.text


def test_work_on_a_call_that_was_invoiced_becomes_a_new_call() -> None:
    assert planned(taken(held=gathered(call=call(status="I"), link=link()))).header is not None


def test_a_moved_call_waits_for_its_technicians_too() -> None:
    waits(taken(held=gathered(call=call(), link=link(), technicians={})), "S2")


def test_a_call_linked_by_hand_gets_nothing() -> None:
    plan = planned(taken(held=gathered(call=call(), link=link(How.BY_HAND))))
    assert (plan.writes_eautomate, plan.labors) == (False, ())


def test_a_call_that_names_an_invoice_in_its_own_words_is_linked_too() -> None:
    named = (call(description="CW 60211 Dispute (invoice 4711)"),)
    assert planned(taken(held=gathered(named=named))).how is How.ADOPTED


def test_a_call_of_one_of_the_tickets_invoices_is_that_invoices() -> None:
    named = (call(description="Ticket 60211 (invoice 18550): Core switch"),)
    assert planned(taken(held=gathered(named=named))).header is not None


def test_a_call_that_names_the_ticket_is_linked_and_none_is_made() -> None:
    named = (call(description="CW ticket #60211 - switch"), call(9, "SC9", description="order 602113"))
    plan = planned(taken(held=gathered(named=named)))
    assert (plan.how, plan.writes_eautomate) == (How.ADOPTED, False)
    assert plan.call is not None
    assert plan.call.number == "SC1140"


def test_of_several_calls_that_name_the_ticket_a_person_chooses() -> None:
    named = (call(description="60211"), call(9, "SC9", description="again 60211"))
    decision = taken(held=gathered(named=named))
    assert isinstance(decision, Reject)
    assert (decision.code, decision.blocked_on) == ("S17", ("link:ticket-call:60211",))
    assert "SC1140, SC9" in decision.reason


@pytest.mark.parametrize(
    ("text", "named"),
    [("Ticket 60211: x", True), ("#60211", True), ("602110", False), ("A60211", False), ("160211", False)],
)
def test_a_number_counts_only_by_itself(text: str, named: bool) -> None:
    assert names_ticket(text, 60211) is named
