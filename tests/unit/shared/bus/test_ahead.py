"""What a reader that keeps its own place has not read."""

from shared.bus.ahead import unread

BOUNDS = {("outcomes", 0): (0, 10), ("outcomes", 1): (5, 12), ("letters", 0): (0, 0)}


def test_what_lies_behind_the_place_is_unread() -> None:
    assert unread(BOUNDS, {("outcomes", 0): 4, ("outcomes", 1): 12}) == {("outcomes", 0): 6}


def test_what_retention_removed_needs_no_reading() -> None:
    assert unread(BOUNDS, {("outcomes", 0): 10}) == {("outcomes", 1): 7}
    assert unread(BOUNDS, {("outcomes", 0): 10, ("outcomes", 1): 2}) == {("outcomes", 1): 7}


def test_a_place_behind_the_end_of_a_topic_that_was_made_anew_is_not_unread() -> None:
    assert unread({("outcomes", 0): (0, 3)}, {("outcomes", 0): 9}) == {}
