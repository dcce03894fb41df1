from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectwise.conditions import (
    IN_LIST_ROOM,
    UnquotableError,
    compare,
    equals,
    every,
    in_list,
    in_lists,
    literal,
    moment,
    since,
    some,
)


def test_a_text_is_quoted_with_the_quote_it_does_not_contain() -> None:
    assert literal("AB-1") == '"AB-1"'
    assert literal("O'Brien") == '"O\'Brien"'
    assert literal('19" Racks') == "'19\" Racks'"


@pytest.mark.parametrize("text", ["both \" and '", "line\nbreak", "nul\0"])
def test_a_text_that_cannot_be_quoted_safely_is_refused(text: str) -> None:
    with pytest.raises(UnquotableError):
        literal(text)


@given(st.text())
def test_no_text_can_end_its_own_quotes(text: str) -> None:
    try:
        quoted = literal(text)
    except UnquotableError:
        return
    assert quoted[0] == quoted[-1]
    assert quoted[0] not in quoted[1:-1]


def test_values_take_the_form_of_their_type() -> None:
    assert literal(None) == "null"
    assert literal(value=True) == "true"
    assert literal(12) == "12"
    assert literal(Decimal("1E+2")) == "100"


def test_a_time_stands_in_brackets_in_utc_and_whole_seconds() -> None:
    east = timezone(timedelta(hours=2))
    assert moment(datetime(2025, 3, 1, 1, 0, 0, 999, tzinfo=east)) == "[2025-02-28T23:00:00Z]"
    assert since("lastUpdated", datetime(2025, 3, 1, tzinfo=UTC)) == "lastUpdated >= [2025-03-01T00:00:00Z]"
    with pytest.raises(ValueError, match="zone"):
        moment(datetime(2025, 3, 1))  # noqa: DTZ001


def test_paths_and_operators_are_those_of_the_language() -> None:
    assert compare("company/id", "!=", 5) == "company/id != 5"
    with pytest.raises(ValueError, match="field path"):
        equals("id = 1 or id", 2)
    with pytest.raises(ValueError, match="operator"):
        compare("id", "is", 2)


def test_parts_are_joined_with_parentheses_and_empty_ones_left_out() -> None:
    assert every("", "a = 1") == "a = 1"
    assert every("a = 1", some("b = 2", "c = 3")) == "(a = 1) and ((b = 2) or (c = 3))"
    assert every() == ""


def test_an_in_list_needs_a_value() -> None:
    assert in_list("id", [1, 2]) == "id in (1,2)"
    with pytest.raises(ValueError, match="value"):
        in_list("id", [])


@given(st.lists(st.text(alphabet="AbÄ-& 019", min_size=1, max_size=25), max_size=400))
def test_in_lists_are_short_and_hold_every_value_once(values: list[str]) -> None:
    chunks = list(in_lists("identifier", values))
    found = [part for chunk in chunks for part in chunk.removeprefix("identifier in (")[:-1].split(",")]
    assert found == [literal(value) for value in dict.fromkeys(values)]
    assert all(len(quote(chunk, safe="")) <= IN_LIST_ROOM for chunk in chunks)


def test_no_values_ask_nothing() -> None:
    assert list(in_lists("id", [])) == []
