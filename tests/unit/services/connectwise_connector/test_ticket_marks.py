from decimal import Decimal
from typing import Any

import pytest

from services.connectwise_connector.ticket_marks import (
    TicketMark,
    hours_text,
    moved,
    ticket_mark,
    time_digest,
)
from services.connectwise_connector.ticket_pages import noted, ticket_snapshot
from shared.connectwise.ticket_rows import PROJECT, SERVICE, TicketParts, joined
from shared.events.change import RecordError, decode
from shared.events.tickets import Ticket
from tests.unit.shared.connectwise.test_ticket_rows import ENTRY, TICKET

MARK = ticket_mark(TICKET, [ENTRY], SERVICE)


def test_a_mark_is_remembered_in_the_room_there_is() -> None:
    assert TicketMark.parse(MARK.text) == MARK
    assert MARK.text.startswith("sc 2025-03-05T16:00:00Z 3.50 ")
    long = ticket_mark(TICKET, [{**ENTRY, "actualHours": Decimal("123456789.25")}], SERVICE)
    assert len(long.text) <= 64
    assert TicketMark.parse(None) is None
    assert TicketMark.parse("2025-03-05T16:00:00Z") is None


def test_a_ticket_without_stamp_has_a_mark() -> None:
    bare = {name: value for name, value in TICKET.items() if name != "_info"}
    mark = ticket_mark(bare, [], PROJECT)
    assert TicketMark.parse(mark.text) == mark
    assert (mark.sort, mark.saved, mark.hours) == ("p", "-", "0.00")


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({"summary": "Other"}, {}),
        ({"_info": {"lastUpdated": "2025-03-05T16:00:01Z"}}, {}),
        ({"status": {"id": 418, "name": "Closed"}}, {}),
        ({"actualHours": Decimal("4.00")}, {}),
        ({"closedFlag": False}, {}),
        ({}, {"notes": "Other"}),
        ({}, {"actualHours": Decimal("4.00")}),
        ({}, {"invoice": {"id": 18550}}),
    ],
)
def test_whatever_changes_moves_the_mark(changes: dict[str, Any], entry: dict[str, Any]) -> None:
    assert ticket_mark({**TICKET, **changes}, [{**ENTRY, **entry}], SERVICE) != MARK
    assert moved({**TICKET, **changes}, MARK, SERVICE) == bool(changes)


def test_order_and_stamps_of_time_move_nothing() -> None:
    other = {**ENTRY, "id": 98022}
    saved = {**other, "_info": {"lastUpdated": "2025-05-01T00:00:00Z"}}
    assert time_digest([ENTRY, other]) == time_digest([saved, ENTRY])
    assert time_digest([ENTRY]) != time_digest([ENTRY, other])


def test_a_list_that_is_behind_is_known_by_its_stamp() -> None:
    older = {**TICKET, "summary": "Older", "_info": {"lastUpdated": "2025-03-05T15:00:00Z"}}
    assert ticket_mark(older, [], SERVICE).is_behind(MARK)
    assert not moved(older, MARK, SERVICE)
    assert moved(older, None, SERVICE)
    assert not MARK.is_behind(None)


def test_what_a_list_of_open_and_recent_tickets_must_show() -> None:
    opened = ticket_mark({**TICKET, "closedFlag": False}, [], SERVICE)
    assert [MARK.is_listed(day) for day in ("2025-03-05", "2025-03-06")] == [True, False]
    assert opened.is_listed("2025-03-06")


def test_hours_are_told_alike_however_they_are_written() -> None:
    assert {hours_text(value) for value in (Decimal("3.5"), "3.50", 3.5)} == {"3.50"}
    assert (hours_text(None), hours_text("a lot"), hours_text("NaN")) == ("0.00", "-", "-")


def test_notes_are_read_for_the_statuses_and_boards_that_are_taken() -> None:
    assert noted(["in progress "], [])(TICKET)
    assert noted(["In Progress"], ["help desk"])(TICKET)
    assert not noted(["In Progress"], ["Field"])(TICKET)
    assert not noted(["Closed"], [])(TICKET)
    assert not noted([], [])(TICKET)
    assert not noted(["Closed"], [])({"id": 1, "status": "Closed"})


def test_a_ticket_without_its_shape_still_travels() -> None:
    fine = ticket_snapshot(joined(TICKET, TicketParts({60211: [ENTRY]})), MARK)
    assert (fine.key, fine.order_key, fine.stamp, fine.action) == ("60211", "60211", MARK.text, "changed")
    odd = ticket_snapshot(joined({**TICKET, "actualHours": "a lot"}, TicketParts()), MARK)
    assert b"a lot" in odd.body()
    with pytest.raises(RecordError, match=r"^actualHours: "):
        decode(Ticket, odd.body())
