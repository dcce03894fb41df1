from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.links.fold import LinkFold
from shared.links.kinds import LinkKind
from shared.links.models import Ending, How, Link, LinkState

COMPANY = LinkKind.CUSTOMER_COMPANY


def link(left: str, right: str, revision: int, generation: int = 0) -> Link:
    return Link(
        kind=COMPANY,
        left=left,
        right=right,
        how=How.CREATED,
        by="x",
        why="y",
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
        revision=revision,
        generation=generation,
    )


def ended(made: Link, revision: int) -> Link:
    ending = Ending(by="x", why="y", at=made.made_at, by_hand=True, revision=revision)
    changes = {"state": LinkState.ENDED, "ending": ending, "generation": made.generation + 1}
    return made.model_copy(update=changes)


def test_a_link_is_seen_from_both_sides_and_an_ended_one_from_none() -> None:
    fold = LinkFold()
    made = link("1", "7", 1)
    fold.apply(made)
    assert fold.by_left(COMPANY, "1") == fold.by_right(COMPANY, "7") == made
    fold.apply(ended(made, 2))
    assert fold.by_left(COMPANY, "1") is None
    assert fold.by_right(COMPANY, "7") is None
    assert fold.generation(COMPANY, "1") == 1
    assert len(fold) == 0


def test_a_lower_revision_is_ignored() -> None:
    fold = LinkFold()
    made = link("1", "7", 1)
    assert fold.apply(ended(made, 2))
    assert not fold.apply(made)
    assert fold.by_left(COMPANY, "1") is None


def test_the_same_message_twice_changes_nothing() -> None:
    fold = LinkFold()
    assert fold.apply(link("1", "7", 1))
    assert not fold.apply(link("1", "7", 1))
    assert len(fold) == 1


def test_a_right_that_moves_to_another_left_is_found_there_in_any_order_of_arrival() -> None:
    made = link("1", "7", 1)
    for order in permutations([made, ended(made, 2), link("2", "7", 3)]):
        fold = LinkFold()
        for state in order:
            fold.apply(state)
        holder = fold.by_right(COMPANY, "7")
        assert holder is not None
        assert holder.left == "2"
        assert fold.by_left(COMPANY, "1") is None


@given(st.data())
def test_any_order_with_repeats_ends_in_the_same_state(data: st.DataObject) -> None:
    """A history as mapping writes it: a left and a right are in one link at a time."""
    history: list[Link] = []
    active: dict[str, Link] = {}
    generations: dict[str, int] = {}
    for revision in range(1, data.draw(st.integers(1, 12)) + 1):
        left = data.draw(st.sampled_from("123"))
        free = [right for right in "789" if right not in {each.right for each in active.values()}]
        if left in active:
            state = ended(active.pop(left), revision)
            generations[left] = state.generation
        else:
            state = link(left, data.draw(st.sampled_from(free)), revision, generations.get(left, 0))
            active[left] = state
        history.append(state)
    repeats = data.draw(st.lists(st.sampled_from(history), max_size=4))
    fold = LinkFold()
    for state in data.draw(st.permutations(history + repeats)):
        fold.apply(state)
    assert {left: fold.by_left(COMPANY, left) for left in "123"} == {left: active.get(left) for left in "123"}
    by_right = {each.right: each for each in active.values()}
    assert {right: fold.by_right(COMPANY, right) for right in "789"} == {
        right: by_right.get(right) for right in "789"
    }


@pytest.mark.parametrize(
    "value", [None, b"", b"null", b"{}", b"\xff", b'{"kind":"customer-company"}', b"[" * 5000]
)
def test_a_malformed_message_is_counted_and_leaves_the_view_as_it_was(value: bytes | None) -> None:
    fold = LinkFold()
    fold.apply(link("1", "7", 1))
    assert isinstance(fold.apply_value(value), str)
    assert fold.malformed == 1
    assert fold.by_left(COMPANY, "1") is not None


def test_a_field_of_a_newer_release_does_not_make_a_message_malformed() -> None:
    fold = LinkFold()
    value = link("1", "7", 1).model_dump_json()[:-1] + ',"colour":"red"}'
    assert isinstance(fold.apply_value(value.encode()), Link)
    assert fold.by_left(COMPANY, "1") is not None
