"""Looking at many locations: a batch that could not be read whole is read on."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from services.customer_sync.desk.looking import Looking
from services.customer_sync.locations.gathered import LocationGathered
from shared.events.change import Change
from shared.events.records import Customer
from shared.sync.decision import Decision, Skip

ROWS = [Customer(customer_id=ident, number=str(ident), name="x", parent_id=1) for ident in range(10, 17)]


class Impatient:
    """Reads so many of a batch; one alone always."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.rounds: list[int] = []

    async def gather(self, changes: Sequence[Change[Customer]]) -> Mapping[str, LocationGathered]:
        self.rounds.append(len(changes))
        most = 1 if len(changes) == 1 else self.most
        return {
            change.envelope.subject: LocationGathered(fresh=True, live=change.record, unread=place >= most)
            for place, change in enumerate(changes)
        }

    def decide(self, change: Change[Customer], gathered: LocationGathered) -> Decision[Any]:
        assert not gathered.unread
        return Skip(change.record.number, [])


@pytest.mark.parametrize(
    ("most", "rounds"), [(9, [7]), (3, [7, 4, 1]), (0, [7, 1, 6, 1, 5, 1, 4, 1, 3, 1, 2, 1, 1])]
)
async def test_every_location_is_decided_on_once_it_was_read(most: int, rounds: list[int]) -> None:
    reader = Impatient(most)
    nothing = cast("Any", None)
    look = Looking(cast("Any", reader), nothing, nothing, nothing, nothing, nothing, nothing)
    looked = await look.decided(ROWS)
    assert [one.customer.number for one in looked] == [row.number for row in ROWS]
    assert reader.rounds == rounds
