"""Which tickets are chosen, that they settle, and what is said about the others (spec/tickets.md 8.2 to 8.4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.service_sync.rules.gathered import Stage
from services.service_sync.rules.plan import Keep, StagePlan
from shared.events.records import Reference
from shared.sync.decision import Apply, Skip
from tests.unit.services.service_sync.rules.world import (
    LATER,
    NOW,
    check_of,
    entry,
    gathered,
    row,
    seen,
    ticket,
    waits,
)

PROJECTS = "ServiceTicket; project tickets are ID522's"


def test_a_chosen_ticket_is_taken_once_it_has_not_changed_for_a_quarter_of_an_hour() -> None:
    decision = seen(ticket())
    assert isinstance(decision, Apply)
    assert isinstance(decision.plan, StagePlan)
    assert (decision.plan.keep, decision.plan.sequence) == (Keep.SETTLE, LATER)
    assert decision.plan.due == NOW.timestamp() + 15 * 60
    assert decision.plan.text == "it is taken once it has not changed for 15 minutes"


@pytest.mark.parametrize(
    ("given", "options", "name", "found", "wanted"),
    [
        ({"status": Reference(id=1, name="In Progress")}, {}, "ticket status is selected", "In Progress", "Completed"),
        ({}, {"boards": "Field"}, "board is selected", "Help Desk", "Field"),
        ({"recordType": "ProjectTicket"}, {}, "is a service ticket", "ProjectTicket", PROJECTS),
        ({}, {"start_date": "2026-05-19"}, "ticket is new enough", "closed 2026-05-18", "from 2026-05-19"),
        ({}, {"ticket_statuses": ""}, "ticket status is selected", "Completed", "service_sync.ticket_statuses is blank"),
    ],
)  # fmt: skip
def test_a_filter_says_what_it_saw_and_wanted(
    given: dict[str, Any], options: dict[str, Any], name: str, found: str, wanted: str
) -> None:
    decision = seen(ticket(**given), **options)
    assert isinstance(decision, Skip)
    check = check_of(decision, name)
    assert (check.passed, check.seen, check.wanted) == (False, found, wanted)
    assert decision.reason == f"{name}: seen {found}, wanted {wanted}"


def test_the_day_it_was_closed_counts_in_the_dealers_time_and_not_the_day_it_was_touched() -> None:
    # 03:00 UTC on the 19th is the evening of the 18th in New York.
    assert isinstance(seen(ticket(), start_date="2026-05-18"), Apply)
    long_ago = ticket(closedDate=datetime(2024, 1, 1, tzinfo=UTC))
    assert isinstance(seen(long_ago, start_date="2026-05-18"), Skip)


def test_the_territory_filter_leaves_out_companies_of_others() -> None:
    held = gathered(territory_filter=("East",))
    assert isinstance(seen(ticket(companyTerritory="West"), held), Skip)
    assert isinstance(seen(ticket(companyTerritory="east"), held), Apply)


def test_a_ticket_without_time_waits_visibly() -> None:
    bare = ticket(time=())
    wait = waits(seen(bare), "S9")
    assert "has no time entry" in wait.reason
    assert wait.blocked_on == ("record:connectwise:ticket:60211", "setting:service_sync.require_time")
    assert isinstance(seen(bare, require_time=False), Apply)


def test_a_call_that_is_ok_to_invoice_needs_time_whatever_else_is_set() -> None:
    with pytest.raises(ValueError, match="require_time must be Yes when call_status is OKB"):
        seen(ticket(), call_status="OKB", require_time=False)


def test_a_ticket_that_is_reopened_while_it_settles_is_not_taken() -> None:
    settling = gathered(row=row(stage=Stage.CANDIDATE, taken_at=None))
    decision = seen(ticket(status=Reference(id=1, name="In Progress")), settling)
    assert isinstance(decision, Apply)
    assert isinstance(decision.plan, StagePlan)
    assert decision.plan.keep is Keep.FORGET


def test_a_change_puts_off_that_it_is_taken_and_the_same_change_again_does_not() -> None:
    assert isinstance(seen(ticket(), gathered(row=row(stage=Stage.CANDIDATE, sequence=LATER - 1))), Apply)
    again = seen(ticket(), gathered(row=row(stage=Stage.CANDIDATE, sequence=LATER)))
    assert isinstance(again, Skip)
    assert again.again


def test_after_the_call_is_made_no_edit_counts_and_late_time_is_told_in_hours() -> None:
    done = gathered(row=row(stage=Stage.DONE, call_number="SC1140"))
    edited = seen(ticket(company=Reference(id=9, name="Another")), done)
    assert isinstance(edited, Skip)
    assert edited.reason.startswith("call SC1140 was made of it")
    late = seen(ticket(entry(), entry(98022, "0.25"), entry(98023, "2")), done)
    assert isinstance(late, Skip)
    assert "S22: 2 time entries, 2.25 h" in late.reason
    assert check_of(late, "no time was added since").seen.startswith("2 time entries, 2.25 h")


def test_an_ignored_ticket_stays_ignored() -> None:
    decision = seen(ticket(), gathered(row=row(stage=Stage.IGNORED, by="kim")))
    assert isinstance(decision, Skip)
    assert decision.reason == "ignored by kim"
