"""Who is to be billed before the next invoice comes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.error_reporting.agreements import words
from services.error_reporting.agreements.reminder import Written, due, reminder
from tests.unit.services.error_reporting.agreements.told import MAY, compared, row, told


def written(record: str = "a", **more: object) -> Written:
    given: dict[str, object] = {
        "day": MAY,
        "wrote": MAY,
        "contract_id": 1,
        "period_from": date(2026, 5, 1),
        "next_billing": date(2026, 6, 1),
        "settled": False,
    }
    return Written(record, **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ahead", "listed"), [(-40, True), (-1, True), (0, True), (4, True), (5, True), (6, False)]
)
def test_the_window_ends_five_days_ahead_and_what_has_passed_stays(ahead: int, listed: bool) -> None:
    one = written(next_billing=MAY + timedelta(days=ahead))
    assert due([one], MAY, 5) == ([one] if listed else [])


def test_what_is_billed_or_has_no_date_is_not_listed() -> None:
    assert due([written(settled=True)], MAY, 5) == []
    assert due([written(next_billing=None)], MAY, 5) == []


def test_of_a_contract_only_the_newest_period_counts() -> None:
    april = written("april", period_from=date(2026, 4, 1), next_billing=date(2026, 5, 1))
    may = written("may", settled=True)
    assert due([april, may], MAY, 5) == []
    assert due([may, april], MAY, 5) == []
    other = written("other", contract_id=2, period_from=date(2026, 4, 1), next_billing=date(2026, 5, 1))
    assert due([may, other], MAY, 5) == [other]


def test_of_one_period_the_invoice_written_last_counts() -> None:
    first, again = written("500", wrote=date(2026, 5, 2)), written("501", wrote=date(2026, 5, 3))
    assert due([again, first], MAY, 5) == [again]


def test_the_most_urgent_comes_first_and_says_when() -> None:
    days = [
        row(told(comparison=compared(one, next_billing=MAY + timedelta(days=ahead)), invoice=one))
        for one, ahead in ((1, 5), (2, 0), (3, -2), (4, 1), (5, -1))
    ]
    found = reminder(MAY, 5, "UTC", days)
    assert [(one.comparison.invoice_id, one.when) for one in found.contracts] == [
        (3, "2 days ago"), (5, "1 day ago"), (2, "today"), (4, "tomorrow"), (1, "in 5 days"),
    ]  # fmt: skip


def test_a_contract_kept_out_of_the_queue_is_listed_as_such() -> None:
    (one,) = reminder(
        MAY, 5, "UTC", [row(told(comparison=compared(bill=False, ea_total=Decimal(1))))]
    ).contracts
    assert one.queue == "kept out of the billing queue"


def test_an_empty_reminder_says_so() -> None:
    assert words.reminded(reminder(MAY, 5, "UTC", [])) == (
        "No contract the sync updated is to be billed within 5 days of 2026-05-29."
    )
