from typing import Any

import pytest

from shared.connectwise.service_setup import Placement
from shared.connectwise.ticket_writes import NewTicket, summary_of


def new(**more: Any) -> NewTicket:
    given: dict[str, Any] = {
        "summary": "SC1001 Printer jams",
        "company": 1204,
        "reference": "EA-1001",
        "place": Placement(23, 411, 91),
    }
    return NewTicket(**(given | more))


def test_a_ticket_is_sent_with_what_is_known_and_nothing_else() -> None:
    assert new().body() == {
        "summary": "SC1001 Printer jams",
        "externalXRef": "EA-1001",
        "company": {"id": 1204},
        "board": {"id": 23},
        "status": {"id": 411},
        "type": {"id": 91},
    }
    assert new(place=Placement(23), priority="Priority 3 - Normal", source="Phone", site=3310).body() == {
        "summary": "SC1001 Printer jams",
        "externalXRef": "EA-1001",
        "company": {"id": 1204},
        "board": {"id": 23},
        "site": {"id": 3310},
        "priority": {"name": "Priority 3 - Normal"},
        "source": {"name": "Phone"},
    }


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"summary": "x" * 101}, "summary of a ticket has at most 100"),
        ({"reference": "x" * 101}, "reference of a ticket has at most 100"),
        ({"po_number": "x" * 51}, "po_number of a ticket has at most 50"),
        ({"summary": " "}, "needs a summary and a reference"),
        ({"reference": ""}, "needs a summary and a reference"),
    ],
)
def test_what_does_not_fit_is_not_sent(more: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        new(**more).body()


def test_a_summary_is_one_line_of_a_hundred_characters() -> None:
    assert summary_of("SC1001\r\n  Printer   jams ") == "SC1001 Printer jams"
    assert summary_of("x" * 100) == "x" * 100
    cut = summary_of("word " * 40)
    assert (len(cut) <= 100, cut.endswith("…")) == (True, True)
