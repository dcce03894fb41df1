from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.mapping.rules import separated
from shared.links.kinds import LinkKind
from shared.links.models import Ending, How, Link, LinkState

AT = datetime(2026, 1, 2, tzinfo=UTC)


def made(right: str, revision: int, how: How = How.COMPANY_ID) -> Link:
    return Link(
        kind=LinkKind.CUSTOMER_COMPANY,
        left="1",
        right=right,
        how=how,
        by="x",
        why="y",
        made_at=AT,
        revision=revision,
    )


def ended(link: Link, revision: int, by_hand: bool) -> Link:
    ending = Ending(by="x", why="y", at=AT, by_hand=by_hand, revision=revision)
    return link.model_copy(update={"state": LinkState.ENDED, "ending": ending})


def test_a_pair_a_person_ended_is_separated() -> None:
    assert separated(None, [ended(made("7", 1), 2, by_hand=True)]) == ("7",)


def test_a_pair_an_agent_ended_is_not_separated() -> None:
    assert separated(None, [ended(made("7", 1), 2, by_hand=False)]) == ()


def test_joining_by_hand_lifts_the_separation_for_good() -> None:
    history = [
        ended(made("7", 3, How.BY_HAND), 4, by_hand=False),
        ended(made("7", 1), 2, by_hand=True),
    ]
    assert separated(None, history) == ()


def test_joining_by_an_agent_does_not_lift_the_separation_once_it_ends() -> None:
    history = [
        ended(made("7", 3, How.PROPERTY), 4, by_hand=False),
        ended(made("7", 1), 2, by_hand=True),
    ]
    assert separated(None, history) == ("7",)


@given(st.lists(st.tuples(st.sampled_from("789"), st.booleans()), max_size=8), st.sampled_from("789"))
def test_the_link_that_holds_is_never_separated(past: list[tuple[str, bool]], right: str) -> None:
    history = [
        ended(made(each, 2 * index + 1), 2 * index + 2, by_hand) for index, (each, by_hand) in enumerate(past)
    ]
    current = made(right, 2 * len(past) + 1)
    assert right not in separated(current, reversed(history))
