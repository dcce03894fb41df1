"""What is told about an invoice becomes days, in whatever order it is told."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.error_reporting.agreements.days import InvoiceDay, day_of, with_fact
from services.error_reporting.facts import Letter
from shared.sync.outcome import Outcome
from tests.unit.services.error_reporting.agreements.told import (
    NEW_YORK,
    NO_CONTRACT,
    compared,
    folded,
    lettered,
    line,
    moment,
    told,
)


def test_the_newest_comparison_of_the_day_counts() -> None:
    first = told("applied", moment(9), compared(cw_total=Decimal(1)))
    last = told("applied", moment(15), compared(cw_total=Decimal(2)))
    for day in (folded(first, last), folded(last, first)):
        assert day.compared is not None
        assert day.compared.comparison.cw_total == Decimal(2)


def test_a_failure_that_compares_nothing_keeps_the_comparison() -> None:
    day = folded(told("applied", moment(9), compared()), told("rejected", moment(10), code="G13", sequence=6))
    assert day.compared is not None
    assert day.failing is True


def test_what_was_created_in_the_morning_is_created_though_unchanged_at_night() -> None:
    made = [told("applied", moment(hour), compared(made=how)) for hour, how in _DAY]
    for facts in (made, made[::-1]):
        assert folded(*facts).made_of_it == "created"


_DAY = ((8, "created"), (9, "updated"), (18, "unchanged"))


def test_what_was_made_of_another_contract_does_not_count() -> None:
    day = folded(
        told("applied", moment(8), compared(contract_id=1, made="created")),
        told("applied", moment(9), compared(contract_id=2, made="updated"), command=True),
    )
    assert (day.made_of_it, day.wrote) == ("updated", True)


def test_a_filter_that_leaves_it_alone_later_hides_nothing() -> None:
    written = told("applied", moment(9), compared(made="created"))
    left = told("skipped", moment(10), compared(made="unchanged", ea_total=None), sequence=6)
    for day in (folded(written, left), folded(left, written)):
        assert day.compared is not None
        assert day.compared.comparison.equal
        assert day.made_of_it == "created"
    alone = folded(left).compared
    assert alone is not None
    assert not alone.tells


@pytest.mark.parametrize(
    ("more", "settled"),
    [({}, False), ({"billed": "91001"}, True), ({"warnings": (("G21", "deleted"),)}, True)],
)
def test_what_is_billed_or_deleted_is_settled(more: dict[str, Any], settled: bool) -> None:
    shown = folded(told(comparison=compared(**more))).compared
    assert shown is not None
    assert shown.settled is settled


def test_a_look_writes_nothing() -> None:
    day = folded(told("skipped", moment(9), compared(made="unchanged")))
    assert not day.wrote
    assert day.failing is False


def test_errors_are_kept_with_their_words_after_they_healed() -> None:
    day = folded(
        told("rejected", moment(9), compared(**NO_CONTRACT), code="G1", text="Acme Dental is not mapped"),
        lettered(moment(9), "G1", text="Acme Dental is"),
        told("applied", moment(10), compared()),
    )
    assert day.failing is False
    assert day.met["G1"].text == "Acme Dental is not mapped"


def test_since_comes_from_the_letter_which_knows_the_days_before() -> None:
    day = folded(told("waiting", moment(9), code="G1"), lettered(moment(9), first=moment(12, day=20)))
    assert (day.met["G1"].since, day.met["G1"].at) == (moment(12, day=20), moment(9))


def test_a_late_outcome_of_an_older_change_neither_opens_nor_tells() -> None:
    day = folded(told("applied", moment(10), compared(), sequence=7), told("superseded", moment(11)))
    assert day.failing is False
    assert folded(told("superseded", moment(11))).failing is None


@pytest.mark.parametrize(
    ("hour", "minute", "day", "wanted"),
    [
        (3, 59, 29, date(2026, 5, 28)),  # 23:59 in New York
        (4, 0, 29, date(2026, 5, 29)),  # midnight in New York
        (3, 59, 30, date(2026, 5, 29)),
    ],
)
def test_a_day_is_the_dealers_own(hour: int, minute: int, day: int, wanted: date) -> None:
    assert day_of(moment(hour, minute, day), NEW_YORK) == wanted


def happened(
    minute: int,
    sequence: int,
    result: str,
    code: str,
    comparison: tuple[str, int | None, Decimal] | None,
    command: bool,
    lost: bool,
) -> list[Outcome | Letter]:
    """What one message comes to: an outcome, and a letter of the same moment when it failed."""
    at = moment(9) + timedelta(minutes=minute)
    failed = result in {"waiting", "rejected"}
    shown = None
    if comparison is not None:
        made, contract, total = comparison
        shown = compared(
            contract_id=contract, made=made, cw_total=total, ea_total=total if total > 5 else None
        )
    own = code if failed else ""
    outcome = told(result, at, shown, sequence=sequence, code=own, command=command)
    if not failed or command:
        return [outcome]
    letter = lettered(at, code, sequence=sequence)
    return [letter] if lost else [outcome, letter]


HAPPENED = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.integers(1, 4),
        st.sampled_from(["applied", "skipped", "superseded", "waiting", "rejected"]),
        st.sampled_from(["G1", "G16", "P2"]),
        st.none()
        | st.tuples(
            st.sampled_from(["created", "updated", "unchanged"]),
            st.sampled_from([None, 1, 2]),
            st.decimals(0, 10, places=2),
        ),
        st.booleans(),
        st.booleans(),
    ),
    max_size=10,
    # No two things happen to one record at one moment: a failure is known by its moment.
    unique_by=lambda one: one[0],
)
FACTS = HAPPENED.map(lambda all_: [fact for one in all_ for fact in happened(*one)])


@given(FACTS, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_neither_order_nor_repetition_matters(facts: list[Outcome | Letter], chance: random.Random) -> None:
    straight = folded(*facts)
    again = [*facts, *facts]
    chance.shuffle(again)
    assert folded(*again) == straight


@given(FACTS)
@settings(max_examples=100, deadline=None)
def test_a_day_is_read_back_as_it_was_written(facts: list[Outcome | Letter]) -> None:
    day = folded(*facts)
    assert InvoiceDay.model_validate_json(day.model_dump_json(exclude_defaults=True)) == day


def test_amounts_stay_decimal_to_the_last_digit() -> None:
    exact = compared(500, line("A", "0.10", "0.10", quantity="3"), cw_total=Decimal("99999999999.99"))
    day = InvoiceDay.model_validate_json(
        with_fact(InvoiceDay(), told(comparison=exact)).model_dump_json(exclude_defaults=True)
    )
    assert day.compared is not None
    assert day.compared.comparison == exact
    assert day.compared.comparison.lines[0].ea_unit_rate == Decimal("0.033333")
