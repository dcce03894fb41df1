from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.batch import read
from shared.bus.coalesce import coalesce
from shared.bus.delivery import Delivery
from tests.unit.shared.bus.raws import raw

deliveries = st.lists(
    st.builds(
        lambda subject, sequence, source, redo: read(raw(subject, sequence, source=source, redo=redo)),
        st.sampled_from("123"),
        st.integers(1, 4),
        st.sampled_from(["eautomate", "eautomate", "connectwise", "tandem"]),
        st.sampled_from([None, "redrive"]),
    ),
    max_size=12,
)


def _always(_: Delivery) -> bool:
    return True


def of(delivery: Delivery) -> tuple[str, str]:
    return delivery.envelope.source, delivery.envelope.subject


@given(deliveries)
def test_the_highest_sequence_of_a_record_wins_and_nothing_is_lost(given_ones: list[Delivery]) -> None:
    kept, superseded = coalesce(given_ones, _always)
    assert Counter(map(id, [*kept, *superseded])) == Counter(map(id, given_ones))
    records = [of(delivery) for delivery in kept if delivery.envelope.source != "tandem"]
    assert len(records) == len(set(records))
    for delivery in superseded:
        assert delivery.envelope.source != "tandem"
        [winner] = [other for other in kept if of(other) == of(delivery)]
        assert winner.envelope.sequence >= delivery.envelope.sequence


@given(deliveries)
def test_the_order_of_what_is_kept_is_the_order_of_arrival(given_ones: list[Delivery]) -> None:
    places = {id(delivery): place for place, delivery in enumerate(given_ones)}
    kept, _ = coalesce(given_ones, _always)
    assert [places[id(one)] for one in kept] == sorted(places[id(one)] for one in kept)


def test_at_equal_sequences_what_somebody_asked_for_wins() -> None:
    asked, again = read(raw("1", 5, redo="redrive")), read(raw("1", 5))
    for order in ([asked, again], [again, asked]):
        kept, _ = coalesce(order, _always)
        assert kept == [asked]


def test_a_message_that_cannot_be_read_hides_no_older_one() -> None:
    older, newer, garbage = (read(raw("1", sequence)) for sequence in (5, 6, 9))
    kept, superseded = coalesce([older, garbage, newer], lambda delivery: delivery is not garbage)
    assert kept == [garbage, newer]
    assert superseded == [older]
