from collections.abc import Sequence

import pytest

from shared.bus.deadletter import Raw
from shared.bus.delivery import Transient
from shared.bus.fold import Fold, FoldRunner
from shared.bus.retries import RetryBudget
from tests.unit.shared.bus.raws import raw


class Kept(Fold):
    def __init__(self, troubles: int = 0) -> None:
        self.troubles = troubles
        self.batches: list[Sequence[Raw]] = []

    async def fold(self, raws: Sequence[Raw]) -> None:
        if self.troubles:
            self.troubles -= 1
            raise Transient("the store is away")
        self.batches.append(raws)


def runner(fold: Fold, seconds: float = 5.0) -> FoldRunner:
    return FoldRunner("reporting", fold, RetryBudget(record_seconds=seconds, batch_seconds=seconds))


async def test_messages_of_any_kind_are_folded_as_they_are_and_nothing_is_sent() -> None:
    kept = Kept()
    odd = Raw("t", 0, 1, 0, None, None, [])
    assert await runner(kept).run([raw(), odd, odd]) == []
    assert kept.batches == [[raw(), odd, odd]]


async def test_trouble_is_waited_out_in_place() -> None:
    kept = Kept(troubles=2)
    assert await runner(kept).run([raw()]) == []
    assert len(kept.batches) == 1


async def test_trouble_that_lasts_pauses_the_worker() -> None:
    with pytest.raises(Transient):
        await runner(Kept(troubles=1000), seconds=0.3).run([raw()])
