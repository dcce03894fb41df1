"""How outcomes, letters and deeds become a case."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.error_reporting import rules
from services.error_reporting.facts import Letter
from services.error_reporting.state import RecordState
from shared.events.case_events import CaseEvent
from shared.sync.outcome import Outcome
from tests.unit.services.error_reporting.told import RECORD, at, deed, letter, outcome

Fact = Outcome | Letter | CaseEvent


def fold(*facts: Fact) -> RecordState:
    state = RecordState()
    for fact in facts:
        match fact:
            case Outcome():
                state = rules.with_outcome(state, fact)
            case Letter():
                state = rules.with_letter(state, fact)
            case CaseEvent():
                state = rules.with_event(state, fact)
    return state


def code(state: RecordState) -> str | None:
    """Code of the open case, None when there is none."""
    found = rules.standing(state)
    return found[0].code if found else None


@pytest.mark.parametrize("result", ["waiting", "rejected"])
def test_what_waits_or_is_refused_opens_a_case(result: str) -> None:
    assert code(fold(outcome(result, 1))) == "C1"


def test_a_letter_alone_opens_a_case() -> None:
    state = fold(letter(1, code="X1"))
    assert code(state) == "X1"
    assert rules.letter_to_send(state) is not None


@pytest.mark.parametrize("sequence", [5, 6])
@pytest.mark.parametrize("result", ["applied", "skipped"])
def test_a_success_of_equal_or_higher_sequence_closes_it(result: str, sequence: int) -> None:
    assert code(fold(outcome("rejected", 1), letter(1), outcome(result, 2, sequence))) is None


def test_a_success_of_a_lower_sequence_does_not_close_it() -> None:
    assert code(fold(outcome("rejected", 1), outcome("applied", 2, 4))) == "C1"


def test_superseded_neither_opens_nor_closes() -> None:
    assert code(fold(outcome("superseded", 1))) is None
    assert code(fold(outcome("rejected", 1), outcome("superseded", 2, 9))) == "C1"
    assert fold(outcome("superseded", 1)).last is None


def test_applied_before_does_not_close_what_failed_again_of_the_same_change() -> None:
    assert code(fold(outcome("rejected", 1), outcome("skipped", 2, again=True))) == "C1"


def test_applied_before_closes_what_is_older_for_the_outcome_of_that_may_have_been_lost() -> None:
    assert code(fold(outcome("rejected", 1), outcome("skipped", 2, 6, again=True))) is None


def test_a_letter_older_than_the_success_that_closed_it_does_not_reopen() -> None:
    assert code(fold(outcome("applied", 2), letter(1))) is None
    assert code(fold(outcome("applied", 2, 6), letter(3, 5))) is None


def test_a_failure_after_a_success_of_the_same_change_opens() -> None:
    assert code(fold(outcome("applied", 1), outcome("rejected", 2, code="C8"))) == "C8"


def test_a_success_of_a_command_closes_whatever_its_sequence() -> None:
    failed = (outcome("rejected", 1, 900), letter(1, 900))
    assert code(fold(*failed, outcome("applied", 2, 3, command=True))) is None


def test_a_refused_command_refreshes_but_keeps_the_letter_of_the_change() -> None:
    state = fold(
        outcome("waiting", 1, 900, code="C1"), letter(1, 900),
        outcome("rejected", 2, 3, code="C8", command=True), letter(2, 3, code="C8", command=True),
    )  # fmt: skip
    assert code(state) == "C8"
    kept = rules.letter_to_send(state)
    assert kept is not None
    assert (kept.sequence, kept.command) == (900, False)


def test_a_later_success_of_the_change_closes_a_refused_command_too() -> None:
    refused = (outcome("rejected", 2, 3, command=True), letter(2, 3, command=True))
    assert code(fold(*refused, outcome("applied", 3, 900))) is None
    assert code(fold(outcome("applied", 1, 900), *refused)) == "C1"


def test_a_letter_of_an_older_change_is_never_sent() -> None:
    state = fold(letter(1, 5), outcome("rejected", 2, 6))
    assert rules.letter_to_send(state) is None
    assert rules.letter_to_send(rules.with_letter(state, letter(2, 6))) is not None


def test_tries_are_counted_and_the_first_failure_is_kept() -> None:
    state = fold(
        outcome("rejected", 1), letter(1),
        outcome("rejected", 2), letter(2, first=1, redrives=1),
        outcome("rejected", 3, 6), letter(3, 6),
    )  # fmt: skip
    assert rules.attempts(state) == 3
    assert rules.first_failed_at(state) == at(1)


def test_a_case_that_opens_again_starts_anew() -> None:
    state = fold(letter(1), letter(2, redrives=1, first=1), outcome("applied", 3), letter(4, 6))
    assert rules.attempts(state) == 1
    assert rules.first_failed_at(state) == at(4)


def test_the_case_waits_for_what_is_named_and_never_for_its_own_record() -> None:
    named = ("number:1001", f"record:{RECORD.replace('/', ':')}")
    state = fold(outcome("waiting", 1, blocked_on=named))
    assert rules.blocked_on(state, RECORD) == ("number:1001",)


def test_only_a_success_brings_anything_about() -> None:
    seen = outcome("skipped", 1, record="connectwise/company/19", wakes=("number:1001",))
    assert rules.triggers(seen) == ("record:connectwise:company:19", "number:1001")
    assert rules.triggers(outcome("rejected", 1)) == ()
    assert rules.triggers(outcome("skipped", 1, again=True)) == ()


def test_an_ignored_case_is_quiet_until_another_error_appears() -> None:
    quiet = fold(outcome("rejected", 1), deed("ignored", 2), outcome("rejected", 3))
    assert rules.is_ignored(quiet)
    assert not rules.is_ignored(rules.with_outcome(quiet, outcome("rejected", 4, code="C5")))
    later = fold(
        outcome("rejected", 1), deed("ignored", 2), outcome("rejected", 3, code="C5"), outcome("rejected", 4)
    )
    assert not rules.is_ignored(later)


def test_an_ignored_case_is_listed_again_after_a_success_and_when_asked_for() -> None:
    failed = outcome("rejected", 1)
    assert not rules.is_ignored(fold(failed, deed("ignored", 2), deed("unignored", 3)))
    assert not rules.is_ignored(
        fold(failed, deed("ignored", 2), outcome("applied", 3), outcome("rejected", 4))
    )


def test_a_retry_is_asked_for_until_it_failed_again_whatever_the_clocks_say() -> None:
    failed, slow = outcome("rejected", 100), deed("retry", 50, saw=100)
    assert rules.asked_at(fold(failed, slow)) == at(50)
    assert rules.asked_at(fold(failed, slow, outcome("rejected", 101))) is None
    assert rules.asked_at(fold(failed, slow, outcome("applied", 101))) is None


def test_the_label_of_a_change_counts_more_than_that_of_a_command() -> None:
    assert (
        fold(outcome("applied", 1), outcome("applied", 2, command=True)).label == "customer 1001 Acme Dental"
    )


SEQUENCES = st.integers(1, 4)
CODES = st.sampled_from(["C1", "C5", "X1"])
MOMENTS = st.integers(1, 40)


@st.composite
def failures(draw: st.DrawFn) -> list[Fact]:
    """One failure as an agent tells it: an outcome and its letter, or a letter only."""
    seconds, sequence, command = draw(MOMENTS), draw(SEQUENCES), draw(st.booleans())
    name = draw(CODES)
    # A time names a failure: no agent fails twice at one moment about one record.
    moment = seconds + sequence / 10 + command / 100 + ["C1", "C5", "X1"].index(name) / 1000
    told: list[Fact] = [
        letter(
            moment, sequence, code=name, command=command, redrives=draw(st.integers(0, 3)), first=moment / 2
        )
    ]
    if name != "X1":
        told.append(
            outcome("rejected", moment, sequence, code=name, command=command, blocked_on=("number:1",))
        )
    return told


SUCCESSES = st.builds(
    lambda seconds, sequence, command, result, again: [
        outcome(result, seconds + 0.5, sequence, command=command, again=again and result == "skipped")
    ],
    MOMENTS, SEQUENCES, st.booleans(), st.sampled_from(["applied", "skipped", "superseded"]), st.booleans(),
)  # fmt: skip
DEEDS = st.builds(
    lambda what, seconds, name: [deed(what, seconds + 0.7, name)],
    st.sampled_from(["retry", "ignored", "unignored"]), MOMENTS, CODES,
)  # fmt: skip
STORIES = st.lists(st.one_of(failures(), SUCCESSES, DEEDS), max_size=12)


@settings(max_examples=500)
@given(STORIES, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_fold_to_the_same(
    story: list[list[Fact]], chance: random.Random
) -> None:
    facts = _distinct([fact for part in story for fact in part])
    other = facts + [fact for fact in facts if chance.random() < 0.5]
    chance.shuffle(other)
    assert fold(*facts) == fold(*other)


@given(STORIES)
def test_a_state_survives_its_row(story: list[list[Fact]]) -> None:
    state = fold(*(fact for part in story for fact in part))
    assert RecordState.model_validate_json(state.model_dump_json(exclude_defaults=True)) == state


def _distinct(facts: Sequence[Fact]) -> list[Fact]:
    """Without a second, different telling of one failure: each happens once."""
    seen: dict[object, Fact] = {}
    for fact in facts:
        place = (
            (type(fact), fact.at, fact.sequence, fact.command)
            if isinstance(fact, Letter)
            else fact.model_dump_json()
        )
        seen.setdefault(place, fact)
    return list(seen.values())
